//! Those who are idle, by what they can do.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::judge::Micros;
use crate::judge::log::Id;

#[derive(Debug, Default)]
pub(in crate::judge) struct Bench {
    idle: BTreeMap<Id, BTreeSet<(Micros, Id)>>,
    seats: HashMap<Id, (Id, Micros)>,
}

impl Bench {
    /// An agent of these skills is idle, and was since then.
    pub(in crate::judge) fn sit(&mut self, agent: Id, skills: Id, idle_since: Micros) {
        self.rise(agent);
        self.idle.entry(skills).or_default().insert((idle_since, agent));
        self.seats.insert(agent, (skills, idle_since));
    }

    pub(in crate::judge) fn rise(&mut self, agent: Id) {
        let Some((skills, since)) = self.seats.remove(&agent) else { return };
        if let Some(group) = self.idle.get_mut(&skills) {
            group.remove(&(since, agent));
            if group.is_empty() {
                self.idle.remove(&skills);
            }
        }
    }

    pub(in crate::judge) fn len(&self) -> usize {
        self.seats.len()
    }

    pub(in crate::judge) fn seat_of(&self, agent: Id) -> Option<(Id, Micros)> {
        self.seats.get(&agent).copied()
    }

    /// Every set of skills that an idle agent has, with those who have it.
    pub(in crate::judge) fn groups(&self) -> impl Iterator<Item = (Id, &BTreeSet<(Micros, Id)>)> {
        self.idle.iter().map(|(skills, idle)| (*skills, idle))
    }
}
