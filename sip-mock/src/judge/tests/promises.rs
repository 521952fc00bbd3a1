//! Each promise, without skills.

use super::*;

#[test]
fn a_clean_run_has_figures_and_no_violations() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").agent(5, 2, "ready").joins(1_000, 1).offers(1_020, 1, 1).serves(3_000, 1, 1);
    run.joins(3_100, 2).offers(3_120, 2, 2).serves(5_000, 2, 2).joins(6_000, 3).gives_up(9_000, 3).until(20_000);
    let report = run.verdict();
    assert_eq!(report.violations, []);
    let n = &report.figures;
    assert_eq!((n.calls, n.waited, n.served, n.abandoned), (3, 3, 2, 1));
    assert_eq!((n.assignment.count, n.assignment.max_ms), (2, 15.0));
    assert!((n.service_level.of_answered - 1.0).abs() < f64::EPSILON);
    assert!((n.service_level.of_offered - 2.0 / 3.0).abs() < 1e-9);
    assert!(report.to_string().contains("order            kept"));
    assert_eq!(report.to_json()["broken_promises"]["order"], 0);
}

#[test]
fn passing_over_an_earlier_caller_is_seen() {
    let mut run = Run::default();
    run.joins(0, 1).joins(1_000, 2).agent(2_000, 1, "ready").offers(2_010, 2, 1).serves(2_100, 2, 1).gives_up(9_000, 1);
    assert_eq!(run.broken(), ["order"]);
}

#[test]
fn an_earlier_caller_may_be_passed_over_by_the_agent_who_let_it_pass() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").joins(1_000, 1).joins(2_000, 2).offers(1_020, 1, 1);
    run.fact(3_000, "offer.declined", 1, Some(1), json!({}))
        .agent(3_000, 1, "ready")
        .offers(3_010, 2, 1)
        .serves(4_000, 2, 1);
    run.gives_up(9_000, 1);
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn a_caller_who_came_in_the_last_moment_may_have_been_unknown() {
    let mut run = Run::default();
    run.joins(1_000, 2).agent(2_000, 1, "ready");
    run.joins(2_000, 1);
    // Earlier by its key, but it became visible only 100 ms before the offer.
    run.events.last_mut().unwrap().data = json!({"key_us": micros_at(0), "seq": 1});
    run.offers(2_100, 2, 1).serves(2_200, 2, 1).gives_up(9_000, 1);
    assert_eq!(run.verdict().count("order"), 0);
}

#[test]
fn choosing_an_agent_who_was_idle_for_less_is_seen() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").agent(5_000, 2, "ready").joins(10_000, 1).offers(10_020, 1, 2).serves(11_000, 1, 2);
    assert_eq!(run.broken(), ["longest idle"]);
}

#[test]
fn an_agent_whose_offer_was_withdrawn_keeps_the_turn_and_an_unlinked_one_has_none() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").agent(5_000, 2, "ready").joins(10_000, 1).offers(10_020, 1, 1);
    run.ends(11_000, 1, "caller").fact(11_020, "offer.withdrawn", 1, Some(1), json!({"reason": "hung_up"}));
    run.fact(11_020, "entry.ended", 1, Some(1), json!({"reason": "abandoned"})).agent(11_020, 1, "ready");
    run.joins(12_000, 2).offers(12_020, 2, 1).serves(13_000, 2, 1);
    run.fact(14_000, "agent.link_lost", 0, Some(2), json!({}))
        .agent(14_500, 3, "ready")
        .joins(15_000, 3)
        .offers(15_020, 3, 3)
        .serves(16_000, 3, 3);
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn two_offers_of_one_entry_or_to_one_agent_are_seen() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").agent(1, 2, "ready").joins(1_000, 1).offers(1_020, 1, 1).offers(1_030, 1, 2);
    assert_eq!(run.broken().first(), Some(&"double offer"));
    let mut run = Run::default();
    run.agent(0, 1, "ready").joins(1_000, 1).joins(1_100, 2).offers(1_120, 1, 1).offers(1_130, 2, 1);
    assert_eq!(run.broken().first(), Some(&"double offer"));
}

