//! The print house: pulls, checks, acknowledges, and sometimes dies in between.

use super::{FIRST_DAY, House, NOW, booking, with_email};
use crate::support::eventually;
use crate::support::logs::Canaries;
use crate::support::staff::{install_tls, serve};
use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use time::Duration;
use time::macros::date;
use vaxline::accounts::clients::Kind as ClientKind;
use vaxline::accounts::commands::add_client;
use vaxline::accounts::model::AccountsError;
use vaxline::accounts::token::Token;
use vaxline::app::config::Config;
use vaxline::correspondence::model::{Content, Kind};
use vaxline::correspondence::print::http::{Print, routes};
use vaxline::correspondence::print::worker::{Swept, sweep};
use vaxline::correspondence::settings::Post;
use vaxline::foundation::ids::ClientId;
use vaxline::in_tx;

fn post() -> Post {
    Config::load(None, []).unwrap().correspondence.post
}

/// A print house with its own secret.
pub struct Printer {
    client: reqwest::Client,
    base: String,
    secret: String,
    /// What it really printed: letter and digest, once for each sheet.
    printed: Vec<(String, String)>,
}

/// A batch as the house holds it.
pub struct Taken {
    id: String,
    token: String,
    digest: String,
    /// Each letter with its digest and postcode.
    pub letters: Vec<(String, String, String)>,
}

async fn open(house: &House) -> SocketAddr {
    serve(routes(Print { db: house.world.staff().clone(), post: post() })).await
}

async fn printer(house: &House, server: SocketAddr, name: &str) -> Printer {
    let added: Result<(ClientId, Token), AccountsError> =
        in_tx!(house.world.staff(), "add a client", |tx| add_client(tx, name, ClientKind::Print));
    Printer::of(server, added.unwrap().1.reveal().to_owned())
}

impl Printer {
    /// A house that knows where letters are to be had, and a secret.
    pub fn of(server: SocketAddr, secret: String) -> Self {
        install_tls();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, base: format!("http://{server}/print/v1"), secret, printed: Vec::new() }
    }

    /// Takes a batch as soon as there is one; asking for nothing again under another key is how a house waits.
    pub async fn pull_when_ready(&self, key: &str) -> Taken {
        let mut attempts = 0;
        let mut taken = None;
        eventually("a letter becomes ready", async || {
            attempts += 1;
            taken = self.pull(&format!("{key}-{attempts}")).await;
            taken.is_some()
        })
        .await;
        taken.unwrap()
    }

    /// The file of a letter that it holds.
    pub async fn letter(&self, letter: &str) -> Vec<u8> {
        self.get(&format!("/letters/{letter}.pdf")).await.bytes().await.unwrap().to_vec()
    }

    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.secret).send().await.unwrap()
    }

    async fn post(&self, path: &str, key: Option<&str>, body: &Value) -> Response {
        let mut request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.secret).json(body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.send().await.unwrap()
    }

    /// Takes a batch and fetches all of it, checking every digest.
    pub async fn pull(&self, key: &str) -> Option<Taken> {
        let response = self.post("/batches", Some(key), &json!({ "max_letters": 100 })).await;
        if response.status() == StatusCode::NO_CONTENT {
            return None;
        }
        assert_eq!(response.status(), StatusCode::CREATED);
        let batch: Value = response.json().await.unwrap();
        let id = batch["batch_id"].as_str().unwrap().to_owned();
        let manifest = self.get(&format!("/batches/{id}/manifest.json")).await;
        let list = manifest.bytes().await.unwrap();
        let digest = hex::encode(Sha256::digest(&list));
        assert_eq!(batch["manifest_sha256"], digest);
        let list: Value = serde_json::from_slice(&list).unwrap();
        let mut letters = Vec::new();
        for entry in list["letters"].as_array().unwrap() {
            let letter = entry["letter_id"].as_str().unwrap().to_owned();
            let response = self.get(&format!("/letters/{letter}.pdf")).await;
            assert_eq!(response.status(), StatusCode::OK);
            let etag = response.headers()[header::ETAG].to_str().unwrap().to_owned();
            let pdf = response.bytes().await.unwrap();
            let sha256 = hex::encode(Sha256::digest(&pdf));
            assert_eq!(entry["sha256"], sha256);
            assert_eq!(etag, format!("\"sha256-{sha256}\""));
            letters.push((letter, sha256, entry["postcode"].as_str().unwrap().to_owned()));
        }
        let token = batch["lease_token"].as_str().unwrap().to_owned();
        Some(Taken { id, token, digest, letters })
    }

    pub async fn accept(&mut self, taken: &Taken) -> (StatusCode, Value) {
        let body = json!({ "lease_token": taken.token, "sha256": taken.digest });
        let response = self.post(&format!("/batches/{}/accept", taken.id), None, &body).await;
        let (status, answer): (StatusCode, Value) = (response.status(), response.json().await.unwrap());
        if status == StatusCode::OK {
            let withdrawn: Vec<&str> =
                answer["withdrawn"].as_array().unwrap().iter().map(|letter| letter.as_str().unwrap()).collect();
            self.print(taken.letters.iter().filter(|(letter, ..)| !withdrawn.contains(&letter.as_str())));
        }
        (status, answer)
    }

    fn print<'a>(&mut self, letters: impl Iterator<Item = &'a (String, String, String)>) {
        self.printed.extend(letters.map(|(letter, sha256, _)| (letter.clone(), sha256.clone())));
    }
}

