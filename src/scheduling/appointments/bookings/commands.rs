//! Confirming and cancelling.

use super::decide::{self, Cancelling, Taken};
use super::store::{self, Inserted, NewSeries, Which};
use crate::correspondence;
use crate::correspondence::model::{Kind, Language, Order};
use crate::foundation::audit::{self, Actor, Deed};
use crate::foundation::db::Tx;
use crate::foundation::events::{self, About};
use crate::foundation::fault::Fault;
use crate::foundation::ids::{PersonId, ReservationId, SeriesId};
use crate::foundation::pii::Pii;
use crate::scheduling::appointments::model::{Booking, BookingState, Holder, Wanted};
use crate::scheduling::appointments::reference::Reference;
use crate::scheduling::appointments::token::Choice;
use crate::scheduling::persons::store::{Stored, put};
use crate::scheduling::persons::{PersonInput, search};
use crate::scheduling::{Campaign, SchedulingError};
use time::Date;

/// Books what a desk has reserved: person, series, doses, audit and papers in one transaction, or nothing of it.
///
/// # Errors
/// `reservation_lost` when it has lapsed or is another desk's; what the rules refuse; `has_appointments`; or a fault.
pub async fn confirm(
    tx: &mut Tx,
    campaign: &Campaign,
    reservation: ReservationId,
    holder: &Holder,
    person: &PersonInput,
    wanted: Wanted,
    actor: &Actor,
) -> Result<Booking, SchedulingError> {
    let taken = store::take(tx, reservation, holder).await?.ok_or(SchedulingError::ReservationLost)?;
    let first = taken.slots.first().ok_or(SchedulingError::ReservationLost)?.at;
    let second = taken.slots.get(1).map(|slot| slot.at);
    let reserved_by = campaign.rules.of_version(&taken.rules)?;
    let now_in_force = campaign.rules.in_force(tx.now()).ok_or(SchedulingError::NotOpenYet)?;
    let what = Taken { vaccine: &taken.vaccine, first, second };
    let claim = decide::book(reserved_by, now_in_force, &what, person, wanted, actor.channel, tx.now())?;

    let person_id = match put(tx, person).await? {
        Stored::As(id) => id,
        Stored::Unknown => return Err(SchedulingError::UnknownPerson),
        Stored::Exists => return Err(SchedulingError::PersonExists),
    };
    let id: SeriesId = tx.id();
    let reference = Reference::mint(tx.chance());
    let language = person.language;
    let new =
        NewSeries { id, person: person_id, reference: &reference, taken: &taken, claim, wanted, language, holder };
    if store::insert(tx, &new).await? == Inserted::HasActive {
        return Err(SchedulingError::HasAppointments);
    }
    note(tx, actor, "series.confirmed", person_id, id).await?;
    let about = About { entry: actor.entry(), agent: actor.user, series: Some(id), ..About::default() };
    let data = serde_json::json!({
        "centre": taken.centre, "vaccine": taken.vaccine, "rules": taken.rules, "priority": claim.group.name(),
        "reservation": reservation, "letter": wanted.letter, "email": wanted.email,
    });
    events::record(tx, "series.confirmed", about, data).await?;
    let papers = order((id, 1), Kind::Confirmation, wanted, language, first.day);
    correspondence::commands::order(tx, &papers).await?;
    let choice = Choice { centre: taken.centre, vaccine: taken.vaccine, first, second };
    Ok(Booking {
        series: id,
        reference: reference.to_string(),
        version: 1,
        state: BookingState::Confirmed,
        name: Pii::new(format!("{} {}", person.given_name.expose(), person.family_name.expose()).trim().to_owned()),
        pair: choice.into_pair(taken.vaccine_name),
        made_at: tx.now(),
    })
}

/// Cancels both appointments of a reference. The slots are free in the same transaction; cancelling again answers the
/// same and changes nothing.
///
/// Nothing when reference and birth date do not belong together: that is a search like any other, limited and noted,
/// and a refusal would not let the note commit.
///
/// # Errors
/// After too many searches, `already_begun`, or a fault.
pub async fn cancel(
    tx: &mut Tx,
    campaign: &Campaign,
    reference: &str,
    born_on: Date,
    actor: &Actor,
) -> Result<Option<Booking>, SchedulingError> {
    search::limit(tx, campaign, actor).await?;
    let series = match Reference::read(reference) {
        Some(reference) => store::lock(tx, &reference, born_on).await?,
        None => None,
    };
    let Some(series) = series else {
        search::note(tx, actor, 0).await?;
        return Ok(None);
    };
    match decide::cancel(series.state, series.first_begins_at, tx.now())? {
        Cancelling::Before => note(tx, actor, "series.read", series.person, series.id).await?,
        Cancelling::Cancel => {
            store::cancel(tx, series.id).await?;
            note(tx, actor, "series.cancelled", series.person, series.id).await?;
            let about = About { entry: actor.entry(), agent: actor.user, series: Some(series.id), ..About::default() };
            events::record(tx, "series.cancelled", about, serde_json::json!({ "version": series.version + 1 })).await?;
            let version = (series.id, series.version + 1);
            let papers = order(version, Kind::Cancellation, series.wanted, series.language, series.first_day);
            correspondence::commands::order(tx, &papers).await?;
        }
    }
    let read = store::read(tx, Which::Series(series.id)).await?.into_iter().next();
    let (_, booking) = read.ok_or_else(|| Fault::plain(format!("read series {} after cancelling it", series.id)))?;
    Ok(Some(booking))
}

/// The papers of a version; those of earlier versions that have not left are withdrawn with it.
fn order((series, version): (SeriesId, i32), kind: Kind, wanted: Wanted, language: Language, first_day: Date) -> Order {
    Order { series, version, kind, letter: wanted.letter, email: wanted.email, language, first_day }
}

async fn note(
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    person: PersonId,
    series: SeriesId,
) -> Result<(), Fault> {
    audit::note(tx, actor, &Deed { action, person: Some(person), series: Some(series), hits: 1 }).await
}
