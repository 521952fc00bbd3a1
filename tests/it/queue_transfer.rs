//! An agent hands a caller on: to a queue or a colleague, with a word, and without the loss of the place.

use crate::console_booking::{form, reserve};
use crate::queue_offers::Hotline;
use crate::queue_routing::{routing, skilled, take};
use crate::support::hotline::{Hotline as Desks, SHIPPED as POLICY};
use crate::support::page::Page;
use serde_json::{Value, json};
use time::Duration;
use vaxline::foundation::ids::{CallId, EntryId, OfferId, UserId};
use vaxline::hotline::agents::commands::Wish;
use vaxline::hotline::queue::commands::{self as queue, Onward, QueueError, Standing};
use vaxline::hotline::queue::decide::No;
use vaxline::in_tx;

/// An agent who talks with a caller.
struct Talk {
    hotline: Hotline,
    agent: UserId,
    call: CallId,
    entry: EntryId,
    offer: OfferId,
}

/// The agent takes what they are offered, and talks.
async fn take_offered(hotline: &Hotline, agent: UserId) -> (OfferId, EntryId) {
    let (offer, entry) = hotline.offer(agent).await.expect("an offer");
    take(hotline, agent, offer).await;
    (offer, entry)
}

impl Talk {
    async fn begun() -> Self {
        let mut hotline = Hotline::new().await;
        let agent = hotline.agent("anna").await;
        let (call, _) = hotline.caller_of(&routing(), |_| {}).await;
        hotline.dispatch().await;
        let (offer, entry) = take_offered(&hotline, agent).await;
        Self { hotline, agent, call, entry, offer }
    }

    async fn transfer(&self, to: Onward) -> Result<EntryId, QueueError> {
        let (agent, routing) = (self.agent, routing());
        in_tx!(self.hotline.world.staff(), "hand on", |tx| queue::transfer(tx, agent, &to, &routing, &POLICY))
    }

    async fn standing(&self) -> Standing {
        self.hotline.standing(self.call).await
    }

    async fn events(&self, kind: &str) -> Vec<Value> {
        sqlx::query_scalar("select data from event where kind = $1 order by seq")
            .bind(kind)
            .fetch_all(self.hotline.world.work().pool())
            .await
            .unwrap()
    }
}

fn hotline() -> Onward {
    Onward::Queue("hotline".to_owned())
}

fn is_refused(outcome: &Result<EntryId, QueueError>, with: No) -> bool {
    matches!(outcome, Err(QueueError::No(no)) if *no == with)
}

#[tokio::test]
async fn who_is_handed_on_stands_before_all_who_came_later() {
    let mut talk = Talk::begun().await;
    let (_, later) = talk.hotline.caller_of(&routing(), |_| {}).await;
    assert_eq!(talk.transfer(hotline()).await.unwrap(), talk.entry);
    assert_eq!(talk.hotline.desk(talk.agent).await.state, "wrap_up");
    assert_eq!(talk.standing().await, Standing::Waiting);
    let ben = talk.hotline.agent("ben").await;
    talk.hotline.dispatch().await;
    assert_eq!(talk.hotline.offer(ben).await.map(|offer| offer.1), Some(talk.entry), "and not {later}");
    assert_eq!(talk.hotline.world.jobs("provider.park").await, 1, "the caller is put back into music");
    assert_eq!(talk.events("entry.transferred").await, [json!({ "queue": "hotline", "needs": [], "prefers": null })]);
}

#[tokio::test]
async fn the_agent_who_hands_a_caller_on_is_not_offered_the_same_one_at_once() {
    let talk = Talk::begun().await;
    talk.transfer(hotline()).await.unwrap();
    talk.hotline.wish(talk.agent, Wish::FinishWrapUp("informed".to_owned())).await.unwrap();
    talk.hotline.dispatch().await;
    assert_eq!(talk.hotline.offer(talk.agent).await, None);
    talk.hotline.world.pass(POLICY.back_off);
    talk.hotline.dispatch().await;
    assert_eq!(talk.hotline.offer(talk.agent).await.map(|offer| offer.1), Some(talk.entry));
}

