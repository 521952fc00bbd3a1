//! A caller leaves, or takes a place up again.

use super::{carry_out, settled};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, EntryId};
use crate::foundation::pii::Pii;
use crate::hotline::queue::decide::{Event, Gone};
use crate::hotline::queue::model::{EntryState, Language, Policy, Reach, Topic};
use crate::hotline::queue::store;

/// The place that a redial of this number takes up.
///
/// # Errors
/// When the database is away.
pub async fn redeemable(tx: &mut Tx, number: &Pii<String>) -> Result<Option<EntryId>, Fault> {
    store::redeemable(tx, number).await
}

/// A redial takes its place up where it stood. False when somebody was faster or the time has passed.
///
/// # Errors
/// When the database is away.
pub async fn redeem(tx: &mut Tx, entry: EntryId, call: CallId, policy: &Policy) -> Result<bool, Fault> {
    let matter = store::matter_of_entry(tx, entry).await?;
    settled(carry_out(tx, &matter, &Event::Redeem(call), policy).await)
}

/// What the caller chose on the way to a place.
///
/// # Errors
/// When the database is away.
pub async fn chosen(tx: &mut Tx, entry: EntryId) -> Result<(Language, Topic), Fault> {
    store::chosen(tx, entry).await
}

/// A call that was taken for lost is on the line: it takes its own place up again.
///
/// # Errors
/// When the database is away.
pub async fn found_again(tx: &mut Tx, call: CallId, policy: &Policy) -> Result<bool, Fault> {
    match store::entry_of_call(tx.conn(), call).await? {
        Some(entry) => redeem(tx, entry, call, policy).await,
        None => Ok(false),
    }
}

/// The caller's call is over, whatever it was doing.
///
/// # Errors
/// When the database is away.
pub async fn caller_gone(tx: &mut Tx, call: CallId, how: Gone, policy: &Policy) -> Result<bool, Fault> {
    let Some(entry) = store::entry_of_call(tx.conn(), call).await? else { return Ok(false) };
    let matter = store::matter_of_entry(tx, entry).await?;
    let is_gone = settled(carry_out(tx, &matter, &Event::CallerGone(how), policy).await)?;
    // Who hangs up to be rung leaves no place: somebody else may ring from the same number.
    let is_kept = matter.entry.is_some_and(|entry| matches!(entry.reach, Reach::Callback { rung: false, .. }));
    if is_gone && !is_kept {
        merge(tx, entry, policy).await?;
    }
    Ok(is_gone)
}

/// Who rang again before the end of the old call was reported has joined at the end of the line: the new call takes the
/// old place up. The older row is locked first, as everywhere.
async fn merge(tx: &mut Tx, older: EntryId, policy: &Policy) -> Result<(), Fault> {
    let left = store::matter_of_entry(tx, older).await?;
    let is_free = left.entry.as_ref().is_some_and(|entry| match entry.state {
        EntryState::Ended { redeem_until, .. } => redeem_until.is_some(),
        // Who was rung in vain may have rung us meanwhile.
        EntryState::Waiting => entry.reach.is_callback(),
        EntryState::Offered { .. }
        | EntryState::Connecting { .. }
        | EntryState::Talking { .. }
        | EntryState::Held { .. }
        | EntryState::Resuming { .. } => false,
    });
    if !is_free {
        return Ok(());
    }
    let Some(younger) = store::waits_again(tx, older).await? else { return Ok(()) };
    let joined = store::matter_of_entry(tx, younger).await?;
    let Some((call, reach)) = joined.entry.as_ref().map(|entry| (entry.call, entry.reach)) else { return Ok(()) };
    if settled(carry_out(tx, &joined, &Event::Merge, policy).await)? {
        settled(carry_out(tx, &left, &Event::Redeem(call), policy).await)?;
        if reach.is_callback() {
            // They have hung up already: what was promised to the younger place holds for the older one.
            let older = store::matter_of_entry(tx, older).await?;
            settled(carry_out(tx, &older, &Event::CallBack, policy).await)?;
        }
    }
    Ok(())
}