#[test]
fn two_offers_right_after_an_agent_became_ready_are_two_all_the_same() {
    let mut run = Run::default();
    run.joins(0, 1).joins(100, 2).agent(1_000, 1, "ready").offers(1_010, 1, 1).offers(1_020, 2, 1);
    assert_eq!(run.verdict().count("double offer"), 1);
}

#[test]
fn a_transaction_that_waited_may_stand_before_the_one_it_waited_for() {
    let mut run = Run::default();
    run.joins(0, 1).agent(500, 2, "not_ready");
    // The agent became ready at 1.012; the round that saw it had begun at 1.010 and waited.
    run.offers(1_010, 1, 2).agent(1_012, 2, "ready").joins(1_100, 3).agent(1_200, 1, "ready").offers(1_210, 3, 1);
    run.serves(1_300, 1, 2).serves(1_300, 3, 1);
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn the_order_of_facts_within_a_round_says_nothing() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").agent(500, 2, "ready").joins(1_000, 1).joins(1_001, 2);
    run.offers(2_000, 2, 2).offers(2_000, 1, 1).serves(2_500, 2, 2).serves(2_500, 1, 1);
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn an_offer_to_an_agent_in_wrap_up_is_seen() {
    let mut run = Run::default();
    run.agent(0, 1, "ready")
        .joins(1_000, 1)
        .offers(1_020, 1, 1)
        .serves(2_000, 1, 1)
        .joins(4_000, 2)
        .offers(4_020, 2, 1)
        .serves(5_000, 2, 1);
    assert_eq!(run.broken(), ["double offer"]);
}

#[test]
fn an_offer_that_outlives_its_caller_is_a_ghost() {
    let withdrawn_at = |ms: i64| {
        let mut run = Run::default();
        run.agent(0, 1, "ready").joins(1_000, 1).offers(1_020, 1, 1).ends(2_000, 1, "caller");
        run.fact(ms, "offer.withdrawn", 1, Some(1), json!({"reason": "hung_up"})).fact(
            ms,
            "entry.ended",
            1,
            Some(1),
            json!({"reason": "abandoned"}),
        );
        run.agent(ms, 1, "ready");
        run.verdict().count("ghost offer")
    };
    assert_eq!(withdrawn_at(2_900), 0);
    assert_eq!(withdrawn_at(3_200), 1);
}

#[test]
fn an_end_that_the_service_never_heard_of_makes_no_ghost() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").joins(1_000, 1).offers(1_020, 1, 1);
    run.saw(
        2_000,
        Happening::CallEnded {
            call: "sid1".into(),
            by: "caller".into(),
            cause: "caller".into(),
            sip: 200,
            served: false,
        },
    );
    run.fact(9_000, "offer.withdrawn", 1, Some(1), json!({"reason": "hung_up"})).agent(9_000, 1, "ready");
    assert_eq!(run.verdict().count("ghost offer"), 0);
}

#[test]
fn a_waiting_caller_who_is_hung_up_on_was_dropped_by_us() {
    let mut run = Run::default();
    run.joins(1_000, 1).ends(5_000, 1, "jambonz").fact(5_020, "entry.ended", 1, None, json!({"reason": "lost"}));
    assert_eq!(run.broken(), ["dropped by us"]);
}

#[test]
fn a_call_that_joins_again_after_a_crash_has_lost_its_place() {
    let mut run = Run::default();
    run.joins(1_000, 1).outage(2_000, 3_000);
    let mut again = run.events[1].clone();
    again.entry = Some("e9".into());
    again.at = moment(4_000);
    again.position = 99;
    again.data = json!({"key_us": micros_at(4_000), "seq": 9});
    run.events.push(again);
    assert_eq!(run.broken(), ["lost place"]);
}

#[test]
fn a_caller_in_music_without_a_place_has_lost_it() {
    let mut run = Run::default();
    run.joins(1_000, 1).fact(2_000, "entry.ended", 1, None, json!({"reason": "lost"})).until(20_000);
    assert_eq!(run.broken(), ["lost place"]);
    let mut forgotten = Run::default();
    forgotten.joins(1_000, 1).until(20_000);
    forgotten.events.clear();
    assert_eq!(forgotten.broken(), ["lost place", "unaccounted"]);
}

