//! The hotline's own account, replayed fact by fact, with the rules of order and of single offers checked at each offer.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::witness::Witness;
use super::{Event, Micros, Rules, Violation, micros};

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Waiting(Micros),
    Taken(Micros),
    Talking(Micros),
    Ended(Micros),
}

#[derive(Debug, Clone)]
pub(super) struct EntryRecord {
    pub(super) key: (i64, i64),
    /// The provider's id of the call that waits on it, when the log names it.
    pub(super) sid: Option<String>,
    pub(super) joined: Micros,
    pub(super) place: Place,
    pub(super) ended_as: Option<String>,
    pub(super) first_offer: Option<Micros>,
    pub(super) talking: Option<Micros>,
    pub(super) redeemed: bool,
    live_offer: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct OfferRecord {
    pub(super) id: String,
    pub(super) entry: String,
    pub(super) agent: String,
    pub(super) sid: Option<String>,
    pub(super) made: Micros,
    pub(super) deadline: Option<Micros>,
    pub(super) accepted: Option<Micros>,
    pub(super) closed: Option<Micros>,
}

#[derive(Debug, Clone)]
struct AgentRecord {
    state: String,
    since: Micros,
    idle_since: Micros,
    linked: bool,
    linked_since: Micros,
    live_offer: Option<String>,
    /// The last offer was taken back through no doing of theirs: their turn is kept.
    keeps_turn: bool,
}

/// The log as it was replayed.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) entries: BTreeMap<String, EntryRecord>,
    pub(super) offers: Vec<OfferRecord>,
    pub(super) violations: Vec<Violation>,
    /// Offer after the later of "agent ready" and "caller waiting", in microseconds.
    pub(super) latencies: Vec<Micros>,
    /// Agents of whom the log says, at its end, that they are in between.
    agents: HashMap<String, AgentRecord>,
    /// Stretches with an idle agent and a waiting caller who could have met: begin, end, how many.
    pub(super) apart: Vec<(Micros, Micros, usize)>,
    pub(super) horizon: Micros,
    pub(super) first: Micros,
    pub(super) redeemed: usize,
    /// The entries that wait, in the order of their keys.
    waiting: BTreeMap<((i64, i64), String), Micros>,
    sids: HashMap<String, String>,
    entry_of_sid: HashMap<String, String>,
    offer_at: HashMap<String, usize>,
    back_offs: HashMap<(String, String), Micros>,
    /// What each round of the dispatcher offered, and to whom: by the time that all facts of its transaction carry.
    rounds: HashMap<Micros, HashSet<String>>,
    /// When an entry or an agent became free.
    freed: HashMap<String, Vec<Micros>>,
}

/// The facts of one transaction share its time, and their order among each other says nothing: what ends comes before what
/// begins.
fn in_causal_order(events: &[Event]) -> Vec<&Event> {
    let rank = |event: &Event| match event.kind.as_str() {
        "call.arrived" => 0,
        "entry.joined" | "entry.redeemed" => 1,
        "agent.link_up" | "agent.link_lost" => 2,
        "offer.declined" | "offer.expired" | "offer.withdrawn" | "offer.failed" => 3,
        "offer.made" => 5,
        "offer.accepted" => 6,
        "entry.talking" => 7,
        "entry.ended" => 8,
        "agent.state" => 9,
        _ => 4,
    };
    let mut ordered: Vec<&Event> = events.iter().collect();
    for together in ordered.chunk_by_mut(|a, b| a.at == b.at) {
        together.sort_by_key(|event| rank(event));
    }
    ordered
}

impl Log {
    pub(super) fn replay(events: &[Event], witness: &Witness, rules: &Rules) -> Self {
        let mut log = Self { first: events.first().map_or(0, Event::micros), ..Self::default() };
        for event in events {
            log.look_ahead(event);
        }
        let mut last = log.first;
        for event in in_causal_order(events) {
            let at = event.micros();
            log.meet(last, at.max(last));
            last = last.max(at);
            log.step(event, at, witness, rules);
        }
        log.horizon = last.max(witness.horizon);
        log.meet(last, log.horizon);
        log
    }

