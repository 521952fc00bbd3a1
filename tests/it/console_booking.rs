//! What an agent books at the desk: from the first search to the confirmation, through cuts, repetitions and hang-ups.

use crate::support::campaign::riesa;
use crate::support::hotline::Hotline;
use crate::support::logs::Canaries;
use crate::support::page::Page;
use serde_json::{Value, json};
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};
use vaxline::foundation::fault::Fault;
use vaxline::in_tx;
use vaxline::scheduling::Campaign;
use vaxline::scheduling::capacity::release_days;
use vaxline::scheduling::commands::expire_reservations;

/// A person of eighty-two years who wants dates anywhere.
pub fn form(family_name: &str) -> Value {
    json!({
        "person": {
            "id": null, "family_name": family_name, "given_name": "Erika", "born_on": "24.03.1939",
            "street": "Straße des 17. Juni 12 a", "postcode": "01067", "town": "Dresden", "phone": "0351 4678104",
            "email": "erika@example.org", "claim": "age-80", "language": "de",
        },
        "centre": null, "from_day": null, "day_part": "any", "letter": true, "email": true, "note": "",
    })
}

/// Proposes and reserves the first pair.
pub async fn reserve(page: &mut Page, form: &Value) -> Value {
    let pairs = page.must(json!({ "t": "propose", "form": form })).await;
    let token = pairs["pairs"][0]["token"].clone();
    page.must(json!({ "t": "reserve", "token": token, "form": form })).await["reservation"].clone()
}

fn confirm(reservation: &Value, form: &Value) -> Value {
    json!({ "t": "confirm", "reservation": reservation["id"], "form": form })
}

#[tokio::test]
async fn an_agent_books_both_doses_and_the_desk_shows_what_became_of_the_letter() {
    let mut canaries = Canaries::new();
    let name = canaries.add("Kanarienvogel-Dvořák");
    for other in ["Straße des 17. Juni", "4678104", "erika@example.org", "1939-03-24", "24.03.1939"] {
        canaries.add(other);
    }
    let hotline = Hotline::in_saxony().await;
    let (mut page, _, browser) = hotline.talk("agent", "+493511000001").await;
    let form = form(&name);
    let setup = page.heard[1]["setup"].clone();
    assert!(setup["claims"].as_array().unwrap().iter().any(|claim| claim["code"] == "age-80"), "{}", setup["claims"]);
    assert_eq!(setup["centres"].as_array().unwrap().len(), 13);

    let found = page.must(json!({ "t": "find_persons", "family_name": name, "born_on": "24.03.1939" })).await;
    assert_eq!(found["persons"], json!([]));
    let reservation = reserve(&mut page, &form).await;
    page.until("the reservation", |page| page.desk["reservation"] == reservation).await;
    assert!(reservation["pair"]["second"]["day"].is_string());

    let booked = page.ask_as("the-booking", confirm(&reservation, &form)).await;
    let booking = booked["result"]["booking"].clone();
    assert_eq!(
        (&booking["state"], &booking["letter"], &booking["email"]),
        (&json!("confirmed"), &json!("ordered"), &json!("ordered"))
    );
    assert_eq!(booking["name"], format!("Erika {name}"));
    page.until("the booking", |page| page.desk["bookings"] == json!([booking])).await;
    assert!(page.desk["reservation"].is_null());
    // The answer was lost, perhaps: the same key books nothing again and is answered the same.
    assert_eq!(page.ask_as("the-booking", confirm(&reservation, &form)).await, booked);
    assert_eq!(hotline.count("select count(*) from series").await, 1);
    // What is kept with the key says nothing about the person.
    let kept: Vec<Value> =
        sqlx::query_scalar("select answer from command").fetch_all(hotline.world.work().pool()).await.unwrap();
    assert!(kept.iter().all(|answer| !answer.to_string().contains(&name)));

    let found =
        page.must(json!({ "t": "find_persons", "family_name": "KANARIENVOGEL DVORAK", "born_on": "24.03.1939" })).await;
    assert_eq!(found["persons"][0]["booked"], booking["reference"]);
    assert_eq!(found["persons"][0]["person"]["street"], form["person"]["street"]);
    let found =
        page.must(json!({ "t": "find_booking", "reference": booking["reference"], "born_on": "24.03.1939" })).await;
    assert_eq!(found["bookings"], json!([booking]));
    // Whoever takes the desk over sees all of it.
    let shown = page.still();
    drop(page);
    let mut page = Page::open(&browser, hotline.server).await;
    assert_eq!(page.still(), shown);

    let cancelled =
        page.ask_as("away", json!({ "t": "cancel", "reference": booking["reference"], "born_on": "1939-03-24" })).await;
    assert_eq!(cancelled["result"]["booking"]["state"], "cancelled");
    page.until("it is cancelled", |page| page.desk["bookings"][0]["state"] == "cancelled").await;
    let again =
        page.ask_as("away", json!({ "t": "cancel", "reference": booking["reference"], "born_on": "1939-03-24" })).await;
    assert_eq!(again["result"]["booking"]["state"], "cancelled");
    assert_eq!(hotline.count("select count(*) from event where kind = 'series.cancelled'").await, 1);
}

