//! The world of a simulation: entries, offers and agents in memory, changed only through the pure core.

use crate::op::Op;
use std::collections::{BTreeMap, BTreeSet};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use vaxline::foundation::ids::{CallId, EntryId, OfferId, SessionId, UserId};
use vaxline::hotline::queue::decide::{
    Change, Due, Effect, Event, Gone, Head, Idle, Matter, No, Snapshot, Step, plan, react,
};
use vaxline::hotline::queue::model::{
    Agent, AgentState, BackOff, Entry, EntryState, Link, Offer, OfferState, OrderKey, Policy, Reason,
};

/// A known flaw, for the controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Serves the newest caller first.
    NewestFirst,
    /// Leaves the offer open when the caller hangs up.
    KeepsOfferAfterHangUp,
    /// Puts a caller whose offer was let pass at the end.
    RequeuesAtTheEnd,
    /// Never looks at deadlines.
    ForgetsDeadlines,
}

/// Times short enough that a history sees all of them pass.
pub const POLICY: Policy = Policy {
    offer: Duration::seconds(15),
    paint: Duration::milliseconds(1_500),
    connect: Duration::seconds(20),
    wrap_up: Duration::seconds(30),
    extensions: 2,
    back_off: Duration::seconds(20),
    missed_limit: 2,
    link_grace: Duration::seconds(60),
    redeem: Duration::minutes(10),
};

const AGENTS: u128 = 6;

pub struct World {
    pub now: OffsetDateTime,
    pub entries: BTreeMap<EntryId, Entry>,
    pub offers: BTreeMap<OfferId, Offer>,
    /// The offers that bind somebody: histories are long, and most offers are over.
    pub live_offers: BTreeSet<OfferId>,
    /// The entries that have not ended.
    pub open_entries: BTreeSet<EntryId>,
    pub agents: BTreeMap<UserId, Agent>,
    pub back_offs: Vec<BackOff>,
    /// The place each entry got when it joined.
    pub places: BTreeMap<EntryId, OrderKey>,
    /// Calls that are on the line at the provider.
    pub live: BTreeSet<CallId>,
    /// What the last step offered, with the entries that could have been offered to the same agent.
    pub last_offers: Vec<(EntryId, UserId)>,
    pub eligible_before: Vec<(EntryId, UserId)>,
    /// Whether the last operation was a whole round, after which nobody may be idle without reason.
    pub just_dispatched: bool,
    pub journal: Vec<String>,
    flaw: Option<Flaw>,
    node: Uuid,
    minted: u128,
}

impl World {
    pub fn new(flaw: Option<Flaw>) -> Self {
        let now = datetime!(2021-04-28 16:00 UTC);
        let agents = (1..=AGENTS).map(|number| {
            let id = UserId(Uuid::from_u128(number));
            let agent =
                Agent { id, state: AgentState::Offline, since: now, idle_since: now, missed: 0, link: Link::Down };
            (id, agent)
        });
        Self {
            now,
            entries: BTreeMap::new(),
            offers: BTreeMap::new(),
            live_offers: BTreeSet::new(),
            open_entries: BTreeSet::new(),
            agents: agents.collect(),
            back_offs: Vec::new(),
            places: BTreeMap::new(),
            live: BTreeSet::new(),
            last_offers: Vec::new(),
            eligible_before: Vec::new(),
            just_dispatched: false,
            journal: Vec::new(),
            flaw,
            node: Uuid::from_u128(1),
            minted: 1_000,
        }
    }

    fn mint(&mut self) -> Uuid {
        self.minted += 1;
        Uuid::from_u128(self.minted)
    }

    pub fn waiting(&self) -> usize {
        self.open_entries().filter(|entry| entry.state == EntryState::Waiting).count()
    }

    /// The entries that have not ended.
    pub fn open_entries(&self) -> impl Iterator<Item = &Entry> {
        self.open_entries.iter().map(|id| &self.entries[id])
    }

    /// The offers that bind somebody.
    pub fn live_offers(&self) -> impl Iterator<Item = &Offer> {
        self.live_offers.iter().map(|id| &self.offers[id])
    }

    /// Whether the pair is kept apart.
    pub fn apart(&self, entry: EntryId, agent: UserId) -> bool {
        self.back_offs.iter().any(|pair| pair.entry == entry && pair.agent == agent && self.now < pair.until)
    }

    pub fn is_idle(agent: &Agent) -> bool {
        agent.state == AgentState::Ready && matches!(agent.link, Link::Up { .. })
    }

