//! Wishes, pairs, reservations and bookings.

use crate::foundation::audit::Channel;
use crate::foundation::ids::{EntryId, ReservationId, SeriesId, UserId};
use crate::foundation::pii::Pii;
use crate::scheduling::persons::{FieldError, PersonInput, parse_claim, parse_date};
use crate::scheduling::rules::ClaimCode;
use crate::supply::model::{CentreCode, VaccineCode};
use time::{Date, OffsetDateTime, Time};

/// As much of a person as a proposal needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant {
    /// Birth date.
    pub born_on: Pii<Date>,
    /// Claim of entitlement.
    pub claim: ClaimCode,
}

impl Applicant {
    /// Reads the two fields of the form.
    ///
    /// # Errors
    /// The first of them that is not valid.
    pub fn parse(born_on: &str, claim: &str) -> Result<Self, FieldError> {
        Ok(Self { born_on: Pii::new(parse_date(born_on)?), claim: parse_claim(claim)? })
    }

    /// The applicant that a person is.
    #[must_use]
    pub fn of(person: &PersonInput) -> Self {
        Self { born_on: person.born_on.clone(), claim: person.claim.clone() }
    }
}

/// A part of the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayPart {
    /// Whenever the centre is open.
    #[default]
    Any,
    /// Before noon.
    Morning,
    /// From noon on.
    Afternoon,
}

impl DayPart {
    /// The part of a form's code: `any`, `morning`, `afternoon`; an empty one is any.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "" | "any" => Some(Self::Any),
            "morning" => Some(Self::Morning),
            "afternoon" => Some(Self::Afternoon),
            _ => None,
        }
    }

    /// From and until, the latter not included.
    #[must_use]
    pub const fn hours(self) -> (Time, Time) {
        const NOON: Time = time::macros::time!(12:00);
        match self {
            Self::Any => (Time::MIDNIGHT, Time::MAX),
            Self::Morning => (Time::MIDNIGHT, NOON),
            Self::Afternoon => (NOON, Time::MAX),
        }
    }
}

/// What somebody wishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Where; anywhere when absent.
    pub centre: Option<CentreCode>,
    /// Not before this local day.
    pub from_day: Option<Date>,
    /// When on the day.
    pub day_part: DayPart,
    /// Whether a letter must arrive before.
    pub by_post: bool,
}

/// The desk that holds a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The user; a user holds one reservation at most.
    pub user: UserId,
    /// The place in line that is served.
    pub entry: Option<EntryId>,
}

impl Holder {
    /// Desks serve callers.
    pub const CHANNEL: Channel = Channel::Phone;
}

/// A local day and time at a centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Appointment {
    /// Day.
    pub day: Date,
    /// Time, to the minute.
    pub time: Time,
}

/// Appointments that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What `reserve` is given.
    pub token: String,
    /// Where.
    pub centre: CentreCode,
    /// What.
    pub vaccine: VaccineCode,
    /// What it is called on the first day.
    pub vaccine_name: String,
    /// First dose.
    pub first: Appointment,
    /// Second dose; none for a vaccine of one dose.
    pub second: Option<Appointment>,
}

/// A reserved pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Id.
    pub id: ReservationId,
    /// The pair.
    pub pair: Pair,
    /// When it lapses.
    pub expires_at: OffsetDateTime,
}

/// What is wanted on paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// A letter by post.
    pub letter: bool,
    /// An e-mail.
    pub email: bool,
}

/// Whether appointments stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookingState {
    /// They stand.
    Confirmed,
    /// They were cancelled.
    Cancelled,
    /// Every dose was given.
    Completed,
}

impl BookingState {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
        }
    }

    /// The state of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Confirmed, Self::Cancelled, Self::Completed].into_iter().find(|state| state.name() == name)
    }
}

/// Somebody's appointments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Id.
    pub series: SeriesId,
    /// What people read and type, in groups of four.
    pub reference: String,
    /// Grows with every change.
    pub version: i32,
    /// Whether they stand.
    pub state: BookingState,
    /// Given and family name, for reading back.
    pub name: Pii<String>,
    /// The appointments.
    pub pair: Pair,
    /// When they were made.
    pub made_at: OffsetDateTime,
}
