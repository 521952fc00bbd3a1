//! Callers who do not want to wait on the line: they hang up, keep the place, and are rung when an agent has taken them on.

use super::witnessed::{attempt, provider_of};
use super::*;
use crate::support::{PATIENCE as SOON, eventually};
use sip_mock::{CallerScript, Cue, Faults, Happening, Keys, OnRing, PhoneScript, Provider as SimulatedProvider};
use std::sync::Mutex;
use vaxline::foundation::jobs::{Outcome, Worker};
use vaxline::hotline::provider::worker::{CallBack, Desk, HangUp};
use vaxline::hotline::provider::{Leg, Origination, Provider, ProviderError};

/// One agent is at work and three wait: whoever comes now is told to wait for long.
async fn busy_line(line: &Line) -> UserId {
    let agent = line.agent("ana").await;
    for sid in ["one", "two", "three"] {
        line.join(sid).await;
    }
    agent
}

/// The caller presses a key in the music, or where they are invited to.
async fn presses(line: &Line, sid: &str, park: &Answer, key: &str) -> Answer {
    line.press(sid, park, "invite.", key).await
}

/// The fourth caller has agreed to be rung and has hung up; those before have left.
async fn at_home(line: &Line, sid: &str) -> UserId {
    let agent = busy_line(line).await;
    let park = line.join(sid).await;
    let question = presses(line, sid, &park, "1").await;
    let goodbye = line.press(sid, &question, "callback.", "1").await;
    assert!(goodbye.says("Wir rufen Sie zurück"), "{}", goodbye.body);
    for gone in [sid, "one", "two", "three"] {
        line.hang_up(gone).await;
    }
    agent
}

/// The caller at home is offered to the agent, who accepts; the offer.
async fn taken_on(line: &Line, agent: UserId) -> OfferId {
    line.dispatch().await;
    let (offer, _) = line.desk(agent).await.open_offer.expect("an offer");
    line.wish(agent, Wish::Accept(offer)).await;
    offer
}

async fn entry(line: &Line) -> (String, String, i16, Option<String>) {
    sqlx::query_as("select state, reach, tries, ending from queue_entry order by key_at desc, key_seq desc limit 1")
        .fetch_one(line.world.work().pool())
        .await
        .unwrap()
}

/// The call that rings the caller of an offer.
async fn rings(line: &Line) -> CallId {
    let id: Uuid = sqlx::query_scalar("select id from call where direction = 'outbound' order by id desc limit 1")
        .fetch_one(line.world.work().pool())
        .await
        .unwrap();
    CallId(id)
}

/// A provider that answers every wish to ring somebody so, and writes the wishes down.
#[derive(Debug)]
struct Answers {
    with: fn() -> Result<String, ProviderError>,
    asked: Mutex<Vec<Origination>>,
}

impl Answers {
    fn with(with: fn() -> Result<String, ProviderError>) -> Arc<Self> {
        Arc::new(Self { with, asked: Mutex::default() })
    }
}

#[async_trait::async_trait]
impl Provider for Answers {
    async fn interrupt(&self, _: &str, _: &str) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn hang_up(&self, _: &str) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn originate(&self, wish: &Origination) -> Result<String, ProviderError> {
        self.asked.lock().unwrap().push(wish.clone());
        (self.with)()
    }

    async fn leg(&self, _: &str) -> Result<Option<Leg>, ProviderError> {
        Ok(None)
    }

    async fn legs(&self) -> Result<Vec<Leg>, ProviderError> {
        Ok(Vec::new())
    }
}

fn desk(line: &Line, provider: Arc<dyn Provider>) -> Desk {
    Desk {
        db: line.world.work().clone(),
        provider,
        steps: line.hooks.dialect.steps.clone(),
        setup: line.hooks.setup.clone(),
    }
}

/// The worker makes an attempt to ring the caller of an offer.
async fn ring(desk: &Desk, offer: OfferId, number: i32) -> Outcome {
    CallBack(desk.clone()).carry_out(&attempt(number, CallId(Uuid::nil()), offer)).await.unwrap()
}