#[tokio::test]
async fn who_wants_a_letter_beside_a_mail_is_proposed_days_that_the_post_reaches() {
    let hotline = Hotline::in_saxony().await;
    let soon = riesa("from tomorrow on", date!(2021 - 03 - 21), date!(2021 - 03 - 28), 1);
    release_days(hotline.world.work(), &Campaign::shipped().unwrap(), &soon).await.unwrap();
    let (mut page, ..) = hotline.talk("agent", "+493511000001").await;
    let mut form = form("Beispiel");
    form["letter"] = json!(false);
    let pairs = page.must(json!({ "t": "propose", "form": form })).await;
    assert_eq!(pairs["pairs"][0]["first"]["day"], "2021-03-21", "a mail is there at once");

    form["letter"] = json!(true);
    page.must(json!({ "t": "save_draft", "form": form })).await;
    let reservation = reserve(&mut page, &form).await;
    // A Saturday: five working days later is the Friday.
    assert_eq!(reservation["pair"]["first"]["day"], "2021-03-26");
    let booked = page.must(confirm(&reservation, &form)).await;
    assert_eq!((&booked["booking"]["letter"], &booked["booking"]["email"]), (&json!("ordered"), &json!("ordered")));
}

#[tokio::test]
async fn a_hang_up_before_the_confirmation_does_not_lose_the_booking() {
    let hotline = Hotline::in_saxony().await;
    let (mut page, call, _) = hotline.talk("agent", "+493511000001").await;
    let form = form("Beispiel");
    let reservation = reserve(&mut page, &form).await;
    hotline.hang_up(call).await;
    page.until("the end of the call", |page| page.desk["call"]["state"] == "ended").await;
    page.must(confirm(&reservation, &form)).await;
    page.until("the booking", |page| page.desk["bookings"].as_array().is_some_and(|made| made.len() == 1)).await;
    page.must(json!({ "t": "finish_wrap_up", "code": "booked" })).await;
    page.until("a clear desk", |page| page.desk["call"].is_null()).await;
    assert_eq!(page.refused(json!({ "t": "propose", "form": form })).await, "no_caller");
}

#[tokio::test]
async fn a_pair_that_somebody_has_taken_is_refused_with_others_in_its_place() {
    let hotline = Hotline::in_saxony().await;
    let (mut first, ..) = hotline.talk("first", "+493511000001").await;
    let (mut second, ..) = hotline.talk("second", "+493511000002").await;
    let form = form("Beispiel");
    let pairs = first.must(json!({ "t": "propose", "form": form })).await;
    let reserve = json!({ "t": "reserve", "token": pairs["pairs"][0]["token"], "form": form });
    first.must(reserve.clone()).await;
    let refused = second.ask(reserve).await;
    assert_eq!((&refused["ok"], &refused["error"]["code"]), (&json!(false), &json!("pair_taken")));
    let instead = refused["result"]["pairs"].as_array().unwrap();
    assert!((1..=3).contains(&instead.len()) && instead.iter().all(|pair| *pair != pairs["pairs"][0]));
    second.must(json!({ "t": "reserve", "token": instead[0]["token"], "form": form })).await;
}

