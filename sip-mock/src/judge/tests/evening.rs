//! A whole evening for the judge: many calls, many agents, a long line, with skills. It is clean, and judged quickly.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::*;

/// A hotline that does everything right at once, written as simply as can be: callers every so often, agents of three kinds.
fn evening(calls: u32, agents: u32, every_ms: i64, handled_ms: i64) -> Run {
    let mut run = Run::default();
    let mut due: BTreeSet<(i64, u8, u32)> = BTreeSet::new();
    let mut idle: BTreeMap<u32, BTreeSet<(i64, u32)>> = BTreeMap::new();
    let mut waiting: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for agent in 0..agents {
        let skills = if agent % 5 == 0 { json!({"de": 2, "en": 2}) } else { json!({"de": 2}) };
        run.can(0, agent, &skills);
        due.insert((10 + i64::from(agent), 0, agent));
    }
    for call in 0..calls {
        due.insert((60_000 + i64::from(call) * every_ms, 1, call));
    }
    let language = |call: u32| u32::from(call.is_multiple_of(10));
    let speaks = |agent: u32, language: u32| language == 0 || agent.is_multiple_of(5);
    while let Some((now, what, who)) = due.pop_first() {
        let pair = if what == 0 {
            run.agent(now, who, "ready");
            let first = waiting.iter().filter(|(l, _)| speaks(who, **l)).filter_map(|(_, line)| line.first()).min();
            first.copied().map(|call| (call, who))
        } else if what == 1 {
            run.joins(now, who);
            let skill = if language(who) == 1 { "en" } else { "de" };
            let joined = run.events.last_mut().unwrap();
            joined.data["needs"] = json!([{"skill": skill, "steps": [[0, 1], [3_600_000, 1]]}]);
            due.insert((now + 600_000 + i64::from(who % 700) * 1_000, 2, who));
            let now = now + 5;
            waiting.entry(language(who)).or_default().insert(who);
            let kinds = idle.iter().filter(|(kind, _)| language(who) == 0 || **kind == 1);
            let longest = kinds.filter_map(|(_, bench)| bench.first()).min().filter(|(since, _)| *since <= now);
            longest.copied().map(|(_, agent)| (who, agent))
        } else {
            if waiting.get_mut(&language(who)).is_some_and(|line| line.remove(&who)) {
                run.gives_up(now, who);
            }
            None
        };
        let kind = |agent: u32| u32::from(agent.is_multiple_of(5));
        match pair {
            Some((call, agent)) => {
                waiting.get_mut(&language(call)).unwrap().remove(&call);
                idle.entry(kind(agent)).or_default().retain(|(_, a)| *a != agent);
                run.offers(now + 6, call, agent).serves(now + 7, call, agent);
                due.insert((now + handled_ms + i64::from(call % 97) * 10, 0, agent));
            }
            None if what == 0 => {
                idle.entry(kind(who)).or_default().insert((now, who));
            }
            None => {}
        }
    }
    // Each fact was written when it was decided.
    run.in_order();
    run
}

#[test]
fn an_evening_with_skills_is_clean_and_as_good_as_the_best() {
    let report = evening(3_000, 40, 100, 25_000).verdict();
    assert_eq!(report.violations.iter().take(3).collect::<Vec<_>>(), Vec::<&Violation>::new());
    assert!(report.figures.most_waiting > 500, "{}", report.figures.most_waiting);
    let oracle = report.figures.oracle.unwrap();
    assert!(oracle.mean_wait_ms.gap().unwrap().abs() < 0.01, "{oracle:?}");
}

#[test]
fn a_longer_evening_takes_only_longer_in_proportion() {
    let cost = |calls: u32| {
        let run = evening(calls, 60, 100, 25_000);
        let (account, witness) = (Account::of(&run.events), Witness::of(&run.journal));
        let began = Instant::now();
        let report = verdict(&account, &witness, &Rules::default());
        assert!(report.is_clean());
        began.elapsed().as_secs_f64()
    };
    let (short, long) = (cost(2_000), cost(16_000));
    // Eight times the calls; quadratic would be sixty-four times. The machine may be busy with other things.
    assert!(long < short.max(0.05) * 30.0, "{short} s, {long} s");
}
