//! The fold, pure: facts go in one by one, in the order of their position; sums come out.
//!
//! An entry contributes to the sums what is true of it now. When something happens to it, its old contribution is taken
//! back and the new one is added: so a place that was abandoned and is taken up again was not abandoned, and a talk that
//! turns out not to have taken place was none. Only what happens to offers stays as it happened.
//!
//! Sums are additive: whoever folds the first half, remembers the [`Carry`], and folds the second half into empty sums, has
//! in both together what folding all at once gives.

mod agent;
mod entry;
pub mod figures;

pub use agent::running;

use super::model::{Carry, Doing, EntryCard, Fact, News, Place, Sums};
use crate::foundation::events::Published;
use crate::foundation::ids::{CallId, EntryId};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A fold in progress.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// What is remembered.
    pub carry: Carry,
    /// What came of it since the fold began.
    pub sums: Sums,
    /// Facts that say too little, or are about what is not remembered: from before the log began, or long after the end.
    pub unmatched: u64,
}

impl Fold {
    /// Goes on from what is remembered, with empty sums.
    #[must_use]
    pub fn from_carry(carry: Carry) -> Self {
        Self { carry, ..Self::default() }
    }

    /// Folds the next fact in. Facts that do not count change nothing.
    pub fn event(&mut self, event: &Published) {
        match Fact::of(event) {
            Ok(Some(fact)) if self.fact(fact, event.at) => {}
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => self.unmatched += 1,
        }
    }

    /// Whether the fact could be put somewhere.
    fn fact(&mut self, fact: Fact<'_>, at: OffsetDateTime) -> bool {
        match fact {
            Fact::Arrived(call) => {
                self.carry.calls.insert(call, at);
            }
            Fact::CallEnded(call) => {
                // One that joined is not remembered any more.
                self.carry.calls.remove(&call);
            }
            Fact::Joined { entry, call, queue, language, topic } => {
                self.joined(entry, call, EntryCard::joined(queue, language, topic, at));
            }
            Fact::Entry(entry, news) => return self.entry_hears(entry, news, at),
            Fact::Agent { agent, to, entry } => self.agent_does(agent, to, entry, at),
        }
        true
    }

    fn joined(&mut self, id: EntryId, call: Option<CallId>, entry: EntryCard) {
        if let Some(arrived_at) = call.and_then(|call| self.carry.calls.remove(&call)) {
            self.sums.hour(&entry.cell).times.arrived_to_joined.note(entry.joined_at - arrived_at);
        }
        entry.contribute(&mut self.sums, 1);
        self.carry.entries.insert(id, entry);
    }

    fn entry_hears(&mut self, id: EntryId, news: News, at: OffsetDateTime) -> bool {
        let Some(entry) = self.carry.entries.get_mut(&id).filter(|entry| !entry.is_settled(at)) else { return false };
        entry.contribute(&mut self.sums, -1);
        let is_matched = entry.hear(news, at, &mut self.sums);
        entry.contribute(&mut self.sums, 1);
        is_matched
    }
}

/// The state of the hotline, from what is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Entries in line, those on offer included.
    pub waiting: i64,
    /// Since when the longest of them waits.
    pub longest_since: Option<OffsetDateTime>,
    /// Entries with an agent.
    pub talking: i64,
    /// Agents by what they do; those who are signed out are not among them.
    pub agents: BTreeMap<Doing, i64>,
}

impl Now {
    /// Counts what is remembered.
    #[must_use]
    pub fn of(carry: &Carry) -> Self {
        let mut now = Self::default();
        for entry in carry.entries.values() {
            match entry.place {
                Place::Waiting => {
                    now.waiting += 1;
                    now.longest_since = Some(now.longest_since.map_or(entry.joined_at, |at| at.min(entry.joined_at)));
                }
                Place::Talking => now.talking += 1,
                Place::Connecting | Place::Ended { .. } => {}
            }
        }
        for agent in carry.agents.values().filter(|agent| agent.doing != Doing::Offline) {
            *now.agents.entry(agent.doing).or_default() += 1;
        }
        now
    }
}

#[cfg(test)]
mod tests;
