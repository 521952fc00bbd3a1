//! From an accepted offer to the talk and its end, or back to the same place.

use super::*;

/// A caller waits and an agent has accepted: the agent, the offer, and where the provider will ask.
pub(super) async fn accepted(line: &Line, sid: &str) -> (UserId, OfferId, String, Answer) {
    let park = line.join(sid).await;
    let agent = line.agent("agent").await;
    let (offer, url) = line.accept(agent, sid).await;
    (agent, offer, url, park)
}

#[tokio::test]
async fn the_agents_phone_is_rung_and_both_talk_and_the_agent_wraps_up() {
    let line = Line::new().await;
    let (agent, _, url, _) = accepted(&line, "talk").await;

    let dial = line.post(&url, &base("talk")).await;
    let verb = dial.verb("dial").unwrap();
    assert_eq!(verb["target"], json!([{ "type": "user", "name": "1001@vaxline.example" }]));
    assert!(verb["timeout"].as_u64().unwrap() <= 20);
    for status in ["trying", "ringing"] {
        line.leg("leg", "talk", status).await;
    }
    assert_eq!(line.desk(agent).await.state, "connecting");
    line.leg("leg", "talk", "in-progress").await;
    assert_eq!(line.desk(agent).await.state, "talking");

    line.leg("leg", "talk", "completed").await;
    assert_eq!(line.desk(agent).await.state, "wrap_up");
    let mut done = fixture("dial-completed");
    done["call_sid"] = json!("talk");
    let goodbye = line.post(&dial.hook("connect."), &done).await;
    assert!(goodbye.says("Auf Wiederhören"));
    assert_eq!(goodbye.verbs().last().unwrap()["verb"], "hangup");
    assert_eq!(line.post(&dial.hook("connect."), &done).await, goodbye, "a repeated hook");
    assert_eq!(line.events("entry.ended").await, 1);
}

#[tokio::test]
async fn a_phone_that_is_not_answered_leaves_the_caller_in_music_at_the_same_place() {
    for failure in ["dial-ring-timeout", "dial-busy", "dial-no-answer", "dial-failed", "dial-nothing-dialled"] {
        let line = Line::new().await;
        let (agent, _, url, _) = accepted(&line, "unlucky").await;
        let dial = line.post(&url, &base("unlucky")).await;
        let mut failed = fixture(failure);
        failed["call_sid"] = json!("unlucky");
        let park = line.post(&dial.hook("connect."), &failed).await;
        assert!(park.is_park(), "{failure}");
        assert_eq!(line.standing("unlucky").await, Standing::Waiting);
        let desk = line.desk(agent).await;
        assert_eq!((desk.state.as_str(), desk.reason.as_deref()), ("not_ready", Some("phone")));
        assert_eq!(line.post(&dial.hook("connect."), &failed).await, park, "a repeated hook");
        assert_eq!(line.events("offer.failed").await, 1);
    }
}

#[tokio::test]
async fn while_a_call_is_connected_its_ticks_are_told_to_go_on() {
    let line = Line::new().await;
    let (_, _, url, park) = accepted(&line, "busy").await;
    for index in [0, PIECES / 2, PIECES - 1] {
        // A list here would overwrite the one that the interrupt gives, and the caller would hear music for ever.
        assert_eq!(line.tick("busy", &park, index).await.status, StatusCode::NO_CONTENT);
    }
    let dial = line.post(&url, &base("busy")).await;
    assert_eq!(line.tick("busy", &park, PIECES / 2).await.status, StatusCode::NO_CONTENT);
    line.leg("leg", "busy", "in-progress").await;
    assert_eq!(line.tick("busy", &park, PIECES / 2).await.status, StatusCode::NO_CONTENT);
    assert!(dial.verb("dial").is_some());
}

#[tokio::test]
async fn asking_again_whom_to_ring_is_answered_the_same() {
    let line = Line::new().await;
    let (_, _, url, _) = accepted(&line, "asks").await;
    let dial = line.post(&url, &base("asks")).await;
    line.world.pass(Duration::seconds(3));
    assert_eq!(line.post(&url, &base("asks")).await, dial);
}

#[tokio::test]
async fn a_second_request_to_connect_rings_nobody_again() {
    let line = Line::new().await;
    let (_, offer, url, _) = accepted(&line, "again").await;
    assert!(line.post(&url, &base("again")).await.verb("dial").is_some());
    // The answer to the interrupt was lost, and the call was interrupted once more: it is in its dial already.
    let call = line.call_of("again").await;
    let second = line.path(call, &Step::Connect { offer, attempt: 2 });
    let answer = line.post(&second, &base("again")).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "undisturbed"));
}