#[tokio::test]
async fn a_field_that_is_not_valid_is_named_by_its_path() {
    let hotline = Hotline::in_saxony().await;
    let (mut page, ..) = hotline.talk("agent", "+493511000001").await;
    let mut form = form("Beispiel");
    let reservation = reserve(&mut page, &form).await;
    form["person"]["postcode"] = json!("1067");
    let refused = page.ask(confirm(&reservation, &form)).await;
    assert_eq!(refused["error"]["field"], "person.postcode", "{refused}");
    form["person"]["born_on"] = json!("31.02.1939");
    let refused = page.ask(json!({ "t": "propose", "form": form })).await;
    assert_eq!(refused["error"]["field"], "person.born_on", "{refused}");
    form["from_day"] = json!("soon");
    form["person"]["born_on"] = json!("24.03.1939");
    let refused = page.ask(json!({ "t": "propose", "form": form })).await;
    assert_eq!(refused["error"]["field"], "from_day", "{refused}");
}

#[tokio::test]
async fn a_reservation_lasts_while_somebody_types_and_lapses_when_nobody_does() {
    let hotline = Hotline::in_saxony().await;
    let (mut page, ..) = hotline.talk("agent", "+493511000001").await;
    let form = form("Beispiel");
    let reservation = reserve(&mut page, &form).await;
    let until = |page: &Page| page.desk["reservation"]["until_ms"].as_i64();
    page.until("the reservation", |page| until(page).is_some()).await;
    let first = until(&page).unwrap();
    page.must(json!({ "t": "save_draft", "form": form })).await;
    assert_eq!(until(&page), Some(first), "it is not written anew with every letter that is typed");
    hotline.world.pass(Duration::minutes(6));
    page.must(json!({ "t": "save_draft", "form": form })).await;
    page.until("the renewal", |page| until(page).is_some_and(|until| until > first)).await;

    hotline.world.pass(Duration::minutes(11));
    let lapsed: Result<usize, Fault> = in_tx!(hotline.world.work(), "expire", |tx| expire_reservations(tx));
    assert_eq!(lapsed.unwrap(), 1);
    page.until("it has lapsed", |page| page.desk["reservation"].is_null()).await;
    assert_eq!(page.refused(confirm(&reservation, &form)).await, "reservation_lost");
}

#[tokio::test]
async fn a_reservation_that_is_asked_for_again_is_answered_as_it_is_kept_now() {
    let hotline = Hotline::in_saxony().await;
    let (mut page, ..) = hotline.talk("agent", "+493511000001").await;
    let form = form("Beispiel");
    let pairs = page.must(json!({ "t": "propose", "form": form })).await;
    let reserve = json!({ "t": "reserve", "token": pairs["pairs"][0]["token"], "form": form });
    let first = page.ask_as("the-pair", reserve.clone()).await;
    assert_eq!(page.ask_as("the-pair", reserve.clone()).await, first);
    hotline.world.pass(Duration::minutes(6));
    page.must(json!({ "t": "save_draft", "form": form })).await;
    let renewed = page.ask_as("the-pair", reserve.clone()).await["result"]["reservation"].clone();
    let reserved = &first["result"]["reservation"];
    assert_eq!(renewed["id"], reserved["id"]);
    assert!(renewed["until_ms"].as_i64() > reserved["until_ms"].as_i64());
    page.must(json!({ "t": "release", "reservation": reserved["id"] })).await;
    let gone = page.ask_as("the-pair", reserve).await;
    assert_eq!((&gone["ok"], &gone["error"]["code"]), (&json!(false), &json!("reservation_lost")));
}

