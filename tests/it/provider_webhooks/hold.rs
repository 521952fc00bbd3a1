//! An agent leaves the caller in music for a moment, and comes back.

use super::connecting::accepted;
use super::*;
use vaxline::hotline::queue::commands::QueueError;
use vaxline::hotline::queue::decide::No;
use vaxline::hotline::queue::model::Policy;

/// An agent and a caller who talk; the dial by which they do.
async fn talk(line: &Line, sid: &str) -> (UserId, OfferId, Answer) {
    let (agent, offer, url, _) = accepted(line, sid).await;
    let dial = line.post(&url, &base(sid)).await;
    line.leg("leg", sid, "in-progress").await;
    assert_eq!(line.standing(sid).await, Standing::Talking(offer));
    (agent, offer, dial)
}

/// The caller is on hold, and the provider has taken them out of the dial; the music that they hear.
async fn held(line: &Line, agent: UserId, sid: &str, dial: &Answer) -> Answer {
    line.wish(agent, Wish::Hold).await;
    let call = line.call_of(sid).await;
    let music = line.post(&line.path(call, &Step::Resume), &base(sid)).await;
    // What the dial and the phone report of its end comes in any order, and ends nothing.
    line.leg("leg", sid, "completed").await;
    let mut done = fixture("dial-completed");
    done["call_sid"] = json!(sid);
    line.post(&dial.hook("connect."), &done).await;
    assert_eq!(line.standing(sid).await, Standing::Held);
    music
}

/// The agent comes back; the new offer, and the dial that rings their phone.
async fn resumed(line: &Line, agent: UserId, sid: &str) -> (OfferId, Answer) {
    line.wish(agent, Wish::Resume).await;
    let Standing::Connecting(offer) = line.standing(sid).await else { panic!("nobody is being connected") };
    let call = line.call_of(sid).await;
    let dial = line.post(&line.path(call, &Step::Connect { offer, attempt: 1 }), &base(sid)).await;
    assert!(dial.verb("dial").is_some(), "{:?}", dial.ids());
    (offer, dial)
}

#[tokio::test]
async fn the_caller_hears_music_and_the_agent_comes_back_to_the_same_talk() {
    let line = Line::new().await;
    let (agent, before, dial) = talk(&line, "held").await;
    let since = line.desk(agent).await.entry.unwrap().talking_since;
    line.world.pass(Duration::seconds(60));

    let music = held(&line, agent, "held", &dial).await;
    assert!(music.is_park() && music.says("Es geht gleich weiter") && !music.says("Warteschlange"), "{}", music.body);
    assert_eq!((line.world.jobs("provider.park").await, line.desk(agent).await.state.as_str()), (1, "talking"));
    line.world.pass(Duration::seconds(30));
    assert_eq!(line.tick("held", &music, 1).await.status, StatusCode::NO_CONTENT);
    let renewed = line.tick("held", &music, PIECES / 2).await;
    assert!(renewed.is_park() && renewed.says("Es geht gleich weiter"), "{}", renewed.body);

    let (after, dial) = resumed(&line, agent, "held").await;
    assert_ne!(after, before, "late words of the first dial must not end the second");
    line.leg("second-leg", "held", "in-progress").await;
    assert_eq!(line.standing("held").await, Standing::Talking(after));
    assert_eq!(line.desk(agent).await.entry.unwrap().talking_since, since, "it is the same talk");

    // The very last report of the first phone.
    line.leg("leg", "held", "completed").await;
    assert_eq!(line.standing("held").await, Standing::Talking(after));
    line.leg("second-leg", "held", "completed").await;
    let mut done = fixture("dial-completed");
    done["call_sid"] = json!("held");
    assert!(line.post(&dial.hook("connect."), &done).await.says("Auf Wiederhören"));
    assert_eq!(line.desk(agent).await.state, "wrap_up");
    assert_eq!((line.events("entry.held").await, line.events("entry.resumed").await), (1, 1));
    assert_eq!((line.events("entry.ended").await, line.events("offer.failed").await), (1, 0));
}

#[tokio::test]
async fn nobody_is_forgotten_on_hold() {
    let line = Line::new().await;
    let (agent, _, dial) = talk(&line, "long").await;
    held(&line, agent, "long", &dial).await;
    line.world.pass(POLICY.hold - Duration::SECOND);
    line.dispatch().await;
    assert_eq!(line.standing("long").await, Standing::Held);

    line.world.pass(Duration::SECOND);
    line.dispatch().await;
    assert!(matches!(line.standing("long").await, Standing::Connecting(_)), "the agent's phone is rung");
    assert_eq!(line.world.jobs("provider.connect").await, 2);
}

