//! What one event does to an entry, its offer and its agent: the states after it, the facts, and the effects promised.

use crate::foundation::ids::{CallId, OfferId, SessionId};
use crate::hotline::queue::model::{
    Agent, AgentState, BackOff, Ending, Entry, EntryState, Link, Next, Offer, OfferState, Policy, Reason,
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
    /// The talk is over; the caller may still be on the line.
    TalkEnded,
    /// The caller's call is over.
    CallerGone(Gone),
    /// A redial takes the place up.
    Redeem(CallId),
    /// The agent wants callers.
    Ready,
    /// The agent wants none.
    NotReady(Reason),
    /// The agent ends the talk.
    HangUp,
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
    /// Somebody or something else is in the way: the step is dropped.
    #[error("the entry or the agent is not free any more")]
    NotFree,
    /// There is no call to act on.
    #[error("there is no call")]
    NoCall,
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
            Self::NotFree => "not_free",
            Self::NoCall => "no_call",
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
        Event::Offer(id) => make_offer(matter, *id, policy, now),
        Event::Painted(id) => painted(matter, *id),
        Event::Accept(id) => accept(matter, *id, policy, now),
        Event::Decline(id) => decline(matter, *id, policy, now),
        Event::OfferDeadline(id) => offer_deadline(matter, *id, policy, now),
        Event::Dialling(id) => dialling(matter, *id),
        Event::AgentAnswered(id) => agent_answered(matter, *id, now),
        Event::ConnectFailed(id) => connect_failed(matter, *id, policy, now, "phone"),
        Event::TalkEnded => talk_ended(matter, policy, now),
        Event::CallerGone(how) => caller_gone(matter, *how, policy, now),
        Event::Redeem(call) => redeem(matter, *call, now),
        Event::Ready => ready(matter, now),
        Event::NotReady(reason) => not_ready(matter, reason, policy, now),
        Event::HangUp => hang_up(matter),
        Event::ExtendWrapUp => extend_wrap_up(matter, policy),
        Event::FinishWrapUp(code) => finish_wrap_up(matter, code, now),
        Event::WrapUpDeadline => wrap_up_deadline(matter, now),
        Event::LinkUp(session, node) => link_up(matter, *session, *node, now),
        Event::LinkLost(session) => link_lost(matter, *session, policy, now),
        Event::LinkDeadline => link_deadline(matter, now),
        Event::SignOut => sign_out(matter, now),
    }
}

fn make_offer(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (Some(entry), Some(agent)) = (&matter.entry, &matter.agent) else { return Err(No::NotFree) };
    let is_linked = matches!(agent.link, Link::Up { .. });
    if entry.state != EntryState::Waiting || agent.state != AgentState::Ready || !is_linked {
        return Err(No::NotFree);
    }
    let mut change = Change::default();
    change.entry(entry, EntryState::Offered { offer: id });
    change.offer = Some(Offer {
        id,
        entry: entry.id,
        agent: agent.id,
        state: OfferState::Open { deadline: now + policy.offer, paint_by: Some(now + policy.paint) },
    });
    change.fact("offer.made");
    change.agent(agent, AgentState::Offered { offer: id, entry: entry.id }, now);
    Ok(change)
}

/// The offer `id` with its entry and agent, when it still binds them.
fn live(matter: &Matter, id: OfferId) -> Result<(&Entry, &Offer, &Agent), No> {
    match (&matter.entry, &matter.offer, &matter.agent) {
        (Some(entry), Some(offer), Some(agent)) if offer.id == id && offer.state.is_live() => Ok((entry, offer, agent)),
        _ => Err(No::OfferGone),
    }
}

fn painted(matter: &Matter, id: OfferId) -> Result<Change, No> {
    let (_, offer, _) = live(matter, id)?;
    let mut change = Change::default();
    if let OfferState::Open { deadline, paint_by: Some(_) } = offer.state {
        change.offer(offer, OfferState::Open { deadline, paint_by: None });
        change.fact("offer.painted");
    }
    Ok(change)
}

