//! The rules that are checked at each offer, on the state that the log has reached: one at a time, to somebody who fits, the
//! first in line, the one who was idle longest.
//!
//! What must hold: something that became true, or ceased to be, less than the slack before the decision may have been unknown
//! to it; so who was passed over must have been eligible both then and a slack before.

use crate::judge::log::{Doing, Id};
use crate::judge::replay::{Log, Place};
use crate::judge::{Micros, Rules, Violation, micros};

impl Log<'_> {
    pub(in crate::judge) fn check_offer(&mut self, offer: Id, entry: Id, agent: Id, at: Micros, rules: &Rules) {
        self.check_single(entry, agent, at, rules);
        let slack = micros(rules.slack);
        let broken = [
            self.unfit(offer, entry, agent, at, slack),
            self.out_of_order(offer, entry, agent, at, slack),
            self.not_longest_idle(offer, entry, agent, at, slack),
        ];
        self.violations.extend(broken.into_iter().flatten());
    }

    /// One live offer for an entry, one for an agent, and none for an agent who is not ready.
    fn check_single(&mut self, entry: Id, agent: Id, at: Micros, rules: &Rules) {
        let soon = at..=at + micros(rules.slack);
        // The log's times are those at which transactions began, and one that waited for another carries the earlier time
        // although it came second.
        let freed = |times: Option<&Vec<Micros>>| times.is_some_and(|times| times.iter().any(|at| soon.contains(at)));
        let waits = self.entries.get(&entry).is_none_or(|e| matches!(e.place, Place::Waiting(_)));
        if !waits && !freed(self.freed_entries.get(&entry)) {
            self.violations.push(Violation::DoubleOffer { what: "entry", id: self.account.entries.name(entry) });
        }
        let ready = self.agents.get(&agent).is_none_or(|a| a.live_offer.is_none() && a.doing == Doing::Ready);
        if !ready && !freed(self.freed_agents.get(&agent)) {
            self.violations.push(Violation::DoubleOffer { what: "agent", id: self.account.agents.name(agent) });
        }
    }

    /// The agent can do what the caller needs, is the one it is kept for, and has not just let it pass.
    fn unfit(&self, offer: Id, entry: Id, agent: Id, at: Micros, slack: Micros) -> Option<Violation> {
        let near = [at, at - slack, at + slack];
        let why = if !near.into_iter().any(|at| self.eligible(entry, agent, at)) {
            "is not one whom the entry waits for"
        } else if self.standing.apart.at(entry, agent, at + slack) {
            "had just let the entry pass"
        } else {
            return None;
        };
        let (offer, agent) = (self.account.offers.name(offer), self.account.agents.name(agent));
        Some(Violation::Unfit { offer, entry: self.account.entries.name(entry), agent, why })
    }

    /// Whether the pair could meet now, and could before it could have been unknown.
    fn surely_eligible(&self, entry: Id, agent: Id, at: Micros, known: Micros) -> bool {
        !self.standing.apart.at(entry, agent, known)
            && self.eligible(entry, agent, known)
            && self.eligible(entry, agent, at)
    }

    /// Nobody who stood before this entry, and could have been offered to this agent, was passed over.
    fn out_of_order(&self, offer: Id, entry: Id, agent: Id, at: Micros, slack: Micros) -> Option<Violation> {
        let key = self.entries.get(&entry)?.key;
        let skills = self.agents.get(&agent).map_or(0, |agent| agent.skills_id(at));
        let (known, round) = (at - slack, self.rounds.get(&at));
        let passed_over = |id: Id| {
            let waits =
                self.entries.get(&id).is_some_and(|e| matches!(e.place, Place::Waiting(since) if since <= known));
            // The order of facts within a round says nothing.
            let in_round = round.is_some_and(|round| round.entries.contains(&id));
            waits && !in_round && self.surely_eligible(id, agent, at, known)
        };
        let (_, overtaken) = self.standing.first_for(self.account, (agent, skills), key, passed_over)?;
        Some(Violation::Order {
            offer: self.account.offers.name(offer),
            entry: self.account.entries.name(entry),
            overtaken: self.account.entries.name(overtaken),
            agent: self.account.agents.name(agent),
        })
    }

    /// Nobody who could have had this entry was idle for longer.
    fn not_longest_idle(&self, offer: Id, entry: Id, agent: Id, at: Micros, slack: Micros) -> Option<Violation> {
        let chosen = self.agents.get(&agent)?.idle_since;
        let (known, round) = (at - slack, self.rounds.get(&at));
        let passed_over = |id: Id| {
            let was_idle = self.agents.get(&id).is_some_and(|a| a.since.max(a.linked_since) <= known);
            let in_round = round.is_some_and(|round| round.agents.contains(&id));
            id != agent && was_idle && !in_round && self.surely_eligible(entry, id, at, known)
        };
        let (_, passed) = self.standing.longest_idle_for(self.account, entry, chosen - slack, passed_over)?;
        let (offer, agent) = (self.account.offers.name(offer), self.account.agents.name(agent));
        Some(Violation::LongestIdle { offer, agent, passed: self.account.agents.name(passed) })
    }
}
