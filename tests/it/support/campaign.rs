//! Saxony in a test's database: centres, vaccines, released slots, people and desks.

use super::{SIZES, World};
use std::sync::Arc;
use time::{Date, OffsetDateTime};
use vaxline::foundation::db::Sizes;
use vaxline::foundation::fault::{Fault, Refusal};
use vaxline::foundation::findings::Finding;
use vaxline::foundation::ids::{EntryId, ReservationId, UserId};
use vaxline::in_tx;
use vaxline::scheduling::Campaign;
use vaxline::scheduling::capacity::{Release, ReleaseError, Summary, release_days};
use vaxline::scheduling::commands;
use vaxline::scheduling::model::{
    Actor, Applicant, Booking, Channel, Found, Holder, Pair, PersonInput, RawPerson, Reservation, SchedulingError,
    Wanted, Wish,
};
use vaxline::scheduling::monitor;
use vaxline::scheduling::persons;
use vaxline::supply::catalogue::Catalogue;
use vaxline::supply::commands::{Imported, SupplyError, import};

/// A world with Saxony's centres at a moment of its campaign.
pub struct Saxony {
    pub world: World,
    pub campaign: Campaign,
}

impl Saxony {
    /// Saxony at a moment.
    pub async fn at(moment: OffsetDateTime) -> Arc<Self> {
        Self::of(World::new().await, moment).await
    }

    /// Saxony at a moment, for a race of so many desks.
    pub async fn for_a_race(moment: OffsetDateTime, desks: u32) -> Arc<Self> {
        Self::of(World::for_a_race(Sizes { staff: desks, ..SIZES }).await, moment).await
    }

    async fn of(world: World, moment: OffsetDateTime) -> Arc<Self> {
        world.travel_to(moment);
        let catalogue = Catalogue::saxony().unwrap();
        let imported: Result<Imported, SupplyError> = in_tx!(world.staff(), "import", |tx| import(tx, &catalogue));
        imported.unwrap();
        Arc::new(Self { world, campaign: Campaign::shipped().unwrap() })
    }

    /// Releases slots.
    pub async fn release(&self, release: &Release) -> Result<Summary, ReleaseError> {
        release_days(self.world.work(), &self.campaign, release).await
    }

    /// A desk with a caller.
    pub async fn desk(self: &Arc<Self>) -> Desk {
        let user = self.user().await;
        let entry = EntryId(random_id());
        Desk { saxony: Arc::clone(self), holder: Holder { user, entry: Some(entry) }, actor: Actor::agent(user, entry) }
    }

    /// Some desks, each with a caller.
    pub async fn desks(self: &Arc<Self>, number: usize) -> Vec<Desk> {
        let mut desks = Vec::with_capacity(number);
        for _ in 0..number {
            desks.push(self.desk().await);
        }
        desks
    }

    /// Fails when any invariant is violated.
    pub async fn is_sound(&self) {
        let found: Result<Vec<Finding>, Fault> =
            in_tx!(self.world.work(), "monitor", |tx| monitor::check(tx, &self.campaign.rules));
        let violated: Vec<Finding> = found.unwrap().into_iter().filter(|finding| finding.violations != 0).collect();
        assert_eq!(violated, []);
    }

    /// A user who may hold reservations.
    pub async fn user(&self) -> UserId {
        let id = UserId(random_id());
        sqlx::query(
            "insert into user_account (id, login, display_name, password_hash, role, created_at)
             values ($1, $2, 'Nr. 1', 'x', 'agent', now())",
        )
        .bind(id.0)
        .bind(id.0.to_string())
        .execute(self.world.staff().pool())
        .await
        .unwrap();
        id
    }

    /// One number of one query.
    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(self.world.staff().pool()).await.unwrap()
    }
}

/// A desk that serves a caller.
#[derive(Clone)]
pub struct Desk {
    saxony: Arc<Saxony>,
    pub holder: Holder,
    pub actor: Actor,
}

impl Desk {
    /// The next caller.
    pub fn next_caller(&mut self) {
        let entry = EntryId(random_id());
        self.holder.entry = Some(entry);
        self.actor = Actor::agent(self.holder.user, entry);
    }

    pub async fn propose(&self, applicant: &Applicant, wish: &Wish) -> Result<Vec<Pair>, SchedulingError> {
        let Saxony { world, campaign } = &*self.saxony;
        in_tx!(world.staff(), "propose", |tx| commands::propose(tx, campaign, applicant, wish, Channel::Phone))
    }

    pub async fn reserve(&self, token: &str, applicant: &Applicant) -> Result<Reservation, SchedulingError> {
        let Saxony { world, campaign } = &*self.saxony;
        in_tx!(world.staff(), "reserve", |tx| commands::reserve(tx, campaign, token, applicant, &self.holder))
    }