fn accept(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (entry, offer, agent) = live(matter, id)?;
    let OfferState::Open { .. } = offer.state else { return Ok(Change::default()) };
    let mut change = Change::default();
    change.entry(entry, EntryState::Connecting { offer: id });
    change.offer(offer, OfferState::Accepted { deadline: now + policy.connect });
    change.fact("offer.accepted");
    change.fact("entry.connecting");
    change.agent(agent, AgentState::Connecting { offer: id, entry: entry.id, next: Next::Ready }, now);
    if let Some(agent) = &mut change.agent {
        agent.missed = 0;
    }
    change.effects.push(Effect::Connect(id));
    Ok(change)
}

/// The entry goes back to its place; the agent is kept away from it for a while.
fn give_back(change: &mut Change, entry: &Entry, agent: &Agent, policy: &Policy, now: OffsetDateTime) {
    change.entry(entry, EntryState::Waiting);
    change.back_off = Some(BackOff { entry: entry.id, agent: agent.id, until: now + policy.back_off });
}

fn decline(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (entry, offer, agent) = live(matter, id)?;
    let OfferState::Open { .. } = offer.state else { return Err(No::OfferGone) };
    let mut change = Change::default();
    give_back(&mut change, entry, agent, policy, now);
    change.offer(offer, OfferState::Declined);
    change.fact("offer.declined");
    change.agent(agent, AgentState::Ready, now);
    change.idle_from(now);
    Ok(change)
}

fn offer_deadline(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (entry, offer, agent) = live(matter, id)?;
    let (reason, after) = match offer.state {
        OfferState::Open { paint_by: Some(by), .. } if by <= now => ("not_painted", Reason::page()),
        OfferState::Open { deadline, .. } if deadline <= now => ("no_answer", Reason::no_answer()),
        OfferState::Accepted { deadline } | OfferState::Connecting { deadline } if deadline <= now => {
            let mut change = connect_failed(matter, id, policy, now, "connect_deadline")?;
            // Whatever the provider is doing with the call: it shall wait in music again.
            change.effects.push(Effect::Park(entry.call, id));
            return Ok(change);
        }
        OfferState::Open { .. }
        | OfferState::Accepted { .. }
        | OfferState::Connecting { .. }
        | OfferState::Connected
        | OfferState::Declined
        | OfferState::Expired
        | OfferState::Withdrawn
        | OfferState::Failed => return Err(No::NotFree),
    };
    let mut change = Change::default();
    give_back(&mut change, entry, agent, policy, now);
    change.offer(offer, OfferState::Expired);
    change.fact_with("offer.expired", reason);
    let missed = agent.missed.saturating_add(1);
    if missed >= policy.missed_limit {
        change.agent(agent, AgentState::NotReady { reason: after }, now);
    } else {
        change.agent(agent, AgentState::Ready, now);
        change.idle_from(now);
    }
    if let Some(agent) = &mut change.agent {
        agent.missed = if missed >= policy.missed_limit { 0 } else { missed };
    }
    Ok(change)
}

fn dialling(matter: &Matter, id: OfferId) -> Result<Change, No> {
    let (_, offer, _) = live(matter, id)?;
    let mut change = Change::default();
    match offer.state {
        OfferState::Accepted { deadline } => change.offer(offer, OfferState::Connecting { deadline }),
        // Asked again: the same answer.
        OfferState::Connecting { .. } => {}
        OfferState::Open { .. }
        | OfferState::Connected
        | OfferState::Declined
        | OfferState::Expired
        | OfferState::Withdrawn
        | OfferState::Failed => return Err(No::OfferGone),
    }
    Ok(change)
}

/// What the agent wishes to do after the present call.
fn next_of(agent: &Agent) -> Next {
    match &agent.state {
        AgentState::Connecting { next, .. } | AgentState::Talking { next, .. } | AgentState::WrapUp { next, .. } => {
            next.clone()
        }
        AgentState::Offline | AgentState::Ready | AgentState::Offered { .. } | AgentState::NotReady { .. } => {
            Next::Ready
        }
    }
}

