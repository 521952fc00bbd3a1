//! What one event does to an entry, its offer and its agent: the states after it, the facts, and the effects promised.

mod agent;
mod callback;
mod caller;
mod connecting;
mod hold;
mod link;
mod offer;

use crate::foundation::ids::{CallId, OfferId, SessionId};
use crate::hotline::queue::model::{
    Agent, AgentState, BackOff, Entry, EntryState, Offer, OfferState, Policy, Reason, Wants,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// The rows an event may touch, as they are now. Whoever loads them holds their locks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matter {
    /// The entry.
    pub entry: Option<Entry>,
    /// The entry's or the agent's latest offer.
    pub offer: Option<Offer>,
    /// The agent.
    pub agent: Option<Agent>,
}

/// Something that happens to a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The dispatcher brings an entry and an agent together, under a new offer's id.
    Offer(OfferId),
    /// The page shows the offer.
    Painted(OfferId),
    /// The agent accepts.
    Accept(OfferId),
    /// The agent declines.
    Decline(OfferId),
    /// Time is up for the offer: painting, answering or connecting.
    OfferDeadline(OfferId),
    /// The provider has fetched the instruction to ring the agent's phone.
    Dialling(OfferId),
    /// The agent's phone has answered.
    AgentAnswered(OfferId),
    /// The agent's phone could not be connected.
    ConnectFailed(OfferId),
    /// The dial is over, and the two were never brought together, whatever was said of the phone.
    NotBridged(OfferId),
    /// The talk under this offer is over; the caller may still be on the line.
    TalkEnded(OfferId),
    /// The caller's call is over.
    CallerGone(Gone),
    /// A redial takes the place up.
    Redeem(CallId),
    /// The caller has an older place again: this one is not needed any more.
    Merge,
    /// The caller has waited too long in this queue.
    Overflow,
    /// The caller wants to be rung when it is their turn, instead of waiting on the line.
    CallBack,
    /// The provider is about to be asked to ring the caller, by this call.
    Ring(CallId),
    /// The provider was not asked to ring the caller after all.
    NotRung,
    /// Who was rung under this offer has said that it is them: they are on the line.
    Reached(OfferId),
    /// The agent wants callers.
    Ready,
    /// The agent wants none.
    NotReady(Reason),
    /// The agent ends the talk.
    HangUp,
    /// The agent puts the caller on hold.
    Hold,
    /// The agent fetches the caller back, under a new offer's id.
    Resume(OfferId),
    /// Time is up for a caller on hold, who is fetched back under a new offer's id.
    HoldDeadline(OfferId),
    /// The agent hands the caller on, to whoever is wanted now.
    Transfer(Wants),
    /// The agent needs more time after the call.
    ExtendWrapUp,
    /// The agent is done with the call.
    FinishWrapUp(String),
    /// Time is up for the wrap-up.
    WrapUpDeadline,
    /// The agent's page has connected.
    LinkUp(SessionId, Uuid),
    /// A socket was lost.
    LinkLost(SessionId),
    /// A process has died, and with it the sockets that it held.
    NodeDied(Uuid),
    /// Time is up for a lost link.
    LinkDeadline,
    /// The agent signs out.
    SignOut,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The caller hung up.
    HungUp,
    /// Anything else: the provider, the network, ourselves.
    Lost,
}

/// Why an event is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum No {
    /// The offer is over, or was never this one's.
    #[error("the offer is gone")]
    OfferGone,
    /// The entry does not wait any more.
    #[error("the entry does not wait any more")]
    NotWaiting,
    /// Somebody or something else is in the way: the step is dropped.
    #[error("the agent is not free any more, or nothing is due")]
    NotFree,
    /// The agent may not take this caller now.
    #[error("the agent may not take this caller")]
    Unfit,
    /// There is no call to act on.
    #[error("there is no call")]
    NoCall,
    /// Nobody can be put on hold here.
    #[error("nobody can be put on hold here")]
    HoldOff,
    /// The caller is not on hold.
    #[error("the caller is not on hold")]
    NotHeld,
    /// There is nobody, or no queue, to hand the caller on to.
    #[error("there is nobody to hand the caller on to")]
    NobodyThere,
    /// There is no wrap-up.
    #[error("there is no wrap-up")]
    NoWrapUp,
    /// No extension is left.
    #[error("the wrap-up cannot be extended again")]
    NoExtension,
    /// The place cannot be taken up.
    #[error("the place cannot be taken up any more")]
    NotRedeemable,
    /// The agent is not signed in.
    #[error("the agent is not signed in")]
    SignedOut,
    /// The agent is occupied.
    #[error("the agent is occupied")]
    Occupied,
}

impl No {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OfferGone => "offer_gone",
            Self::NotWaiting => "not_waiting",
            Self::NotFree => "not_free",
            Self::Unfit => "unfit",
            Self::NoCall => "no_call",
            Self::HoldOff => "hold_off",
            Self::NotHeld => "not_held",
            Self::NobodyThere => "nobody_there",
            Self::NoWrapUp => "no_wrap_up",
            Self::NoExtension => "no_extension",
            Self::NotRedeemable => "not_redeemable",
            Self::SignedOut => "signed_out",
            Self::Occupied => "occupied",
        }
    }
}

