//! From an accepted offer to a talk, or back to the same place.

use super::callback::unreached;
use super::hold;
use super::offer::{give_back, live, next_of, turn_kept};
use super::{Change, Effect, Matter, No};
use crate::foundation::ids::OfferId;
use crate::hotline::queue::model::{AgentState, Ending, EntryState, OfferState, Policy, Reason};
use time::OffsetDateTime;

/// Which part of the time for connecting is left when the provider is asked for a phone of which nothing was heard. More
/// parts leave less time for the answer; fewer ask while phones still ring.
const LOOK_BEFORE: i32 = 8;

pub(super) fn dialling(matter: &Matter, id: OfferId, policy: &Policy) -> Result<Change, No> {
    let (entry, offer, _) = live(matter, id)?;
    if entry.reach.is_callback() {
        // Nobody is on the line yet from whom a phone could be rung.
        return Err(No::NotWaiting);
    }
    let mut change = Change::default();
    match offer.state {
        OfferState::Accepted { deadline } => {
            change.offer(offer, OfferState::Connecting { deadline });
            // By then the phone has stopped ringing, and its answer or its failure is told. The deadline must not cut a
            // talk of which only the report was lost.
            change.effects.push(Effect::LookAtPhone(id, deadline - policy.connect / LOOK_BEFORE));
        }
        // Asked again: the same answer.
        OfferState::Connecting { .. } => {}
        OfferState::Open { .. }
        | OfferState::Connected
        | OfferState::Held
        | OfferState::Transferred
        | OfferState::Declined
        | OfferState::Expired
        | OfferState::Withdrawn
        | OfferState::Failed => return Err(No::OfferGone),
    }
    Ok(change)
}

pub(super) fn agent_answered(matter: &Matter, id: OfferId, now: OffsetDateTime) -> Result<Change, No> {
    if let (Some(entry), Some(offer)) = (&matter.entry, &matter.offer)
        && offer.id == id
        && matches!(entry.state, EntryState::Talking { offer: talking, .. } if talking == id)
    {
        return Ok(Change::default());
    }
    let (entry, offer, agent) = live(matter, id)?;
    if entry.reach.is_callback() {
        return Err(No::NotWaiting);
    }
    let (OfferState::Accepted { .. } | OfferState::Connecting { .. }) = offer.state else {
        return Err(No::OfferGone);
    };
    if let EntryState::Resuming { since, .. } = entry.state {
        return Ok(hold::back(entry, offer, since));
    }
    let mut change = Change::default();
    change.entry(entry, EntryState::Talking { offer: id, since: now });
    change.offer(offer, OfferState::Connected);
    change.fact("entry.talking");
    change.agent(agent, AgentState::Talking { offer: id, entry: entry.id, next: next_of(agent) }, now);
    Ok(change)
}

pub(super) fn connect_failed(
    matter: &Matter,
    id: OfferId,
    policy: &Policy,
    now: OffsetDateTime,
    reason: &str,
) -> Result<Change, No> {
    let (entry, offer, agent) = live(matter, id)?;
    let mut change = Change::default();
    match offer.state {
        OfferState::Accepted { .. } if entry.reach.is_callback() => {
            return Ok(unreached(entry, offer, agent, policy, now));
        }
        OfferState::Accepted { .. } | OfferState::Connecting { .. }
            if matches!(entry.state, EntryState::Resuming { .. }) =>
        {
            return Ok(hold::not_back(entry, offer, agent, policy, now, reason));
        }
        OfferState::Accepted { .. } => {
            // The provider never came to ask whom to ring: nothing is wrong with the agent or with the phone.
            change.entry(entry, EntryState::Waiting);
            change.offer(offer, OfferState::Failed);
            change.fact_with("offer.failed", "not_dialled");
            turn_kept(&mut change, agent, now);
        }
        OfferState::Connecting { .. } => {
            give_back(&mut change, entry, agent, policy, now);
            change.offer(offer, OfferState::Failed);
            change.fact_with("offer.failed", reason);
            change.agent(agent, AgentState::NotReady { reason: Reason::phone() }, now);
        }
        OfferState::Open { .. }
        | OfferState::Connected
        | OfferState::Held
        | OfferState::Transferred
        | OfferState::Declined
        | OfferState::Expired
        | OfferState::Withdrawn
        | OfferState::Failed => return Err(No::OfferGone),
    }
    Ok(change)
}

/// The dial is the authority: a phone may answer, and even be reported to have ended after a talk, without the caller ever
/// having been put through to it. The caller goes back to the same place.
pub(super) fn not_bridged(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (Some(entry), Some(offer), Some(agent)) = (&matter.entry, &matter.offer, &matter.agent) else {
        return Err(No::OfferGone);
    };
    if offer.id == id && offer.state.is_live() {
        return connect_failed(matter, id, policy, now, "phone");
    }
    if offer.id != id || offer.state != OfferState::Connected {
        return Err(No::OfferGone);
    }
    let mut change = Change::default();
    match entry.state {
        EntryState::Talking { offer: talking, .. } if talking == id => {}
        // An offer that stays `connected` is the one that served its entry.
        EntryState::Ended { how: Ending::Served, .. } => change.fact("entry.redeemed"),
        EntryState::Waiting
        | EntryState::Offered { .. }
        | EntryState::Connecting { .. }
        | EntryState::Talking { .. }
        | EntryState::Held { .. }
        | EntryState::Resuming { .. }
        | EntryState::Ended { .. } => return Err(No::OfferGone),
    }
    give_back(&mut change, entry, agent, policy, now);
    change.offer(offer, OfferState::Failed);
    change.fact_with("offer.failed", "not_bridged");
    match agent.state {
        AgentState::Talking { offer, .. } if offer == id => {
            change.agent(agent, AgentState::NotReady { reason: Reason::phone() }, now);
        }
        AgentState::WrapUp { entry: served, .. } if served == entry.id => {
            change.agent(agent, AgentState::NotReady { reason: Reason::phone() }, now);
        }
        AgentState::Offline
        | AgentState::Ready
        | AgentState::Offered { .. }
        | AgentState::Connecting { .. }
        | AgentState::Talking { .. }
        | AgentState::WrapUp { .. }
        | AgentState::NotReady { .. } => {}
    }
    Ok(change)
}