fn agent_answered(matter: &Matter, id: OfferId, now: OffsetDateTime) -> Result<Change, No> {
    if let (Some(entry), Some(offer)) = (&matter.entry, &matter.offer)
        && offer.id == id
        && matches!(entry.state, EntryState::Talking { offer: talking, .. } if talking == id)
    {
        return Ok(Change::default());
    }
    let (entry, offer, agent) = live(matter, id)?;
    let (OfferState::Accepted { .. } | OfferState::Connecting { .. }) = offer.state else {
        return Err(No::OfferGone);
    };
    let mut change = Change::default();
    change.entry(entry, EntryState::Talking { offer: id, since: now });
    change.offer(offer, OfferState::Connected);
    change.fact("entry.talking");
    change.agent(agent, AgentState::Talking { offer: id, entry: entry.id, next: next_of(agent) }, now);
    Ok(change)
}

fn connect_failed(
    matter: &Matter,
    id: OfferId,
    policy: &Policy,
    now: OffsetDateTime,
    reason: &str,
) -> Result<Change, No> {
    let (entry, offer, agent) = live(matter, id)?;
    let (OfferState::Accepted { .. } | OfferState::Connecting { .. }) = offer.state else {
        return Err(No::OfferGone);
    };
    let mut change = Change::default();
    give_back(&mut change, entry, agent, policy, now);
    change.offer(offer, OfferState::Failed);
    change.fact_with("offer.failed", reason);
    change.agent(agent, AgentState::NotReady { reason: Reason::phone() }, now);
    Ok(change)
}

/// The agent's desk after a call that took place.
fn into_wrap_up(change: &mut Change, entry: &Entry, agent: &Agent, policy: &Policy, now: OffsetDateTime) {
    let state = AgentState::WrapUp {
        entry: entry.id,
        until: now + policy.wrap_up,
        extensions_left: policy.extensions,
        next: next_of(agent),
    };
    change.agent(agent, state, now);
}

fn talk_ended(matter: &Matter, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (Some(entry), Some(offer), Some(agent)) = (&matter.entry, &matter.offer, &matter.agent) else {
        return Err(No::NoCall);
    };
    // A talk whose beginning was never reported ends all the same: the provider says that it took place.
    match entry.state {
        EntryState::Talking { .. } | EntryState::Connecting { .. } => {}
        EntryState::Ended { .. } => return Ok(Change::default()),
        EntryState::Waiting | EntryState::Offered { .. } => return Err(No::NoCall),
    }
    let mut change = Change::default();
    change.entry(entry, EntryState::Ended { how: Ending::Served, redeem_until: None });
    change.offer(offer, OfferState::Connected);
    change.fact_with("entry.ended", Ending::Served.code());
    into_wrap_up(&mut change, entry, agent, policy, now);
    Ok(change)
}

fn caller_gone(matter: &Matter, how: Gone, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let Some(entry) = &matter.entry else { return Err(No::NoCall) };
    let mut change = Change::default();
    match entry.state {
        EntryState::Ended { .. } => return Ok(change),
        EntryState::Talking { .. } => return talk_ended(matter, policy, now),
        EntryState::Waiting => {}
        EntryState::Offered { .. } | EntryState::Connecting { .. } => {
            let (Some(offer), Some(agent)) = (&matter.offer, &matter.agent) else { return Err(No::NotFree) };
            change.offer(offer, OfferState::Withdrawn);
            change.fact_with("offer.withdrawn", "hung_up");
            // The agent did nothing wrong: their turn is kept, or their pause begins.
            match next_of(agent) {
                Next::Ready => change.agent(agent, AgentState::Ready, now),
                Next::NotReady(reason) => change.agent(agent, AgentState::NotReady { reason }, now),
            }
        }
    }
    let how = match how {
        Gone::HungUp => Ending::Abandoned,
        Gone::Lost => Ending::Lost,
    };
    change.entry(entry, EntryState::Ended { how, redeem_until: Some(now + policy.redeem) });
    change.fact_with("entry.ended", how.code());
    Ok(change)
}

