//! What the papers of a booking say, asked when they are made and again before they leave.

use super::appointments::papered;
use crate::correspondence::model::{Addressee, Appointment, AppointmentSource, Content};
use crate::foundation::audit::{self, Actor, Channel, Deed};
use crate::foundation::calendar;
use crate::foundation::db::{Db, Tx};
use crate::foundation::fault::Fault;
use crate::foundation::ids::SeriesId;
use crate::foundation::pii::Pii;
use crate::in_tx;

/// What letters and e-mails ask before they are made and before they leave.
#[derive(Clone, Debug)]
pub struct AppointmentsNow {
    db: Db,
}

impl AppointmentsNow {
    /// A source that asks this database.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait::async_trait]
impl AppointmentSource for AppointmentsNow {
    async fn content(&self, series: SeriesId, version: i32) -> Result<Option<Content>, Fault> {
        in_tx!(&self.db, "read what a paper says", |tx| content(tx, series, version))
    }
}

/// What a paper says of exactly this version, and that it was read.
async fn content(tx: &mut Tx, series: SeriesId, version: i32) -> Result<Option<Content>, Fault> {
    let Some(found) = papered(tx.conn(), series, version).await? else { return Ok(None) };
    let actor = Actor::program(Channel::Correspondence, "paper");
    let deed = Deed { action: "series.read", person: Some(found.person), series: Some(series), hits: 1 };
    audit::note(tx, &actor, &deed).await?;
    let appointments = found
        .doses
        .into_iter()
        .map(|dose| Appointment {
            dose_no: dose.no,
            day: dose.at.day,
            time: dose.at.time,
            centre_code: dose.centre_code,
            centre_name: dose.centre_name,
            centre_street: dose.centre_street,
            centre_postcode: dose.centre_postcode,
            centre_town: dose.centre_town,
            vaccine_name: dose.vaccine_name,
        })
        .collect();
    let addressee = Addressee {
        given_name: found.given_name,
        family_name: found.family_name,
        care_of: Vec::new(),
        street: found.street,
        postcode: found.postcode,
        town: found.town,
        country: None,
    };
    Ok(Some(Content {
        reference: found.reference,
        version,
        addressee: Pii::new(addressee),
        email: found.email.map(Pii::new),
        language: found.language,
        appointments,
        issued_on: calendar::local_date(found.changed_at),
    }))
}
