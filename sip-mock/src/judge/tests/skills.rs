//! Each rule that asks who may have whom, with needs, skills and preferences.

use super::*;

fn needs_english() -> Value {
    json!({"needs": [{"skill": "en", "steps": [[0, 2], [30_000, 1], [60_000, 0]]}]})
}

fn kept_for(agent: u32, until: i64) -> Value {
    json!({"prefers": {"agent": format!("a{agent}"), "until_us": micros_at(until)}})
}

#[test]
fn a_later_caller_may_be_served_by_an_agent_who_cannot_help_the_first() {
    let mut run = Run::default();
    run.joins_with(0, 1, &needs_english()).joins(1_000, 2);
    run.can(1_500, 1, &json!({"en": 1})).agent(2_000, 1, "ready").offers(2_010, 2, 1).serves(2_100, 2, 1);
    run.gives_up(9_000, 1);
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn a_later_caller_overtakes_when_the_agent_could_help_the_first() {
    let served_second = |level: i64, at: i64| {
        let mut run = Run::default();
        run.joins_with(0, 1, &needs_english()).joins(1_000, 2);
        run.can(1_500, 1, &json!({"en": level})).agent(at, 1, "ready").offers(at + 10, 2, 1).serves(at + 100, 2, 1);
        run.gives_up(at + 7_000, 1);
        run.broken()
    };
    assert_eq!(served_second(2, 2_000), ["order"]);
    assert_eq!(served_second(1, 2_000), Vec::<&str>::new());
    // After half a minute less is enough, and after a minute everybody will do.
    assert_eq!(served_second(1, 31_000), ["order"]);
    assert_eq!(served_second(0, 31_000), Vec::<&str>::new());
    assert_eq!(served_second(0, 61_000), ["order"]);
}

#[test]
fn needs_that_relax_in_the_same_moment_may_have_been_unknown() {
    let mut run = Run::default();
    run.joins_with(0, 1, &needs_english()).joins(1_000, 2);
    // It joined at 0.005, so level 1 is enough from 30.005 on.
    run.can(1_500, 1, &json!({"en": 1})).agent(30_100, 1, "ready").offers(30_110, 2, 1).serves(30_200, 2, 1);
    run.gives_up(33_000, 1);
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn an_agent_who_lacks_the_skill_is_unfit_until_it_is_not_needed() {
    let offered_at = |ms: i64, skills: &Value| {
        let mut run = Run::default();
        run.joins_with(0, 1, &needs_english()).can(500, 1, skills).agent(ms - 10, 1, "ready");
        run.offers(ms, 1, 1).serves(ms + 100, 1, 1);
        run.broken()
    };
    assert_eq!(offered_at(2_000, &json!({"en": 2, "tr": 1})), Vec::<&str>::new());
    assert_eq!(offered_at(2_000, &json!({"tr": 3})), ["unfit agent"]);
    assert_eq!(offered_at(2_000, &json!({"en": 1})), ["unfit agent"]);
    assert_eq!(offered_at(31_000, &json!({"en": 1})), Vec::<&str>::new());
    assert_eq!(offered_at(61_000, &json!({})), Vec::<&str>::new());
}

#[test]
fn skills_that_are_taken_away_are_gone() {
    let mut run = Run::default();
    run.can(0, 1, &json!({"en": 3})).can(500, 1, &json!({"de": 3})).agent(900, 1, "ready");
    run.joins_with(1_000, 1, &needs_english()).offers(1_020, 1, 1).serves(2_000, 1, 1);
    assert_eq!(run.broken(), ["unfit agent"]);
}

#[test]
fn an_agent_who_had_just_let_the_caller_pass_is_unfit() {
    let again_at = |ms: i64| {
        let mut run = Run::default();
        run.agent(0, 1, "ready").joins(1_000, 1).offers(1_020, 1, 1);
        run.fact(3_000, "offer.declined", 1, Some(1), json!({})).agent(3_000, 1, "ready");
        run.offers(ms, 1, 1).serves(ms + 100, 1, 1);
        run.broken()
    };
    assert_eq!(again_at(50_000), ["unfit agent"]);
    assert_eq!(again_at(63_010), Vec::<&str>::new());
}

#[test]
fn an_entry_that_overflowed_keeps_its_key_and_needs_something_else() {
    let moved = |needs: Value| {
        let mut run = Run::default();
        run.joins_with(0, 1, &needs_english()).joins(1_000, 2);
        run.fact(5_000, "entry.moved", 1, None, json!({"queue": "overflow", "needs": needs}));
        run.agent(6_000, 1, "ready").offers(6_010, 2, 1).serves(6_100, 2, 1).gives_up(9_000, 1);
        run.broken()
    };
    assert_eq!(moved(json!([])), ["order"]);
    assert_eq!(moved(json!([{"skill": "en", "steps": [[0, 1]]}])), Vec::<&str>::new());
    // Steps are counted from joining, not from moving.
    assert_eq!(moved(json!([{"skill": "en", "steps": [[0, 1], [5_500, 0]]}])), ["order"]);
    assert_eq!(moved(json!([{"skill": "en", "steps": [[0, 1], [7_000, 0]]}])), Vec::<&str>::new());
}

#[test]
fn an_entry_that_is_kept_for_an_agent_is_for_nobody_else_until_then() {
    let to = |agent: u32, ms: i64| {
        let mut run = Run::default();
        run.joins_with(0, 1, &kept_for(1, 20_000)).agent(ms - 10, agent, "ready");
        run.offers(ms, 1, agent).serves(ms + 100, 1, agent);
        run.broken()
    };
    assert_eq!(to(1, 2_000), Vec::<&str>::new());
    assert_eq!(to(2, 2_000), ["unfit agent"]);
    assert_eq!(to(2, 20_500), Vec::<&str>::new());
}

#[test]
fn a_preference_that_comes_later_holds_from_then_on() {
    let second_served = |preferred: i64| {
        let mut run = Run::default();
        run.joins(0, 1).joins(1_000, 2);
        run.fact(preferred, "entry.preferred", 1, None, json!({"agent": "a9", "until_us": micros_at(60_000)}));
        run.agent(3_000, 1, "ready").offers(3_010, 2, 1).serves(3_100, 2, 1).gives_up(9_000, 1);
        run.in_order().broken()
    };
    assert_eq!(second_served(2_000), Vec::<&str>::new());
    assert_eq!(second_served(3_050), ["order"]);
}

#[test]
fn the_longest_idle_agent_is_the_longest_idle_who_can_help() {
    let chosen = |skills_of_first: &Value| {
        let mut run = Run::default();
        run.can(0, 1, skills_of_first).can(0, 2, &json!({"en": 3})).agent(10, 1, "ready").agent(5_000, 2, "ready");
        run.joins_with(10_000, 1, &needs_english()).offers(10_020, 1, 2).serves(11_000, 1, 2);
        run.broken()
    };
    assert_eq!(chosen(&json!({"en": 1})), Vec::<&str>::new());
    assert_eq!(chosen(&json!({"en": 2})), ["longest idle"]);
}

#[test]
fn nobody_is_kept_apart_who_cannot_meet() {
    let until = |ms: i64| {
        let mut run = Run::default();
        run.can(0, 1, &json!({"en": 1})).agent(10, 1, "ready").joins_with(1_000, 1, &needs_english());
        run.until(ms);
        run.verdict()
    };
    let early = until(29_000);
    assert_eq!((early.violations.len(), early.figures.idle_while_queue), (0, 0.0));
    let late = until(41_005);
    assert_eq!(late.count("kept apart"), 1);
    // From 31.005 on they could have met: ten of forty-one seconds.
    assert!((late.figures.idle_while_queue - 10.0 / 41.005).abs() < 1e-3, "{}", late.figures.idle_while_queue);
}

#[test]
fn who_leaves_although_somebody_was_there_was_kept_apart() {
    let mut caller = Run::default();
    caller.agent(0, 1, "ready").joins(1_000, 1).gives_up(9_000, 1).until(20_000);
    assert_eq!(caller.broken(), ["kept apart"]);
    let mut agent = Run::default();
    agent.agent(0, 1, "ready").joins(1_000, 1).agent(9_000, 1, "not_ready").gives_up(10_000, 1).until(20_000);
    assert_eq!(agent.broken(), ["kept apart"]);
    let mut neither = Run::default();
    neither.agent(0, 1, "ready").joins_with(1_000, 1, &needs_english());
    neither.agent(9_000, 1, "not_ready").gives_up(10_000, 1).until(20_000);
    assert_eq!(neither.broken(), Vec::<&str>::new());
}

#[test]
fn an_offer_after_the_needs_relaxed_is_measured_from_then() {
    let mut run = Run::default();
    run.can(0, 1, &json!({"en": 1})).agent(10, 1, "ready").joins_with(1_000, 1, &needs_english());
    run.offers(31_025, 1, 1).serves(31_100, 1, 1);
    let report = run.verdict();
    assert_eq!(report.violations, []);
    assert!((report.figures.assignment.max_ms - 20.0).abs() < 1e-9, "{}", report.figures.assignment.max_ms);
}