    /// What later facts will tell: who shares a round, and when entries and agents become free.
    fn look_ahead(&mut self, event: &Event) {
        let at = event.micros();
        let both = || [event.entry.clone(), event.agent.clone()].into_iter().flatten();
        match event.kind.as_str() {
            "offer.made" => self.rounds.entry(at).or_default().extend(both()),
            "offer.declined" | "offer.expired" | "offer.withdrawn" | "offer.failed" | "entry.redeemed" => {
                if let Some(entry) = event.entry.clone() {
                    self.freed.entry(entry).or_default().push(at);
                }
            }
            "agent.state" if event.text("to") == Some("ready") => {
                if let Some(agent) = event.agent.clone() {
                    self.freed.entry(agent).or_default().push(at);
                }
            }
            _ => {}
        }
    }

    /// Whether it became free a moment later, by the log. The log's times are those at which transactions began, and one that
    /// waited for another carries the earlier time although it came second.
    fn freed_right_after(&self, id: &str, at: Micros, rules: &Rules) -> bool {
        let slack = micros(rules.slack);
        self.freed.get(id).is_some_and(|times| times.iter().any(|freed| (at..=at + slack).contains(freed)))
    }

    fn step(&mut self, event: &Event, at: Micros, witness: &Witness, rules: &Rules) {
        match event.kind.as_str() {
            "call.arrived" => {
                if let (Some(call), Some(sid)) = (&event.call, event.text("provider_call_sid")) {
                    self.sids.insert(call.clone(), sid.to_owned());
                }
            }
            "entry.joined" => self.joined(event, at),
            "entry.redeemed" => self.taken_up_again(event, at),
            "offer.made" => self.offered(event, at, witness, rules),
            "offer.accepted" => {
                if let Some(offer) = self.offer_mut(event) {
                    offer.accepted = Some(at);
                }
            }
            "offer.declined" | "offer.expired" | "offer.withdrawn" | "offer.failed" => {
                self.given_back(event, at, rules);
            }
            "entry.talking" => {
                self.close_offer(event, at);
                self.place_of(event, Place::Talking(at));
                if let Some(entry) = event.entry.as_ref().and_then(|id| self.entries.get_mut(id)) {
                    entry.talking = Some(at);
                }
            }
            "entry.ended" => {
                self.close_offer(event, at);
                self.place_of(event, Place::Ended(at));
                if let Some(entry) = event.entry.as_ref().and_then(|id| self.entries.get_mut(id)) {
                    entry.ended_as = Some(event.text("reason").unwrap_or_default().to_owned());
                }
            }
            "agent.state" => self.agent_state(event, at),
            "agent.link_up" | "agent.link_lost" => {
                let linked = event.kind == "agent.link_up";
                if let Some(agent) = self.agent_mut(event, at) {
                    agent.linked = linked;
                    agent.linked_since = at;
                }
            }
            _ => {}
        }
    }

    fn sid(&self, event: &Event) -> Option<String> {
        event.call.as_ref().and_then(|call| self.sids.get(call)).cloned()
    }

    fn place_of(&mut self, event: &Event, place: Place) {
        if let Some(id) = event.entry.clone() {
            self.place(&id, place);
        }
    }