#[tokio::test]
async fn who_still_types_for_a_reserved_pair_is_not_cut_off_by_the_end_of_the_wrap_up() {
    let hotline = Hotline::in_saxony().await;
    let (mut page, call, _) = hotline.talk("agent", "+493511000001").await;
    let form = form("Beispiel");
    hotline.hang_up(call).await;
    page.until_state("wrap_up").await;
    let (left, until) = (
        |page: &Page| page.desk["agent"]["extensions_left"].clone(),
        |page: &Page| page.desk["agent"]["until_ms"].as_i64(),
    );
    let ends = until(&page);
    let end = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ends.unwrap()) * 1_000_000).unwrap();
    // Set anew before each command, because the time that a command takes passes here too.
    let almost_over = || hotline.world.travel_to(end - Duration::seconds(9));
    // The controls: without a pair nothing is lost at the end, and long before it nothing ends.
    almost_over();
    page.must(json!({ "t": "save_draft", "form": form })).await;
    assert_eq!((left(&page), until(&page)), (json!(2), ends));
    reserve(&mut page, &form).await;
    almost_over();
    page.must(json!({ "t": "save_draft", "form": form })).await;
    page.until("more time", |page| until(page) > ends).await;
    assert_eq!(left(&page), json!(1));
    page.must(json!({ "t": "save_draft", "form": form })).await;
    page.must(json!({ "t": "not_ready", "reason": "break" })).await;
    page.until("the wish", |page| page.desk["agent"]["next"] == "break").await;
    assert_eq!(left(&page), json!(1));
}

#[tokio::test]
async fn what_was_reserved_and_not_booked_is_free_with_the_end_of_the_call() {
    let hotline = Hotline::in_saxony().await;
    let (mut page, call, _) = hotline.talk("agent", "+493511000001").await;
    reserve(&mut page, &form("Beispiel")).await;
    assert_eq!(hotline.count("select count(*) from slot where state = 'reserved'").await, 2);
    hotline.hang_up(call).await;
    page.until_state("wrap_up").await;
    page.must(json!({ "t": "finish_wrap_up", "code": "no_slot" })).await;
    assert_eq!(hotline.count("select count(*) from slot where state = 'reserved'").await, 0);
}

#[tokio::test]
async fn every_reading_of_a_person_is_audited_and_a_desk_that_is_only_shown_again_reads_nobody() {
    let hotline = Hotline::in_saxony().await;
    let (mut page, ..) = hotline.talk("agent", "+493511000001").await;
    let form = form("Beispiel");
    let reservation = reserve(&mut page, &form).await;
    page.must(confirm(&reservation, &form)).await;
    page.until("the booking", |page| page.desk["bookings"].as_array().is_some_and(|made| made.len() == 1)).await;
    let reads = async || hotline.count("select count(*) from audit where action = 'series.read'").await;
    // The published confirmation may still be on its way; after the next wish has come back, it has been.
    page.must(json!({ "t": "not_ready", "reason": "break" })).await;
    page.until("the wish", |page| page.desk["agent"]["next"] == "break").await;
    let before = reads().await;
    assert!((1..=4).contains(&before), "{before} readings");
    for (wish, next) in [(json!({ "t": "ready" }), "ready"), (json!({ "t": "not_ready", "reason": "break" }), "break")]
    {
        page.must(wish).await;
        page.until("the wish", |page| page.desk["agent"]["next"] == next).await;
    }
    assert_eq!(reads().await, before);
    page.must(json!({ "t": "find_persons", "family_name": "Beispiel", "born_on": "24.03.1939" })).await;
    assert!(hotline.count("select count(*) from audit where action = 'person.read'").await >= 1);
}

#[tokio::test]
async fn other_rules_come_to_every_open_desk() {
    let hotline = Hotline::in_saxony().await;
    // Shortly before midnight in Saxony: a log-in of another day would end with the jump across it.
    hotline.world.travel_to(datetime!(2021-03-31 21:30 UTC));
    let (mut page, ..) = hotline.talk("agent", "+493511000001").await;
    let form = form("Beispiel");
    page.must(json!({ "t": "save_draft", "form": form })).await;
    let version = page.heard[1]["setup"]["rules_version"].clone();
    assert_eq!(version, "2021-03-18");
    hotline.world.travel_to(datetime!(2021-03-31 22:05 UTC));
    let snapshots = |page: &Page| page.heard.iter().filter(|frame| frame["t"] == "snapshot").count();
    page.until("a snapshot with the new rules", |page| snapshots(page) == 2).await;
    let anew = page.heard.iter().rev().find(|frame| frame["t"] == "snapshot").unwrap();
    assert_eq!(anew["setup"]["rules_version"], "2021-04-01");
    assert_eq!(anew["desk"]["draft"]["form"]["person"]["family_name"], "Beispiel");
}
