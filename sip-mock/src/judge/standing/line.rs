//! Those who wait, by what they ask for.

use std::collections::{BTreeSet, HashMap};

use crate::judge::log::{Demand, Id, Key};

#[derive(Debug, Default)]
pub(in crate::judge) struct Line {
    demands: Vec<Demand>,
    numbers: HashMap<Demand, usize>,
    waiting: Vec<BTreeSet<(Key, Id)>>,
    /// The demands that somebody has.
    asked: BTreeSet<usize>,
    places: HashMap<Id, (usize, Key)>,
}

impl Line {
    /// Puts an entry into the line, or asks for something else at the same place.
    pub(in crate::judge) fn stand(&mut self, entry: Id, key: Key, demand: &Demand) {
        self.leave(entry);
        let next = self.demands.len();
        let number = *self.numbers.entry(demand.clone()).or_insert(next);
        if number == next {
            self.demands.push(demand.clone());
            self.waiting.push(BTreeSet::new());
        }
        if let Some(waiting) = self.waiting.get_mut(number) {
            waiting.insert((key, entry));
        }
        self.asked.insert(number);
        self.places.insert(entry, (number, key));
    }

    pub(in crate::judge) fn leave(&mut self, entry: Id) {
        let Some((number, key)) = self.places.remove(&entry) else { return };
        if let Some(waiting) = self.waiting.get_mut(number) {
            waiting.remove(&(key, entry));
            if waiting.is_empty() {
                self.asked.remove(&number);
            }
        }
    }

    pub(in crate::judge) fn len(&self) -> usize {
        self.places.len()
    }

    pub(in crate::judge) fn holds(&self, entry: Id) -> bool {
        self.places.contains_key(&entry)
    }

    pub(in crate::judge) fn demand_of(&self, entry: Id) -> Option<&Demand> {
        self.places.get(&entry).and_then(|(number, _)| self.demands.get(*number))
    }

    /// Every demand that somebody has, with those who have it.
    pub(in crate::judge) fn classes(&self) -> impl Iterator<Item = (&Demand, &BTreeSet<(Key, Id)>)> {
        self.asked.iter().filter_map(|number| Some((self.demands.get(*number)?, self.waiting.get(*number)?)))
    }
}