#[tokio::test]
async fn an_interrupt_that_comes_too_late_leaves_the_talk_undisturbed() {
    let mut line = Line::new().await;
    let (agent, _, url, _) = accepted(&line, "talks").await;
    line.post(&url, &base("talks")).await;
    line.leg("leg", "talks", "in-progress").await;
    let call = line.call_of("talks").await;
    let resume = line.path(call, &Step::Resume);
    for late in [&url, &resume] {
        let answer = line.post(late, &base("talks")).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "undisturbed"), "{late}");
    }
    // Without a database nobody knows, and any list would end the talk.
    line.cut_off();
    for late in [&url, &resume] {
        assert_eq!(line.post(late, &base("talks")).await.status, StatusCode::SERVICE_UNAVAILABLE, "{late}");
    }
    line.reconnect();
    assert_eq!(line.desk(agent).await.state, "talking");
}

#[tokio::test]
async fn a_repeated_answer_does_not_take_a_caller_from_the_agent() {
    let line = Line::new().await;
    let greeting = line.ring("repeats").await;
    let reason = line.press("repeats", &greeting, "language", "1").await;
    assert!(line.press("repeats", &reason, "reason", "1").await.is_park());
    let agent = line.agent("agent").await;
    line.accept(agent, "repeats").await;
    assert_eq!(line.press("repeats", &reason, "reason", "1").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_phone_that_answered_and_was_never_put_through_gives_the_caller_back() {
    for reports in [&["in-progress"][..], &["in-progress", "completed"]] {
        let line = Line::new().await;
        let (agent, _, url, _) = accepted(&line, "unbridged").await;
        let dial = line.post(&url, &base("unbridged")).await;
        for status in reports {
            line.leg("leg", "unbridged", status).await;
        }
        let mut failed = fixture("dial-failed");
        failed["call_sid"] = json!("unbridged");
        let park = line.post(&dial.hook("connect."), &failed).await;
        assert!(park.is_park(), "{reports:?}");
        assert_eq!(line.standing("unbridged").await, Standing::Waiting);
        assert_eq!(line.desk(agent).await.reason.as_deref(), Some("phone"));
    }
}

#[tokio::test]
async fn a_tick_behind_the_dial_ends_a_talk_whose_end_was_not_heard() {
    let line = Line::new().await;
    let (agent, _, url, _) = accepted(&line, "unheard").await;
    let dial = line.post(&url, &base("unheard")).await;
    line.leg("leg", "unheard", "in-progress").await;
    // The dial's own report and the leg's were lost: the list goes on behind the dial.
    let goodbye = line.tick("unheard", &dial, 0).await;
    assert!(goodbye.says("Auf Wiederhören"));
    assert_eq!(line.desk(agent).await.state, "wrap_up");
}

#[tokio::test]
async fn a_tick_behind_a_dial_that_connected_nobody_gives_the_caller_back() {
    let line = Line::new().await;
    let (_, _, url, _) = accepted(&line, "unheard").await;
    let dial = line.post(&url, &base("unheard")).await;
    assert!(line.tick("unheard", &dial, 0).await.is_park());
    assert_eq!(line.standing("unheard").await, Standing::Waiting);
}

#[tokio::test]
async fn the_end_of_an_earlier_phone_does_not_end_the_next_talk() {
    let line = Line::new().await;
    let (_, _, url, _) = accepted(&line, "second").await;
    let dial = line.post(&url, &base("second")).await;
    line.leg("first-leg", "second", "ringing").await;
    let mut over = fixture("dial-ring-timeout");
    over["call_sid"] = json!("second");
    line.post(&dial.hook("connect."), &over).await;
    line.world.pass(POLICY.back_off + Duration::SECOND);
    let other = line.agent("other").await;
    let (_, url) = line.accept(other, "second").await;
    line.post(&url, &base("second")).await;
    line.leg("second-leg", "second", "in-progress").await;

    line.leg("first-leg", "second", "completed").await;
    line.leg("unknown-leg", "second", "completed").await;
    let mut done = fixture("dial-completed");
    done["call_sid"] = json!("second");
    line.post(&dial.hook("connect."), &done).await;
    assert_eq!(line.desk(other).await.state, "talking");
    line.leg("second-leg", "second", "completed").await;
    assert_eq!(line.desk(other).await.state, "wrap_up");
}

#[tokio::test]
async fn an_offer_that_is_over_rings_nobody() {
    let line = Line::new().await;
    let (_, _, url, _) = accepted(&line, "over").await;
    line.world.pass(POLICY.connect);
    line.dispatch().await;
    let answer = line.post(&url, &base("over")).await;
    assert!(answer.is_park(), "the offer is over, the caller waits");
    line.hang_up("over").await;
    let answer = line.post(&url, &base("over")).await;
    assert_eq!(answer.verbs().iter().map(|verb| verb["verb"].as_str().unwrap()).collect::<Vec<_>>(), ["hangup"]);
}

#[tokio::test]
async fn an_agent_without_a_phone_gives_the_caller_back_at_once() {
    let line = Line::new().await;
    let (agent, _, url, _) = accepted(&line, "phoneless").await;
    sqlx::query("update user_account set phone_user = null").execute(line.world.work().pool()).await.unwrap();
    assert!(line.post(&url, &base("phoneless")).await.is_park());
    assert_eq!(line.standing("phoneless").await, Standing::Waiting);
    assert_eq!(line.desk(agent).await.reason.as_deref(), Some("phone"));
}

#[tokio::test]
async fn a_hang_up_while_the_phone_rings_frees_the_agent() {
    let line = Line::new().await;
    let (agent, _, url, _) = accepted(&line, "fickle").await;
    let dial = line.post(&url, &base("fickle")).await;
    line.leg("leg", "fickle", "ringing").await;
    line.hang_up("fickle").await;
    assert_eq!(line.desk(agent).await.state, "ready");
    // What still comes of the call changes nothing any more.
    line.leg("leg", "fickle", "no-answer").await;
    let mut failed = fixture("dial-ring-timeout");
    failed["call_sid"] = json!("fickle");
    line.post(&dial.hook("connect."), &failed).await;
    assert_eq!(line.desk(agent).await.state, "ready");
    assert_eq!((line.events("offer.withdrawn").await, line.events("offer.failed").await), (1, 0));
}

#[tokio::test]
async fn a_talk_whose_beginning_was_never_reported_is_known_by_its_end() {
    let line = Line::new().await;
    let (agent, _, url, _) = accepted(&line, "unreported").await;
    let dial = line.post(&url, &base("unreported")).await;
    let mut done = fixture("dial-completed");
    done["call_sid"] = json!("unreported");
    line.post(&dial.hook("connect."), &done).await;
    assert_eq!(line.desk(agent).await.state, "wrap_up");
    assert_eq!((line.events("entry.talking").await, line.events("entry.ended").await), (1, 1));
}

#[tokio::test]
async fn reports_of_an_agents_leg_in_any_order_and_twice_end_the_same() {
    let orders = [
        ["trying", "ringing", "in-progress", "completed"],
        ["completed", "in-progress", "ringing", "trying"],
        ["in-progress", "completed", "trying", "ringing"],
        ["ringing", "completed", "trying", "in-progress"],
    ];
    for order in orders {
        let line = Line::new().await;
        let (agent, _, url, _) = accepted(&line, "shuffled").await;
        line.post(&url, &base("shuffled")).await;
        for status in order {
            line.leg("leg", "shuffled", status).await;
            line.leg("leg", "shuffled", status).await;
        }
        assert_eq!(line.desk(agent).await.state, "wrap_up", "{order:?}");
        assert_eq!((line.events("entry.talking").await, line.events("entry.ended").await), (1, 1), "{order:?}");
    }
}

#[tokio::test]
async fn a_late_report_of_an_earlier_phone_does_not_answer_the_next_offer() {
    let line = Line::new().await;
    let (_, _, url, _) = accepted(&line, "second").await;
    let dial = line.post(&url, &base("second")).await;
    line.leg("first-leg", "second", "ringing").await;
    let mut failed = fixture("dial-ring-timeout");
    failed["call_sid"] = json!("second");
    line.post(&dial.hook("connect."), &failed).await;

    line.world.pass(POLICY.back_off + Duration::SECOND);
    let other = line.agent("other").await;
    let (_, url) = line.accept(other, "second").await;
    line.post(&url, &base("second")).await;
    line.leg("first-leg", "second", "in-progress").await;
    assert_eq!(line.desk(other).await.state, "connecting", "it was another phone that answered, too late");
    line.leg("second-leg", "second", "in-progress").await;
    assert_eq!(line.desk(other).await.state, "talking");
}

#[tokio::test]
async fn the_log_of_a_whole_call_names_no_number() {
    let line = Line::new().await;
    let (agent, offer, url, _) = accepted(&line, "private").await;
    line.wish(agent, Wish::Painted(offer)).await;
    let dial = line.post(&url, &base("private")).await;
    for status in ["trying", "ringing", "in-progress", "completed"] {
        line.leg("leg", "private", status).await;
    }
    let mut done = fixture("dial-completed");
    done["call_sid"] = json!("private");
    line.post(&dial.hook("connect."), &done).await;
    line.wish(agent, Wish::FinishWrapUp("booked".to_owned())).await;
    line.hang_up("private").await;

    let pool = line.world.work().pool();
    let whole = |sql: &'static str| sqlx::query_scalar::<_, String>(sql).fetch_one(pool);
    let log = whole("select string_agg(to_jsonb(event)::text, ' ') from event").await.unwrap();
    for kind in ["call.arrived", "entry.joined", "offer.accepted", "entry.talking", "agent.wrapped_up", "call.ended"] {
        assert!(log.contains(kind), "it is the log of a whole call: {kind}");
    }
    // Without country code and area, as people write it too.
    let number = number_of("private")[6..].to_owned();
    assert!(whole("select string_agg(to_jsonb(call)::text, ' ') from call").await.unwrap().contains(&number));
    assert!(!log.contains(&number));
}