#[test]
fn a_place_lost_in_the_crash_is_lost_although_there_was_an_outage() {
    let mut run = Run::default();
    run.joins(1_000, 1).outage(2_000, 3_000).fact(3_100, "entry.ended", 1, None, json!({"reason": "lost"}));
    // Until the service has recovered it may still be given back.
    assert_eq!(run.until(7_000).broken(), Vec::<&str>::new());
    assert_eq!(run.until(20_000).broken(), ["lost place"]);
}

#[test]
fn a_log_that_lacks_a_served_caller_is_not_clean() {
    let without = |kinds: &[&str]| {
        let mut run = Run::default();
        run.agent(0, 1, "ready").joins(1_000, 1).offers(1_020, 1, 1).serves(3_000, 1, 1).agent(9_000, 1, "ready");
        run.until(20_000).events.retain(|event| !kinds.contains(&event.kind.as_str()));
        run.broken()
    };
    assert_eq!(without(&[]), Vec::<&str>::new());
    assert!(without(&["call.arrived", "entry.joined"]).contains(&"unaccounted"));
    assert!(without(&["entry.talking"]).contains(&"unaccounted"));
    assert!(without(&["entry.ended"]).contains(&"unaccounted"));
    let mut empty = Run::default();
    empty.joins(1_000, 1).serves(3_000, 1, 1).until(20_000).events.clear();
    assert_eq!(empty.broken(), ["unaccounted"]);
}