    pub async fn renew(&self) -> Option<Reservation> {
        let Saxony { world, campaign } = &*self.saxony;
        in_tx!(world.staff(), "renew", |tx| commands::renew(tx, campaign, &self.holder)).unwrap()
    }

    pub async fn try_reservation(&self) -> Result<Option<Reservation>, SchedulingError> {
        in_tx!(self.saxony.world.staff(), "read", |tx| commands::reservation_of(tx, &self.holder))
    }

    pub async fn reservation(&self) -> Option<Reservation> {
        self.try_reservation().await.unwrap()
    }

    pub async fn release(&self, id: ReservationId) {
        in_tx!(self.saxony.world.staff(), "release", |tx| commands::release(tx, id, &self.holder)).unwrap();
    }

    pub async fn confirm(
        &self,
        reservation: ReservationId,
        person: &PersonInput,
        wanted: Wanted,
    ) -> Result<Booking, SchedulingError> {
        let Saxony { world, campaign } = &*self.saxony;
        in_tx!(world.staff(), "confirm", |tx| commands::confirm(
            tx,
            campaign,
            reservation,
            &self.holder,
            person,
            wanted,
            &self.actor
        ))
    }

    /// Cancels; nothing when reference and birth date do not belong together.
    pub async fn try_to_cancel(&self, reference: &str, born_on: Date) -> Result<Option<Booking>, SchedulingError> {
        let Saxony { world, campaign } = &*self.saxony;
        in_tx!(world.staff(), "cancel", |tx| commands::cancel(tx, campaign, reference, born_on, &self.actor))
    }

    /// Cancels what exists.
    pub async fn cancel(&self, reference: &str, born_on: Date) -> Result<Booking, SchedulingError> {
        Ok(self.try_to_cancel(reference, born_on).await?.unwrap())
    }

    /// Gives back what is reserved for the caller.
    pub async fn give_back(&self) {
        let entry = self.holder.entry.unwrap();
        in_tx!(self.saxony.world.staff(), "give back", |tx| commands::give_back(tx, entry)).unwrap();
    }

    pub async fn find_booking(&self, reference: &str, born_on: Date) -> Result<Vec<Booking>, SchedulingError> {
        let Saxony { world, campaign } = &*self.saxony;
        in_tx!(world.staff(), "find", |tx| commands::find_booking(tx, campaign, reference, born_on, &self.actor))
    }

    pub async fn find_persons(&self, family_name: &str, born_on: Date) -> Result<Vec<Found>, SchedulingError> {
        let Saxony { world, campaign } = &*self.saxony;
        in_tx!(world.staff(), "find", |tx| commands::find_persons(tx, campaign, family_name, born_on, &self.actor))
    }

    pub async fn try_bookings(&self) -> Result<Vec<Booking>, SchedulingError> {
        let entry = self.holder.entry.unwrap();
        in_tx!(self.saxony.world.staff(), "read", |tx| commands::bookings_made_in(tx, entry, &self.actor))
    }

    pub async fn bookings(&self) -> Vec<Booking> {
        self.try_bookings().await.unwrap()
    }

    /// Proposes, reserves the first pair and confirms it, without papers.
    pub async fn book(&self, person: &PersonInput, wish: &Wish) -> Result<Booking, SchedulingError> {
        let applicant = Applicant::of(person);
        let pairs = self.propose(&applicant, wish).await?;
        let reservation = self.reserve(&pairs[0].token, &applicant).await?;
        self.confirm(reservation.id, person, Wanted::default()).await
    }
}

/// A person of eighty-two years, as a form; each number is another person.
pub fn form(number: usize) -> RawPerson {
    // Digits are no letters: the number is written with letters.
    let name: String = number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
    RawPerson {
        id: None,
        family_name: format!("Beispiel-{name}"),
        given_name: "Erika".to_owned(),
        born_on: "24.03.1939".to_owned(),
        street: "Straße des 17. Juni 12 a".to_owned(),
        postcode: "01067".to_owned(),
        town: "Dresden".to_owned(),
        phone: "0351 4678104".to_owned(),
        email: "erika@example.org".to_owned(),
        claim: "age-80".to_owned(),
        language: "de".to_owned(),
    }
}

/// A person of eighty-two years; each number is another person.
pub fn person(number: usize) -> PersonInput {
    persons::parse(&form(number)).unwrap()
}

/// The birth date of those persons.
pub const BORN_ON: Date = time::macros::date!(1939 - 03 - 24);

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(result: Result<T, SchedulingError>) -> &'static str {
    result.unwrap_err().code()
}

fn random_id() -> uuid::Uuid {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid()
}

/// A release of Comirnaty at Riesa.
pub fn riesa(name: &str, first_day: Date, last_day: Date, per_bucket: u8) -> Release {
    Release {
        name: name.to_owned(),
        centre: "riesa".into(),
        vaccine: "bnt162b2".into(),
        first_day,
        last_day,
        per_bucket,
        opens_at: None,
    }
}
