//! Finding bookings again.

use super::store::{self, Which};
use crate::foundation::audit::{self, Actor, Deed};
use crate::foundation::db::Tx;
use crate::foundation::ids::EntryId;
use crate::scheduling::appointments::model::Booking;
use crate::scheduling::appointments::reference::Reference;
use crate::scheduling::persons::search;
use crate::scheduling::{Campaign, SchedulingError};
use time::Date;

/// Finds the booking of a reference whose person was born on a day; cancelled ones too. Nothing says which of both does
/// not fit.
///
/// # Errors
/// After too many searches, or when the database is away.
pub async fn find_booking(
    tx: &mut Tx,
    campaign: &Campaign,
    reference: &str,
    born_on: Date,
    actor: &Actor,
) -> Result<Vec<Booking>, SchedulingError> {
    search::limit(tx, campaign, actor).await?;
    let found = match Reference::read(reference) {
        Some(reference) => store::read(tx, Which::Reference(&reference, born_on)).await?,
        None => Vec::new(),
    };
    search::note(tx, actor, found.len()).await?;
    shown(tx, found, actor).await
}

/// The bookings that were made while a place in line was served, the newest first.
///
/// # Errors
/// When the database is away.
pub async fn bookings_made_in(tx: &mut Tx, entry: EntryId, actor: &Actor) -> Result<Vec<Booking>, SchedulingError> {
    let made = store::read(tx, Which::MadeIn(entry)).await?;
    shown(tx, made, actor).await
}

/// Notes that bookings are shown, and shows them.
async fn shown(
    tx: &mut Tx,
    bookings: Vec<(crate::foundation::ids::PersonId, Booking)>,
    actor: &Actor,
) -> Result<Vec<Booking>, SchedulingError> {
    for (person, booking) in &bookings {
        let deed = Deed { action: "series.read", person: Some(*person), series: Some(booking.series), hits: 1 };
        audit::note(tx, actor, &deed).await?;
    }
    Ok(bookings.into_iter().map(|(_, booking)| booking).collect())
}
