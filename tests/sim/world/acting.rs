//! What callers, agents and the provider do to the world.

use super::{AGENTS, Flaw, KINDS, World};
use crate::op::{Late, Op};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::Duration;
use uuid::Uuid;
use vaxline::foundation::ids::{CallId, EntryId, OfferId, SessionId, UserId};
use vaxline::hotline::queue::decide::{Event, Gone};
use vaxline::hotline::queue::model::{
    AgentState, Entry, EntryState, Link, Offer, OfferState, OrderKey, Preferred, Reach, Reason, Wants,
};
use vaxline::hotline::queue::routing::Overflow;
use vaxline::hotline::queue::skills::Needs;

impl World {
    fn live_offer(&self, pick: usize) -> Option<OfferId> {
        self.live_offers.iter().nth(pick % self.live_offers.len().max(1)).copied()
    }

    pub(super) fn agent(&self, pick: usize) -> UserId {
        UserId(Uuid::from_u128(u128::try_from(pick).unwrap() % AGENTS + 1))
    }

    fn join(&mut self, kind: usize) {
        let id = EntryId(self.mint());
        let call = CallId(self.mint());
        let seq = i64::try_from(self.minted).unwrap();
        let (needs, bonus, overflow) = KINDS[kind % KINDS.len()];
        let order = OrderKey { at: self.now - Duration::seconds(bonus), seq };
        // Some were served before, by somebody who is there or not.
        let preferred = kind
            .is_multiple_of(7)
            .then(|| Preferred { agent: self.agent(kind / 7), until: self.now + Duration::seconds(20) });
        let overflow = overflow.map(|after| Overflow {
            after: Duration::seconds(after),
            queue: "hotline".to_owned(),
            needs: Needs::default(),
        });
        let queue = if overflow.is_some() { "duty" } else { "hotline" }.to_owned();
        let wants = Wants { queue, joined: self.now, needs: needs.parse().unwrap(), preferred, overflow, pause: None };
        self.live.insert(call);
        self.open_entries.insert(id);
        self.places.insert(id, order);
        self.entries.insert(id, Entry { id, order, call, wants, state: EntryState::Waiting, reach: Reach::Line });
    }

