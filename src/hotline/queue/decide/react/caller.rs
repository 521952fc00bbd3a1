//! How a talk ends, how a caller leaves, and how a place is taken up again.

use super::callback;
use super::offer::{give_back, next_of, turn_kept};
use super::{Change, Effect, Gone, Matter, No};
use crate::foundation::ids::{CallId, OfferId};
use crate::hotline::queue::model::{Agent, AgentState, Ending, Entry, EntryState, OfferState, Policy, Reach, Wants};
use time::OffsetDateTime;

/// The agent's desk after a call that took place.
pub(super) fn into_wrap_up(change: &mut Change, entry: &Entry, agent: &Agent, policy: &Policy, now: OffsetDateTime) {
    let state = AgentState::WrapUp {
        entry: entry.id,
        until: now + policy.wrap_up,
        extensions_left: policy.extensions,
        next: next_of(agent),
    };
    change.agent(agent, state, now);
}

pub(super) fn talk_ended(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    match &matter.entry {
        // The phone was taken off so that the caller can be on hold: what is told of it is no end.
        Some(Entry { state: EntryState::Held { .. }, .. }) => Err(No::NoCall),
        _ => served(matter, id, policy, now),
    }
}

fn served(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (Some(entry), Some(offer), Some(agent)) = (&matter.entry, &matter.offer, &matter.agent) else {
        return Err(No::NoCall);
    };
    if entry.reach.is_callback() {
        // They are not on the line.
        return Err(No::NoCall);
    }
    match entry.state {
        // A talk whose beginning was never reported ends all the same: the provider says that it took place.
        EntryState::Talking { offer: bound, .. }
        | EntryState::Held { offer: bound, .. }
        | EntryState::Resuming { offer: bound, .. }
        | EntryState::Connecting { offer: bound }
            if bound == id && offer.id == id => {}
        EntryState::Ended { how: Ending::Served, .. } if offer.id == id && offer.state == OfferState::Connected => {
            return Ok(Change::default());
        }
        EntryState::Waiting
        | EntryState::Offered { .. }
        | EntryState::Connecting { .. }
        | EntryState::Talking { .. }
        | EntryState::Held { .. }
        | EntryState::Resuming { .. }
        | EntryState::Ended { .. } => return Err(No::NoCall),
    }
    let mut change = Change::default();
    change.entry(entry, EntryState::Ended { how: Ending::Served, redeem_until: None });
    change.offer(offer, OfferState::Connected);
    change.fact_with("entry.ended", Ending::Served.code());
    into_wrap_up(&mut change, entry, agent, policy, now);
    Ok(change)
}

/// The caller stands in line again, at the same place: only who may take them changes. The agent has a wrap-up, and is not
/// offered the same caller at once.
pub(super) fn transfer(matter: &Matter, wants: &Wants, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (Some(entry), Some(offer), Some(agent)) = (&matter.entry, &matter.offer, &matter.agent) else {
        return Err(No::NoCall);
    };
    match (entry.state, &agent.state) {
        (
            EntryState::Talking { offer: bound, .. } | EntryState::Held { offer: bound, .. },
            AgentState::Talking { .. },
        ) if bound == offer.id => {}
        _ => return Err(No::NoCall),
    }
    let mut change = Change::default();
    give_back(&mut change, entry, agent, policy, now);
    if let Some(entry) = &mut change.entry {
        entry.wants = wants.clone();
    }
    change.offer(offer, OfferState::Transferred);
    change.fact("entry.transferred");
    into_wrap_up(&mut change, entry, agent, policy, now);
    change.effects.push(Effect::Park(entry.call, offer.id));
    Ok(change)
}

pub(super) fn caller_gone(matter: &Matter, how: Gone, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let Some(entry) = &matter.entry else { return Err(No::NoCall) };
    if let Reach::Callback { rung, .. } = entry.reach {
        return callback::call_over(matter, rung, policy, now);
    }
    let mut change = Change::default();
    match entry.state {
        EntryState::Ended { .. } => return Ok(change),
        EntryState::Talking { offer, .. } | EntryState::Held { offer, .. } | EntryState::Resuming { offer, .. } => {
            return served(matter, offer, policy, now);
        }
        EntryState::Waiting => {}
        EntryState::Offered { .. } | EntryState::Connecting { .. } => {
            let (Some(offer), Some(agent)) = (&matter.offer, &matter.agent) else { return Err(No::NotFree) };
            change.offer(offer, OfferState::Withdrawn);
            change.fact_with("offer.withdrawn", "hung_up");
            turn_kept(&mut change, agent, now);
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

pub(super) fn redeem(matter: &Matter, call: CallId, now: OffsetDateTime) -> Result<Change, No> {
    let Some(entry) = &matter.entry else { return Err(No::NotRedeemable) };
    if entry.reach.is_callback() {
        return callback::rings_first(entry, call);
    }
    match entry.state {
        EntryState::Ended { redeem_until: Some(until), .. } if now <= until => {}
        _ if entry.call == call => return Ok(Change::default()),
        EntryState::Waiting
        | EntryState::Offered { .. }
        | EntryState::Connecting { .. }
        | EntryState::Talking { .. }
        | EntryState::Held { .. }
        | EntryState::Resuming { .. }
        | EntryState::Ended { .. } => return Err(No::NotRedeemable),
    }
    let mut change = Change { entry: Some(Entry { call, ..entry.clone() }), ..Change::default() };
    if let Some(entry) = &mut change.entry {
        entry.state = EntryState::Waiting;
    }
    change.fact("entry.redeemed");
    Ok(change)
}

pub(super) fn merge(matter: &Matter, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    // One that is offered is about to be served.
    let Some(entry) = matter.entry.as_ref().filter(|entry| entry.state == EntryState::Waiting) else {
        return Err(No::NotWaiting);
    };
    let mut change = Change::default();
    // Two may ring from one number: whoever of them rings again finds the place that was left.
    change.entry(
        &entry.on_the_line(),
        EntryState::Ended { how: Ending::Merged, redeem_until: Some(now + policy.redeem) },
    );
    change.fact_with("entry.ended", Ending::Merged.code());
    Ok(change)
}

/// The place goes to another queue as it stands: only who may take the caller changes.
pub(super) fn overflow(matter: &Matter, now: OffsetDateTime) -> Result<Change, No> {
    let Some(entry) = matter.entry.as_ref().filter(|entry| entry.state == EntryState::Waiting) else {
        return Err(No::NotWaiting);
    };
    let due = entry.wants.overflows_at().is_some_and(|at| at <= now);
    let Some(overflow) = entry.wants.overflow.clone().filter(|_| due) else { return Err(No::NotFree) };
    let wants = Wants { queue: overflow.queue, needs: overflow.needs, overflow: None, ..entry.wants.clone() };
    let mut change = Change { entry: Some(Entry { wants, ..entry.clone() }), ..Change::default() };
    change.fact("entry.moved");
    Ok(change)
}
