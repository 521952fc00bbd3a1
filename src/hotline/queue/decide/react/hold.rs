//! A caller whom the agent leaves for a moment, and comes back to.
//!
//! The caller hears music, and is in nobody's line: the agent stays theirs. The agent's phone is free meanwhile, for a word
//! with a colleague. Coming back is connecting again, under an offer of its own: reports of the first talk may be late, and
//! must not end the second. When it fails the caller stands in line at the old place. Nobody is forgotten on hold: when time
//! is up, the agent's phone is rung without being asked.

use super::agent::with_next;
use super::caller::into_wrap_up;
use super::offer::give_back;
use super::{Change, Effect, Matter, No};
use crate::foundation::ids::OfferId;
use crate::hotline::queue::model::{Agent, AgentState, Entry, EntryState, Next, Offer, OfferState, Policy, Reason};
use time::OffsetDateTime;

pub(super) fn hold(matter: &Matter, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (Some(entry), Some(offer)) = (&matter.entry, &matter.offer) else { return Err(No::NoCall) };
    if policy.hold.is_zero() {
        return Err(No::HoldOff);
    }
    let mut change = Change::default();
    match entry.state {
        EntryState::Talking { offer: bound, since } if bound == offer.id => {
            change.entry(entry, EntryState::Held { offer: bound, since, until: now + policy.hold });
            change.offer(offer, OfferState::Held);
            change.fact("entry.held");
            change.effects.push(Effect::Park(entry.call, offer.id));
        }
        // Told again.
        EntryState::Held { .. } => {}
        EntryState::Waiting
        | EntryState::Offered { .. }
        | EntryState::Connecting { .. }
        | EntryState::Talking { .. }
        | EntryState::Resuming { .. }
        | EntryState::Ended { .. } => return Err(No::NoCall),
    }
    Ok(change)
}

pub(super) fn resume(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    come_back(matter, id, policy, now, "agent")
}

pub(super) fn hold_deadline(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    match &matter.entry {
        Some(Entry { state: EntryState::Held { until, .. }, .. }) if *until <= now => {
            come_back(matter, id, policy, now, "deadline")
        }
        _ => Err(No::NotHeld),
    }
}

fn come_back(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime, by: &str) -> Result<Change, No> {
    let (Some(entry), Some(agent)) = (&matter.entry, &matter.agent) else { return Err(No::NotHeld) };
    let (EntryState::Held { since, .. }, AgentState::Talking { next, .. }) = (entry.state, &agent.state) else {
        return Err(No::NotHeld);
    };
    let mut change = Change::default();
    change.entry(entry, EntryState::Resuming { offer: id, since });
    let state = OfferState::Accepted { deadline: now + policy.connect };
    change.offer = Some(Offer { id, entry: entry.id, agent: agent.id, state });
    let state = AgentState::Talking { offer: id, entry: entry.id, next: next.clone() };
    change.agent = Some(Agent { state, ..agent.clone() });
    change.fact_with("entry.resumed", by);
    change.effects.push(Effect::Connect(id));
    Ok(change)
}

/// The agent's phone has answered: they talk on.
pub(super) fn back(entry: &Entry, offer: &Offer, since: OffsetDateTime) -> Change {
    let mut change = Change::default();
    change.entry(entry, EntryState::Talking { offer: offer.id, since });
    change.offer(offer, OfferState::Connected);
    change.fact("entry.talking");
    change
}

/// The agent could not be connected again: the caller is next in line. The agent has what was typed to finish.
pub(super) fn not_back(
    entry: &Entry,
    offer: &Offer,
    agent: &Agent,
    policy: &Policy,
    now: OffsetDateTime,
    reason: &str,
) -> Change {
    let mut change = Change::default();
    give_back(&mut change, entry, agent, policy, now);
    change.offer(offer, OfferState::Failed);
    change.fact_with("offer.failed", reason);
    into_wrap_up(&mut change, entry, agent, policy, now);
    let is_dialled = matches!(offer.state, OfferState::Connecting { .. });
    if let Some(agent) = change.agent.as_mut().filter(|_| is_dialled)
        && let Some(state) = with_next(&agent.state, Next::NotReady(Reason::phone()))
    {
        agent.state = state;
    }
    change
}