/// The judge: which letters were printed more than once, over all houses.
fn printed_twice(printers: &[&Printer]) -> Vec<String> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for (letter, _) in printers.iter().flat_map(|printer| &printer.printed) {
        *count.entry(letter).or_default() += 1;
    }
    count.into_iter().filter(|(_, times)| *times > 1).map(|(letter, _)| letter.to_owned()).collect()
}

#[tokio::test]
async fn a_letter_goes_from_its_order_to_the_post() {
    let house = House::new().await;
    let mut canaries = Canaries::new();
    let mut printer = printer(&house, open(&house).await, "Druckhaus").await;
    let series = house.book(booking(&canaries.add("Šołćic-Wićaz"))).await;
    assert!(printer.pull("early").await.is_none(), "nothing is ready yet");
    house.render().await;
    let taken = printer.pull("first").await.unwrap();
    assert_eq!(taken.letters.len(), 1);
    assert_eq!(taken.letters[0].2, "02625");
    assert!(printer.pull("second").await.is_none(), "it is leased");
    assert_eq!(printer.accept(&taken).await, (StatusCode::OK, json!({"accepted": 1, "refused": [], "withdrawn": []})));

    let report = |event: &str, state: &str| json!([{ "event_id": event, "letter_id": taken.letters[0].0, "state": state, "at": "2021-04-28T18:00:00Z" }]);
    for (event, state) in [("1", "printed"), ("2", "mailed"), ("2", "mailed")] {
        let response = printer.post("/events", None, &report(event, state)).await;
        assert_eq!(response.status(), StatusCode::MULTI_STATUS);
        assert_eq!(response.json::<Value>().await.unwrap()[0]["status"], 200);
    }
    assert_eq!(house.letter_state(series).await.0, "mailed");
    let kinds: Vec<String> = sqlx::query_scalar("select kind from event where series_id = $1 order by at, id")
        .bind(series.0)
        .fetch_all(house.world.work().pool())
        .await
        .unwrap();
    for kind in ["ordered", "rendered", "leased", "accepted", "printed", "mailed"] {
        assert_eq!(kinds.iter().filter(|known| **known == format!("letter.{kind}")).count(), 1, "{kind}: {kinds:?}");
    }
    assert_eq!(house.count("select count(*) from audit where action = 'letter.downloaded'").await, 1);
    let gone = printer.get(&format!("/letters/{}.pdf", taken.letters[0].0)).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND, "what is in the post is fetched no more");
}

