//! The rules that need the whole log, and what callers saw: nothing outlives its time, no place is lost, nobody is forgotten.
//!
//! What must hold: each rule names a moment by which something was due, and a crash excuses only what its respite covers
//! ([`Witness::respite`]); who waited through it is judged like everybody else.

use crate::judge::log::{Ending, Id};
use crate::judge::replay::{EntryRecord, Log, Place, Who};
use crate::judge::witness::{Seen, Witness};
use crate::judge::{Micros, Rules, Violation, micros};

impl Log<'_> {
    /// The place of a call.
    fn place_of_call(&self, sid: &str) -> Option<(Id, &EntryRecord)> {
        let id = *self.entry_of_sid.get(&self.account.sids.find(sid)?)?;
        self.entries.get(&id).map(|entry| (id, entry))
    }

    /// What the witness saw of the call that waits on an entry.
    fn seen<'w>(&self, sid: Option<Id>, witness: &'w Witness) -> Option<&'w Seen> {
        witness.calls.get(&self.account.sids.name(sid?))
    }

    /// Offers that were open for longer than the grace after the service knew that the caller was gone.
    pub(in crate::judge) fn ghosts(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let mut ghosts = Vec::new();
        for offer in &self.offers {
            let Some(end) = self.seen(offer.sid, witness).and_then(|seen| seen.end_received) else { continue };
            let over = offer.closed.unwrap_or(self.horizon);
            if over > witness.respite(end + micros(rules.grace), rules) {
                let for_ms = (over - end.max(offer.made)) / 1_000;
                ghosts.push(Violation::GhostOffer { offer: self.account.offers.name(offer.id), for_ms });
            }
        }
        ghosts
    }

    /// Places that were given away although their callers were there, or came back in time.
    pub(in crate::judge) fn lost_places(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let mut lost = Vec::new();
        for (sid, seen) in witness.in_order() {
            if self.hears_music_for_nothing(sid, seen, witness, rules) {
                let why = "the caller hears the music and has no place";
                lost.push(Violation::LostPlace { entry: sid.clone(), why });
            }
            lost.extend(self.not_taken_up(sid, seen, witness, rules));
        }
        lost.extend(self.late_keys(witness, rules));
        lost
    }

    /// A caller who hears the hold music has a place, now and a while ago.
    fn hears_music_for_nothing(&self, sid: &str, seen: &Seen, witness: &Witness, rules: &Rules) -> bool {
        let Some(music) = seen.parked_since else { return false };
        let without = match self.place_of_call(sid).map(|(_, entry)| entry.place) {
            None => music,
            Some(Place::Ended(at)) => at.max(music),
            Some(Place::Waiting(_) | Place::Taken(_) | Place::Talking(_)) => return false,
        };
        self.horizon > witness.respite(without + 5 * micros(rules.grace), rules)
    }

    /// A place that was lost is taken up by the redial of the same number.
    fn not_taken_up(&self, sid: &str, seen: &Seen, witness: &Witness, rules: &Rules) -> Option<Violation> {
        let before = seen.again.as_ref().filter(|_| !seen.hides_number)?;
        let earlier = witness.calls.get(before)?;
        let ((old, _), (new, record)) = (self.place_of_call(before)?, self.place_of_call(sid)?);
        let in_time = earlier.ended.as_ref().is_some_and(|end| record.joined - end.at < micros(rules.redeem));
        let lost = old != new && earlier.first_bridged.is_none() && in_time;
        // A service that was not told of the end sees two callers with one number.
        let told = |end: Micros| end <= record.joined;
        let knew = earlier.end_received.is_some_and(told)
            || lost && self.stints.iter().any(|s| s.entry == old && s.end.is_some_and(|(at, _)| told(at)));
        (lost && knew).then(|| Violation::LostPlace {
            entry: self.account.entries.name(old),
            why: "a redial in time got a new place",
        })
    }

    /// A priority makes a key earlier than the music, and nothing makes it later: one that is was made anew, and whoever rang
    /// after that music and stands before has overtaken.
    fn late_keys(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let heard = |entry: &EntryRecord| {
            let seen = self.seen(entry.sid, witness)?;
            Some((seen.arrived?, seen.queued?))
        };
        let mut in_line: Vec<_> = self
            .entries
            .iter()
            // A redial rings long after its place was taken; and a place that was lost is counted once.
            .filter(|(_, entry)| !entry.redeemed && !entry.again)
            .filter_map(|(id, entry)| heard(entry).map(|(rang, queued)| (entry.key, rang, queued, *id)))
            .collect();
        in_line.sort_unstable();
        let tolerance = 2 * micros(rules.grace);
        let mut last_ring = Micros::MIN;
        let mut late = Vec::new();
        for ((key, _), rang, queued, id) in in_line {
            if queued + tolerance < last_ring.min(key) {
                let entry = self.account.entries.name(id);
                late.push(Violation::LostPlace { entry, why: "callers who came later stand before it" });
            }
            last_ring = last_ring.max(rang);
        }
        late
    }

    /// Callers of whom the log should tell, and does not. An empty log is no proof of a clean evening.
    pub(in crate::judge) fn unaccounted(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let mut unaccounted = Vec::new();
        for (sid, seen) in witness.in_order() {
            // What was before the log began is not its business.
            if seen.arrived.is_some_and(|arrived| arrived < self.first) {
                continue;
            }
            let entry = self.place_of_call(sid).map(|(_, entry)| entry);
            let what = match entry {
                _ if seen.is_promised_a_ring() && !entry.is_some_and(|entry| entry.callback) => {
                    Some("was promised to be rung, and the log knows of no callback")
                }
                None if seen.first_parked.is_some() => Some("waited, and the log knows of no place"),
                _ => self.talk_untold(seen, entry, witness, rules),
            };
            unaccounted.extend(what.map(|what| Violation::Unaccounted { call: sid.clone(), what }));
        }
        unaccounted
    }

    /// A caller who talked, and the service was told of it: the log says so, and that it served them.
    fn talk_untold(
        &self,
        seen: &Seen,
        entry: Option<&EntryRecord>,
        witness: &Witness,
        rules: &Rules,
    ) -> Option<&'static str> {
        let told = witness.talk_told(seen)?;
        // A caller who is gone in the same moment may be reported gone first.
        if seen.ended.as_ref().is_some_and(|end| end.at <= told + micros(rules.slack)) {
            return None;
        }
        let due = witness.respite(told + micros(rules.grace), rules);
        if self.horizon > due && entry.and_then(|e| e.talking).is_none_or(|talking| talking > due) {
            return Some("talked to an agent, and the log does not say so");
        }
        let due = witness.respite(seen.end_received? + micros(rules.grace), rules);
        // Whoever was handed on may hang up in line.
        let served = entry.is_some_and(|e| e.ended_as == Some(Ending::Served) || e.transferred);
        (self.horizon > due && !served)
            .then_some("talked to an agent, and is not among those whom the log calls served")
    }

    /// Pairs that could have met and did not.
    pub(in crate::judge) fn kept_apart_too_long(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let most = micros(rules.apart);
        let late = |could: Micros, met: Micros| met > witness.respite(could + most, rules);
        let mut apart: Vec<_> = self
            .meetings
            .iter()
            .chain(&self.missed)
            .filter(|(could, met)| late(*could, *met))
            .map(|(could, met)| Violation::KeptApart { for_ms: (met - could) / 1_000 })
            .collect();
        // A dispatcher that fell silent makes no offers whose lateness could be measured.
        if let Some(could) = self.still_apart_since()
            && late(could, self.horizon)
        {
            apart.push(Violation::KeptApart { for_ms: (self.horizon - could) / 1_000 });
        }
        apart
    }

    /// Transient states that outlived their deadline.
    pub(in crate::judge) fn stuck(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let beyond = |deadline: Micros, over: Micros| over > witness.respite(deadline + micros(rules.grace), rules);
        let mut stuck = Vec::new();
        let mut note = |what: &'static str, id: String, deadline: Micros, over: Micros| {
            if beyond(deadline, over) {
                stuck.push(Violation::Stuck { what, id, for_ms: (over - deadline) / 1_000 });
            }
        };
        let offer_name = |id| self.account.offers.name(id);
        for offer in &self.offers {
            let over = offer.closed.unwrap_or(self.horizon);
            if let Some(deadline) = offer.deadline {
                note("offer", offer_name(offer.id), deadline, offer.accepted.unwrap_or(over));
            }
            if let Some(since) = offer.connecting {
                let within = if offer.rings { rules.callback } else { rules.connect };
                note("connecting", offer_name(offer.id), since + micros(within), over);
            }
        }
        for stay in &self.overstays {
            let name = match stay.who {
                Who::Agent(id) => self.account.agents.name(id),
                Who::Entry(id) => self.account.entries.name(id),
            };
            note(stay.what, name, stay.deadline, stay.over.unwrap_or(self.horizon));
        }
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.key);
        for (id, entry) in entries {
            let Some(end) = self.seen(entry.sid, witness).and_then(|seen| seen.end_received) else { continue };
            let over = match entry.place {
                Place::Ended(at) => at,
                Place::Waiting(_) | Place::Taken(_) | Place::Talking(_) => self.horizon,
            };
            note("entry of a caller who is gone", self.account.entries.name(*id), end, over);
        }
        stuck
    }
}
