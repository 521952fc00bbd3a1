//! The hotline's own account, replayed fact by fact: where each entry and agent stood at any time.
//!
//! In: the account. Out: a [`Log`] with what was broken on the way, and what the rules and the measures need afterwards. What
//! must hold: between two facts only time passes, and what time alone changes (needs that relax, pairs that may meet again) is
//! carried out in between, at its own moment.

mod agents;
mod entries;
mod fit;
mod offers;
mod records;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::log::{Account, Doing, Fact, Id, What};
use super::standing::{Standing, most_pairs};
use super::witness::Witness;
use super::{Micros, Rules, Violation};
pub(super) use records::{AgentRecord, EntryRecord, OfferRecord, Place, Stay, Stint, Who};

/// What a round of the dispatcher offered, and to whom: by the time that all facts of its transaction carry.
#[derive(Debug, Default)]
pub(super) struct Round {
    pub(super) entries: HashSet<Id>,
    pub(super) agents: HashSet<Id>,
}

/// Something that happens because time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// An entry asks for something else.
    Demand(Id),
    /// An entry and an agent may meet again.
    Reunion(Id, Id),
}

/// The log as it was replayed.
#[derive(Debug)]
pub(super) struct Log<'a> {
    pub(super) account: &'a Account,
    pub(super) entries: HashMap<Id, EntryRecord>,
    pub(super) agents: HashMap<Id, AgentRecord>,
    pub(super) offers: Vec<OfferRecord>,
    pub(super) stints: Vec<Stint>,
    /// When each agent was at work.
    pub(super) presence: Vec<(Id, Micros, Micros)>,
    /// Which entry was told when that it takes how long: at least, at most, in milliseconds.
    pub(super) told: Vec<(Id, Micros, i64, i64)>,
    pub(super) violations: Vec<Violation>,
    /// Each offer of a pair that could have met: since when, and when it was made.
    pub(super) meetings: Vec<(Micros, Micros)>,
    /// Pairs of which one left before they met: since when they could have, and when that was over.
    pub(super) missed: Vec<(Micros, Micros)>,
    /// States of agents and entries that pass by themselves, or should.
    pub(super) overstays: Vec<Stay>,
    /// Stretches with idle agents and waiting callers who could have met: begin, end, how many pairs.
    pub(super) apart: Vec<(Micros, Micros, usize)>,
    pub(super) first: Micros,
    pub(super) horizon: Micros,
    pub(super) redeemed: usize,
    pub(super) entry_of_sid: HashMap<Id, Id>,
    pub(super) standing: Standing,
    pub(super) rounds: HashMap<Micros, Round>,
    /// When an entry or an agent became free.
    pub(super) freed_entries: HashMap<Id, Vec<Micros>>,
    pub(super) freed_agents: HashMap<Id, Vec<Micros>>,
    sids: HashMap<Id, Id>,
    offer_at: HashMap<Id, usize>,
    clock: Micros,
    turns: BTreeSet<(Micros, Turn)>,
    /// How many pairs could meet now; `None`: to be counted anew.
    pairs: Option<usize>,
}

impl<'a> Log<'a> {
    pub(super) fn replay(account: &'a Account, witness: &Witness, rules: &Rules) -> Self {
        // A log without facts accounts for no time at all, and should have accounted for all of it.
        let (first, last) = account.span().unwrap_or((Micros::MIN, Micros::MIN));
        let mut log = Self::before(account, first);
        for fact in account.facts() {
            log.look_ahead(fact);
        }
        for fact in account.facts() {
            log.pass_to(fact.at);
            log.step(fact, rules);
        }
        log.pass_to(last);
        log.horizon = last.max(witness.horizon);
        log.pass_to(log.horizon);
        log.end(rules);
        log
    }

    fn before(account: &'a Account, first: Micros) -> Self {
        Self {
            account,
            entries: HashMap::new(),
            agents: HashMap::new(),
            offers: Vec::new(),
            stints: Vec::new(),
            presence: Vec::new(),
            told: Vec::new(),
            violations: Vec::new(),
            meetings: Vec::new(),
            missed: Vec::new(),
            overstays: Vec::new(),
            apart: Vec::new(),
            first,
            horizon: first,
            redeemed: 0,
            entry_of_sid: HashMap::new(),
            standing: Standing::default(),
            rounds: HashMap::new(),
            freed_entries: HashMap::new(),
            freed_agents: HashMap::new(),
            sids: HashMap::new(),
            offer_at: HashMap::new(),
            clock: first,
            turns: BTreeSet::new(),
            pairs: None,
        }
    }