#[test]
fn a_log_that_begins_late_is_not_asked_for_what_was_before() {
    let mut run = Run::default();
    run.joins(1_000, 1).gives_up(2_000, 1);
    run.events.clear();
    run.joins(3_000, 2).gives_up(4_000, 2).until(9_000);
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn a_caller_who_is_gone_as_the_agent_answers_need_not_be_served() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").joins(1_000, 1).offers(1_020, 1, 1).saw(2_990, told("leg1", "in-progress"));
    run.saw(3_000, Happening::Bridged { call: "sid1".into(), leg: "leg1".into(), user: "a1".into() });
    run.ends(3_010, 1, "caller").fact(3_020, "offer.withdrawn", 1, Some(1), json!({"reason": "hung_up"}));
    run.fact(3_020, "entry.ended", 1, Some(1), json!({"reason": "abandoned"})).agent(3_020, 1, "ready").until(9_000);
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn keys_that_contradict_the_order_of_the_music_are_seen() {
    let mut run = Run::default();
    run.joins(0, 1).joins(60_000, 2);
    // Made anew after a restart, in the order in which the callers happened to be heard of.
    for (event, key) in [(1, 90_000), (3, 80_000)] {
        run.events[event].data = json!({"key_us": micros_at(key), "seq": 1});
    }
    assert_eq!(run.broken(), ["lost place"]);
    // Late, and nobody is the worse for it.
    run.events[1].data = json!({"key_us": micros_at(70_000), "seq": 1});
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn a_key_may_be_earlier_by_a_priority_but_never_change() {
    let mut run = Run::default();
    run.joins(0, 1).joins(60_000, 2);
    run.events[3].data = json!({"key_us": micros_at(-600_000), "seq": 1});
    assert_eq!(run.broken(), Vec::<&str>::new());
    let mut again = run.events[1].clone();
    again.data = json!({"key_us": micros_at(70_000), "seq": 9});
    again.at = moment(70_000);
    run.events.push(again);
    assert_eq!(run.broken(), ["lost place", "lost place"], "changed, and behind one who came later");
}

#[test]
fn a_redial_in_time_takes_its_old_place_or_it_is_lost() {
    let mut run = Run::default();
    run.joins(0, 1).joins(1_000, 2).gives_up(2_000, 1);
    run.joins(10_000, 3);
    if let Some(Entry { what: Happening::CallArrived { again, .. }, .. }) =
        run.journal.iter_mut().find(|e| e.what.call() == Some("sid3"))
    {
        *again = Some("sid1".into());
    }
    let taken_up = |run: &mut Run| {
        let joined = run.events.last_mut().unwrap();
        joined.kind = "entry.redeemed".into();
        joined.entry = Some("e1".into());
    };
    assert_eq!(run.broken(), ["lost place"]);
    let mut hidden = Run { events: run.events.clone(), journal: run.journal.clone() };
    for entry in &mut hidden.journal {
        if let Happening::CallArrived { from, .. } = &mut entry.what {
            *from = "anonymous".into();
        }
    }
    assert_eq!(hidden.broken(), Vec::<&str>::new(), "nobody can know whose redial it is");
    let mut untold = Run { events: run.events.clone(), journal: run.journal.clone() };
    untold.events.retain(|event| event.kind != "entry.ended");
    untold.journal.retain(|entry| !matches!(entry.what, Happening::HookAnswered { .. }));
    assert_eq!(untold.broken(), Vec::<&str>::new(), "it still believes that the first call waits");
    taken_up(&mut run);
    assert_eq!(run.broken(), Vec::<&str>::new());
    assert_eq!(run.verdict().figures.redeemed, 1);
}

#[test]
fn a_talk_that_there_never_was_gives_the_entry_back_to_the_line() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").agent(5, 2, "ready").joins(1_000, 1).offers(1_020, 1, 1);
    run.fact(2_000, "offer.accepted", 1, Some(1), json!({})).agent(2_000, 1, "connecting");
    run.fact(2_500, "entry.talking", 1, Some(1), json!({})).agent(2_500, 1, "talking");
    run.fact(3_000, "offer.failed", 1, Some(1), json!({"reason": "not_bridged"})).agent(3_000, 1, "not_ready");
    run.offers(3_010, 1, 2).serves(3_500, 1, 2);
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn a_place_that_is_lost_and_taken_up_in_one_moment_waits_on() {
    let mut run = Run::default();
    run.joins(0, 1).joins(1_000, 2).agent(5_000, 1, "ready");
    run.fact(4_000, "entry.ended", 1, None, json!({"reason": "lost"})).ends(4_000, 1, "caller");
    run.fact(4_000, "entry.redeemed", 1, None, json!({}));
    // The redial is the second call; it never joined.
    run.events.retain(|event| !(event.kind == "entry.joined" && event.call.as_deref() == Some("c2")));
    run.offers(5_010, 1, 1).serves(5_100, 2, 1);
    for event in run.events.iter_mut().filter(|event| event.kind == "entry.redeemed" || event.at > moment(4_000)) {
        event.call = Some("c2".into());
        event.entry = event.entry.as_ref().map(|_| "e1".into());
        event.offer = event.offer.as_ref().map(|_| offer_id(1, 1));
    }
    assert_eq!(run.in_order().broken(), Vec::<&str>::new());
}

#[test]
fn an_agent_who_has_just_come_back_need_not_be_chosen() {
    let chosen_after = |back: i64| {
        let mut run = Run::default();
        run.agent(0, 1, "ready").agent(5_000, 2, "ready").fact(6_000, "agent.link_lost", 0, Some(1), json!({}));
        run.fact(back, "agent.link_up", 0, Some(1), json!({})).joins(10_000, 1);
        run.offers(10_020, 1, 2).serves(11_000, 1, 2);
        run.broken()
    };
    assert_eq!(chosen_after(9_900), Vec::<&str>::new());
    assert_eq!(chosen_after(9_000), ["longest idle"]);
}

#[test]
fn an_offer_beyond_its_deadline_and_a_connection_that_never_comes_are_stuck() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").joins(1_000, 1).offers(1_020, 1, 1).until(30_000);
    assert_eq!(run.broken(), ["stuck"]);
    let mut run = Run::default();
    run.agent(0, 1, "ready")
        .joins(1_000, 1)
        .offers(1_020, 1, 1)
        .fact(2_000, "offer.accepted", 1, Some(1), json!({}))
        .agent(2_000, 1, "connecting");
    run.until(40_000);
    assert_eq!(run.broken(), ["stuck"]);
}

#[test]
fn what_is_still_stuck_after_the_restart_is_stuck() {
    let closed_at = |ms: Option<i64>| {
        let mut run = Run::default();
        // Due at 16.0, while nobody is there to end it.
        run.agent(0, 1, "ready").joins(1_000, 1).offers(1_000, 1, 1).outage(15_500, 18_000);
        if let Some(ms) = ms {
            run.fact(ms, "offer.expired", 1, Some(1), json!({"reason": "no_answer"})).agent(ms, 1, "not_ready");
        }
        run.until(40_000).broken()
    };
    assert_eq!(closed_at(Some(22_900)), Vec::<&str>::new());
    assert_eq!(closed_at(Some(23_100)), ["stuck"]);
    assert_eq!(closed_at(None), ["stuck"]);
}

#[test]
fn a_state_that_outlasted_its_time_is_stuck_although_it_passed_before_the_log_ended() {
    let mut late = Run::default();
    late.agent(0, 1, "ready").joins(1_000, 1).offers(1_020, 1, 1).serves(2_000, 1, 1).agent(40_000, 1, "ready");
    assert_eq!(late.until(60_000).broken(), ["stuck"]);
    let mut extended = Run::default();
    extended.agent(0, 1, "ready").joins(1_000, 1).offers(1_020, 1, 1).serves(2_000, 1, 1);
    extended.fact(20_000, "agent.wrap_up_extended", 1, Some(1), json!({})).agent(60_000, 1, "ready");
    assert_eq!(extended.until(70_000).broken(), Vec::<&str>::new());
    let mut alone = Run::default();
    alone.agent(0, 1, "ready").joins(1_000, 1).offers(1_020, 1, 1).serves(2_000, 1, 1);
    // The desk goes on talking five seconds after the talk.
    alone.events.last_mut().unwrap().at = moment(8_550);
    assert_eq!(alone.until(20_000).broken(), ["stuck"]);
}

#[test]
fn an_agent_in_between_without_an_offer_is_stuck() {
    let mut run = Run::default();
    run.agent(0, 1, "ready")
        .joins(1_000, 1)
        .offers(1_020, 1, 1)
        .fact(2_000, "offer.expired", 1, Some(1), json!({"reason": "no_answer"}))
        .gives_up(2_500, 1);
    run.until(9_000);
    assert_eq!(run.broken(), ["stuck"]);
}

#[test]
fn an_entry_of_a_caller_who_is_gone_is_stuck() {
    let mut run = Run::default();
    run.joins(1_000, 1).ends(2_000, 1, "caller").until(9_000);
    assert_eq!(run.broken(), ["stuck"]);
}

#[test]
fn a_dispatcher_that_is_slow_or_fell_silent_is_seen() {
    let mut run = Run::default();
    run.joins(1_000, 1).agent(2_000, 1, "ready").offers(6_000, 1, 1).serves(7_000, 1, 1);
    assert_eq!(run.broken(), ["kept apart"]);
    let mut run = Run::default();
    run.joins(1_000, 1).agent(2_000, 1, "ready").until(9_000);
    assert_eq!(run.broken(), ["kept apart"]);
}

#[test]
fn what_an_outage_delays_is_measured_apart() {
    let mut run = Run::default();
    run.joins(1_000, 1).agent(1_500, 1, "ready");
    run.outage(1_600, 8_000).offers(9_000, 1, 1).serves(9_500, 1, 1);
    let report = run.verdict();
    assert_eq!(report.violations, []);
    assert_eq!(report.figures.assignment.count, 0);
    assert_eq!(report.figures.first_offer_after_restart_ms, [1_000.0]);
}

#[test]
fn logs_are_read_from_json_lines_and_a_bad_line_is_named() {
    let line = r#"{"position":2,"id":"x","at":"2021-05-03T00:00:00.5Z","kind":"offer.made","offer":"o","data":{"deadline_ms":1},"later":"field"}"#;
    let events = read_events(format!("{line}\n\n{}\n", line.replace("2,", "1,")).as_bytes()).unwrap();
    assert_eq!(events.iter().map(|e| e.position).collect::<Vec<_>>(), [1, 2]);
    let error = read_events(&b"{\"position\":1}\n"[..]).unwrap_err();
    assert_eq!(error.to_string(), "line 1 is not a fact of this log");
}
