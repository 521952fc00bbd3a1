//! Offers: made, answered, given back.

use super::{Log, OfferRecord, Place, Turn};
use crate::judge::log::{Fact, GivenBack, Id};
use crate::judge::{Micros, Rules, micros};

impl Log<'_> {
    pub(super) fn offer_mut(&mut self, fact: &Fact) -> Option<&mut OfferRecord> {
        let number = *fact.offer.and_then(|id| self.offer_at.get(&id))?;
        self.offers.get_mut(number)
    }

    pub(super) fn offered(&mut self, fact: &Fact, deadline: Option<Micros>, rules: &Rules) {
        let (Some(id), Some(entry), Some(agent)) = (fact.offer, fact.entry, fact.agent) else { return };
        let at = fact.at;
        self.check_offer(id, entry, agent, at, rules);
        if let Some(could) = self.could_meet_since(entry, agent, at) {
            self.meetings.push((could, at.max(could)));
        }
        // Of a caller at home, the call is one that is over.
        let record = self.entries.get(&entry);
        let at_home = record.is_some_and(|record| record.at_home);
        let sid = self.sid(fact).or_else(|| record.and_then(|record| record.sid)).filter(|_| !at_home);
        let number = self.offers.len();
        if let Some(record) = self.entries.get_mut(&entry) {
            record.first_offer.get_or_insert(at);
            record.live_offer = Some(id);
            if let Some(stint) = self.stints.get_mut(record.stint) {
                stint.offers.push(number);
            }
        }
        self.place(entry, Place::Taken(at));
        let mut before = None;
        self.agent(fact, |record| {
            record.live_offer = Some(id);
            before = record.busy_with.replace(number);
        });
        // Its end may stand behind the offer that it made possible.
        if let Some(before) = before.and_then(|number: usize| self.offers.get_mut(number)) {
            before.agent_free.get_or_insert(at);
        }
        self.offer_at.insert(id, number);
        self.offers.push(OfferRecord {
            id,
            entry,
            agent,
            sid,
            made: at,
            deadline,
            painted: None,
            accepted: None,
            connecting: None,
            rings: false,
            closed: None,
            talked: None,
            hung_up: false,
            agent_free: None,
        });
    }

    pub(super) fn given_back(&mut self, fact: &Fact, how: GivenBack, rules: &Rules) {
        let Some(offer) = self.offer_mut(fact) else { return };
        let (entry, agent) = (offer.entry, offer.agent);
        if self.entries.get(&entry).is_some_and(|e| e.resumed && e.talks_by == fact.offer) {
            self.not_fetched_back(fact, entry, agent, rules);
            return;
        }
        let Some(offer) = self.offer_mut(fact) else { return };
        // Reported as a talk that there never was, it is none.
        offer.talked = None;
        offer.hung_up = how.hung_up;
        let held = self.entries.get(&entry).is_some_and(|e| e.live_offer == fact.offer || e.talks_by == fact.offer);
        let _ = self.close_offer(fact);
        if let Some(record) = self.entries.get_mut(&entry)
            && record.talks_by == fact.offer
        {
            record.talks_by = None;
        }
        if held && !self.entries.get(&entry).is_some_and(|e| matches!(e.place, Place::Ended(_))) {
            self.place(entry, Place::Waiting(fact.at));
        }
        if let Some(record) = self.agents.get_mut(&agent) {
            record.keeps_turn = how.keeps_turn;
        }
        if !how.blameless {
            self.keep_apart(entry, agent, fact.at, rules);
        }
    }

    /// The agent came back from a hold in vain: they had talked, and the caller stands in line again.
    fn not_fetched_back(&mut self, fact: &Fact, entry: Id, agent: Id, rules: &Rules) {
        if let Some(record) = self.entries.get_mut(&entry) {
            record.talks_by = None;
            (record.transferred, record.resumed) = (true, false);
        }
        self.place(entry, Place::Waiting(fact.at));
        self.keep_apart(entry, agent, fact.at, rules);
    }

    /// The agent is not offered this entry again for a while.
    pub(super) fn keep_apart(&mut self, entry: Id, agent: Id, from: Micros, rules: &Rules) {
        let until = from + micros(rules.back_off);
        self.standing.apart.keep(entry, agent, until);
        self.turns.insert((until, Turn::Reunion(entry, agent)));
        self.pairs = None;
    }

    /// The offer binds nobody any more; its number in the log.
    pub(super) fn close_offer(&mut self, fact: &Fact) -> Option<usize> {
        let number = *fact.offer.and_then(|id| self.offer_at.get(&id))?;
        let offer = self.offers.get_mut(number)?;
        offer.closed.get_or_insert(fact.at);
        let (id, entry, agent) = (offer.id, offer.entry, offer.agent);
        if let Some(entry) = self.entries.get_mut(&entry)
            && entry.live_offer == Some(id)
        {
            entry.live_offer = None;
        }
        if let Some(agent) = self.agents.get_mut(&agent)
            && agent.live_offer.is_none_or(|live| live == id)
        {
            agent.live_offer = None;
            agent.released = Some(fact.at);
        }
        Some(number)
    }
}
