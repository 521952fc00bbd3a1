//! What leaves the house: orders, letters, the print queue, e-mails; against a real database, a real SMTP server and the
//! interface as a print house sees it.

mod email;
mod orders;
pub mod print;

use crate::support::World;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use time::macros::{date, datetime, time};
use time::{Date, Duration, OffsetDateTime};
use vaxline::app::config::Config;
use vaxline::correspondence::model::{Addressee, Appointment, AppointmentSource, Content, Kind, Language, Order};
use vaxline::correspondence::settings::Settings;
use vaxline::correspondence::{Correspondence, RENDER_JOB, commands};
use vaxline::foundation::fault::Fault;
use vaxline::foundation::ids::SeriesId;
use vaxline::foundation::jobs;
use vaxline::foundation::pii::Pii;
use vaxline::in_tx;

/// A Wednesday before the cut-off.
pub const NOW: OffsetDateTime = datetime!(2021-04-28 10:00 UTC);
/// Far enough ahead for the post.
pub const FIRST_DAY: Date = date!(2021 - 05 - 11);

/// What the appointments say, as the module that owns them would.
#[derive(Default)]
pub struct Appointments(Mutex<HashMap<SeriesId, Content>>);

#[async_trait::async_trait]
impl AppointmentSource for Appointments {
    async fn content(&self, series: SeriesId, version: i32) -> Result<Option<Content>, Fault> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&series).cloned();
        Ok(known.filter(|content| content.version == version))
    }
}

/// A house with its correspondence.
pub struct House {
    pub world: World,
    pub appointments: Arc<Appointments>,
    pub correspondence: Correspondence,
}

impl House {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A house whose settings differ from the defaults.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let world = World::at(NOW).await;
        let mut settings = Config::load(None, []).unwrap().correspondence;
        change(&mut settings);
        settings.validate().unwrap();
        let appointments = Arc::new(Appointments::default());
        let source: Arc<dyn AppointmentSource> = appointments.clone();
        let correspondence = Correspondence::open(world.work().clone(), source, settings).await.unwrap();
        Self { world, appointments, correspondence }
    }

    /// Says what is true of a series from now on.
    pub fn say(&self, series: SeriesId, content: Content) {
        self.appointments.0.lock().unwrap_or_else(PoisonError::into_inner).insert(series, content);
    }

    /// Says and orders a confirmation on paper.
    pub async fn book(&self, content: Content) -> SeriesId {
        self.order(content, true, false).await
    }

    pub async fn order(&self, content: Content, letter: bool, email: bool) -> SeriesId {
        let series = SeriesId(uuid::Uuid::from_u128(rand::random()));
        self.say(series, content.clone());
        self.order_version(series, content, Kind::Confirmation, letter, email).await;
        series
    }

    pub async fn order_version(&self, series: SeriesId, content: Content, kind: Kind, letter: bool, email: bool) {
        self.say(series, content.clone());
        let first_day = content.appointments.first().map_or(FIRST_DAY, |first| first.day);
        let order =
            Order { series, version: content.version, kind, letter, email, language: content.language, first_day };
        let ordered: Result<(), Fault> = in_tx!(self.world.staff(), "order papers", |tx| commands::order(tx, &order));
        ordered.unwrap();
    }

    /// Carries out what is due of one kind of job.
    pub async fn work(&self, kind: &str) -> usize {
        let workers = self.correspondence.workers();
        let worker = workers.iter().find(|worker| worker.kind() == kind).unwrap();
        jobs::drain(self.world.work(), worker.as_ref()).await.unwrap()
    }

    pub async fn render(&self) {
        self.work(RENDER_JOB).await;
    }

    pub async fn letter_state(&self, series: SeriesId) -> (String, Option<String>) {
        sqlx::query_as("select state, reason from letter where series_id = $1 order by version desc limit 1")
            .bind(series.0)
            .fetch_one(self.world.work().pool())
            .await
            .unwrap()
    }

    pub async fn email_state(&self, series: SeriesId) -> (String, Option<String>) {
        sqlx::query_as("select state, reason from email where series_id = $1 order by version desc limit 1")
            .bind(series.0)
            .fetch_one(self.world.work().pool())
            .await
            .unwrap()
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(self.world.work().pool()).await.unwrap()
    }

    pub fn pass(&self, by: Duration) {
        self.world.pass(by);
    }
}

/// A booking of an invented person.
pub fn booking(family_name: &str) -> Content {
    let appointment = |dose_no, day, at| Appointment {
        dose_no,
        day,
        time: at,
        centre_code: "dresden".into(),
        centre_name: "Impfzentrum Dresden".into(),
        centre_street: "Messering 6".into(),
        centre_postcode: "01067".into(),
        centre_town: "Dresden".into(),
        vaccine_name: "Comirnaty".into(),
    };
    Content {
        reference: "K7QM-42XP".into(),
        version: 1,
        addressee: Pii::new(Addressee {
            given_name: "Hanka".into(),
            family_name: family_name.into(),
            care_of: Vec::new(),
            street: "Lange Straße 5-7".into(),
            postcode: "02625".into(),
            town: "Bautzen/Budyšin".into(),
            country: None,
        }),
        email: None,
        language: Language::De,
        appointments: vec![appointment(1, FIRST_DAY, time!(10:21)), appointment(2, date!(2021 - 06 - 22), time!(9:48))],
        issued_on: date!(2021 - 04 - 28),
    }
}

/// The same booking, with a mail address.
pub fn with_email(content: Content, address: &str) -> Content {
    Content { email: Some(Pii::new(address.to_owned())), ..content }
}
