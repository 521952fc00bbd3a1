//! An offer from its making to its answer, and how it is taken back.

use super::connecting::connect_failed;
use super::{Change, Effect, Matter, No};
use crate::foundation::ids::OfferId;
use crate::hotline::queue::model::{
    Agent, AgentState, BackOff, Entry, EntryState, Link, Next, Offer, OfferState, Policy, Reach, Reason,
};
use time::OffsetDateTime;

pub(super) fn make_offer(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let Some(entry) = matter.entry.as_ref().filter(|entry| entry.state == EntryState::Waiting) else {
        return Err(No::NotWaiting);
    };
    let is_idle = |agent: &&Agent| agent.state == AgentState::Ready && matches!(agent.link, Link::Up { .. });
    let Some(agent) = matter.agent.as_ref().filter(is_idle) else { return Err(No::NotFree) };
    entry.wants.fit(agent.id, &agent.skills, now).map_err(|_| No::Unfit)?;
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
pub(super) fn live(matter: &Matter, id: OfferId) -> Result<(&Entry, &Offer, &Agent), No> {
    match (&matter.entry, &matter.offer, &matter.agent) {
        (Some(entry), Some(offer), Some(agent)) if offer.id == id && offer.state.is_live() => Ok((entry, offer, agent)),
        _ => Err(No::OfferGone),
    }
}

pub(super) fn painted(matter: &Matter, id: OfferId) -> Result<Change, No> {
    let (_, offer, _) = live(matter, id)?;
    let mut change = Change::default();
    if let OfferState::Open { deadline, paint_by: Some(_) } = offer.state {
        change.offer(offer, OfferState::Open { deadline, paint_by: None });
        change.fact("offer.painted");
    }
    Ok(change)
}

pub(super) fn accept(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (entry, offer, agent) = live(matter, id)?;
    let OfferState::Open { .. } = offer.state else { return Ok(Change::default()) };
    let mut change = Change::default();
    let (within, effect) = match entry.reach {
        Reach::Line => (policy.connect, Effect::Connect(id)),
        Reach::Callback { .. } => (policy.callback.ring + policy.callback.answer, Effect::CallBack(id)),
    };
    change.entry(entry, EntryState::Connecting { offer: id });
    change.offer(offer, OfferState::Accepted { deadline: now + within });
    change.fact("offer.accepted");
    change.fact("entry.connecting");
    change.agent(agent, AgentState::Connecting { offer: id, entry: entry.id, next: Next::Ready }, now);
    if let Some(agent) = &mut change.agent {
        agent.missed = 0;
    }
    change.effects.push(effect);
    Ok(change)
}

/// The entry goes back to its place; the agent is kept away from it for a while.
pub(super) fn give_back(change: &mut Change, entry: &Entry, agent: &Agent, policy: &Policy, now: OffsetDateTime) {
    change.entry(entry, EntryState::Waiting);
    change.back_off = Some(BackOff { entry: entry.id, agent: agent.id, until: now + policy.back_off });
}

pub(super) fn decline(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
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

pub(super) fn offer_deadline(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (entry, offer, agent) = live(matter, id)?;
    let (reason, after) = match offer.state {
        OfferState::Open { paint_by: Some(by), .. } if by <= now => ("not_painted", Reason::page()),
        OfferState::Open { deadline, .. } if deadline <= now => ("no_answer", Reason::no_answer()),
        OfferState::Accepted { deadline } | OfferState::Connecting { deadline } if deadline <= now => {
            let mut change = connect_failed(matter, id, policy, now, "connect_deadline")?;
            match entry.reach {
                // Whatever the provider is doing with the call: it shall wait in music again.
                Reach::Line => change.effects.push(Effect::Park(entry.call, id)),
                Reach::Callback { rung: true, .. } => change.effects.push(Effect::HangUp(entry.call)),
                Reach::Callback { rung: false, .. } => {}
            }
            return Ok(change);
        }
        OfferState::Open { .. }
        | OfferState::Accepted { .. }
        | OfferState::Connecting { .. }
        | OfferState::Connected
        | OfferState::Held
        | OfferState::Transferred
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

/// Takes an open offer back from an agent who cannot answer it any more: the entry goes back to its place.
pub(super) fn withdraw_open_offer(
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

/// The agent did nothing wrong: their turn is kept, or their pause begins.
pub(super) fn turn_kept(change: &mut Change, agent: &Agent, now: OffsetDateTime) {
    match next_of(agent) {
        Next::Ready => change.agent(agent, AgentState::Ready, now),
        Next::NotReady(reason) => change.agent(agent, AgentState::NotReady { reason }, now),
    }
}

/// What the agent wishes to do after the present call.
pub(super) fn next_of(agent: &Agent) -> Next {
    match &agent.state {
        AgentState::Connecting { next, .. } | AgentState::Talking { next, .. } | AgentState::WrapUp { next, .. } => {
            next.clone()
        }
        AgentState::Offline | AgentState::Ready | AgentState::Offered { .. } | AgentState::NotReady { .. } => {
            Next::Ready
        }
    }
}
