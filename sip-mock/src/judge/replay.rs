//! The hotline's own account, replayed fact by fact: where each entry and agent stood at any time.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::records::{AgentRecord, EntryRecord, OfferRecord, Place, Stay};
use super::witness::Witness;
use super::{Event, Micros, Rules, Violation, micros};

/// The log as it was replayed.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) entries: BTreeMap<String, EntryRecord>,
    pub(super) offers: Vec<OfferRecord>,
    pub(super) violations: Vec<Violation>,
    /// Each offer of a pair that could have met: the later of "agent ready" and "caller waiting", and when it was made.
    pub(super) meetings: Vec<(Micros, Micros)>,
    /// States of agents that pass by themselves, or should.
    pub(super) overstays: Vec<Stay>,
    pub(super) agents: HashMap<String, AgentRecord>,
    /// Stretches with an idle agent and a waiting caller who could have met: begin, end, how many.
    pub(super) apart: Vec<(Micros, Micros, usize)>,
    pub(super) horizon: Micros,
    pub(super) first: Micros,
    pub(super) redeemed: usize,
    /// The entries that wait, in the order of their keys.
    pub(super) waiting: BTreeMap<((i64, i64), String), Micros>,
    sids: HashMap<String, String>,
    pub(super) entry_of_sid: HashMap<String, String>,
    offer_at: HashMap<String, usize>,
    pub(super) back_offs: HashMap<(String, String), Micros>,
    /// What each round of the dispatcher offered, and to whom: by the time that all facts of its transaction carry.
    pub(super) rounds: HashMap<Micros, HashSet<String>>,
    /// When an entry or an agent became free.
    pub(super) freed: HashMap<String, Vec<Micros>>,
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
        // A log without facts accounts for no time at all, and should have accounted for all of it.
        let mut log = Self { first: events.first().map_or(Micros::MIN, Event::micros), ..Self::default() };
        for event in events {
            log.look_ahead(event);
        }
        let mut last = log.first;
        for event in in_causal_order(events) {
            let at = event.micros();
            log.meet(last, at.max(last));
            last = last.max(at);
            log.step(event, at, rules);
        }
        log.horizon = last.max(witness.horizon);
        log.meet(last, log.horizon);
        log.overstays_at_the_end(rules);
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

    fn step(&mut self, event: &Event, at: Micros, rules: &Rules) {
        match event.kind.as_str() {
            "call.arrived" => {
                if let (Some(call), Some(sid)) = (&event.call, event.text("provider_call_sid")) {
                    self.sids.insert(call.clone(), sid.to_owned());
                }
            }
            "entry.joined" => self.joined(event, at),
            "entry.redeemed" => self.taken_up_again(event, at),
            "offer.made" => self.offered(event, at, rules),
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
            "agent.state" => self.agent_state(event, at, rules),
            "agent.wrap_up_extended" => {
                if let Some(agent) = self.agent_mut(event, at) {
                    agent.extensions += 1;
                }
            }
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
        Some(self.agents.entry(id).or_insert_with(|| AgentRecord::first_heard_of(at)))
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

    fn offered(&mut self, event: &Event, at: Micros, rules: &Rules) {
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
            let could = since.max(idle.since).max(idle.linked_since).max(self.kept_apart_until(&entry, &agent));
            self.meetings.push((could, at.max(could)));
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

    fn given_back(&mut self, event: &Event, at: Micros, rules: &Rules) {
        // Who lost the link or the caller let nothing pass, nor did one whose phone the provider never came to ring.
        let blameless = matches!(
            (event.kind.as_str(), event.text("reason")),
            ("offer.withdrawn", Some("hung_up" | "link")) | ("offer.failed", Some("not_dialled"))
        );
        let Some((entry, agent)) = self.offer_mut(event).map(|o| (o.entry.clone(), o.agent.clone())) else { return };
        let was_live = self.entries.get(&entry).is_some_and(|e| e.live_offer == event.offer);
        self.close_offer(event, at);
        if was_live && !self.entries.get(&entry).is_some_and(|e| matches!(e.place, Place::Ended(_))) {
            self.place(&entry, Place::Waiting(at));
        }
        if let Some(record) = self.agents.get_mut(&agent) {
            record.keeps_turn = blameless || event.kind == "offer.withdrawn";
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
            && agent.live_offer.as_ref().is_none_or(|live| *live == id)
        {
            agent.live_offer = None;
            agent.released = Some(at);
        }
    }

    fn agent_state(&mut self, event: &Event, at: Micros, rules: &Rules) {
        let to = event.text("to").or_else(|| event.text("reason")).unwrap_or_default().to_owned();
        let Some(agent) = self.agent_mut(event, at) else { return };
        // "Ready" behind the offer that it made possible: the offer is what counts.
        if agent.state == to || (to == "ready" && agent.live_offer.is_some()) {
            return;
        }
        if to == "ready" && !std::mem::take(&mut agent.keeps_turn) {
            agent.idle_since = at;
        }
        let passed = agent.passes_by(rules);
        agent.state = to;
        agent.since = at;
        agent.released = None;
        agent.extensions = 0;
        if let (Some((what, deadline)), Some(agent)) = (passed, event.agent.clone()) {
            self.overstays.push(Stay { what, agent, deadline, over: Some(at) });
        }
    }

    fn overstays_at_the_end(&mut self, rules: &Rules) {
        let mut open: Vec<_> = self
            .agents
            .iter()
            .filter_map(|(id, agent)| agent.passes_by(rules).map(|(what, deadline)| (id.clone(), what, deadline)))
            .collect();
        open.sort();
        let stays = open.into_iter().map(|(agent, what, deadline)| Stay { what, agent, deadline, over: None });
        self.overstays.extend(stays);
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
    /// Since when, at the end of the log, an idle agent and a waiting caller could have met; the longest such pair.
    pub(super) fn could_meet_since(&self) -> Option<Micros> {
        let idle: Vec<_> = self.agents.iter().filter(|(_, a)| a.state == "ready" && a.linked).collect();
        let pairs = self.waiting.iter().flat_map(|((_, entry), since)| {
            idle.iter().map(move |(id, agent)| {
                let apart = self.kept_apart_until(entry, id);
                (*since).max(agent.since).max(agent.linked_since).max(apart)
            })
        });
        pairs.min()
    }
}
