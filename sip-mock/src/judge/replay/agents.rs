//! Agents: their states, links and skills, and when they are at work.

use super::{AgentRecord, Log, Stay, Who};
use crate::judge::Rules;
use crate::judge::log::{Doing, Fact, Id};

impl Log<'_> {
    /// The only way in which an agent changes: the bench of those who are idle follows.
    pub(super) fn agent(&mut self, fact: &Fact, change: impl FnOnce(&mut AgentRecord)) {
        let Some(id) = fact.agent else { return };
        let at = fact.at;
        let before = self.agents.get(&id).cloned().unwrap_or_else(|| AgentRecord::first_heard_of(at));
        let mut agent = before.clone();
        change(&mut agent);
        let free = |agent: &AgentRecord| agent.is_idle() && agent.live_offer.is_none();
        if free(&before) && !free(&agent) && agent.live_offer.is_none() {
            self.leaves_idle(id, at);
        }
        if free(&agent) {
            self.standing.bench.sit(id, agent.skills_id(self.clock), agent.idle_since);
        } else {
            self.standing.bench.rise(id);
        }
        self.pairs = None;
        agent.present = match (agent.present, agent.is_present()) {
            (None, true) => Some(at),
            (Some(since), false) => {
                self.presence.push((id, since, at));
                None
            }
            (same, _) => same,
        };
        self.agents.insert(id, agent);
    }

    pub(super) fn agent_state(&mut self, fact: &Fact, to: Doing, rules: &Rules) {
        let mut passed = None;
        let mut done_with = None;
        let at = fact.at;
        self.agent(fact, |agent| {
            // "Ready" behind the offer that it made possible: the offer is what counts.
            if agent.doing == to || (to == Doing::Ready && agent.live_offer.is_some()) {
                return;
            }
            if to == Doing::Ready && !std::mem::take(&mut agent.keeps_turn) {
                agent.idle_since = at;
            }
            if matches!(to, Doing::Ready | Doing::NotReady | Doing::Offline) {
                done_with = agent.busy_with.take();
            }
            passed = agent.passes_by(rules);
            agent.doing = to;
            agent.since = at;
            agent.released = None;
            agent.extensions = 0;
        });
        if let Some(offer) = done_with.and_then(|number: usize| self.offers.get_mut(number)) {
            offer.agent_free = Some(at);
        }
        if let (Some((what, deadline)), Some(agent)) = (passed, fact.agent) {
            self.overstays.push(Stay { what, who: Who::Agent(agent), deadline, over: Some(at) });
        }
    }

    /// The log is over: who is still somewhere stays there.
    pub(super) fn end(&mut self, rules: &Rules) {
        let mut entries: Vec<Id> = self.entries.keys().copied().collect();
        entries.sort_unstable();
        for id in entries {
            self.passed(id, None);
        }
        let mut agents: Vec<Id> = self.agents.keys().copied().collect();
        agents.sort_unstable();
        for id in agents {
            let Some(agent) = self.agents.get(&id) else { continue };
            if let Some((what, deadline)) = agent.passes_by(rules) {
                self.overstays.push(Stay { what, who: Who::Agent(id), deadline, over: None });
            }
            if let Some(since) = agent.present {
                self.presence.push((id, since, self.horizon));
            }
        }
    }
}
