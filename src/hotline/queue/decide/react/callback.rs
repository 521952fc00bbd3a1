//! Callers who do not wait on the line: they keep their place, and are rung when an agent has taken them on.
//!
//! Until then the entry's call is over, and its end says nothing. While they are rung, an agent waits for them; so a try
//! has a deadline, and one in vain is followed by a pause. Who says that it is them is on the line, and from then on the
//! place is like any other.

use super::offer::{live, turn_kept};
use super::{Change, Matter, No};
use crate::foundation::ids::{CallId, OfferId};
use crate::hotline::queue::model::{Agent, Ending, Entry, EntryState, Offer, OfferState, Policy, Reach, Wants};
use time::OffsetDateTime;

/// The caller hangs up and keeps the place. One who is being offered just now is about to be served.
pub(super) fn call_back(matter: &Matter) -> Result<Change, No> {
    let Some(entry) = matter.entry.as_ref().filter(|entry| entry.state == EntryState::Waiting) else {
        return Err(No::NotWaiting);
    };
    let mut change = Change::default();
    if !entry.reach.is_callback() {
        change.entry = Some(Entry { reach: Reach::CALLBACK, ..entry.clone() });
        change.fact("entry.callback");
    }
    Ok(change)
}

pub(super) fn ring(matter: &Matter, call: CallId) -> Result<Change, No> {
    let Some(entry) = &matter.entry else { return Err(No::NoCall) };
    let (EntryState::Connecting { .. }, Reach::Callback { tries, rung: false }) = (entry.state, entry.reach) else {
        return Err(No::NotWaiting);
    };
    let entry = Entry { call, reach: Reach::Callback { tries, rung: true }, ..entry.clone() };
    let mut change = Change { entry: Some(entry), ..Change::default() };
    change.fact("entry.rung");
    Ok(change)
}

pub(super) fn not_rung(matter: &Matter) -> Result<Change, No> {
    let Some(entry) = &matter.entry else { return Err(No::NoCall) };
    let Reach::Callback { tries, rung: true } = entry.reach else { return Err(No::NotWaiting) };
    let reach = Reach::Callback { tries, rung: false };
    Ok(Change { entry: Some(Entry { reach, ..entry.clone() }), ..Change::default() })
}

pub(super) fn reached(matter: &Matter, id: OfferId, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let (entry, offer, _) = live(matter, id)?;
    let mut change = Change::default();
    match (entry.reach, offer.state) {
        (Reach::Callback { rung: true, .. }, OfferState::Accepted { .. }) => {
            change.entry = Some(entry.on_the_line());
            change.offer(offer, OfferState::Accepted { deadline: now + policy.connect });
            change.fact_with("entry.reached", "answered");
        }
        // Told again.
        (Reach::Line, OfferState::Accepted { .. } | OfferState::Connecting { .. }) => {}
        (Reach::Line | Reach::Callback { .. }, _) => return Err(No::OfferGone),
    }
    Ok(change)
}

/// A call of somebody is over who does not wait on the line: the one in which they asked to be rung, or one by which they
/// were rung.
pub(super) fn call_over(matter: &Matter, rung: bool, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    match (&matter.entry, &matter.offer, &matter.agent) {
        (Some(entry), Some(offer), Some(agent)) if rung && matches!(offer.state, OfferState::Accepted { .. }) => {
            Ok(unreached(entry, offer, agent, policy, now))
        }
        _ => Ok(Change::default()),
    }
}

/// They were rung in vain. The agent has done nothing wrong.
pub(super) fn unreached(entry: &Entry, offer: &Offer, agent: &Agent, policy: &Policy, now: OffsetDateTime) -> Change {
    let tries = entry.reach.tries().saturating_add(1);
    let mut change = Change::default();
    change.offer(offer, OfferState::Failed);
    change.fact_with("offer.failed", "unreached");
    if tries < policy.callback.tries {
        let wants = Wants { pause: Some(now + policy.callback.pause), ..entry.wants.clone() };
        let reach = Reach::Callback { tries, rung: false };
        change.entry = Some(Entry { state: EntryState::Waiting, wants, reach, ..entry.clone() });
        change.fact("entry.unreached");
    } else {
        let how = Ending::Unreached;
        let state = EntryState::Ended { how, redeem_until: Some(now + policy.redeem) };
        change.entry = Some(Entry { state, ..entry.on_the_line() });
        change.fact_with("entry.ended", how.code());
    }
    turn_kept(&mut change, agent, now);
    change
}

/// Who wanted to be rung rings themselves, and waits on the line again.
pub(super) fn rings_first(entry: &Entry, call: CallId) -> Result<Change, No> {
    match entry.state {
        EntryState::Waiting | EntryState::Offered { .. } => {
            let entry = Entry { call, ..entry.on_the_line() };
            let mut change = Change { entry: Some(entry), ..Change::default() };
            change.fact_with("entry.reached", "rang");
            Ok(change)
        }
        // They are being rung just now: the line that they ring from is busy, and the place is theirs when that has failed.
        EntryState::Connecting { .. }
        | EntryState::Talking { .. }
        | EntryState::Held { .. }
        | EntryState::Resuming { .. }
        | EntryState::Ended { .. } => Err(No::NotRedeemable),
    }
}
