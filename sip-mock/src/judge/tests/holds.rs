//! Callers on hold: their agent comes back in time, or they stand in line where they stood.

use super::*;

impl Run {
    /// The agent takes the caller, they talk, and the agent puts them on hold.
    fn holds(&mut self, ms: i64, entry: u32, agent: u32) -> &mut Self {
        self.fact(ms, "offer.accepted", entry, Some(agent), json!({})).agent(ms, agent, "connecting");
        self.fact(ms + 500, "entry.talking", entry, Some(agent), json!({})).agent(ms + 500, agent, "talking");
        self.fact(ms + 5_000, "entry.held", entry, Some(agent), json!({}))
    }

    /// The agent's phone is rung again, under another offer.
    fn comes_back(&mut self, ms: i64, entry: u32, agent: u32) -> &mut Self {
        self.fact(ms, "entry.resumed", entry, Some(agent), json!({"reason": "agent"})).under_another_offer()
    }

    fn under_another_offer(&mut self) -> &mut Self {
        if let Some(fact) = self.events.last_mut() {
            fact.offer = Some("again".to_owned());
        }
        self
    }
}

#[test]
fn a_talk_goes_on_after_a_hold_and_is_one() {
    let mut run = Run::default();
    run.joins(0, 1).agent(1_000, 1, "ready").offers(1_010, 1, 1).holds(2_000, 1, 1).comes_back(60_000, 1, 1);
    run.fact(62_000, "entry.talking", 1, Some(1), json!({})).under_another_offer();
    run.ends(70_000, 1, "caller").fact(70_050, "entry.ended", 1, Some(1), json!({"reason": "served"}));
    run.under_another_offer().agent(70_050, 1, "wrap_up").agent(80_000, 1, "ready").until(90_000);
    assert_eq!(run.verdict().violations, []);
}

#[test]
fn who_is_forgotten_on_hold_is_seen() {
    let mut run = Run::default();
    run.joins(0, 1).agent(1_000, 1, "ready").offers(1_010, 1, 1).holds(2_000, 1, 1).until(200_000);
    assert_eq!(run.broken(), ["stuck"]);
}

#[test]
fn an_agent_who_never_arrives_back_is_seen() {
    let mut run = Run::default();
    run.joins(0, 1).agent(1_000, 1, "ready").offers(1_010, 1, 1).holds(2_000, 1, 1).comes_back(60_000, 1, 1);
    run.until(90_000);
    assert_eq!(run.broken(), ["stuck"]);
}

/// The agent could not be connected again, and wraps up.
fn in_vain(run: &mut Run) -> &mut Run {
    run.joins(0, 1)
        .joins(500, 2)
        .agent(1_000, 1, "ready")
        .offers(1_010, 1, 1)
        .holds(2_000, 1, 1)
        .comes_back(60_000, 1, 1);
    run.fact(75_000, "offer.failed", 1, Some(1), json!({"reason": "phone"})).under_another_offer();
    run.agent(75_000, 1, "wrap_up")
}

#[test]
fn who_is_not_fetched_back_stands_where_they_stood() {
    let mut run = Run::default();
    in_vain(&mut run).agent(76_000, 2, "ready").offers(76_010, 1, 2).serves(77_000, 1, 2);
    run.agent(80_000, 2, "ready").offers(80_010, 2, 2).serves(81_000, 2, 2);
    run.agent(90_000, 1, "not_ready").until(95_000);
    assert_eq!(run.verdict().violations, []);
}

#[test]
fn who_overtakes_them_is_seen() {
    let mut run = Run::default();
    in_vain(&mut run).agent(76_000, 2, "ready").offers(76_010, 2, 2).serves(77_000, 2, 2);
    run.agent(80_000, 2, "ready").offers(80_010, 1, 2).serves(81_000, 1, 2);
    run.agent(90_000, 1, "not_ready").until(95_000);
    assert_eq!(run.broken(), ["order"]);
}