#[tokio::test]
async fn a_phone_that_is_not_answered_puts_the_caller_in_front_and_leaves_the_agent_their_notes() {
    let line = Line::new().await;
    let (agent, _, dial) = talk(&line, "first").await;
    held(&line, agent, "first", &dial).await;
    line.join("later").await;
    let (_, dial) = resumed(&line, agent, "first").await;
    let mut failed = fixture("dial-no-answer");
    failed["call_sid"] = json!("first");
    let music = line.post(&dial.hook("connect."), &failed).await;
    assert!(music.is_park() && music.says("Warteschlange"), "{}", music.body);
    let desk = line.desk(agent).await;
    assert_eq!((desk.state.as_str(), desk.next.as_deref()), ("wrap_up", Some("phone")));

    let other = line.agent("other").await;
    line.dispatch().await;
    assert_eq!(line.desk(other).await.entry.map(|entry| entry.id), line.entry_of("first").await.map(|(id, _)| id));
}

#[tokio::test]
async fn an_agent_who_cannot_be_rung_at_all_is_not_waited_for() {
    let line = Line::new().await;
    let (agent, _, dial) = talk(&line, "unheard").await;
    held(&line, agent, "unheard", &dial).await;
    line.wish(agent, Wish::Resume).await;
    line.world.pass(POLICY.connect);
    line.dispatch().await;
    assert_eq!(line.standing("unheard").await, Standing::Waiting);
    assert_eq!(line.desk(agent).await.state, "wrap_up");
    assert_eq!(
        line.world.jobs("provider.park").await,
        2,
        "whatever the provider does with the call: it hears the line's music"
    );
}

#[tokio::test]
async fn who_hangs_up_on_hold_was_served_and_the_agent_wraps_up() {
    for comes_back in [false, true] {
        let line = Line::new().await;
        let (agent, _, dial) = talk(&line, "gone").await;
        held(&line, agent, "gone", &dial).await;
        if comes_back {
            resumed(&line, agent, "gone").await;
        }
        line.hang_up("gone").await;
        assert_eq!(line.desk(agent).await.state, "wrap_up");
        let ending: Option<String> =
            sqlx::query_scalar("select ending from queue_entry").fetch_one(line.world.work().pool()).await.unwrap();
        assert_eq!(ending.as_deref(), Some("served"));
    }
}

#[tokio::test]
async fn from_a_hold_the_caller_is_handed_on_and_hears_of_the_line_again() {
    let line = Line::new().await;
    let (agent, _, dial) = talk(&line, "onward").await;
    let music = held(&line, agent, "onward", &dial).await;
    let to = queue::Onward::Queue("hotline".to_owned());
    in_tx!(line.world.staff(), "hand on", |tx| queue::transfer(tx, agent, &to, &routing(), &POLICY)).unwrap();
    let told = line.tick("onward", &music, 0).await;
    assert!(told.is_park() && told.says("Warteschlange"), "{}", told.body);
    assert_eq!((line.standing("onward").await, line.desk(agent).await.state.as_str()), (Standing::Waiting, "wrap_up"));
}

#[tokio::test]
async fn what_cannot_be_held_or_fetched_back_is_refused_and_asking_twice_is_once() {
    let line = Line::new().await;
    let (agent, _, dial) = talk(&line, "twice").await;
    let wish = async |wish: Wish| {
        in_tx!(line.world.staff(), "wish", |tx| agents::carry_out_wish(tx, agent, wish.clone(), &POLICY))
    };
    assert!(matches!(wish(Wish::Resume).await, Err(QueueError::No(No::NotHeld))));
    let off = Policy { hold: Duration::ZERO, ..POLICY };
    let refused = in_tx!(line.world.staff(), "wish", |tx| agents::carry_out_wish(tx, agent, Wish::Hold, &off));
    assert!(matches!(refused, Err(QueueError::No(No::HoldOff))));
    held(&line, agent, "twice", &dial).await;
    wish(Wish::Hold).await.unwrap();
    assert_eq!(line.events("entry.held").await, 1);
    resumed(&line, agent, "twice").await;
    assert!(matches!(wish(Wish::Resume).await, Err(QueueError::No(No::NotHeld))));
    assert!(matches!(wish(Wish::Hold).await, Err(QueueError::No(No::NoCall))));
    line.hang_up("twice").await;
    assert!(matches!(wish(Wish::Hold).await, Err(QueueError::No(No::NoCall))));
}

#[tokio::test]
async fn a_process_that_starts_anew_knows_who_is_on_hold() {
    let line = Line::new().await;
    let (agent, _, dial) = talk(&line, "kept").await;
    let music = held(&line, agent, "kept", &dial).await;
    let line = line.restarted();
    assert_eq!(line.tick("kept", &music, 2).await.status, StatusCode::NO_CONTENT);
    resumed(&line, agent, "kept").await;
    line.leg("second-leg", "kept", "in-progress").await;
    assert!(matches!(line.standing("kept").await, Standing::Talking(_)));
}