    fn matter_of_entry(&self, id: EntryId) -> Matter {
        let Some(entry) = self.entries.get(&id).cloned() else { return Matter::default() };
        let bound = match entry.state {
            EntryState::Offered { offer } | EntryState::Connecting { offer } | EntryState::Talking { offer, .. } => {
                Some(offer)
            }
            EntryState::Waiting | EntryState::Ended { .. } => None,
        };
        let offer = bound.and_then(|id| self.offers.get(&id)).cloned();
        let agent = offer.as_ref().and_then(|offer| self.agents.get(&offer.agent)).cloned();
        Matter { entry: Some(entry), offer, agent }
    }

    fn matter_of_offer(&self, id: OfferId) -> Matter {
        let Some(offer) = self.offers.get(&id).cloned() else { return Matter::default() };
        let entry = self.entries.get(&offer.entry).cloned();
        let agent = self.agents.get(&offer.agent).cloned();
        Matter { entry, offer: Some(offer), agent }
    }

    fn matter_of_agent(&self, id: UserId) -> Matter {
        let Some(agent) = self.agents.get(&id).cloned() else { return Matter::default() };
        let entry = agent.state.entry().and_then(|id| self.entries.get(&id)).cloned();
        let offer = agent.state.offer().and_then(|id| self.offers.get(&id)).cloned();
        Matter { entry, offer, agent: Some(agent) }
    }

    fn react(&mut self, matter: &Matter, event: &Event) -> Result<(), No> {
        let mut change = react(matter, event, &POLICY, self.now)?;
        if self.flaw == Some(Flaw::KeepsOfferAfterHangUp) && matches!(event, Event::CallerGone(_)) {
            change.offer = None;
            change.agent = None;
        }
        if self.flaw == Some(Flaw::RequeuesAtTheEnd)
            && let (Some(entry), Event::OfferDeadline(_) | Event::Decline(_)) = (&mut change.entry, event)
        {
            entry.order.at = self.now;
        }
        self.save(change);
        Ok(())
    }

    fn save(&mut self, change: Change) {
        for fact in &change.facts {
            self.journal.push(format!("{} {}", self.now.unix_timestamp_nanos(), fact.kind));
        }
        if let Some(entry) = change.entry {
            match entry.state {
                EntryState::Ended { .. } => self.open_entries.remove(&entry.id),
                EntryState::Waiting
                | EntryState::Offered { .. }
                | EntryState::Connecting { .. }
                | EntryState::Talking { .. } => self.open_entries.insert(entry.id),
            };
            self.entries.insert(entry.id, entry);
        }
        if let Some(offer) = change.offer {
            if offer.state.is_live() {
                self.live_offers.insert(offer.id);
            } else {
                self.live_offers.remove(&offer.id);
            }
            self.offers.insert(offer.id, offer);
        }
        if let Some(agent) = change.agent {
            self.agents.insert(agent.id, agent);
        }
        if let Some(pair) = change.back_off {
            self.back_offs.retain(|known| known.until > self.now);
            self.back_offs.push(pair);
        }
        for effect in change.effects {
            if let Effect::HangUp(call) = effect {
                self.live.remove(&call);
            }
        }
    }

    pub fn snapshot(&self) -> Snapshot {
        let mut heads: Vec<Head> = self
            .open_entries()
            .filter(|entry| entry.state == EntryState::Waiting)
            .map(|entry| Head { entry: entry.id, order: entry.order })
            .collect();
        heads.sort_by_key(|head| head.order);
        if self.flaw == Some(Flaw::NewestFirst) {
            heads.reverse();
        }
        let idle = self.agents.values().filter(|agent| Self::is_idle(agent));
        let mut due = Vec::new();
        for offer in self.live_offers() {
            match offer.state {
                OfferState::Open { deadline, paint_by } => {
                    due.push((paint_by.unwrap_or(deadline).min(deadline), Due::Offer(offer.id)));
                }
                OfferState::Accepted { deadline } | OfferState::Connecting { deadline } => {
                    due.push((deadline, Due::Offer(offer.id)));
                }
                OfferState::Connected
                | OfferState::Declined
                | OfferState::Expired
                | OfferState::Withdrawn
                | OfferState::Failed => {}
            }
        }
        for agent in self.agents.values() {
            if let AgentState::WrapUp { until, .. } = agent.state {
                due.push((until, Due::WrapUp(agent.id)));
            }
            match agent.link {
                Link::Lost { until } => due.push((until, Due::Link(agent.id))),
                Link::Up { node, .. } if node != self.node => due.push((self.now, Due::DeadNode(agent.id))),
                Link::Up { .. } | Link::Down => {}
            }
        }
        if self.flaw == Some(Flaw::ForgetsDeadlines) {
            due.clear();
        }
        Snapshot {
            heads,
            idle: idle.map(|agent| Idle { agent: agent.id, since: agent.idle_since }).collect(),
            back_offs: self.back_offs.clone(),
            due,
        }
    }