#[tokio::test]
async fn who_will_wait_for_long_may_hang_up_and_keeps_the_place() {
    let line = Line::new().await;
    busy_line(&line).await;
    let park = line.join("four").await;
    assert!(park.is_park());
    let key = || async {
        let row: (time::OffsetDateTime, i64) = sqlx::query_as(
            "select key_at, key_seq from queue_entry where state = 'waiting' order by key_at desc, key_seq desc limit 1",
        )
        .fetch_one(line.world.work().pool())
        .await
        .unwrap();
        row
    };
    let before = key().await;

    let question = presses(&line, "four", &park, "1").await;
    let asked = question.verbs()[0]["say"]["text"].as_str().unwrap();
    let end: Vec<String> = number_of("four")[10..].chars().map(|digit| digit.to_string()).collect();
    assert!(asked.contains(&end.join(", ")), "{asked}");
    assert!(!asked.contains(&number_of("four")[3..]));

    let goodbye = line.press("four", &question, "callback.", "1").await;
    assert!(goodbye.says("Ihr Platz bleibt für Sie frei"));
    assert_eq!(goodbye.verbs().last().unwrap()["verb"], "hangup");
    assert_eq!(line.press("four", &question, "callback.", "1").await, goodbye, "a repeated hook");
    line.hang_up("four").await;

    assert_eq!(key().await, before);
    assert_eq!(entry(&line).await, ("waiting".to_owned(), "callback".to_owned(), 0, None));
    assert_eq!((line.events("entry.callback").await, line.events("entry.ended").await), (1, 0));
    let kept: i64 = sqlx::query_scalar("select count(*) from hook_reply where reply::text like '%' || $1 || '%'")
        .bind(end.join(", "))
        .fetch_one(line.world.work().pool())
        .await
        .unwrap();
    assert_eq!(kept, 0, "no answer that is kept has a number in it");
}

#[tokio::test]
async fn who_would_rather_wait_or_says_nothing_goes_on_waiting_at_the_same_place() {
    for key in ["2", ""] {
        let line = Line::new().await;
        busy_line(&line).await;
        let park = line.join("four").await;
        let question = presses(&line, "four", &park, "1").await;
        let mut body = base("four");
        body["reason"] = json!(if key.is_empty() { "timeout" } else { "dtmfDetected" });
        body["digits"] = json!(key);
        let back = line.post(&question.hook("callback."), &body).await;
        assert!(back.is_park(), "{}", back.body);
        assert_eq!(entry(&line).await, ("waiting".to_owned(), "line".to_owned(), 0, None));
    }
}

