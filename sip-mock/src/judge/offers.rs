//! The rules that are checked at each offer, on the state that the log has reached: one at a time, the first in line, the one
//! who was idle longest.

use super::records::Place;
use super::replay::Log;
use super::{Micros, Rules, Violation, micros};

impl Log {
    /// One live offer for an entry, one for an agent, and none for an agent who is not ready.
    pub(super) fn check_single(&mut self, entry: &str, agent: &str, at: Micros, rules: &Rules) {
        let waits = self.entries.get(entry).is_none_or(|e| matches!(e.place, Place::Waiting(_)));
        if !waits && !self.freed_right_after(entry, at, rules) {
            self.violations.push(Violation::DoubleOffer { what: "entry", id: entry.to_owned() });
        }
        let ready = self.agents.get(agent).is_none_or(|a| a.live_offer.is_none() && a.state == "ready");
        if !ready && !self.freed_right_after(agent, at, rules) {
            self.violations.push(Violation::DoubleOffer { what: "agent", id: agent.to_owned() });
        }
    }

    /// Whether the same round offered this entry, or to this agent, too: the order of facts within a round says nothing.
    fn in_round(&self, id: &str, at: Micros) -> bool {
        self.rounds.get(&at).is_some_and(|round| round.contains(id))
    }

    /// Until when the agent is kept from an entry that they let pass.
    pub(super) fn kept_apart_until(&self, entry: &str, agent: &str) -> Micros {
        self.back_offs.get(&(entry.to_owned(), agent.to_owned())).copied().unwrap_or(Micros::MIN)
    }

    pub(super) fn kept_apart(&self, entry: &str, agent: &str, at: Micros) -> bool {
        at < self.kept_apart_until(entry, agent)
    }

    /// Nobody who stood before this entry, and could have been offered to this agent, was passed over.
    pub(super) fn check_order(&mut self, offer: &str, entry: &str, agent: &str, at: Micros, rules: &Rules) {
        let Some(key) = self.entries.get(entry).map(|e| e.key) else { return };
        let known = at - micros(rules.slack);
        let before = self.waiting.range(..(key, String::new())).filter(|(_, since)| **since <= known);
        let overtaken = before
            .map(|((_, id), _)| id)
            .find(|id| !self.kept_apart(id, agent, known) && !self.in_round(id, at))
            .cloned();
        if let Some(overtaken) = overtaken {
            self.violations.push(Violation::Order {
                offer: offer.to_owned(),
                entry: entry.to_owned(),
                overtaken,
                agent: agent.to_owned(),
            });
        }
    }

    pub(super) fn check_longest_idle(&mut self, offer: &str, entry: &str, agent: &str, at: Micros, rules: &Rules) {
        let Some(chosen) = self.agents.get(agent).map(|a| a.idle_since) else { return };
        let slack = micros(rules.slack);
        let passed = self
            .agents
            .iter()
            .filter(|(id, other)| *id != agent && other.state == "ready" && other.linked && other.since <= at - slack)
            .filter(|(_, other)| other.idle_since < chosen - slack)
            .filter(|(id, _)| !self.kept_apart(entry, id, at - slack) && !self.in_round(id, at))
            .min_by_key(|(id, other)| (other.idle_since, (*id).clone()))
            .map(|(id, _)| id.clone());
        if let Some(passed) = passed {
            self.violations.push(Violation::LongestIdle { offer: offer.to_owned(), agent: agent.to_owned(), passed });
        }
    }

    /// Whether it became free a moment later, by the log. The log's times are those at which transactions began, and one that
    /// waited for another carries the earlier time although it came second.
    fn freed_right_after(&self, id: &str, at: Micros, rules: &Rules) -> bool {
        let slack = micros(rules.slack);
        self.freed.get(id).is_some_and(|times| times.iter().any(|freed| (at..=at + slack).contains(freed)))
    }
}
