//! Who waits and who is idle at one moment, so that the first who fits is found without asking everybody.
//!
//! In: entries with their demands, agents with their skills, pairs that are kept apart. Out: the first entry for an agent, the
//! first agent for an entry, and how many pairs could meet. What must hold: entries of one demand stand in the order of their
//! keys, agents of one set of skills in the order in which they became idle.

mod apart;
mod bench;
mod line;
mod matching;

pub(super) use apart::Apart;
pub(super) use bench::Bench;
pub(super) use line::Line;
pub(super) use matching::most_pairs;

use super::Micros;
use super::log::{Account, Id, Key, fits};

/// The line, the bench, and who is kept from whom.
#[derive(Debug, Default)]
pub(super) struct Standing {
    pub(super) line: Line,
    pub(super) bench: Bench,
    pub(super) apart: Apart,
}

impl Standing {
    /// The entries that an agent of these skills may have, the first of each demand first, up to `before` in the order.
    pub(super) fn first_for<'s>(
        &'s self,
        account: &'s Account,
        (agent, skills): (Id, Id),
        before: Key,
        mut suits: impl FnMut(Id) -> bool,
    ) -> Option<(Key, Id)> {
        let skills = account.skills_set(skills);
        let fitting = self.line.classes().filter(|(demand, _)| fits(skills, agent, demand));
        fitting.filter_map(|(_, waiting)| waiting.range(..(before, 0)).find(|(_, id)| suits(*id)).copied()).min()
    }

    /// Of the idle agents who may have an entry of this demand, the one who was idle longest.
    pub(super) fn longest_idle_for(
        &self,
        account: &Account,
        entry: Id,
        before: Micros,
        mut suits: impl FnMut(Id) -> bool,
    ) -> Option<(Micros, Id)> {
        let demand = self.line.demand_of(entry)?;
        let groups = self.bench.groups();
        let found = groups.filter_map(|(skills, idle)| {
            let skills = account.skills_set(skills);
            let mut idle = idle.range(..(before, 0));
            idle.find(|(_, agent)| fits(skills, *agent, demand) && suits(*agent)).copied()
        });
        found.min()
    }
}
