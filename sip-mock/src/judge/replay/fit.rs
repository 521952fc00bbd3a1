//! Who may have whom, at any moment up to now, and since when.

use super::{Log, Place};
use crate::judge::Micros;
use crate::judge::log::{Id, fits};

impl Log<'_> {
    /// Whether the agent is one for whom the entry waits, by needs and preference. What the log does not know excludes nobody.
    pub(in crate::judge) fn eligible(&self, entry: Id, agent: Id, at: Micros) -> bool {
        let (Some(record), Some(other)) = (self.entries.get(&entry), self.agents.get(&agent)) else { return true };
        fits(other.skills(self.account, at), agent, &record.demand(self.account, at))
    }

    /// Since when the agent is one for whom the entry waits; `None` when they are not.
    fn eligible_since(&self, entry: Id, agent: Id, at: Micros) -> Option<Micros> {
        if !self.eligible(entry, agent, at) {
            return None;
        }
        let (Some(record), Some(other)) = (self.entries.get(&entry), self.agents.get(&agent)) else {
            return Some(Micros::MIN);
        };
        let mut turns: Vec<Micros> = record.turns(self.account);
        turns.extend(other.turns());
        turns.retain(|turn| *turn <= at);
        turns.sort_unstable_by(|a, b| b.cmp(a));
        Some(turns.into_iter().find(|turn| !self.eligible(entry, agent, turn - 1)).unwrap_or(Micros::MIN))
    }

    /// Since when an entry that waits and an agent who is idle could have met; `None` when they could not.
    pub(in crate::judge) fn could_meet_since(&self, entry: Id, agent: Id, at: Micros) -> Option<Micros> {
        let (waiting, idle) = (self.entries.get(&entry)?, self.agents.get(&agent)?);
        let Place::Waiting(since) = waiting.place else { return None };
        let apart = self.standing.apart.until(entry, agent);
        let eligible = self.eligible_since(entry, agent, at)?;
        Some(since.max(idle.since).max(idle.linked_since).max(apart).max(eligible))
    }

    /// An entry leaves without having been offered: was there somebody for it?
    pub(super) fn leaves_waiting(&mut self, entry: Id, at: Micros) {
        let idle = self.standing.bench.groups().flat_map(|(_, idle)| idle.iter().map(|(_, agent)| *agent));
        let could = idle.filter_map(|agent| self.could_meet_since(entry, agent, at)).min();
        self.missed.extend(could.filter(|could| *could < at).map(|could| (could, at)));
    }

    /// An agent is idle no longer and was offered nobody: was somebody there for them?
    pub(super) fn leaves_idle(&mut self, agent: Id, at: Micros) {
        let Some((skills, _)) = self.standing.bench.seat_of(agent) else { return };
        let could_at = |entry| self.could_meet_since(entry, agent, at).is_some_and(|could| could < at);
        let first = self.standing.first_for(self.account, (agent, skills), (i64::MAX, i64::MAX), could_at);
        let could = first.and_then(|(_, entry)| self.could_meet_since(entry, agent, at));
        self.missed.extend(could.map(|could| (could, at)));
    }

    /// At the end of the log: since when an idle agent and a waiting caller could have met; the longest such pair.
    pub(in crate::judge) fn still_apart_since(&self) -> Option<Micros> {
        let mut longest: Option<Micros> = None;
        for (_, waiting) in self.standing.line.classes() {
            for (_, agent) in self.standing.bench.groups().flat_map(|(_, idle)| idle) {
                // Nobody of a class that this agent cannot have need be asked.
                let pairs = waiting.iter().map_while(|(_, entry)| {
                    let fits = self.eligible(*entry, *agent, self.horizon);
                    fits.then(|| self.could_meet_since(*entry, *agent, self.horizon))
                });
                longest = [longest, pairs.flatten().min()].into_iter().flatten().min();
            }
        }
        longest
    }
}
