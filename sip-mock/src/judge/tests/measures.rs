//! The measures that are no promises.

use super::*;

#[test]
fn the_way_of_a_call_is_measured_in_stretches() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").joins(1_000, 1).offers(1_020, 1, 1);
    run.fact(1_070, "offer.painted", 1, Some(1), json!({})).serves(3_000, 1, 1).agent(9_000, 1, "ready");
    let n = run.verdict().figures;
    assert_eq!((n.menu.max_ms, n.wait_for_offer.max_ms, n.shown.max_ms), (5.0, 15.0, 50.0));
    assert_eq!((n.acceptance.max_ms, n.connecting.max_ms, n.wait.max_ms), (1_980.0, 500.0, 2_490.0));
    assert_eq!(n.most_waiting, 1);
}

#[test]
fn pairs_that_could_have_met_are_as_many_as_could_at_once() {
    let mut run = Run::default();
    let german = json!({"needs": [{"skill": "de", "steps": [[0, 1]]}]});
    // Two agents, of whom one speaks both; two callers, one for each language: greedily chosen it would be one pair.
    run.can(0, 1, &json!({"de": 1, "en": 3})).can(0, 2, &json!({"de": 1})).agent(1, 1, "ready").agent(1, 2, "ready");
    run.joins_with(995, 1, &german).joins_with(995, 2, &json!({"needs": [{"skill": "en", "steps": [[0, 1]]}]}));
    run.until(2_000);
    let pairs = run.verdict().figures.idle_while_queue;
    assert!((pairs - 2.0 * 1_000.0 / 2_000.0).abs() < 1e-3, "{pairs}");
    // Kept apart from one of them, only one pair is left.
    let mut run = Run::default();
    run.agent(0, 1, "ready").joins(995, 1).offers(1_000, 1, 1);
    run.fact(1_000, "offer.declined", 1, Some(1), json!({})).agent(1_000, 1, "ready").until(2_000);
    assert!(run.verdict().figures.idle_while_queue < 1e-9);
}

#[test]
fn announcements_are_held_against_what_happened() {
    let told = |high: f64| {
        let mut run = Run::default();
        run.joins(0, 1).fact(1_000, "entry.told", 1, None, json!({"low_s": 1.0, "high_s": high}));
        run.agent(4_000, 1, "ready").offers(4_010, 1, 1).serves(4_500, 1, 1);
        run.verdict().figures.told.unwrap()
    };
    // The talk begins at 5.0, four seconds after the announcement.
    let (kept, broken) = (told(5.0), told(2.0));
    assert_eq!((kept.count, kept.within_bound, kept.within_range, kept.grew), (1, 1.0, 1.0, 0));
    assert_eq!((kept.median_error_ms, broken.median_error_ms), (1_000.0, 2_500.0));
    assert_eq!((broken.within_bound, broken.within_range), (0.0, 0.0));
    let mut silent = Run::default();
    silent.joins(0, 1).gives_up(2_000, 1);
    assert_eq!(silent.verdict().figures.told, None);
    assert!(silent.verdict().to_string().contains("not announced"));
}

#[test]
fn a_promised_moment_that_moves_away_is_counted() {
    let mut run = Run::default();
    run.joins(0, 1);
    for (ms, high) in [(1_000, 60), (20_000, 40), (30_000, 60)] {
        run.fact(ms, "entry.told", 1, None, json!({"low_s": 1, "high_s": high}));
    }
    assert_eq!(run.verdict().figures.told.unwrap().grew, 1);
}

/// Two callers, one agent who takes a minute for each and is ready at once; `late` is how long the dispatcher sleeps.
fn day(late: i64) -> Report {
    let mut run = Run::default();
    run.agent(0, 1, "ready").joins(1_000, 1).joins(2_000, 2);
    let mut at = 1_005 + late;
    for entry in [1, 2] {
        run.offers(at, entry, 1).serves(at + 5, entry, 1).agent(at + 25_000, 1, "ready");
        at += 25_000 + late;
    }
    run.until(100_000).verdict()
}

#[test]
fn a_dispatcher_without_delay_is_as_good_as_the_best() {
    let oracle = day(0).figures.oracle.unwrap();
    assert_eq!((oracle.served.real, oracle.served.ideal), (2.0, 2.0));
    assert_eq!(oracle.mean_wait_ms.real, oracle.mean_wait_ms.ideal);
    assert_eq!(oracle.mean_wait_ms.gap(), Some(0.0));
}

#[test]
fn a_dispatcher_that_sleeps_is_behind_the_best() {
    let oracle = day(1_000).figures.oracle.unwrap();
    // One second late for the first, two for the second.
    assert!((oracle.mean_wait_ms.real - oracle.mean_wait_ms.ideal - 1_500.0).abs() < 1.0, "{oracle:?}");
    assert!(oracle.mean_wait_ms.gap().unwrap() > 0.1);
}

#[test]
fn who_gave_up_in_a_slow_queue_would_have_been_served_in_a_fast_one() {
    let mut run = Run::default();
    run.agent(0, 1, "ready").joins(1_000, 1).joins(2_000, 2);
    run.offers(1_005, 1, 1).serves(1_010, 1, 1).agent(5_000, 1, "ready");
    // The agent is free at 5.0, the second caller leaves at 6.0.
    run.gives_up(6_000, 2).until(20_000);
    let report = run.verdict();
    let oracle = report.figures.oracle.unwrap();
    assert_eq!((oracle.abandoned.real, oracle.abandoned.ideal), (0.5, 0.0));
    assert_eq!((oracle.served.real, oracle.served.ideal), (1.0, 2.0));
    assert!(report.to_string().contains("Beside the best possible dispatcher"));
}

#[test]
fn patience_that_the_service_cannot_know_ends_the_wait_in_the_ideal_day_too() {
    // Served at 2.005 in the log; the music began at 1.010, and the agent came at 2.0.
    let gives_up = |ms: u64| {
        let mut run = Run::default();
        run.joins(1_000, 1).saw(1_001, Happening::Patience { call: "sid1".into(), ms, from_ringing: false });
        run.agent(2_000, 1, "ready").offers(2_005, 1, 1).serves(2_010, 1, 1).agent(4_000, 1, "ready").until(20_000);
        run.in_order().verdict().figures.oracle.unwrap().abandoned.ideal
    };
    assert_eq!((gives_up(4_000), gives_up(500)), (0.0, 1.0));
}