fn redeem(matter: &Matter, call: CallId, now: OffsetDateTime) -> Result<Change, No> {
    let Some(entry) = &matter.entry else { return Err(No::NotRedeemable) };
    match entry.state {
        EntryState::Ended { redeem_until: Some(until), .. } if now <= until => {}
        _ if entry.call == call => return Ok(Change::default()),
        EntryState::Waiting
        | EntryState::Offered { .. }
        | EntryState::Connecting { .. }
        | EntryState::Talking { .. }
        | EntryState::Ended { .. } => return Err(No::NotRedeemable),
    }
    let mut change = Change { entry: Some(Entry { call, ..entry.clone() }), ..Change::default() };
    if let Some(entry) = &mut change.entry {
        entry.state = EntryState::Waiting;
    }
    change.fact("entry.redeemed");
    Ok(change)
}

/// The agent, when signed in.
fn signed_in(matter: &Matter) -> Result<&Agent, No> {
    match &matter.agent {
        Some(agent) if agent.state != AgentState::Offline => Ok(agent),
        _ => Err(No::SignedOut),
    }
}

/// The same desk with another wish for afterwards; `None` where there is no call.
fn with_next(state: &AgentState, next: Next) -> Option<AgentState> {
    match state.clone() {
        AgentState::Connecting { offer, entry, .. } => Some(AgentState::Connecting { offer, entry, next }),
        AgentState::Talking { offer, entry, .. } => Some(AgentState::Talking { offer, entry, next }),
        AgentState::WrapUp { entry, until, extensions_left, .. } => {
            Some(AgentState::WrapUp { entry, until, extensions_left, next })
        }
        AgentState::Offline | AgentState::Ready | AgentState::Offered { .. } | AgentState::NotReady { .. } => None,
    }
}

fn set_next(agent: &Agent, next: Next) -> Option<Change> {
    let wish = match &next {
        Next::Ready => "ready".to_owned(),
        Next::NotReady(reason) => reason.code().to_owned(),
    };
    let state = with_next(&agent.state, next)?;
    let mut change = Change::default();
    change.fact_with("agent.next", &wish);
    change.agent = Some(Agent { state, ..agent.clone() });
    Some(change)
}

fn ready(matter: &Matter, now: OffsetDateTime) -> Result<Change, No> {
    let agent = signed_in(matter)?;
    if let Some(change) = set_next(agent, Next::Ready) {
        return Ok(change);
    }
    let mut change = Change::default();
    if let AgentState::NotReady { .. } = agent.state {
        change.agent(agent, AgentState::Ready, now);
        change.idle_from(now);
        if let Some(agent) = &mut change.agent {
            agent.missed = 0;
        }
    }
    Ok(change)
}

fn not_ready(matter: &Matter, reason: &Reason, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let agent = signed_in(matter)?;
    if let Some(change) = set_next(agent, Next::NotReady(reason.clone())) {
        return Ok(change);
    }
    let mut change = Change::default();
    withdraw_open_offer(&mut change, matter, agent, policy, now, "not_ready");
    change.agent(agent, AgentState::NotReady { reason: reason.clone() }, now);
    Ok(change)
}

/// Takes an open offer back from an agent who cannot answer it any more: the entry goes back to its place.
fn withdraw_open_offer(
    change: &mut Change,
    matter: &Matter,
    agent: &Agent,
    policy: &Policy,
    now: OffsetDateTime,
    reason: &str,
) {
    if let (AgentState::Offered { .. }, Some(entry), Some(offer)) = (&agent.state, &matter.entry, &matter.offer) {
        give_back(change, entry, agent, policy, now);
        change.offer(offer, OfferState::Withdrawn);
        change.fact_with("offer.withdrawn", reason);
    }
}

fn hang_up(matter: &Matter) -> Result<Change, No> {
    match (&matter.entry, &matter.agent) {
        (Some(entry), Some(Agent { state: AgentState::Talking { .. }, .. })) => {
            let effects = vec![Effect::HangUp(entry.call)];
            Ok(Change { effects, ..Change::default() })
        }
        _ => Err(No::NoCall),
    }
}