    pub(super) fn caller_gone(&mut self, call: CallId, how: Gone) {
        self.live.remove(&call);
        let talking = self.open_entries().filter(|entry| entry.call == call).find_map(|entry| entry.state.talk());
        self.talked.extend(talking);
        let open = self.open_entries().find(|entry| entry.call == call).map(|entry| entry.id);
        if let Some(id) = open {
            if self.flaw == Some(Flaw::EndsCallbacks)
                && let Some(entry) = self.entries.get_mut(&id)
            {
                entry.reach = Reach::Line;
            }
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

    /// Does what the operation says.
    pub fn apply(&mut self, op: Op) {
        self.just_dispatched = false;
        self.recent.clear();
        self.perform(op);
    }

    /// A refusal is an ordinary outcome.
    pub(super) fn perform(&mut self, op: Op) {
        match op {
            Op::Ring { kind } => self.join(kind),
            Op::HangUp { pick, lost } => {
                if let Some(call) = self.live.iter().nth(pick % self.live.len().max(1)).copied() {
                    self.caller_gone(call, if lost { Gone::Lost } else { Gone::HungUp });
                }
            }
            Op::Redial { pick } => {
                let kept: Vec<EntryId> = self.lost.union(&self.at_home).copied().collect();
                if !kept.is_empty() {
                    let call = CallId(self.mint());
                    let entry = kept[pick % kept.len()];
                    if self.react(&self.matter_of_entry(entry), &Event::Redeem(call)).is_ok() {
                        self.live.insert(call);
                        self.at_home.remove(&entry);
                    }
                }
            }
            Op::CallBack { pick } => {
                let on_the_line = |entry: &&Entry| entry.state == EntryState::Waiting && entry.reach == Reach::Line;
                let waiting: Vec<EntryId> = self.open_entries().filter(on_the_line).map(|entry| entry.id).collect();
                if let Some(entry) = waiting.get(pick % waiting.len().max(1)).copied() {
                    // The end of their call is told when it comes.
                    let _ = self.react(&self.matter_of_entry(entry), &Event::CallBack);
                    self.at_home.insert(entry);
                }
            }
            Op::RingBack { pick, refused } => {
                if let Some((_, entry)) = self.callback(pick, false) {
                    let call = CallId(self.mint());
                    if self.react(&self.matter_of_entry(entry), &Event::Ring(call)).is_ok() && !refused {
                        self.live.insert(call);
                    } else {
                        let _ = self.react(&self.matter_of_entry(entry), &Event::NotRung);
                    }
                }
            }
            Op::Reached { pick, twice } => {
                if let Some((offer, entry)) = self.callback(pick, true) {
                    for _ in 0..=usize::from(twice) {
                        self.report(offer, &Event::Reached(offer));
                    }
                    self.at_home.remove(&entry);
                }
            }
            Op::Dispatch => self.dispatch(),
            Op::DispatchAmid { seed } => {
                self.round(Some(StdRng::seed_from_u64(seed)));
            }
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
                if let Some(offer) = self.talk(pick) {
                    self.talked.insert(offer);
                    self.report(offer, &Event::TalkEnded(offer));
                }
            }
            Op::Hold { pick, twice } => {
                if let Some(offer) = self.talk(pick) {
                    let agent = self.offers[&offer].agent;
                    for _ in 0..=usize::from(twice) {
                        let _ = self.react(&self.matter_of_agent(agent), &Event::Hold);
                    }
                }
            }
            Op::Resume { pick } => {
                if let Some(offer) = self.held(pick) {
                    let event = Event::Resume(OfferId(self.mint()));
                    let _ = self.react(&self.matter_of_agent(self.offers[&offer].agent), &event);
                }
            }
            Op::Transfer { pick } => {
                // Also of a caller on hold, after a word with the colleague.
                let held = self.held(pick).filter(|_| pick.is_multiple_of(2));
                if let Some(offer) = held.or_else(|| self.talk(pick)) {
                    self.transfer(offer, pick);
                }
            }
            Op::NotBridged { pick } => {
                let bound = self.talk(pick).or_else(|| self.live_offer(pick));
                let latest = self.talked.last().copied();
                for offer in bound.into_iter().chain(latest) {
                    let call = self.entries.get(&self.offers[&offer].entry).map(|entry| entry.call);
                    if call.is_some_and(|call| self.live.contains(&call)) {
                        self.report(offer, &Event::NotBridged(offer));
                    }
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
            Op::Restart => {
                self.node = self.mint();
                if self.flaw == Some(Flaw::LosesPlacesAtRestart)
                    && let Some(id) = self.open_entries.pop_first()
                {
                    self.entries.remove(&id);
                }
            }
            Op::LateReport { pick, says } => {
                // Any offer there ever was; mostly one that is not long over.
                let within = if pick.is_multiple_of(4) { self.offers.len() } else { self.offers.len().min(30) };
                if let Some(id) = self.offers.keys().rev().nth(pick % within.max(1)).copied() {
                    self.late(id, says);
                }
            }
            Op::Advance { milliseconds } => {
                self.now += Duration::milliseconds(i64::try_from(milliseconds).unwrap());
            }
        }
    }

    /// The agent of this talk hands the caller on.
    fn transfer(&mut self, offer: OfferId, pick: usize) {
        let Offer { entry, agent, .. } = self.offers[&offer];
        let preferred = pick
            .is_multiple_of(3)
            .then(|| Preferred { agent: self.agent(pick / 3), until: self.now + Duration::seconds(20) });
        let needs = KINDS[pick % KINDS.len()].0.parse().unwrap();
        let wants = Wants { needs, preferred, overflow: None, ..self.entries[&entry].wants.clone() };
        let _ = self.react(&self.matter_of_agent(agent), &Event::Transfer(wants));
        if self.flaw == Some(Flaw::TransfersToTheEnd)
            && let Some(entry) = self.entries.get_mut(&entry)
        {
            entry.order.at = self.now;
        }
    }

    /// What comes late of an offer whose phone is not connected any more.
    fn late(&mut self, id: OfferId, says: Late) {
        let event = match says {
            Late::Answered => Event::AgentAnswered(id),
            Late::Failed => Event::ConnectFailed(id),
            Late::Ended => Event::TalkEnded(id),
        };
        let entry = self.entries.get(&self.offers[&id].entry);
        // Neither who is offered nor who is on hold is connected now.
        let is_apart = |state: &EntryState| matches!(state, EntryState::Offered { .. } | EntryState::Held { .. });
        let bound = entry.map(|entry| entry.state).filter(|state| !is_apart(state)).and_then(|state| state.offer());
        match (says, bound) {
            // It would be no late report but the end itself.
            (Late::Ended, Some(bound)) if bound == id => {}
            (Late::Ended, Some(bound)) if self.flaw == Some(Flaw::EndsAnyTalk) => {
                self.report(bound, &Event::TalkEnded(bound));
            }
            _ => self.report(id, &event),
        }
    }

    /// An accepted offer whose caller is at home: being rung, or not yet.
    fn callback(&self, pick: usize, is_rung: bool) -> Option<(OfferId, EntryId)> {
        let accepted = self.live_offers().filter(|offer| matches!(offer.state, OfferState::Accepted { .. }));
        let of_these = accepted.filter(|offer| {
            matches!(self.entries.get(&offer.entry), Some(Entry { reach: Reach::Callback { rung, .. }, .. }) if *rung == is_rung)
        });
        let offers: Vec<_> = of_these.map(|offer| (offer.id, offer.entry)).collect();
        offers.get(pick % offers.len().max(1)).copied()
    }

    /// The offer of a talk.
    fn talk(&self, pick: usize) -> Option<OfferId> {
        self.offer_of(pick, |state| matches!(state, EntryState::Talking { .. }))
    }

    /// The offer under which somebody on hold had talked.
    fn held(&self, pick: usize) -> Option<OfferId> {
        self.offer_of(pick, |state| matches!(state, EntryState::Held { .. }))
    }

    /// The offer of one of the open entries in such a state.
    fn offer_of(&self, pick: usize, is_one: impl Fn(EntryState) -> bool) -> Option<OfferId> {
        let these = self.open_entries().map(|entry| entry.state).filter(|state| is_one(*state));
        let offers: Vec<OfferId> = these.filter_map(|state| state.offer()).collect();
        offers.get(pick % offers.len().max(1)).copied()
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
                self.apply(Op::RingBack { pick, refused: false });
                self.apply(Op::Reached { pick, twice: false });
                self.apply(Op::Dialling { pick });
                self.apply(Op::Answered { pick, twice: false });
            }
            self.apply(Op::TalkEnded { pick: round });
            self.apply(Op::Advance { milliseconds: 700 });
        }
    }
}