    /// Rounds until nothing is left to do, as the dispatcher runs them.
    pub fn dispatch(&mut self) {
        self.last_offers.clear();
        for _ in 0..100 {
            let planned = plan(&self.snapshot(), self.now);
            let mut progress = false;
            self.eligible_before = self.eligible();
            self.last_offers.clear();
            for step in planned.steps {
                let done = match step {
                    Step::Offer(entry, agent) => {
                        let matter = Matter {
                            entry: self.entries.get(&entry).cloned(),
                            offer: None,
                            agent: self.agents.get(&agent).cloned(),
                        };
                        let id = OfferId(self.mint());
                        let done = self.react(&matter, &Event::Offer(id));
                        if done.is_ok() {
                            self.last_offers.push((entry, agent));
                        }
                        done
                    }
                    Step::Overdue(Due::Offer(id)) => self.react(&self.matter_of_offer(id), &Event::OfferDeadline(id)),
                    Step::Overdue(Due::WrapUp(id)) => self.react(&self.matter_of_agent(id), &Event::WrapUpDeadline),
                    Step::Overdue(Due::Link(id)) => self.react(&self.matter_of_agent(id), &Event::LinkDeadline),
                    Step::Overdue(Due::DeadNode(id)) => {
                        let matter = self.matter_of_agent(id);
                        match matter.agent.as_ref().map(|agent| agent.link) {
                            Some(Link::Up { session, .. }) => self.react(&matter, &Event::LinkLost(session)),
                            _ => Err(No::NotFree),
                        }
                    }
                };
                progress |= done.is_ok();
            }
            crate::invariants::check_order(self).unwrap_or_else(|violation| self.journal.push(violation));
            if !progress {
                self.just_dispatched = true;
                return;
            }
        }
        panic!("the dispatcher spins");
    }

    /// Every pair that could be brought together now.
    pub fn eligible(&self) -> Vec<(EntryId, UserId)> {
        let mut pairs = Vec::new();
        for entry in self.open_entries().filter(|entry| entry.state == EntryState::Waiting) {
            for agent in self.agents.values().filter(|agent| Self::is_idle(agent)) {
                if !self.apart(entry.id, agent.id) {
                    pairs.push((entry.id, agent.id));
                }
            }
        }
        pairs
    }

    fn live_offer(&self, pick: usize) -> Option<OfferId> {
        self.live_offers.iter().nth(pick % self.live_offers.len().max(1)).copied()
    }

    fn agent(&self, pick: usize) -> UserId {
        UserId(Uuid::from_u128(u128::try_from(pick).unwrap() % AGENTS + 1))
    }

    fn join(&mut self) {
        let id = EntryId(self.mint());
        let call = CallId(self.mint());
        let seq = i64::try_from(self.minted).unwrap();
        let order = OrderKey { at: self.now, seq };
        self.live.insert(call);
        self.open_entries.insert(id);
        self.places.insert(id, order);
        self.entries.insert(id, Entry { id, order, call, state: EntryState::Waiting });
    }

    fn caller_gone(&mut self, call: CallId, how: Gone) {
        self.live.remove(&call);
        let open = self.open_entries().find(|entry| entry.call == call).map(|entry| entry.id);
        if let Some(id) = open {
            let _ = self.react(&self.matter_of_entry(id), &Event::CallerGone(how));
        }
    }

    fn wish(&mut self, pick: usize, event: &Event) {
        let matter = self.matter_of_agent(self.agent(pick));
        let _ = self.react(&matter, event);
    }

    fn report(&mut self, offer: OfferId, event: &Event) {
        let _ = self.react(&self.matter_of_offer(offer), event);
    }

