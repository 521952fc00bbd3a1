//! Callers who have themselves rung: their place outlives their call.

use super::*;

impl Run {
    /// The caller has agreed to be rung: the service says goodbye and writes it down.
    fn agrees(&mut self, ms: i64, entry: u32) -> &mut Self {
        let call = format!("sid{entry}");
        let (verb, id) = ("gather".to_owned(), Some("callback.k1.1".to_owned()));
        self.saw(ms, Happening::VerbStarted { call: call.clone(), verb, id, hears: None });
        let end = Happening::CallEnded { call, by: "jambonz".into(), cause: "hangup".into(), sip: 200, served: false };
        self.saw(ms + 20, end).saw(ms + 30, told(&format!("sid{entry}"), "completed"))
    }

    fn notes(&mut self, ms: i64, entry: u32) -> &mut Self {
        self.fact(ms + 10, "entry.callback", entry, None, json!({}))
    }

    /// Is taken on by an agent, and rung in vain.
    fn misses(&mut self, ms: i64, entry: u32, agent: u32, until: i64) -> &mut Self {
        self.fact(ms, "offer.accepted", entry, Some(agent), json!({})).agent(ms, agent, "connecting");
        self.fact(ms + 30_000, "offer.failed", entry, Some(agent), json!({"reason": "unreached"}));
        self.fact(ms + 30_000, "entry.unreached", entry, None, json!({"tries": 1, "until_us": micros_at(until)}));
        self.agent(ms + 30_000, agent, "ready")
    }

    /// The last fact is about this call.
    fn of_call(&mut self, call: &str) {
        if let Some(fact) = self.events.last_mut() {
            fact.call = Some(call.to_owned());
        }
    }

    /// Is rung by another call, says that it is them, and is served.
    fn answers(&mut self, ms: i64, entry: u32, agent: u32) -> &mut Self {
        self.fact(ms, "offer.accepted", entry, Some(agent), json!({})).agent(ms, agent, "connecting");
        self.fact(ms + 5_000, "call.named", entry, None, json!({"provider_call_sid": format!("rings{entry}")}));
        self.of_call(&format!("rings{entry}"));
        self.fact(ms + 25_000, "entry.reached", entry, Some(agent), json!({"reason": "answered"}));
        self.of_call(&format!("rings{entry}"));
        self.fact(ms + 26_000, "entry.talking", entry, Some(agent), json!({})).agent(ms + 26_000, agent, "talking");
        self.fact(ms + 30_000, "entry.ended", entry, Some(agent), json!({"reason": "served"}));
        self.agent(ms + 30_000, agent, "wrap_up")
    }
}

#[test]
fn who_agreed_to_be_rung_keeps_the_place_without_a_call() {
    let mut run = Run::default();
    run.joins(0, 1).agrees(5_000, 1).notes(5_000, 1).agent(60_000, 1, "ready").offers(60_010, 1, 1);
    run.answers(61_000, 1, 1).until(95_000);
    assert_eq!(run.verdict().violations, []);
}

#[test]
fn a_promise_to_ring_that_the_log_does_not_know_is_seen() {
    let mut run = Run::default();
    run.joins(0, 1).agrees(5_000, 1).fact(5_020, "entry.ended", 1, None, json!({"reason": "abandoned"}));
    run.until(95_000);
    assert_eq!(run.broken(), ["unaccounted"]);
}

#[test]
fn who_was_rung_in_vain_is_in_nobodys_way_until_the_pause_is_over() {
    let mut run = Run::default();
    run.joins(0, 1).agrees(5_000, 1).notes(5_000, 1).joins(6_000, 2).agent(10_000, 1, "ready").offers(10_010, 1, 1);
    run.misses(10_500, 1, 1, 100_000).offers(40_510, 2, 1).serves(41_000, 2, 1).agent(43_000, 1, "ready");
    run.offers(100_010, 1, 1).answers(100_500, 1, 1).until(140_000);
    assert_eq!(run.broken(), Vec::<&str>::new());
}

#[test]
fn who_is_forgotten_after_the_pause_is_seen() {
    let mut run = Run::default();
    run.joins(0, 1).agrees(5_000, 1).notes(5_000, 1).agent(10_000, 1, "ready").offers(10_010, 1, 1);
    run.misses(10_500, 1, 1, 60_000).until(140_000);
    assert_eq!(run.broken(), ["kept apart"]);
}

#[test]
fn an_agent_who_waits_too_long_for_somebody_who_is_rung_is_seen() {
    let mut run = Run::default();
    run.joins(0, 1).agrees(5_000, 1).notes(5_000, 1).agent(10_000, 1, "ready").offers(10_010, 1, 1);
    run.fact(10_500, "offer.accepted", 1, Some(1), json!({})).agent(10_500, 1, "connecting").until(70_000);
    assert_eq!(run.broken().first(), Some(&"stuck"));
}
