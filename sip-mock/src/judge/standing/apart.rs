//! Pairs that are kept apart for a while: an agent let an entry pass.

use std::collections::{BTreeSet, HashMap};

use crate::judge::Micros;
use crate::judge::log::Id;

#[derive(Debug, Default)]
pub(in crate::judge) struct Apart {
    until: HashMap<(Id, Id), Micros>,
    /// The entries that an agent is kept from just now.
    of_agent: HashMap<Id, BTreeSet<Id>>,
}

impl Apart {
    pub(in crate::judge) fn keep(&mut self, entry: Id, agent: Id, until: Micros) {
        self.until.insert((entry, agent), until);
        self.of_agent.entry(agent).or_default().insert(entry);
    }

    /// The time may be over.
    pub(in crate::judge) fn look(&mut self, entry: Id, agent: Id, now: Micros) {
        if self.until(entry, agent) <= now
            && let Some(entries) = self.of_agent.get_mut(&agent)
        {
            entries.remove(&entry);
            if entries.is_empty() {
                self.of_agent.remove(&agent);
            }
        }
    }

    /// Until when the pair is, or was, kept apart.
    pub(in crate::judge) fn until(&self, entry: Id, agent: Id) -> Micros {
        self.until.get(&(entry, agent)).copied().unwrap_or(Micros::MIN)
    }

    pub(in crate::judge) fn at(&self, entry: Id, agent: Id, at: Micros) -> bool {
        at < self.until(entry, agent)
    }

    /// Whom an agent is kept from just now.
    pub(in crate::judge) fn of_agent(&self, agent: Id) -> impl Iterator<Item = Id> + '_ {
        self.of_agent.get(&agent).into_iter().flatten().copied()
    }

    pub(in crate::judge) fn agents(&self) -> impl Iterator<Item = Id> + '_ {
        self.of_agent.keys().copied()
    }
}