    /// Does what the operation says. A refusal is an ordinary outcome.
    pub fn apply(&mut self, op: Op) {
        self.just_dispatched = false;
        self.last_offers.clear();
        match op {
            Op::Ring => self.join(),
            Op::HangUp { pick, lost } => {
                if let Some(call) = self.live.iter().nth(pick % self.live.len().max(1)).copied() {
                    self.caller_gone(call, if lost { Gone::Lost } else { Gone::HungUp });
                }
            }
            Op::Redial { pick } => {
                let ended: Vec<EntryId> = self
                    .entries
                    .values()
                    .filter(|entry| matches!(entry.state, EntryState::Ended { redeem_until: Some(_), .. }))
                    .map(|entry| entry.id)
                    .collect();
                if !ended.is_empty() {
                    let call = CallId(self.mint());
                    let matter = self.matter_of_entry(ended[pick % ended.len()]);
                    if self.react(&matter, &Event::Redeem(call)).is_ok() {
                        self.live.insert(call);
                    }
                }
            }
            Op::Dispatch => self.dispatch(),
            // Rolled back: nothing of it has happened.
            Op::DispatchLost => {}
            Op::Paint { pick } => {
                if let Some(id) = self.live_offer(pick) {
                    self.report(id, &Event::Painted(id));
                }
            }
            Op::Accept { pick, twice } => {
                if let Some(id) = self.live_offer(pick) {
                    self.report(id, &Event::Accept(id));
                    if twice {
                        self.report(id, &Event::Accept(id));
                    }
                }
            }
            Op::Decline { pick } => {
                if let Some(id) = self.live_offer(pick) {
                    self.report(id, &Event::Decline(id));
                }
            }
            Op::Dialling { pick } => {
                if let Some(id) = self.live_offer(pick) {
                    self.report(id, &Event::Dialling(id));
                }
            }
            Op::Answered { pick, twice } => {
                if let Some(id) = self.live_offer(pick) {
                    self.report(id, &Event::AgentAnswered(id));
                    if twice {
                        self.report(id, &Event::AgentAnswered(id));
                    }
                }
            }
            Op::ConnectFailed { pick } => {
                if let Some(id) = self.live_offer(pick) {
                    self.report(id, &Event::ConnectFailed(id));
                }
            }
            Op::TalkEnded { pick } => {
                let talking: Vec<EntryId> = self
                    .open_entries()
                    .filter(|entry| matches!(entry.state, EntryState::Talking { .. }))
                    .map(|entry| entry.id)
                    .collect();
                if !talking.is_empty() {
                    let matter = self.matter_of_entry(talking[pick % talking.len()]);
                    let _ = self.react(&matter, &Event::TalkEnded);
                }
            }
            Op::Ready { pick } => self.wish(pick, &Event::Ready),
            Op::NotReady { pick } => self.wish(pick, &Event::NotReady(Reason::of_setup("break"))),
            Op::FinishWrapUp { pick } => self.wish(pick, &Event::FinishWrapUp("booked".to_owned())),
            Op::ExtendWrapUp { pick } => self.wish(pick, &Event::ExtendWrapUp),
            Op::LinkUp { pick } => {
                let session = SessionId(self.mint());
                let node = self.node;
                self.wish(pick, &Event::LinkUp(session, node));
            }
            Op::LinkLost { pick } => {
                if let Link::Up { session, .. } = self.agents[&self.agent(pick)].link {
                    self.wish(pick, &Event::LinkLost(session));
                }
            }
            Op::Restart => self.node = self.mint(),
            Op::LateReport { pick, answered } => {
                let all: Vec<OfferId> = self.offers.keys().copied().collect();
                if !all.is_empty() {
                    let id = all[pick % all.len()];
                    let event = if answered { Event::AgentAnswered(id) } else { Event::ConnectFailed(id) };
                    self.report(id, &event);
                }
            }
            Op::Advance { milliseconds } => {
                self.now += Duration::milliseconds(i64::try_from(milliseconds).unwrap());
            }
        }
    }

    /// Everybody behaves: agents sign in, are ready, paint, accept and talk; time passes.
    pub fn drain(&mut self, rounds: usize) {
        for round in 0..rounds {
            if self.waiting() == 0 {
                return;
            }
            for pick in 0..usize::try_from(AGENTS).unwrap() {
                let agent = self.agents[&self.agent(pick)].clone();
                if !matches!(agent.link, Link::Up { node, .. } if node == self.node) {
                    self.apply(Op::LinkUp { pick });
                }
                if matches!(agent.state, AgentState::NotReady { .. }) {
                    self.apply(Op::Ready { pick });
                }
            }
            self.apply(Op::Dispatch);
            for pick in 0..8 {
                self.apply(Op::Paint { pick });
                self.apply(Op::Accept { pick, twice: false });
                self.apply(Op::Dialling { pick });
                self.apply(Op::Answered { pick, twice: false });
            }
            self.apply(Op::TalkEnded { pick: round });
            self.apply(Op::Advance { milliseconds: 700 });
        }
    }
}