#[tokio::test]
async fn a_key_that_means_nothing_leaves_the_music_alone() {
    let line = Line::new().await;
    busy_line(&line).await;
    let park = line.join("four").await;
    assert_eq!(presses(&line, "four", &park, "7").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn nobody_is_invited_who_is_served_soon_or_shows_no_number() {
    let line = Line::new().await;
    line.agent("ana").await;
    let first = line.join("first").await;
    assert!(first.ids().iter().all(|id| !id.starts_with("invite.")), "{:?}", first.ids());
    for sid in ["one", "two", "three"] {
        line.join(sid).await;
    }
    let mut hook = fixture("call-hook-anonymous");
    hook["call_sid"] = json!("hidden");
    let greeting = line.post(CALL, &hook).await;
    let reason = line.press("hidden", &greeting, "language", "1").await;
    let park = line.press("hidden", &reason, "reason", "1").await;
    assert!(park.says("voraussichtlich"), "the control: they are told to wait for long");
    assert!(park.ids().iter().all(|id| !id.starts_with("invite.")), "{:?}", park.ids());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_is_there_first_then_the_caller_is_rung_and_they_talk() {
    let line = Line::new().await;
    let (provider, desk) = provider_of(&line).await;
    let agent = at_home(&line, "four").await;
    let number = number_of("four");
    provider.phone(&number).set(PhoneScript { keys: "1".to_owned(), ..PhoneScript::answers() });
    provider.phone("1001").set(PhoneScript::answers());

    let offer = taken_on(&line, agent).await;
    assert!(line.desk(agent).await.entry.unwrap().is_callback);
    assert_eq!(ring(&desk, offer, 1).await, Outcome::Done);
    eventually("they talk", async || line.desk(agent).await.state == "talking").await;
    assert_eq!(entry(&line).await, ("talking".to_owned(), "line".to_owned(), 0, None));

    assert!(provider.phone(&number).hang_up());
    eventually("the agent wraps up", async || line.desk(agent).await.state == "wrap_up").await;
    assert_eq!(entry(&line).await.3.as_deref(), Some("served"));
    assert_eq!(originated(&provider), 1);
    provider.shutdown().await;
}

fn originated(provider: &SimulatedProvider) -> usize {
    provider.journal().count(|what| matches!(what, Happening::CallOriginated { .. }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_nobody_answers_frees_the_agent_and_is_rung_again_after_a_pause_and_then_no_more() {
    let line = Line::new().await;
    let (provider, desk) = provider_of(&line).await;
    let agent = at_home(&line, "four").await;
    provider.phone(&number_of("four")).set(PhoneScript::does(OnRing::Busy));
    for tries in 1..=3 {
        let offer = taken_on(&line, agent).await;
        assert_eq!(ring(&desk, offer, 1).await, Outcome::Done);
        eventually("the agent is free", async || line.desk(agent).await.state == "ready").await;
        if tries < 3 {
            assert_eq!(entry(&line).await, ("waiting".to_owned(), "callback".to_owned(), tries, None));
            line.dispatch().await;
            assert!(line.desk(agent).await.open_offer.is_none(), "the caller is left in peace");
            line.world.pass(POLICY.callback.pause);
        }
    }
    assert_eq!(entry(&line).await, ("ended".to_owned(), "line".to_owned(), 0, Some("unreached".to_owned())));
    assert_eq!((originated(&provider), line.events("entry.unreached").await), (3, 2));

    assert!(line.post(CALL, &from_the_number_of("four", "back")).await.is_park(), "their own call still has the place");
    assert_eq!(line.events("entry.redeemed").await, 1);
    provider.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_answers_presses_no_key_and_costs_no_agent_a_talk() {
    let line = Line::new().await;
    let (provider, desk) = provider_of(&line).await;
    let agent = at_home(&line, "four").await;
    provider.phone(&number_of("four")).set(PhoneScript::answers());
    let offer = taken_on(&line, agent).await;
    assert_eq!(ring(&desk, offer, 1).await, Outcome::Done);
    eventually("the agent is free", async || line.desk(agent).await.state == "ready").await;
    assert_eq!(entry(&line).await, ("waiting".to_owned(), "callback".to_owned(), 1, None));
    eventually("the call is over", async || {
        let call = rings(&line).await;
        let open: i64 = sqlx::query_scalar("select count(*) from call where id = $1 and ended_at is null")
            .bind(call.0)
            .fetch_one(line.world.work().pool())
            .await
            .unwrap();
        open == 0
    })
    .await;
    assert_eq!(entry(&line).await.2, 1, "the end of that call is no second try");
    assert_eq!(line.events("entry.talking").await, 0);
    provider.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_order_was_lost_on_the_way_back_is_known_by_its_tag_and_made_once() {
    let line = Line::new().await;
    let (provider, desk) = provider_of(&line).await;
    let agent = at_home(&line, "four").await;
    provider.phone(&number_of("four")).set(PhoneScript { keys: "1".to_owned(), ..PhoneScript::answers() });
    provider.phone("1001").set(PhoneScript::answers());
    let offer = taken_on(&line, agent).await;
    provider.set_faults(Faults { rest_fails_after_effect: 1.0, ..Faults::default() });
    assert!(matches!(ring(&desk, offer, 1).await, Outcome::GivenUp(_)));
    provider.set_faults(Faults::default());
    assert_eq!(ring(&desk, offer, 2).await, Outcome::Dropped, "a worker that takes over asks for nothing");
    eventually("they talk", async || line.desk(agent).await.state == "talking").await;
    assert_eq!((originated(&provider), line.events("call.named").await), (1, 1));
    provider.shutdown().await;
}

#[tokio::test]
async fn a_call_of_which_nothing_is_ever_heard_holds_the_agent_only_until_its_deadline() {
    let line = Line::new().await;
    let agent = at_home(&line, "four").await;
    let silent = desk(&line, Answers::with(|| Err(ProviderError::Unknown(Fault::plain("lost")))));
    let offer = taken_on(&line, agent).await;
    assert!(matches!(ring(&silent, offer, 1).await, Outcome::GivenUp(_)));
    line.world.pass(POLICY.callback.ring + POLICY.callback.answer - Duration::SECOND);
    line.dispatch().await;
    assert_eq!(line.desk(agent).await.state, "connecting");
    line.world.pass(Duration::seconds(2));
    line.dispatch().await;
    assert_eq!(line.desk(agent).await.state, "ready");
    assert_eq!(entry(&line).await, ("waiting".to_owned(), "callback".to_owned(), 1, None));

    // The end of the call was promised; it has no name, so there is nobody to be asked.
    let call = rings(&line).await;
    HangUp(silent).carry_out(&attempt(1, call, offer)).await.unwrap();
    assert_eq!(line.count("call where ended_at is null").await, 0);
    let late = line.post(&line.path(call, &Step::Called(offer)), &base("late")).await;
    assert_eq!(late.verbs().last().unwrap()["verb"], "hangup", "who answers after all is not connected to nobody");
    assert_eq!(entry(&line).await.2, 1);
}

#[tokio::test]
async fn a_provider_that_is_asked_too_much_is_asked_again_and_the_caller_loses_no_try() {
    let line = Line::new().await;
    let agent = at_home(&line, "four").await;
    let offer = taken_on(&line, agent).await;
    let busy = desk(&line, Answers::with(|| Err(ProviderError::Busy(std::time::Duration::from_secs(2)))));
    assert!(matches!(ring(&busy, offer, 1).await, Outcome::Again(..)));
    assert_eq!(entry(&line).await, ("connecting".to_owned(), "callback".to_owned(), 0, None));
    let free = Answers::with(|| Ok("rings-now".to_owned()));
    assert_eq!(ring(&desk(&line, free.clone()), offer, 2).await, Outcome::Done);
    let asked = free.asked.lock().unwrap().clone();
    assert_eq!(asked[0].to.expose(), number_of("four"));
    assert_eq!(asked[0].tag, rings(&line).await.to_string());
    assert_eq!(line.call_of("rings-now").await, rings(&line).await);
}

#[tokio::test]
async fn a_number_that_the_provider_refuses_to_ring_is_a_try_in_vain() {
    let line = Line::new().await;
    let agent = at_home(&line, "four").await;
    let offer = taken_on(&line, agent).await;
    let refuses = desk(&line, Answers::with(|| Err(ProviderError::Refused(400))));
    assert!(matches!(ring(&refuses, offer, 1).await, Outcome::GivenUp(_)));
    assert_eq!(entry(&line).await, ("waiting".to_owned(), "callback".to_owned(), 1, None));
    assert_eq!(line.desk(agent).await.state, "ready");
}

#[tokio::test]
async fn who_rings_first_waits_on_the_line_again_at_the_same_place() {
    let line = Line::new().await;
    let agent = at_home(&line, "four").await;
    line.join("later").await;
    assert!(line.post(CALL, &from_the_number_of("four", "back")).await.is_park());
    assert_eq!(line.standing("back").await, Standing::Waiting);
    assert_eq!((line.events("entry.reached").await, line.events("entry.joined").await), (1, 5));

    let (_, url) = line.accept(agent, "back").await;
    assert!(line.post(&url, &base("back")).await.verb("dial").is_some(), "nobody is rung who is on the line");
    assert_eq!(line.count("job where kind = 'provider.call_back'").await, 0);
}

#[tokio::test]
async fn two_who_ring_from_one_number_keep_two_places_when_one_of_them_goes_home() {
    let line = Line::new().await;
    busy_line(&line).await;
    let park = line.join("four").await;
    let greeting = line.post(CALL, &from_the_number_of("four", "neighbour")).await;
    let reason = line.press("neighbour", &greeting, "language", "1").await;
    assert!(line.press("neighbour", &reason, "reason", "1").await.is_park());

    let question = presses(&line, "four", &park, "1").await;
    line.press("four", &question, "callback.", "1").await;
    line.hang_up("four").await;
    let reaches: Vec<String> = sqlx::query_scalar(
        "select reach from queue_entry where state = 'waiting' order by key_at desc, key_seq desc limit 2",
    )
    .fetch_all(line.world.work().pool())
    .await
    .unwrap();
    assert_eq!(reaches, ["line", "callback"]);
}

#[tokio::test]
async fn who_rings_us_while_we_ring_them_has_the_old_place_when_our_call_has_found_them_busy() {
    let line = Line::new().await;
    let agent = at_home(&line, "four").await;
    let offer = taken_on(&line, agent).await;
    let provider = desk(&line, Answers::with(|| Ok("rings".to_owned())));
    assert_eq!(ring(&provider, offer, 1).await, Outcome::Done);

    let greeting = line.post(CALL, &from_the_number_of("four", "back")).await;
    let reason = line.press("back", &greeting, "language", "1").await;
    assert!(line.press("back", &reason, "reason", "1").await.is_park());
    line.status("rings", "busy", &json!({ "direction": "outbound" })).await;

    assert_eq!(line.standing("back").await, Standing::Waiting);
    let waiting: Vec<(Uuid, String)> = sqlx::query_as("select call_id, reach from queue_entry where state = 'waiting'")
        .fetch_all(line.world.work().pool())
        .await
        .unwrap();
    assert_eq!(waiting, [(line.call_of("back").await.0, "line".to_owned())]);
    assert_eq!(line.events("entry.redeemed").await + line.events("entry.reached").await, 1);
}

#[tokio::test]
async fn an_agent_whose_phone_fails_leaves_who_was_rung_in_music_and_first_in_line() {
    let line = Line::new().await;
    let agent = at_home(&line, "four").await;
    let offer = taken_on(&line, agent).await;
    let provider = desk(&line, Answers::with(|| Ok("rings".to_owned())));
    assert_eq!(ring(&provider, offer, 1).await, Outcome::Done);
    let call = rings(&line).await;
    let greeting = line.post(&line.path(call, &Step::Called(offer)), &base("rings")).await;
    assert!(greeting.verbs()[0]["say"]["text"].as_str().unwrap().contains("um unseren Rückruf gebeten"));
    let dial = line.press("rings", &greeting, "greeting.", "1").await;
    assert!(dial.verb("dial").is_some(), "{}", dial.body);
    assert_eq!(line.press("rings", &greeting, "greeting.", "1").await, dial, "a repeated hook");

    let mut failed = fixture("dial-busy");
    failed["call_sid"] = json!("rings");
    let park = line.post(&dial.hook("connect."), &failed).await;
    assert!(park.is_park());
    assert_eq!(line.standing("rings").await, Standing::Waiting);
    assert_eq!(entry(&line).await, ("waiting".to_owned(), "line".to_owned(), 0, None));
    line.hang_up("rings").await;
    assert_eq!(entry(&line).await.3.as_deref(), Some("abandoned"));
}

/// The whole of it from the caller's side: invited in the music, gone, and rung.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_hears_the_invitation_presses_the_key_and_is_rung() {
    let line = Line::new().await;
    let (provider, desk) = provider_of(&line).await;
    let agent = busy_line(&line).await;
    let key = |at: Cue| Keys { at, press: "1".to_owned(), after: std::time::Duration::from_millis(500), again: false };
    let caller = provider.ring(CallerScript {
        number: "+493023125077".to_owned(),
        keys: vec![
            Keys::at_id("language", "1"),
            Keys::at_id("reason", "1"),
            key(Cue::Hears("Sie müssen nicht am Apparat warten".to_owned())),
            key(Cue::Hears("endet auf 5, 0, 7, 7".to_owned())),
        ],
        rung: Some(PhoneScript { keys: "1".to_owned(), ..PhoneScript::answers() }),
        ..CallerScript::default()
    });
    let end = caller.ended(SOON).await.expect("they hang up");
    assert_eq!(end.cause, "hangup");
    for gone in ["one", "two", "three"] {
        line.hang_up(gone).await;
    }
    provider.phone("1001").set(PhoneScript::answers());
    let offer = taken_on(&line, agent).await;
    assert_eq!(ring(&desk, offer, 1).await, Outcome::Done);
    eventually("they talk", async || line.desk(agent).await.state == "talking").await;
    provider.shutdown().await;
}