#[tokio::test]
async fn a_house_that_dies_between_lease_and_acceptance_gives_its_letters_back_unchanged() {
    let house = House::new().await;
    let server = open(&house).await;
    let mut dying = printer(&house, server, "Druckhaus A").await;
    let mut other = printer(&house, server, "Druckhaus B").await;
    house.book(booking("Šołćic")).await;
    house.book(booking("Nawka")).await;
    house.render().await;

    let first = dying.pull("a").await.unwrap();
    // The house is dead for longer than its lease.
    house.pass(Duration::minutes(16));
    assert_eq!(sweep(house.world.work(), &post()).await.unwrap(), Swept { batches: 1, late: 0 });
    let again = other.pull("b").await.unwrap();
    assert_eq!(again.letters, first.letters, "the same letters with the same digests");
    assert_eq!(other.accept(&again).await.0, StatusCode::OK);

    // It comes back and goes on where it stood.
    let (status, problem) = dying.accept(&first).await;
    assert_eq!((status, problem["code"].as_str().unwrap()), (StatusCode::GONE, "lease_lapsed"));
    let extended = dying
        .post(
            &format!("/batches/{}/lease", first.id),
            None,
            &json!({"lease_token": first.token, "extend_seconds": 600}),
        )
        .await;
    assert_eq!(extended.status(), StatusCode::GONE);
    assert_eq!(printed_twice(&[&dying, &other]), [] as [&str; 0]);
    assert_eq!(
        house.count("select count(*) from letter where state = 'accepted' and attempt = 2 and lapses = 1").await,
        2
    );

    // The control: a house that prints without asking is caught by the judge.
    let mut careless = dying;
    careless.print(first.letters.iter());
    assert_eq!(printed_twice(&[&careless, &other]).len(), 2);
}

#[tokio::test]
async fn a_late_acceptance_is_refused_even_before_the_letters_went_back() {
    let house = House::new().await;
    let mut printer = printer(&house, open(&house).await, "Druckhaus").await;
    let series = house.book(booking("Šołćic")).await;
    house.render().await;
    let taken = printer.pull("a").await.unwrap();
    house.pass(Duration::minutes(15) + Duration::SECOND);
    assert_eq!(printer.accept(&taken).await.0, StatusCode::GONE);
    assert_eq!(printer.get(&format!("/letters/{}.pdf", taken.letters[0].0)).await.status(), StatusCode::NOT_FOUND);
    // The next house to ask brings them back, whether a sweep came by or not.
    let again = printer.pull("b").await.unwrap();
    assert_eq!(again.letters, taken.letters);
    assert_eq!(printer.accept(&again).await.0, StatusCode::OK);
    assert_eq!(house.letter_state(series).await.0, "accepted");
}