/// A fact for the event log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What happened.
    pub kind: &'static str,
    /// A code that goes with it.
    pub code: Option<String>,
}

/// Something promised to the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ring the agent's phone from the caller's call.
    Connect(OfferId),
    /// Ring the caller, and then the agent's phone from that call.
    CallBack(OfferId),
    /// Look at that moment whether the phone is answered, when nothing was heard of it by then.
    LookAtPhone(OfferId, OffsetDateTime),
    /// Put the caller back into music.
    Park(CallId, OfferId),
    /// End the call.
    HangUp(CallId),
}

/// What an event does. A part that is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The entry after it.
    pub entry: Option<Entry>,
    /// The offer after it.
    pub offer: Option<Offer>,
    /// The agent after it.
    pub agent: Option<Agent>,
    /// A pair to keep apart.
    pub back_off: Option<BackOff>,
    /// Facts, in order.
    pub facts: Vec<Fact>,
    /// Promises.
    pub effects: Vec<Effect>,
}

impl Change {
    fn fact(&mut self, kind: &'static str) {
        self.facts.push(Fact { kind, code: None });
    }

    fn fact_with(&mut self, kind: &'static str, code: &str) {
        self.facts.push(Fact { kind, code: Some(code.to_owned()) });
    }

    fn entry(&mut self, entry: &Entry, state: EntryState) {
        self.entry = Some(Entry { state, ..entry.clone() });
    }

    fn offer(&mut self, offer: &Offer, state: OfferState) {
        self.offer = Some(Offer { state, ..offer.clone() });
    }

    fn agent(&mut self, agent: &Agent, state: AgentState, now: OffsetDateTime) {
        let since = if agent.state == state { agent.since } else { now };
        self.fact_with("agent.state", state.code());
        self.agent = Some(Agent { state, since, ..agent.clone() });
    }

    fn idle_from(&mut self, moment: OffsetDateTime) {
        if let Some(agent) = &mut self.agent {
            agent.idle_since = moment;
        }
    }
}

/// Decides what `event` does to `matter` at `now`. An event that says what is already so changes nothing.
///
/// # Errors
/// The refusal, when the event does not fit the state.
pub fn react(matter: &Matter, event: &Event, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    match event {
        Event::Offer(id) => offer::make_offer(matter, *id, policy, now),
        Event::Painted(id) => offer::painted(matter, *id),
        Event::Accept(id) => offer::accept(matter, *id, policy, now),
        Event::Decline(id) => offer::decline(matter, *id, policy, now),
        Event::OfferDeadline(id) => offer::offer_deadline(matter, *id, policy, now),
        Event::Dialling(id) => connecting::dialling(matter, *id, policy),
        Event::AgentAnswered(id) => connecting::agent_answered(matter, *id, now),
        Event::ConnectFailed(id) => connecting::connect_failed(matter, *id, policy, now, "phone"),
        Event::NotBridged(id) => connecting::not_bridged(matter, *id, policy, now),
        Event::TalkEnded(id) => caller::talk_ended(matter, *id, policy, now),
        Event::CallerGone(how) => caller::caller_gone(matter, *how, policy, now),
        Event::Redeem(call) => caller::redeem(matter, *call, now),
        Event::Merge => caller::merge(matter, policy, now),
        Event::Overflow => caller::overflow(matter, now),
        Event::CallBack => callback::call_back(matter),
        Event::Ring(call) => callback::ring(matter, *call),
        Event::NotRung => callback::not_rung(matter),
        Event::Reached(id) => callback::reached(matter, *id, policy, now),
        Event::Ready => agent::ready(matter, now),
        Event::NotReady(reason) => agent::not_ready(matter, reason, policy, now),
        Event::HangUp => agent::hang_up(matter),
        Event::Hold => hold::hold(matter, policy, now),
        Event::Resume(id) => hold::resume(matter, *id, policy, now),
        Event::HoldDeadline(id) => hold::hold_deadline(matter, *id, policy, now),
        Event::Transfer(wants) => caller::transfer(matter, wants, policy, now),
        Event::ExtendWrapUp => agent::extend_wrap_up(matter, policy),
        Event::FinishWrapUp(code) => agent::finish_wrap_up(matter, code, now),
        Event::WrapUpDeadline => agent::wrap_up_deadline(matter, now),
        Event::LinkUp(session, node) => link::link_up(matter, *session, *node, now),
        Event::LinkLost(session) => link::link_lost(matter, *session, policy, now),
        Event::NodeDied(node) => link::node_died(matter, *node, policy, now),
        Event::LinkDeadline => link::link_deadline(matter, now),
        Event::SignOut => agent::sign_out(matter, now),
    }
}