fn extend_wrap_up(matter: &Matter, policy: &Policy) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    let AgentState::WrapUp { entry, until, extensions_left, next } = agent.state.clone() else {
        return Err(No::NoWrapUp);
    };
    let Some(extensions_left) = extensions_left.checked_sub(1) else { return Err(No::NoExtension) };
    let mut change = Change::default();
    let until = until + policy.wrap_up;
    change.fact("agent.wrap_up_extended");
    change.agent = Some(Agent { state: AgentState::WrapUp { entry, until, extensions_left, next }, ..agent.clone() });
    Ok(change)
}

fn finish_wrap_up(matter: &Matter, code: &str, now: OffsetDateTime) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    let AgentState::WrapUp { next, .. } = &agent.state else { return Err(No::NoWrapUp) };
    let mut change = Change::default();
    change.fact_with("agent.wrapped_up", code);
    match next {
        Next::Ready if agent.link == Link::Down => change.agent(agent, AgentState::Offline, now),
        Next::Ready => change.agent(agent, AgentState::Ready, now),
        Next::NotReady(reason) => change.agent(agent, AgentState::NotReady { reason: reason.clone() }, now),
    }
    change.idle_from(now);
    Ok(change)
}

fn wrap_up_deadline(matter: &Matter, now: OffsetDateTime) -> Result<Change, No> {
    match &matter.agent {
        Some(Agent { state: AgentState::WrapUp { until, .. }, .. }) if *until <= now => {
            finish_wrap_up(matter, "unstated", now)
        }
        _ => Err(No::NoWrapUp),
    }
}

fn link_up(matter: &Matter, session: SessionId, node: Uuid, now: OffsetDateTime) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    let mut change = Change::default();
    change.fact("agent.link_up");
    if agent.state == AgentState::Offline {
        change.agent(agent, AgentState::NotReady { reason: Reason::signed_in() }, now);
    } else {
        change.agent = Some(agent.clone());
    }
    if let Some(agent) = &mut change.agent {
        agent.link = Link::Up { session, node };
    }
    Ok(change)
}

fn link_lost(matter: &Matter, session: SessionId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    // An older window's socket closes after a newer one has taken over: nothing is lost.
    if !matches!(agent.link, Link::Up { session: current, .. } if current == session) {
        return Ok(Change::default());
    }
    let mut change = Change::default();
    change.fact("agent.link_lost");
    if let AgentState::Offered { .. } = agent.state {
        withdraw_open_offer(&mut change, matter, agent, policy, now, "link");
        // Nobody let anything pass: back in time, the same agent may be offered the same caller.
        change.back_off = None;
        change.agent(agent, AgentState::Ready, now);
    } else {
        change.agent = Some(agent.clone());
    }
    if let Some(agent) = &mut change.agent {
        agent.link = Link::Lost { until: now + policy.link_grace };
    }
    Ok(change)
}

fn link_deadline(matter: &Matter, now: OffsetDateTime) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    if !matches!(agent.link, Link::Lost { until } if until <= now) {
        return Err(No::NotFree);
    }
    let mut change = match (&agent.state, set_next(agent, Next::NotReady(Reason::link()))) {
        (_, Some(change)) => change,
        (AgentState::Ready, None) => {
            let mut change = Change::default();
            change.agent(agent, AgentState::NotReady { reason: Reason::link() }, now);
            change
        }
        (_, None) => {
            let mut change = Change::default();
            change.agent(agent, AgentState::Offline, now);
            change
        }
    };
    if let Some(agent) = &mut change.agent {
        agent.link = Link::Down;
    }
    Ok(change)
}

fn sign_out(matter: &Matter, now: OffsetDateTime) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    match agent.state {
        AgentState::Ready | AgentState::NotReady { .. } | AgentState::Offline => {}
        AgentState::Offered { .. }
        | AgentState::Connecting { .. }
        | AgentState::Talking { .. }
        | AgentState::WrapUp { .. } => return Err(No::Occupied),
    }
    let mut change = Change::default();
    change.agent(agent, AgentState::Offline, now);
    if let Some(agent) = &mut change.agent {
        agent.link = Link::Down;
    }
    Ok(change)
}
