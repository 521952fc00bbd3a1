//! Reserving, renewing, giving back, lapsing.

use super::store::{self, Claimed, End, Ended, New, Which};
use crate::foundation::calendar;
use crate::foundation::db::Tx;
use crate::foundation::events::{self, About};
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EntryId, ReservationId};
use crate::scheduling::appointments::model::{Applicant, Holder, Reservation};
use crate::scheduling::appointments::proposals::{nearest, rules_for};
use crate::scheduling::appointments::token::Choice;
use crate::scheduling::eligibility::{self, Ineligible};
use crate::scheduling::{Campaign, SchedulingError};

/// Reservations that one transaction ends: few enough for the statement's deadline, many enough for a rush.
const ROUND: i64 = 200;

/// Takes the pair of a token for some minutes. A reservation that the desk has is given back in the same transaction;
/// when the new pair is refused, it stays.
///
/// # Errors
/// `pair_taken` with the nearest others, when somebody was faster; what the rules refuse; or a fault.
pub async fn reserve(
    tx: &mut Tx,
    campaign: &Campaign,
    token: &str,
    applicant: &Applicant,
    holder: &Holder,
) -> Result<Reservation, SchedulingError> {
    let choice = Choice::read(token).ok_or(SchedulingError::BadToken)?;
    let (rules, claim) = rules_for(tx, campaign, applicant, Holder::CHANNEL)?;
    let rule = rules.vaccine(&choice.vaccine).ok_or(Ineligible::NotOffered)?;
    let second_day = choice.second.map(|second| second.day);
    eligibility::check_pair(claim, rule, *applicant.born_on.expose(), choice.first.day, second_day)?;
    let now = tx.now();
    if choice.first.day <= calendar::local_date(now) {
        return Err(SchedulingError::BadToken);
    }
    let new = New {
        id: tx.id(),
        holder,
        choice: &choice,
        rules: &rules.version,
        expires_at: now + campaign.settings.reservation(),
        last_until: now + campaign.settings.reservation_longest(),
    };
    let Some(name) = take(tx, &new).await? else {
        let others = nearest(tx, campaign, applicant, Holder::CHANNEL, &choice).await?;
        return Err(SchedulingError::PairTaken(others));
    };
    let about = About { entry: holder.entry, agent: Some(holder.user), ..About::default() };
    events::record(
        tx,
        "pair.reserved",
        about,
        serde_json::json!({ "reservation": new.id, "centre": choice.centre, "vaccine": choice.vaccine }),
    )
    .await?;
    Ok(Reservation { id: new.id, expires_at: new.expires_at, pair: choice.clone().into_pair(name) })
}

/// Takes the slots, after waiting for those who are about to. The desk's earlier pair is freed last, so that few wait for
/// us on a row that we hold; only a wish for one of its own slots frees it first. Where two still wait for each other the
/// database ends one, and the transaction's door runs it again.
async fn take(tx: &mut Tx, new: &New<'_>) -> Result<Option<String>, Fault> {
    let before = store::end(tx, Which::OfDesk(new.holder.user)).await?;
    let mut claimed = store::claim(tx, new).await?;
    if let Some(before) = before {
        free(tx, before).await?;
        if !matches!(claimed, Claimed::Pair(_)) {
            claimed = store::claim(tx, new).await?;
        }
    }
    // Waiting for a first dose may be followed by waiting for a second one, and nothing more.
    for _ in 0..2 {
        let is_left = match (&claimed, new.choice.second) {
            (Claimed::Nothing, _) => store::wait_for_slot(tx, new.choice, 1, new.choice.first).await?,
            (Claimed::FirstAlone, Some(second)) => store::wait_for_slot(tx, new.choice, 2, second).await?,
            (Claimed::FirstAlone, None) | (Claimed::Pair(_), _) => break,
        };
        if !is_left {
            break;
        }
        claimed = store::claim(tx, new).await?;
    }
    Ok(if let Claimed::Pair(name) = claimed { Some(name) } else { None })
}

/// Moves the end of what the desk has reserved for its caller; none when it has lapsed.
///
/// # Errors
/// When the database is away.
pub async fn renew(tx: &mut Tx, campaign: &Campaign, holder: &Holder) -> Result<Option<Reservation>, SchedulingError> {
    let until = tx.now() + campaign.settings.reservation();
    store::renew(tx, holder, until).await?;
    Ok(store::live(tx, holder).await?)
}

/// What the desk has reserved for its caller.
///
/// # Errors
/// When the database is away.
pub async fn reservation_of(tx: &mut Tx, holder: &Holder) -> Result<Option<Reservation>, SchedulingError> {
    Ok(store::live(tx, holder).await?)
}

/// Gives a reservation back. One that has ended, or that another desk or another caller has, is left as it is.
///
/// # Errors
/// When the database is away.
pub async fn release(tx: &mut Tx, id: ReservationId, holder: &Holder) -> Result<(), SchedulingError> {
    if let Some(ended) = store::end(tx, Which::This(id, holder)).await? {
        free(tx, ended).await?;
    }
    Ok(())
}

/// Gives back what is reserved for a place in line: its desk is done with it.
///
/// # Errors
/// When the database is away.
pub async fn give_back(tx: &mut Tx, entry: EntryId) -> Result<(), SchedulingError> {
    if let Some(ended) = store::end(tx, Which::OfEntry(entry)).await? {
        free(tx, ended).await?;
    }
    Ok(())
}

/// Ends what has lapsed, or was reserved for a caller whose desk is clear, and frees its slots; returns how many. Call it again while it returns as many as it can.
///
/// # Errors
/// When the database is away.
pub async fn expire_reservations(tx: &mut Tx) -> Result<usize, Fault> {
    let ended = store::end_lapsed(tx, ROUND).await?;
    if ended.is_empty() {
        return Ok(0);
    }
    store::free(tx, &ended).await?;
    for one in &ended {
        note(tx, *one, End::Expired).await?;
    }
    Ok(ended.len())
}

async fn free(tx: &mut Tx, ended: Ended) -> Result<(), Fault> {
    store::free(tx, &[ended]).await?;
    note(tx, ended, End::Released).await
}

async fn note(tx: &mut Tx, ended: Ended, end: End) -> Result<(), Fault> {
    let about = About { entry: ended.entry, agent: Some(ended.user), ..About::default() };
    let data = serde_json::json!({ "reservation": ended.id, "reason": end.state() });
    events::record(tx, "pair.released", about, data).await
}
