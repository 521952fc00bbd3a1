//! Releases, plans and what can be wrong with them.

use crate::foundation::fault::{Fault, Refusal};
use crate::supply::model::{CentreCode, VaccineCode};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime, Time};

/// A release of first-dose days at a centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its name, 1 to 64 characters: the same name, centre, vaccine and day is released once.
    pub name: String,
    /// Where.
    pub centre: CentreCode,
    /// What.
    pub vaccine: VaccineCode,
    /// First day of first doses.
    pub first_day: Date,
    /// Last day of first doses.
    pub last_day: Date,
    /// First doses in five minutes, at most; the centre's lanes and what was released before may allow fewer.
    pub per_bucket: u8,
    /// Not bookable before.
    pub opens_at: Option<OffsetDateTime>,
}

/// One day of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRelease {
    /// Its name.
    pub name: String,
    /// Where.
    pub centre: CentreCode,
    /// What.
    pub vaccine: VaccineCode,
    /// Day of the first doses.
    pub day: Date,
    /// First doses in five minutes, at most.
    pub per_bucket: u8,
    /// Not bookable before.
    pub opens_at: Option<OffsetDateTime>,
}

impl Release {
    /// The days, one by one.
    pub(super) fn days(&self) -> impl Iterator<Item = DayRelease> + '_ {
        let next = |day: &Date| day.next_day();
        std::iter::successors(Some(self.first_day), next).take_while(|day| *day <= self.last_day).map(|day| {
            DayRelease {
                name: self.name.clone(),
                centre: self.centre.clone(),
                vaccine: self.vaccine.clone(),
                day,
                per_bucket: self.per_bucket,
                opens_at: self.opens_at,
            }
        })
    }
}

/// The places of a centre's day that exist already: a bit a place, by bucket.
pub type Places = BTreeMap<u16, u128>;

/// A place in time: five minutes of the day, the place within them, and the minute that people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Five minutes of the local day, from 0.
    pub bucket: u16,
    /// Place within them, from 1.
    pub place: u8,
    /// Local time.
    pub starts_at: Time,
}

/// What a day's release makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Slots for first doses.
    pub first: Vec<Spot>,
    /// The day of the second doses; none for a vaccine of one dose.
    pub second_day: Option<Date>,
    /// Slots for second doses.
    pub second: Vec<Spot>,
}

/// What became of a day's release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// Slots were made.
    Made {
        /// For first doses.
        first: usize,
        /// For second doses.
        second: usize,
    },
    /// It had happened before: nothing was changed.
    Before,
}

/// What became of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Days that were released now.
    pub days: usize,
    /// Days that had been released before.
    pub before: usize,
    /// Days on which the centre is closed, for first or for every possible second dose.
    pub closed: usize,
    /// Days on which not one pair has room.
    pub full: usize,
    /// Days that have begun, and were not released in time.
    pub past: usize,
    /// Slots for first doses made now.
    pub first: usize,
    /// Slots for second doses made now.
    pub second: usize,
}

impl std::ops::AddAssign for Summary {
    fn add_assign(&mut self, more: Self) {
        let Self { days, before, closed, full, past, first, second } = more;
        self.days += days;
        self.before += before;
        self.closed += closed;
        self.full += full;
        self.past += past;
        self.first += first;
        self.second += second;
    }
}

/// Why nothing is released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The centre's code.
    #[error("there is no centre {0}")]
    UnknownCentre(CentreCode),
    /// The vaccine's code.
    #[error("there is no vaccine {0}")]
    UnknownVaccine(VaccineCode),
    /// The rules that are in force when the slots open do not offer it.
    #[error("the rules that are in force when the slots open do not offer vaccine {0}")]
    NotOffered(VaccineCode),
    /// No rules are in force when the slots open.
    #[error("no rules are in force when the slots open")]
    NoRules,
    /// The day is over or has begun.
    #[error("{0} is not a day to come")]
    Past(Date),
    /// The centre is closed on that day, or on every day that a second dose may have.
    #[error("the centre is closed on {0} or on every day of the second dose")]
    Closed(Date),
    /// Not one pair has room.
    #[error("there is no room for one pair on {0}")]
    Full(Date),
    /// No name, or too long a one.
    #[error("a release has a name of 1 to 64 characters")]
    NoName,
    /// Nothing to release.
    #[error("a release has at least one slot in five minutes")]
    Empty,
    /// More than a year.
    #[error("a release has 1 to 366 days, in order")]
    Days,
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for ReleaseError {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::UnknownCentre(_)
            | Self::UnknownVaccine(_)
            | Self::NotOffered(_)
            | Self::NoRules
            | Self::Past(_)
            | Self::Closed(_)
            | Self::Full(_)
            | Self::NoName
            | Self::Empty
            | Self::Days => None,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UnknownCentre(_) => "unknown_centre",
            Self::UnknownVaccine(_) => "unknown_vaccine",
            Self::NotOffered(_) => "vaccine_not_offered",
            Self::NoRules => "not_open_yet",
            Self::Past(_) => "day_is_past",
            Self::Closed(_) => "centre_closed",
            Self::Full(_) => "centre_full",
            Self::NoName => "release_without_name",
            Self::Empty => "release_empty",
            Self::Days => "release_days",
            Self::Fault(_) => "fault",
        }
    }
}
