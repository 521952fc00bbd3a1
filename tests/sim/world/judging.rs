//! What the simulation itself says of who may take whom, and of each offer that is made.

use super::{POLICY, World};
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use vaxline::foundation::ids::{EntryId, UserId};
use vaxline::hotline::queue::model::EntryState;

/// What a history broke: the rule, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule, by its name in the design; `longest idle` has none there.
    pub rule: &'static str,
    /// How.
    pub how: String,
}

impl Violation {
    pub fn of(rule: &'static str, how: String) -> Self {
        Self { rule, how }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.rule, self.how)
    }
}

impl World {
    /// Whether the agent may take the caller now, as the tables above say it.
    pub(super) fn may_take(&self, agent: UserId, entry: EntryId) -> bool {
        let wants = &self.entries[&entry].wants;
        let is_kept_for_other = wants.preferred.is_some_and(|one| one.agent != agent && self.now < one.until);
        self.is_able(agent, entry) && !is_kept_for_other && !self.apart(entry, agent) && !self.is_in_peace(entry)
    }

    /// Whether the caller was rung in vain just now.
    fn is_in_peace(&self, entry: EntryId) -> bool {
        self.vain.get(&entry).is_some_and(|at| self.now < *at + POLICY.callback.pause)
    }

    /// Whether the agent can do what the caller needs by now.
    pub(super) fn is_able(&self, agent: UserId, entry: EntryId) -> bool {
        let (agent, wants) = (&self.agents[&agent], &self.entries[&entry].wants);
        let waited = self.now - wants.joined;
        wants.needs.iter().all(|need| {
            let needed = need.steps().iter().filter(|step| step.after <= waited).map(|step| step.level).min();
            needed.unwrap() <= agent.skills.level(need.skill())
        })
    }

    /// Q4: an offer passes over nobody whom its round knew to wait, and whom the same agent could have taken. And of the
    /// agents who could have taken the entry, it is the one who had been idle longest when the round began.
    pub(super) fn judge_offer(
        &mut self,
        entry: EntryId,
        agent: UserId,
        known: &BTreeSet<EntryId>,
        turns: &BTreeMap<UserId, OffsetDateTime>,
    ) {
        let place = self.places[&entry];
        let waits = |other: &EntryId| self.entries.get(other).is_some_and(|it| it.state == EntryState::Waiting);
        let passed_over =
            known.iter().find(|other| waits(other) && self.places[*other] < place && self.may_take(agent, **other));
        if let Some(other) = passed_over {
            self.violations.push(Violation::of("Q4", format!("entry {other} was passed over by {entry}")));
        }
        if !self.is_able(agent, entry) {
            let how = format!("agent {agent} cannot do what entry {entry} needs");
            self.violations.push(Violation::of("skills", how));
        }
        if self.is_in_peace(entry) {
            self.violations.push(Violation::of("callback", format!("the caller of {entry} is rung again at once")));
        }
        let turn = turns.get(&agent).map(|since| (*since, agent));
        let longer = turns.iter().find(|(other, since)| {
            Self::is_idle(&self.agents[*other]) && self.may_take(**other, entry) && Some((**since, **other)) < turn
        });
        if let Some((other, _)) = longer {
            let how = format!("agent {other} has been idle for longer than {agent}");
            self.violations.push(Violation::of("longest idle", how));
        }
    }

    /// Every pair that could be brought together now.
    pub fn eligible(&self) -> Vec<(EntryId, UserId)> {
        let mut pairs = Vec::new();
        for entry in self.open_entries().filter(|entry| entry.state == EntryState::Waiting) {
            for agent in self.agents.values().filter(|agent| Self::is_idle(agent)) {
                if self.may_take(agent.id, entry.id) {
                    pairs.push((entry.id, agent.id));
                }
            }
        }
        pairs
    }
}