#[tokio::test]
async fn a_lease_can_be_lengthened_and_an_acceptance_repeated() {
    let house = House::new().await;
    let mut printer = printer(&house, open(&house).await, "Druckhaus").await;
    house.book(booking("Šołćic")).await;
    house.render().await;
    let taken = printer.pull("a").await.unwrap();
    house.pass(Duration::minutes(10));
    let body = json!({"lease_token": taken.token, "extend_seconds": 900});
    assert_eq!(printer.post(&format!("/batches/{}/lease", taken.id), None, &body).await.status(), StatusCode::OK);
    house.pass(Duration::minutes(10));
    let first = printer.accept(&taken).await;
    assert_eq!(first.0, StatusCode::OK);
    house.pass(Duration::hours(5));
    assert_eq!(printer.accept(&taken).await, first, "the answer was lost: the same again");
    let wrong = json!({"lease_token": uuid::Uuid::from_u128(7), "extend_seconds": 900});
    assert_eq!(
        printer.post(&format!("/batches/{}/lease", taken.id), None, &wrong).await.status(),
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn what_is_withdrawn_while_the_house_holds_it_is_named_and_not_printed() {
    let house = House::new().await;
    let mut printer = printer(&house, open(&house).await, "Druckhaus").await;
    let stays = house.book(booking("Nawka")).await;
    let changes = house.book(booking("Šołćic")).await;
    house.render().await;
    let taken = printer.pull("a").await.unwrap();
    let cancelled = Content { version: 2, appointments: Vec::new(), ..booking("Šołćic") };
    house.order_version(changes, cancelled, Kind::Cancellation, false, false).await;
    let (status, answer) = printer.accept(&taken).await;
    assert_eq!((status, answer["accepted"].as_u64()), (StatusCode::OK, Some(1)));
    assert_eq!(answer["withdrawn"].as_array().unwrap().len(), 1);
    assert_eq!(printer.printed.len(), 1);
    assert_eq!(house.letter_state(stays).await.0, "accepted");
    assert_eq!(house.letter_state(changes).await, ("superseded".into(), Some("newer_version".into())));
    // After the acceptance nothing can be withdrawn: a letter that says so follows.
    let moved = Content { version: 2, ..booking("Nawka") };
    house.order_version(stays, moved, Kind::Confirmation, true, false).await;
    house.render().await;
    let next = printer.pull("b").await.unwrap();
    assert_eq!(next.letters.len(), 1);
    assert_ne!(next.letters[0].1, taken.letters[0].1);
}

#[tokio::test]
async fn a_letter_that_comes_back_too_often_is_held_for_a_person() {
    let house = House::new().await;
    let printer = printer(&house, open(&house).await, "Druckhaus").await;
    let series = house.book(booking("Šołćic")).await;
    house.render().await;
    for round in 0..post().lapses_until_held {
        assert!(printer.pull(&format!("round {round}")).await.is_some(), "{round}");
        house.pass(Duration::minutes(16));
        sweep(house.world.work(), &post()).await.unwrap();
    }
    assert_eq!(house.letter_state(series).await, ("held".into(), Some("lease_lapsed_too_often".into())));
    assert!(printer.pull("last").await.is_none());
}

#[tokio::test]
async fn the_same_key_gives_the_same_batch_and_another_request_none() {
    let house = House::new().await;
    let printer = printer(&house, open(&house).await, "Druckhaus").await;
    house.book(booking("Šołćic")).await;
    house.render().await;
    let one = printer.pull("the key").await.unwrap();
    let same = printer.pull("the key").await.unwrap();
    assert_eq!((&one.id, &one.token), (&same.id, &same.token));
    let other = printer.post("/batches", Some("the key"), &json!({"max_letters": 7})).await;
    assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.json::<Value>().await.unwrap()["code"], "idempotency_key_misused");
    let without = printer.post("/batches", None, &json!({})).await;
    assert_eq!(without.status(), StatusCode::BAD_REQUEST);
    assert_eq!(house.count("select count(*) from print_batch").await, 1);
}

#[tokio::test]
async fn two_houses_never_hold_the_same_letter() {
    let house = House::new().await;
    let server = open(&house).await;
    let (one, other) = (printer(&house, server, "A").await, printer(&house, server, "B").await);
    for _ in 0..12 {
        house.book(booking("Šołćic")).await;
    }
    house.render().await;
    let body = json!({ "max_letters": 3 });
    let mut pulls = Vec::new();
    for round in 0..4 {
        let key = format!("round {round}");
        let (a, b) = tokio::join!(one.post("/batches", Some(&key), &body), other.post("/batches", Some(&key), &body));
        for response in [a, b] {
            if response.status() == StatusCode::CREATED {
                pulls.push(response.json::<Value>().await.unwrap()["letters"].as_i64().unwrap());
            }
        }
    }
    assert_eq!(pulls.iter().sum::<i64>(), 12);
    assert_eq!(house.count("select count(distinct letter_id) from print_batch_letter").await, 12);
}

#[tokio::test]
async fn a_house_sees_nothing_of_another_and_nobody_sees_anything_without_a_secret() {
    let house = House::new().await;
    let server = open(&house).await;
    let (one, mut other) = (printer(&house, server, "A").await, printer(&house, server, "B").await);
    house.book(booking("Šołćic")).await;
    house.render().await;
    let taken = one.pull("a").await.unwrap();
    let manifest = format!("/batches/{}/manifest.json", taken.id);
    let pdf = format!("/letters/{}.pdf", taken.letters[0].0);
    for path in [&manifest, &pdf] {
        let response = other.get(path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    }
    assert_eq!(other.accept(&taken).await.0, StatusCode::NOT_FOUND);
    let event =
        json!([{ "event_id": "1", "letter_id": taken.letters[0].0, "state": "printed", "at": "2021-04-28T18:00:00Z" }]);
    let answers: Value = other.post("/events", None, &event).await.json().await.unwrap();
    assert_eq!(answers[0]["status"], 404);
    other.secret = "0".repeat(64);
    for path in [&manifest, &pdf] {
        let response = other.get(path).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
    }
    for id in ["none", "../../x", "00000000-0000-7000-8000-000000000000"] {
        assert_eq!(one.get(&format!("/letters/{id}.pdf")).await.status(), StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
async fn a_file_that_the_house_has_is_not_sent_again() {
    let house = House::new().await;
    let printer = printer(&house, open(&house).await, "Druckhaus").await;
    house.book(booking("Šołćic")).await;
    house.render().await;
    let taken = printer.pull("a").await.unwrap();
    let url = format!("{}/letters/{}.pdf", printer.base, taken.letters[0].0);
    let etag = format!("\"sha256-{}\"", taken.letters[0].1);
    let request = printer.client.get(url).bearer_auth(&printer.secret).header(header::IF_NONE_MATCH, etag);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert!(response.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_house_refuses_or_cannot_print_is_held_with_its_code() {
    let house = House::new().await;
    let printer = printer(&house, open(&house).await, "Druckhaus").await;
    let series = house.book(booking("Šołćic")).await;
    house.render().await;
    let taken = printer.pull("a").await.unwrap();
    let accept = format!("/batches/{}/accept", taken.id);
    let body = |code: &str, sha256: &str| {
        json!({ "lease_token": taken.token, "sha256": sha256,
                "exceptions": [{ "letter_id": taken.letters[0].0, "code": code }] })
    };
    for (code, sha256) in [("Frau Šołćic ist verzogen", taken.digest.as_str()), ("file_damaged", "00")] {
        assert_eq!(printer.post(&accept, None, &body(code, sha256)).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let response = printer.post(&accept, None, &body("file_damaged", &taken.digest)).await;
    assert_eq!(response.json::<Value>().await.unwrap()["refused"].as_array().unwrap().len(), 1);
    assert_eq!(house.letter_state(series).await, ("held".into(), Some("print_file_damaged".into())));
}

#[tokio::test]
async fn a_letter_that_waited_until_it_is_too_late_is_not_printed_but_mailed() {
    let house = House::with(|settings| settings.email.host = "127.0.0.1".into()).await;
    let printer = printer(&house, open(&house).await, "Druckhaus").await;
    let series = house.book(with_email(booking("Šołćic"), "solcic@example.org")).await;
    house.render().await;
    // Nobody printed for a week and a half.
    house.pass(Duration::days(10));
    assert!(printer.pull("a").await.is_none());
    assert_eq!(sweep(house.world.work(), &post()).await.unwrap(), Swept { batches: 0, late: 1 });
    assert_eq!(house.letter_state(series).await.0, "diverted");
    house.work(vaxline::correspondence::DIVERT_JOB).await;
    assert_eq!(house.email_state(series).await.0, "ordered");
}

#[tokio::test]
async fn letters_behind_those_that_are_too_late_are_given_in_the_same_call() {
    let house = House::new().await;
    let printer = printer(&house, open(&house).await, "Druckhaus").await;
    for _ in 0..3 {
        let mut soon = booking("Nawka");
        soon.appointments[0].day = date!(2021 - 05 - 03);
        house.book(soon).await;
    }
    house.render().await;
    house.pass(Duration::DAY);
    let in_time = house.book(booking("Šołćic")).await;
    house.render().await;
    let taken: Value = printer.post("/batches", Some("a"), &json!({ "max_letters": 1 })).await.json().await.unwrap();
    assert_eq!(taken["letters"], 1);
    assert_eq!(house.letter_state(in_time).await.0, "leased");
}

#[tokio::test]
async fn ten_thousand_letters_of_a_house_that_died_are_given_back_and_leased_again() {
    let house = House::new().await;
    let server = open(&house).await;
    let (dead, other) = (printer(&house, server, "A").await, printer(&house, server, "B").await);
    sqlx::query(
        "insert into letter (id, series_id, version, kind, language, first_day, state, ordered_at, changed_at, print_by,
                             postcode, sha256, bytes, pages)
         select gen_random_uuid(), gen_random_uuid(), 1, 'confirmation', 'de', $1, 'available', $2, $2, $2, '01067',
                decode(repeat('07', 32), 'hex'), 1000, 1
           from generate_series(1, 10000)",
    )
    .bind(FIRST_DAY)
    .bind(NOW)
    .execute(house.world.work().pool())
    .await
    .unwrap();
    assert_eq!(all_of(&dead).await, 10_000);
    house.pass(Duration::minutes(16));
    assert_eq!(sweep(house.world.work(), &post()).await.unwrap(), Swept { batches: 5, late: 0 });
    assert_eq!(house.count("select count(*) from event where kind = 'letter.given_back'").await, 10_000);
    assert_eq!(all_of(&other).await, 10_000);
    assert_eq!(house.count("select count(*) from letter where state = 'leased' and lapses = 1").await, 10_000);
}

/// Takes everything that is ready; how many letters it was.
async fn all_of(printer: &Printer) -> u64 {
    let mut all = 0;
    for round in 0.. {
        let key = format!("round {round}");
        let taken = printer.post("/batches", Some(&key), &json!({ "max_letters": 2_000 })).await;
        if taken.status() == StatusCode::NO_CONTENT {
            break;
        }
        all += taken.json::<Value>().await.unwrap()["letters"].as_u64().unwrap();
    }
    all
}

#[tokio::test]
async fn a_report_that_cannot_be_kept_holds_up_none_of_the_others() {
    let house = House::new().await;
    let mut printer = printer(&house, open(&house).await, "Druckhaus").await;
    let series = house.book(booking("Šołćic")).await;
    house.render().await;
    let taken = printer.pull("a").await.unwrap();
    assert_eq!(printer.accept(&taken).await.0, StatusCode::OK);
    // What a fault of the database is to one report.
    sqlx::query("alter table print_event add check (event_id <> 'broken')")
        .execute(house.world.work().pool())
        .await
        .unwrap();
    let reports: Vec<Value> = ["a\u{0}b", "broken", "fine"]
        .iter()
        .map(|event| {
            json!({ "event_id": event, "letter_id": taken.letters[0].0, "state": "printed",
                    "at": "2021-04-28T18:00:00Z" })
        })
        .collect();
    let response = printer.post("/events", None, &json!(reports)).await;
    assert_eq!(response.status(), StatusCode::MULTI_STATUS);
    let answers: Value = response.json().await.unwrap();
    let told: Vec<(u64, Option<&str>)> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| (answer["status"].as_u64().unwrap(), answer["code"].as_str()))
        .collect();
    assert_eq!(told, [(422, Some("unreadable")), (503, Some("fault")), (200, None)]);
    assert_eq!(house.letter_state(series).await.0, "printed");
}

#[tokio::test]
async fn requests_that_are_too_large_or_unreadable_are_answered_without_being_kept() {
    let house = House::new().await;
    let printer = printer(&house, open(&house).await, "Druckhaus").await;
    for body in [
        json!({"max_letters": 0}),
        json!({"max_letters": 5000}),
        json!({"lease_seconds": 1}),
        json!({"x": 1}),
        json!("x"),
    ] {
        let response = printer.post("/batches", Some("key"), &body).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    let large = json!({ "padding": "x".repeat(600 << 10) });
    assert_eq!(printer.post("/events", None, &large).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(house.count("select count(*) from command").await, 0);
}

/// What a run of chance did: the two houses, and what is true at its end.
struct Outcome {
    printers: Vec<Printer>,
    wanted: i64,
    accepted: i64,
}

/// Houses that pull, die, come back late and accept; bookings that are made and cancelled; and a clock that moves.
/// `careful` houses print what is accepted. The others print what they pulled.
async fn chance(seed: u64, careful: bool) -> Outcome {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};
    let mut dice = StdRng::seed_from_u64(seed);
    let house = House::with(|settings| settings.post.lapses_until_held = 1_000).await;
    let server = open(&house).await;
    let mut printers = vec![printer(&house, server, "A").await, printer(&house, server, "B").await];
    let mut held: Vec<(usize, Taken)> = Vec::new();
    let mut booked = Vec::new();
    for step in 0..50 {
        match dice.random_range(0..10) {
            0..=2 => booked.push(house.book(booking("Šołćic")).await),
            3 if !booked.is_empty() => {
                let series = booked[dice.random_range(0..booked.len())];
                let cancelled = Content { version: 2, appointments: Vec::new(), ..booking("Šołćic") };
                house.order_version(series, cancelled, Kind::Cancellation, false, false).await;
            }
            4..=6 => {
                house.render().await;
                let who = dice.random_range(0..printers.len());
                if let Some(taken) = printers[who].pull(&format!("{seed}-{step}")).await {
                    if !careful {
                        printers[who].print(taken.letters.iter());
                    }
                    held.push((who, taken));
                }
            }
            7 => house.pass(Duration::minutes(dice.random_range(5..20))),
            _ if !held.is_empty() => {
                // Late or in time, and sometimes once more.
                let (who, taken) = held.swap_remove(dice.random_range(0..held.len()));
                let (status, _) =
                    if careful { printers[who].accept(&taken).await } else { (StatusCode::OK, json!(null)) };
                assert!(matches!(status, StatusCode::OK | StatusCode::GONE), "seed {seed}, step {step}: {status}");
            }
            _ => {}
        }
    }
    // The faults are over: what is wanted is printed.
    house.pass(Duration::minutes(20));
    house.render().await;
    let mut round = 0;
    while let Some(taken) = printers[0].pull(&format!("{seed}-end-{round}")).await {
        if careful {
            assert_eq!(printers[0].accept(&taken).await.0, StatusCode::OK);
        } else {
            printers[0].print(taken.letters.iter());
            break;
        }
        round += 1;
    }
    let wanted = house.count("select count(*) from letter where state not in ('superseded')").await;
    let accepted = house.count("select count(*) from letter where state = 'accepted'").await;
    Outcome { printers, wanted, accepted }
}

#[tokio::test]
async fn whatever_houses_do_every_wanted_letter_is_printed_once() {
    for seed in 1..=4 {
        let outcome = chance(seed, true).await;
        let printers: Vec<&Printer> = outcome.printers.iter().collect();
        assert_eq!(printed_twice(&printers), [] as [&str; 0], "seed {seed}");
        assert_eq!(outcome.accepted, outcome.wanted, "seed {seed}");
        let printed: usize = printers.iter().map(|printer| printer.printed.len()).sum();
        assert_eq!(i64::try_from(printed).unwrap(), outcome.accepted, "seed {seed}: printed is accepted");
    }
}

#[tokio::test]
async fn the_judge_finds_houses_that_print_without_asking() {
    let mut twice = 0;
    for seed in 1..=4 {
        let outcome = chance(seed, false).await;
        twice += printed_twice(&outcome.printers.iter().collect::<Vec<_>>()).len();
    }
    assert!(twice > 0, "a test that cannot fail proves nothing");
}