    /// What later facts will tell: who shares a round, and when entries and agents become free.
    fn look_ahead(&mut self, fact: &Fact) {
        match fact.what {
            What::Offered { .. } => {
                let round = self.rounds.entry(fact.at).or_default();
                round.entries.extend(fact.entry);
                round.agents.extend(fact.agent);
            }
            What::GivenBack(_) | What::Redeemed | What::Transferred { .. } => {
                if let Some(entry) = fact.entry {
                    self.freed_entries.entry(entry).or_default().push(fact.at);
                }
            }
            What::State(Doing::Ready) => {
                if let Some(agent) = fact.agent {
                    self.freed_agents.entry(agent).or_default().push(fact.at);
                }
            }
            What::Arrived { .. }
            | What::Joined { .. }
            | What::Moved { .. }
            | What::Preferred(_)
            | What::Callback
            | What::Unreached { .. }
            | What::Reached
            | What::Told { .. }
            | What::Painted
            | What::Accepted
            | What::Talking
            | What::Held
            | What::Resumed
            | What::Ended(_)
            | What::State(_)
            | What::Extended
            | What::Link { .. }
            | What::Skills(_) => {}
        }
    }

    fn step(&mut self, fact: &Fact, rules: &Rules) {
        match fact.what {
            What::Arrived { sid } => {
                if let Some(call) = fact.call {
                    self.sids.insert(call, sid);
                }
            }
            What::Joined { key, needs, prefers } => self.joined(fact, key, needs, prefers),
            What::Redeemed => self.taken_up_again(fact),
            What::Callback => self.goes_home(fact),
            What::Unreached { until } => self.asks_anew(fact, |entry| entry.paused(fact.at, until)),
            What::Reached => self.back_on_the_line(fact),
            What::Moved { needs } => self.asks_anew(fact, |entry| entry.moved(fact.at, needs)),
            What::Preferred(preference) => self.asks_anew(fact, |entry| entry.preferred(fact.at, Some(preference))),
            What::Told { low, high } => self.told.extend(fact.entry.map(|entry| (entry, fact.at, low, high))),
            What::Talking => self.talking(fact),
            What::Held => self.held(fact, rules),
            What::Resumed => self.resumed(fact, rules),
            What::Transferred { needs, prefers } => self.handed_on(fact, needs, prefers, rules),
            What::Ended(how) => self.ended(fact, how),
            What::Offered { deadline } => self.offered(fact, deadline, rules),
            What::Painted => {
                if let Some(offer) = self.offer_mut(fact) {
                    offer.painted.get_or_insert(fact.at);
                }
            }
            What::Accepted => {
                let rings = fact.entry.and_then(|id| self.entries.get(&id)).is_some_and(|entry| entry.at_home);
                if let Some(offer) = self.offer_mut(fact) {
                    offer.accepted = Some(fact.at);
                    offer.connecting = Some(fact.at);
                    offer.rings = rings;
                }
            }
            What::GivenBack(how) => self.given_back(fact, how, rules),
            What::State(to) => self.agent_state(fact, to, rules),
            What::Extended => self.agent(fact, |agent| agent.extensions += 1),
            What::Link { up } => self.agent(fact, |agent| {
                agent.linked = up;
                agent.linked_since = fact.at;
            }),
            What::Skills(skills) => self.agent(fact, |agent| agent.learned(fact.at, skills)),
        }
    }

    /// Lets time pass; who could have met and did not is written down.
    fn pass_to(&mut self, to: Micros) {
        while let Some((at, turn)) = self.turns.first().copied().filter(|(at, _)| *at <= to) {
            self.turns.pop_first();
            self.stay_to(at);
            match turn {
                Turn::Demand(entry) => self.asks(entry),
                Turn::Reunion(entry, agent) => self.standing.apart.look(entry, agent, at),
            }
            self.pairs = None;
        }
        self.stay_to(to);
    }

    /// Nothing changes until then.
    fn stay_to(&mut self, to: Micros) {
        if to <= self.clock {
            return;
        }
        let pairs = *self.pairs.get_or_insert_with(|| most_pairs(&self.standing, self.account));
        let from = std::mem::replace(&mut self.clock, to);
        if pairs == 0 {
            return;
        }
        match self.apart.last_mut() {
            Some((_, end, same)) if *end == from && *same == pairs => *end = to,
            _ => self.apart.push((from, to, pairs)),
        }
    }
}