#[tokio::test]
async fn another_queue_asks_for_its_own_skills_and_begins_its_own_patience() {
    let talk = Talk::begun().await;
    talk.hotline.world.pass(Duration::minutes(20));
    talk.transfer(Onward::Queue("duty".to_owned())).await.unwrap();
    let able = skilled(&talk.hotline, "able", "duty:1").await;
    talk.hotline.world.pass(Duration::SECOND);
    let plain = talk.hotline.agent("plain").await;
    talk.hotline.dispatch().await;
    assert_eq!(talk.hotline.offer(plain).await, None, "it is no minute old in this queue");
    assert_eq!(talk.hotline.offer(able).await.map(|offer| offer.1), Some(talk.entry));
}

#[tokio::test]
async fn a_colleague_is_waited_for_and_then_anybody_may_take_the_caller() {
    let talk = Talk::begun().await;
    let ben = talk.hotline.agent("ben").await;
    talk.hotline.world.pass(Duration::SECOND);
    let cleo = talk.hotline.agent("cleo").await;
    talk.transfer(Onward::Agent(cleo)).await.unwrap();
    talk.hotline.dispatch().await;
    assert_eq!(talk.hotline.offer(cleo).await.map(|offer| offer.1), Some(talk.entry), "ben is idle for longer");
    assert_eq!(talk.events("entry.transferred").await[0]["prefers"]["agent"], json!(cleo));

    let (offer, _) = talk.hotline.offer(cleo).await.unwrap();
    talk.hotline.wish(cleo, Wish::Decline(offer)).await.unwrap();
    talk.hotline.world.pass(Duration::seconds(30));
    assert_eq!(talk.hotline.dispatch().await.overdue, 1, "the wrap-up is over");
    talk.hotline.dispatch().await;
    assert_eq!(talk.hotline.offer(ben).await.map(|offer| offer.1), Some(talk.entry));
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_by_name_and_the_talk_goes_on() {
    let talk = Talk::begun().await;
    let away = talk.hotline.agent("away").await;
    talk.hotline.wish(away, Wish::NotReady("break".to_owned())).await.unwrap();
    assert!(is_refused(&talk.transfer(Onward::Queue("nowhere".to_owned())).await, No::NobodyThere));
    assert!(is_refused(&talk.transfer(Onward::Agent(talk.agent)).await, No::NobodyThere));
    assert!(is_refused(&talk.transfer(Onward::Agent(away)).await, No::NobodyThere));
    assert_eq!(talk.standing().await, Standing::Talking(talk.offer));
    talk.hotline.gone(talk.call).await;
    assert!(is_refused(&talk.transfer(hotline()).await, No::NoCall));
}

#[tokio::test]
async fn a_colleague_who_lacks_what_the_caller_needs_is_not_asked() {
    let mut hotline = Hotline::new().await;
    let anna = skilled(&hotline, "anna", "duty:1").await;
    let (call, _) = hotline.caller_of(&routing(), |join| join.queue = Some("duty".to_owned())).await;
    hotline.dispatch().await;
    let (offer, entry) = take_offered(&hotline, anna).await;
    let ben = hotline.agent("ben").await;
    let talk = Talk { hotline, agent: anna, call, entry, offer };
    assert!(is_refused(&talk.transfer(Onward::Agent(ben)).await, No::Unfit));
}

#[tokio::test]
async fn what_is_still_said_of_the_first_talk_changes_nothing() {
    let talk = Talk::begun().await;
    talk.transfer(hotline()).await.unwrap();
    let (hooks, first) = (&talk.hotline.world.pools.hooks, talk.offer);
    let nothing_comes_of_it = async || {
        assert!(!in_tx!(hooks, "ended", |tx| queue::talk_ended(tx, first, &POLICY)).unwrap());
        assert!(!in_tx!(hooks, "not bridged", |tx| queue::not_bridged(tx, first, &POLICY)).unwrap());
        assert!(!in_tx!(hooks, "answered", |tx| queue::agent_answered(tx, first, &POLICY)).unwrap());
    };
    nothing_comes_of_it().await;
    assert_eq!(talk.standing().await, Standing::Waiting);

    let ben = talk.hotline.agent("ben").await;
    talk.hotline.dispatch().await;
    let (second, _) = take_offered(&talk.hotline, ben).await;
    nothing_comes_of_it().await;
    assert_eq!(talk.standing().await, Standing::Talking(second));
    assert!(in_tx!(hooks, "ended", |tx| queue::talk_ended(tx, second, &POLICY)).unwrap());
    nothing_comes_of_it().await;
    assert_eq!(talk.standing().await, Standing::Over);
}

#[tokio::test]
async fn who_hangs_up_in_line_after_it_finds_the_place_again() {
    let mut talk = Talk::begun().await;
    talk.hotline.caller_of(&routing(), |_| {}).await;
    talk.transfer(hotline()).await.unwrap();
    assert!(talk.hotline.gone(talk.call).await);
    let again = CallId(uuid::Uuid::from_u128(99));
    let entry = talk.entry;
    let redeemed =
        in_tx!(&talk.hotline.world.pools.hooks, "redial", |tx| queue::redeem(tx, entry, again, &POLICY)).unwrap();
    assert!(redeemed);
    let ben = talk.hotline.agent("ben").await;
    talk.hotline.dispatch().await;
    assert_eq!(talk.hotline.offer(ben).await.map(|offer| offer.1), Some(talk.entry));
}

#[tokio::test]
async fn the_next_agent_reads_the_word_and_finds_what_was_typed() {
    let desks = Desks::in_saxony().await;
    let (mut anna, call, _) = desks.talk("anna", "+493511000001").await;
    let queues = anna.heard[1]["setup"]["queues"].clone();
    assert_eq!(queues, json!([{ "code": "hotline", "label": "Impftelefon" }]));
    let form = form("Beispiel");
    anna.must(json!({ "t": "save_draft", "form": form })).await;
    reserve(&mut anna, &form).await;

    let (_, browser) = desks.agent("ben").await;
    let mut ben = Page::open(&browser, desks.server).await;
    ben.must(json!({ "t": "ready" })).await;
    let colleagues = anna.must(json!({ "t": "colleagues" })).await["colleagues"].clone();
    assert_eq!((colleagues.as_array().unwrap().len(), &colleagues[0]["state"]), (1, &json!("ready")));

    let to = json!({ "kind": "agent", "id": colleagues[0]["id"] });
    let too_long = anna.ask(json!({ "t": "transfer", "to": to, "note": "x".repeat(201) })).await;
    assert_eq!(too_long["error"]["code"], "note_too_long");
    anna.must(json!({ "t": "transfer", "to": to, "note": " Möchte mit dem Ehemann zusammen. " })).await;
    anna.until_state("wrap_up").await;
    anna.until("the pair is given back", |page| page.desk["reservation"].is_null()).await;

    let offer = ben.until_offer().await;
    ben.must(json!({ "t": "accept", "offer": offer })).await;
    desks.answer(&offer).await;
    ben.until("what anna has left", |page| page.desk["call"]["handover"].is_object()).await;
    let left = ben.desk["call"]["handover"].clone();
    assert_eq!((&left["by"], &left["note"]), (&anna.desk["agent"]["name"], &json!("Möchte mit dem Ehemann zusammen.")));
    assert_eq!(left["form"]["person"]["family_name"], "Beispiel");
    anna.must(json!({ "t": "finish_wrap_up", "code": "other" })).await;
    assert_eq!(desks.count("select count(*) from handover").await, 1, "it is the next agent's now");

    desks.hang_up(call).await;
    ben.until_state("wrap_up").await;
    ben.must(json!({ "t": "finish_wrap_up", "code": "other" })).await;
    assert_eq!(desks.count("select count(*) from handover").await, 0);
}
