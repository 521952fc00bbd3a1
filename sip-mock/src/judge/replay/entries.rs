//! Entries: joining, moving, waiting, talking, ending.

use super::{EntryRecord, Log, Place, Stay, Stint, Turn, Who};
use crate::judge::log::{Ending, Fact, Id, Key, Preference};
use crate::judge::{Micros, Rules, Violation, micros};

impl Log<'_> {
    pub(super) fn sid(&self, fact: &Fact) -> Option<Id> {
        fact.call.and_then(|call| self.sids.get(&call)).copied()
    }

    pub(super) fn joined(&mut self, fact: &Fact, key: Key, needs: Id, prefers: Option<Preference>) {
        let Some(id) = fact.entry else { return };
        let sid = self.sid(fact);
        let mut again = false;
        if let Some(sid) = sid
            && let Some(before) = self.entry_of_sid.insert(sid, id)
            && before != id
        {
            again = true;
            let entry = self.account.entries.name(before);
            self.violations.push(Violation::LostPlace { entry, why: "its call joined again at the end of the line" });
        }
        if self.entries.get(&id).is_some_and(|before| before.key != key) {
            let entry = self.account.entries.name(id);
            self.violations.push(Violation::LostPlace { entry, why: "its key changed" });
        }
        let mut record = EntryRecord::joined(fact.at, key, sid, needs, prefers);
        record.stint = self.begins(id, sid, fact.at);
        record.again = again;
        self.entries.insert(id, record);
        // Its first offer may stand before it in the log; see `freed_right_after`.
        let offered = self.offers.iter().enumerate().rev().take(50).find(|(_, o)| o.entry == id && o.closed.is_none());
        let offered = offered.map(|(number, offer)| (number, offer.id));
        match offered {
            Some((number, offer)) => {
                self.place(id, Place::Taken(fact.at));
                if let Some(record) = self.entries.get_mut(&id) {
                    record.live_offer = Some(offer);
                }
                if let Some(stint) = self.stints.last_mut() {
                    stint.offers.push(number);
                }
            }
            None => self.place(id, Place::Waiting(fact.at)),
        }
    }

    fn begins(&mut self, entry: Id, sid: Option<Id>, from: Micros) -> usize {
        self.stints.push(Stint { entry, sid, from, offers: Vec::new(), end: None });
        self.stints.len() - 1
    }

    pub(super) fn taken_up_again(&mut self, fact: &Fact) {
        let Some(id) = fact.entry.filter(|id| self.entries.contains_key(id)) else { return };
        let sid = self.sid(fact);
        let stint = self.begins(id, sid, fact.at);
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.ended_as = None;
            entry.redeemed = true;
            entry.sid = sid;
            entry.stint = stint;
            self.redeemed += 1;
        }
        self.place(id, Place::Waiting(fact.at));
        if let Some(sid) = sid {
            self.entry_of_sid.insert(sid, id);
        }
    }

    /// The caller need not stay on the line: the end of the call says nothing of the place.
    pub(super) fn goes_home(&mut self, fact: &Fact) {
        if let Some(entry) = fact.entry.and_then(|id| self.entries.get_mut(&id)) {
            entry.at_home = true;
            entry.callback = true;
            entry.sid = None;
            if let Some(stint) = self.stints.get_mut(entry.stint) {
                stint.sid = None;
            }
        }
    }

    /// Who went home is on the line again: from now on the place goes with that call.
    pub(super) fn back_on_the_line(&mut self, fact: &Fact) {
        let Some(id) = fact.entry else { return };
        let sid = self.sid(fact);
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.at_home = false;
        entry.sid = sid;
        entry.paused(fact.at, None);
        let offer = entry.live_offer.and_then(|offer| self.offer_at.get(&offer)).copied();
        if let Some(offer) = offer.and_then(|number| self.offers.get_mut(number)) {
            offer.sid = sid;
            if std::mem::take(&mut offer.rings) {
                offer.connecting = Some(fact.at);
            }
        }
        if let Some(sid) = sid {
            self.entry_of_sid.insert(sid, id);
        }
        self.asks(id);
    }

    /// What an entry asks for is written anew.
    pub(super) fn asks_anew(&mut self, fact: &Fact, change: impl FnOnce(&mut EntryRecord)) {
        let Some(id) = fact.entry else { return };
        if let Some(entry) = self.entries.get_mut(&id) {
            change(entry);
            self.asks(id);
        }
    }

    /// Puts an entry that waits where it belongs by what it asks for now, and looks again when that changes.
    pub(super) fn asks(&mut self, id: Id) {
        let Some(entry) = self.entries.get(&id) else { return };
        if !matches!(entry.place, Place::Waiting(_)) {
            return;
        }
        self.standing.line.stand(id, entry.key, &entry.demand(self.account, self.clock));
        if let Some(next) = entry.turns(self.account).into_iter().filter(|at| *at > self.clock).min() {
            self.turns.insert((next, Turn::Demand(id)));
        }
        self.pairs = None;
    }

    pub(super) fn talking(&mut self, fact: &Fact) {
        let by = self.close_offer(fact);
        let Some(id) = fact.entry else { return };
        if let Some(offer) = by.and_then(|number| self.offers.get_mut(number)) {
            offer.talked.get_or_insert(fact.at);
        }
        self.place(id, Place::Talking(fact.at));
        if let Some(entry) = self.entries.get_mut(&id) {
            // Whoever was handed on, or on hold, has talked since the first time.
            let before = entry.talking.filter(|_| entry.transferred || entry.resumed);
            entry.talking = before.or(Some(fact.at));
            entry.talks_by = fact.offer;
        }
    }

    /// The agent leaves the caller for a moment.
    pub(super) fn held(&mut self, fact: &Fact, rules: &Rules) {
        if let Some(entry) = fact.entry.and_then(|id| self.entries.get_mut(&id)) {
            entry.passes_by = Some(("caller on hold", fact.at + micros(rules.hold)));
        }
    }

    /// The agent comes back: what is told of the new offer is told of the talk that goes on.
    pub(super) fn resumed(&mut self, fact: &Fact, rules: &Rules) {
        let Some(id) = fact.entry else { return };
        self.passed(id, Some(fact.at));
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.passes_by = Some(("coming back to a caller on hold", fact.at + micros(rules.connect)));
        entry.resumed = true;
        let before = std::mem::replace(&mut entry.talks_by, fact.offer);
        if let (Some(offer), Some(number)) = (fact.offer, before.and_then(|offer| self.offer_at.get(&offer)).copied()) {
            self.offer_at.insert(offer, number);
        }
    }

    /// The entry is not any more in the state that was to pass; `None`: it is when the log ends.
    pub(super) fn passed(&mut self, id: Id, over: Option<Micros>) {
        if let Some((what, deadline)) = self.entries.get_mut(&id).and_then(|entry| entry.passes_by.take()) {
            self.overstays.push(Stay { what, who: Who::Entry(id), deadline, over });
        }
    }

    /// The agent has handed it on: it stands where it stood, and is not for that agent at once.
    pub(super) fn handed_on(&mut self, fact: &Fact, needs: Id, prefers: Option<Preference>, rules: &Rules) {
        let Some(id) = fact.entry else { return };
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.moved(fact.at, needs);
        entry.preferred(fact.at, prefers);
        entry.talks_by = None;
        (entry.transferred, entry.resumed) = (true, false);
        self.place(id, Place::Waiting(fact.at));
        if let Some(agent) = fact.agent {
            self.keep_apart(id, agent, fact.at, rules);
        }
    }

    pub(super) fn ended(&mut self, fact: &Fact, how: Ending) {
        let _ = self.close_offer(fact);
        let Some(id) = fact.entry else { return };
        if self.standing.line.holds(id) {
            self.leaves_waiting(id, fact.at);
        }
        self.place(id, Place::Ended(fact.at));
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.ended_as = Some(how);
            entry.talks_by = None;
            if let Some(stint) = self.stints.get_mut(entry.stint) {
                stint.end = Some((fact.at, how));
            }
        }
    }

    /// The only way in which an entry's place changes: the line of those who wait follows.
    pub(super) fn place(&mut self, id: Id, place: Place) {
        let (Place::Waiting(at) | Place::Taken(at) | Place::Talking(at) | Place::Ended(at)) = place;
        self.passed(id, Some(at));
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.place = place;
        if matches!(place, Place::Waiting(_)) {
            self.asks(id);
        } else {
            self.standing.line.leave(id);
        }
        self.pairs = None;
    }
}