    /// The only way in which an entry's place changes: the line of those who wait follows.
    fn place(&mut self, id: &str, place: Place) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        entry.place = place;
        let in_line = (entry.key, id.to_owned());
        if let Place::Waiting(since) = place {
            self.waiting.insert(in_line, since);
        } else {
            self.waiting.remove(&in_line);
        }
    }

    fn taken_up_again(&mut self, event: &Event, at: Micros) {
        let Some(id) = event.entry.clone() else { return };
        let sid = self.sid(event);
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.ended_as = None;
            entry.redeemed = true;
            entry.sid.clone_from(&sid);
            self.redeemed += 1;
        }
        self.place(&id, Place::Waiting(at));
        if let Some(sid) = sid {
            self.entry_of_sid.insert(sid, id);
        }
    }

    fn offer_mut(&mut self, event: &Event) -> Option<&mut OfferRecord> {
        let index = *event.offer.as_ref().and_then(|id| self.offer_at.get(id))?;
        self.offers.get_mut(index)
    }

    fn agent_mut(&mut self, event: &Event, at: Micros) -> Option<&mut AgentRecord> {
        let id = event.agent.clone()?;
        Some(self.agents.entry(id).or_insert_with(|| AgentRecord {
            state: "offline".to_owned(),
            since: at,
            idle_since: at,
            linked: true,
            linked_since: at,
            live_offer: None,
            keeps_turn: false,
        }))
    }

    fn joined(&mut self, event: &Event, at: Micros) {
        let Some(id) = event.entry.clone() else { return };
        let sid = self.sid(event);
        if let Some(sid) = &sid
            && let Some(before) = self.entry_of_sid.insert(sid.clone(), id.clone())
            && before != id
        {
            self.violations
                .push(Violation::LostPlace { entry: before, why: "its call joined again at the end of the line" });
        }
        let key = (event.number("key_us").unwrap_or(at), event.number("seq").unwrap_or(event.position));
        let record = EntryRecord {
            key,
            sid,
            joined: at,
            place: Place::Waiting(at),
            ended_as: None,
            first_offer: None,
            talking: None,
            redeemed: false,
            live_offer: None,
        };
        self.entries.insert(id.clone(), record);
        // Its first offer may stand before it in the log; see `freed_right_after`.
        let offered =
            self.offers.iter().rev().take(50).find(|o| o.entry == id && o.closed.is_none()).map(|o| o.id.clone());
        match offered {
            Some(offer) => {
                self.place(&id, Place::Taken(at));
                if let Some(record) = self.entries.get_mut(&id) {
                    record.live_offer = Some(offer);
                }
            }
            None => self.place(&id, Place::Waiting(at)),
        }
    }

    fn offered(&mut self, event: &Event, at: Micros, witness: &Witness, rules: &Rules) {
        let (Some(offer), Some(entry), Some(agent)) = (event.offer.clone(), event.entry.clone(), event.agent.clone())
        else {
            return;
        };
        self.check_single(&entry, &agent, at, rules);
        self.check_order(&offer, &entry, &agent, at, rules);
        self.check_longest_idle(&offer, &entry, &agent, at, rules);
        if let Some(waiting) = self.entries.get(&entry)
            && let Place::Waiting(since) = waiting.place
            && let Some(idle) = self.agents.get(&agent)
        {
            let met = self.back_offs.get(&(entry.clone(), agent.clone())).copied().unwrap_or(Micros::MIN);
            let could = since.max(idle.since).max(idle.linked_since).max(met);
            // An outage is reported by its own measure: the first offer after it.
            if !witness.was_down(could, at) {
                self.latencies.push((at - could).max(0));
            }
        }
        let sid = self.sid(event).or_else(|| self.entries.get(&entry).and_then(|e| e.sid.clone()));
        if let Some(record) = self.entries.get_mut(&entry) {
            record.first_offer.get_or_insert(at);
            record.live_offer = Some(offer.clone());
        }
        self.place(&entry, Place::Taken(at));
        if let Some(record) = self.agent_mut(event, at) {
            record.live_offer = Some(offer.clone());
        }
        self.offer_at.insert(offer.clone(), self.offers.len());
        let deadline = event.number("deadline_ms").map(|ms| ms * 1_000);
        self.offers.push(OfferRecord {
            id: offer,
            entry,
            agent,
            sid,
            made: at,
            deadline,
            accepted: None,
            closed: None,
        });
    }

    /// One live offer for an entry, one for an agent, and none for an agent who is not ready.
    fn check_single(&mut self, entry: &str, agent: &str, at: Micros, rules: &Rules) {
        let waits = self.entries.get(entry).is_none_or(|e| matches!(e.place, Place::Waiting(_)));
        if !waits && !self.freed_right_after(entry, at, rules) {
            self.violations.push(Violation::DoubleOffer { what: "entry", id: entry.to_owned() });
        }
        let ready = self.agents.get(agent).is_none_or(|a| a.live_offer.is_none() && a.state == "ready");
        if !ready && !self.freed_right_after(agent, at, rules) {
            self.violations.push(Violation::DoubleOffer { what: "agent", id: agent.to_owned() });
        }
    }

    /// Whether the same round offered this entry, or to this agent, too: the order of facts within a round says nothing.
    fn in_round(&self, id: &str, at: Micros) -> bool {
        self.rounds.get(&at).is_some_and(|round| round.contains(id))
    }

    fn kept_apart(&self, entry: &str, agent: &str, at: Micros) -> bool {
        self.back_offs.get(&(entry.to_owned(), agent.to_owned())).is_some_and(|until| at < *until)
    }

    /// Nobody who stood before this entry, and could have been offered to this agent, was passed over.
    fn check_order(&mut self, offer: &str, entry: &str, agent: &str, at: Micros, rules: &Rules) {
        let Some(key) = self.entries.get(entry).map(|e| e.key) else { return };
        let known = at - micros(rules.slack);
        let before = self.waiting.range(..(key, String::new())).filter(|(_, since)| **since <= known);
        let overtaken = before
            .map(|((_, id), _)| id)
            .find(|id| !self.kept_apart(id, agent, known) && !self.in_round(id, at))
            .cloned();
        if let Some(overtaken) = overtaken {
            self.violations.push(Violation::Order {
                offer: offer.to_owned(),
                entry: entry.to_owned(),
                overtaken,
                agent: agent.to_owned(),
            });
        }
    }

    fn check_longest_idle(&mut self, offer: &str, entry: &str, agent: &str, at: Micros, rules: &Rules) {
        let Some(chosen) = self.agents.get(agent).map(|a| a.idle_since) else { return };
        let slack = micros(rules.slack);
        let passed = self
            .agents
            .iter()
            .filter(|(id, other)| *id != agent && other.state == "ready" && other.linked && other.since <= at - slack)
            .filter(|(_, other)| other.idle_since < chosen - slack)
            .filter(|(id, _)| !self.kept_apart(entry, id, at - slack) && !self.in_round(id, at))
            .min_by_key(|(id, other)| (other.idle_since, (*id).clone()))
            .map(|(id, _)| id.clone());
        if let Some(passed) = passed {
            self.violations.push(Violation::LongestIdle { offer: offer.to_owned(), agent: agent.to_owned(), passed });
        }
    }

    fn given_back(&mut self, event: &Event, at: Micros, rules: &Rules) {
        // Who lost the link or the caller let nothing pass.
        let blameless = event.kind == "offer.withdrawn" && matches!(event.text("reason"), Some("hung_up" | "link"));
        let Some((entry, agent)) = self.offer_mut(event).map(|o| (o.entry.clone(), o.agent.clone())) else { return };
        let was_live = self.entries.get(&entry).is_some_and(|e| e.live_offer == event.offer);
        self.close_offer(event, at);
        if was_live && !self.entries.get(&entry).is_some_and(|e| matches!(e.place, Place::Ended(_))) {
            self.place(&entry, Place::Waiting(at));
        }
        if let Some(record) = self.agents.get_mut(&agent) {
            record.keeps_turn = event.kind == "offer.withdrawn";
        }
        if !blameless {
            self.back_offs.insert((entry, agent), at + micros(rules.back_off));
        }
    }

    fn close_offer(&mut self, event: &Event, at: Micros) {
        let Some(offer) = self.offer_mut(event) else { return };
        offer.closed.get_or_insert(at);
        let (id, entry, agent) = (offer.id.clone(), offer.entry.clone(), offer.agent.clone());
        if let Some(entry) = self.entries.get_mut(&entry)
            && entry.live_offer.as_ref() == Some(&id)
        {
            entry.live_offer = None;
        }
        if let Some(agent) = self.agents.get_mut(&agent)
            && agent.live_offer.as_ref() == Some(&id)
        {
            agent.live_offer = None;
        }
    }

    fn agent_state(&mut self, event: &Event, at: Micros) {
        let to = event.text("to").or_else(|| event.text("reason")).unwrap_or_default().to_owned();
        let Some(agent) = self.agent_mut(event, at) else { return };
        // "Ready" behind the offer that it made possible: the offer is what counts.
        if agent.state == to || (to == "ready" && agent.live_offer.is_some()) {
            return;
        }
        if to == "ready" && !std::mem::take(&mut agent.keeps_turn) {
            agent.idle_since = at;
        }
        agent.state = to;
        agent.since = at;
    }

    /// Between two facts nothing changes: were there an idle agent and a waiting caller who could have met?
    fn meet(&mut self, from: Micros, to: Micros) {
        if to <= from {
            return;
        }
        let idle: Vec<&String> =
            self.agents.iter().filter(|(_, a)| a.state == "ready" && a.linked).map(|(id, _)| id).collect();
        if idle.is_empty() || self.waiting.is_empty() {
            return;
        }
        let could = self.waiting.keys().any(|(_, entry)| idle.iter().any(|agent| !self.kept_apart(entry, agent, from)));
        if could {
            self.apart.push((from, to, idle.len().min(self.waiting.len())));
        }
    }

    /// Offers that were open for longer than the grace after the service knew that the caller was gone.
    pub(super) fn ghosts(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let grace = micros(rules.grace);
        let mut ghosts = Vec::new();
        for offer in &self.offers {
            let Some(end) =
                offer.sid.as_ref().and_then(|sid| witness.calls.get(sid)).and_then(|seen| seen.end_received)
            else {
                continue;
            };
            let over = offer.closed.unwrap_or(self.horizon);
            if over > end + grace && !witness.was_down(end, over) {
                ghosts.push(Violation::GhostOffer {
                    offer: offer.id.clone(),
                    for_ms: (over - end.max(offer.made)) / 1_000,
                });
            }
        }
        ghosts
    }

    /// Places that were given away although their callers were there, or came back in time.
    pub(super) fn lost_places(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let mut lost = Vec::new();
        let entry_of = |sid: &str| self.entry_of_sid.get(sid).and_then(|id| self.entries.get(id).map(|e| (id, e)));
        let mut calls: Vec<_> = witness.calls.iter().collect();
        calls.sort_by_key(|(sid, seen)| (seen.arrived, (*sid).clone()));
        for (sid, seen) in calls {
            // A caller who hears the hold music has a place, now and a while ago.
            if let Some(since) = seen.parked_since
                && self.horizon - since > 5 * micros(rules.grace)
                && !witness.was_down(since, self.horizon)
                && entry_of(sid).is_none_or(
                    |(_, e)| matches!(e.place, Place::Ended(at) if self.horizon - at > 5 * micros(rules.grace)),
                )
            {
                lost.push(Violation::LostPlace {
                    entry: sid.clone(),
                    why: "the caller hears the music and has no place",
                });
            }
            // A place that was lost is taken up by the redial of the same number.
            let Some(before) = seen.again.as_ref().and_then(|before| witness.calls.get(before).map(|b| (before, b)))
            else {
                continue;
            };
            let (Some((old, _)), Some((new, record))) = (entry_of(before.0), entry_of(sid)) else { continue };
            let in_time = before.1.ended.as_ref().is_some_and(|end| record.joined - end.at < micros(rules.redeem));
            if old != new && before.1.first_bridged.is_none() && in_time {
                lost.push(Violation::LostPlace { entry: old.clone(), why: "a redial in time got a new place" });
            }
        }
        if rules.one_class {
            lost.extend(self.untrue_keys(witness, rules));
        }
        lost
    }

    /// Keys that contradict what callers heard: somebody who was in music clearly later stands before.
    fn untrue_keys(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let first_heard =
            |e: &EntryRecord| e.sid.as_ref().and_then(|sid| witness.calls.get(sid)).and_then(|seen| seen.queued);
        let mut heard: Vec<_> =
            self.entries.iter().filter_map(|(id, e)| first_heard(e).map(|at| (e.key, at, id))).collect();
        heard.sort();
        let tolerance = 2 * micros(rules.grace);
        let mut latest = Micros::MIN;
        let mut untrue = Vec::new();
        for (_, at, id) in heard {
            // A redial hears its first music long after its place was taken.
            if self.entries.get(id).is_some_and(|e| e.redeemed) {
                continue;
            }
            if at + tolerance < latest {
                untrue.push(Violation::LostPlace { entry: id.clone(), why: "callers who came later stand before it" });
            }
            latest = latest.max(at);
        }
        untrue
    }

    /// Pairs that could have met and did not, outside outages.
    pub(super) fn kept_apart_too_long(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let most = micros(rules.apart);
        let late = self
            .latencies
            .iter()
            .filter(|late| **late > most)
            .map(|late| Violation::KeptApart { for_ms: late / 1_000 });
        let mut apart: Vec<_> = late.collect();
        // A dispatcher that fell silent makes no offers whose lateness could be measured.
        if let Some((from, to, _)) = self.apart.last()
            && *to == self.horizon
            && to - from > most
            && !witness.was_down(*from, *to)
        {
            apart.push(Violation::KeptApart { for_ms: (to - from) / 1_000 });
        }
        apart
    }

    /// Transient states that outlived their deadline.
    pub(super) fn stuck(&self, witness: &Witness, rules: &Rules) -> Vec<Violation> {
        let grace = micros(rules.grace);
        let mut stuck = Vec::new();
        for offer in &self.offers {
            let over = offer.closed.unwrap_or(self.horizon);
            let answered = offer.accepted.unwrap_or(over);
            if let Some(deadline) = offer.deadline
                && answered > deadline + grace
                && !witness.was_down(deadline, answered)
            {
                stuck.push(Violation::Stuck {
                    what: "offer",
                    id: offer.id.clone(),
                    for_ms: (answered - deadline) / 1_000,
                });
            }
            if let Some(accepted) = offer.accepted {
                let deadline = accepted + micros(rules.connect);
                if over > deadline + grace && !witness.was_down(deadline, over) {
                    stuck.push(Violation::Stuck {
                        what: "connecting",
                        id: offer.id.clone(),
                        for_ms: (over - deadline) / 1_000,
                    });
                }
            }
        }
        let mut agents: Vec<_> = self.agents.iter().collect();
        agents.sort_by_key(|(id, _)| (*id).clone());
        for (id, agent) in agents {
            let in_between = matches!(agent.state.as_str(), "offered" | "connecting") && agent.live_offer.is_none();
            if in_between && self.horizon - agent.since > grace {
                stuck.push(Violation::Stuck {
                    what: "agent",
                    id: id.clone(),
                    for_ms: (self.horizon - agent.since) / 1_000,
                });
            }
        }
        for (id, entry) in &self.entries {
            let Some(end) =
                entry.sid.as_ref().and_then(|sid| witness.calls.get(sid)).and_then(|seen| seen.end_received)
            else {
                continue;
            };
            let over = match entry.place {
                Place::Ended(at) => at,
                Place::Waiting(_) | Place::Taken(_) | Place::Talking(_) => self.horizon,
            };
            if over > end + grace && !witness.was_down(end, over) {
                stuck.push(Violation::Stuck {
                    what: "entry of a caller who is gone",
                    id: id.clone(),
                    for_ms: (over - end) / 1_000,
                });
            }
        }
        stuck
    }
}
