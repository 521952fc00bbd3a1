//! Why a command of scheduling was refused.

use super::appointments::Pair;
use super::eligibility::Ineligible;
use super::persons::FieldError;
use crate::foundation::fault::{Fault, Refusal};

/// A named no, or a fault. No text of it claims that somebody has an appointment: only an answer with a booking does.
#[derive(Debug, thiserror::Error)]
pub enum SchedulingError {
    /// No rules are in force yet.
    #[error("the campaign has not begun")]
    NotOpenYet,
    /// The rules do not allow it.
    #[error(transparent)]
    Ineligible(#[from] Ineligible),
    /// A field of the form is not valid.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// There is no such centre.
    #[error("there is no such centre")]
    UnknownCentre,
    /// Nothing is free that fits the wish.
    #[error("nothing is free that fits the wish")]
    SoldOut,
    /// Somebody else has taken this pair; the nearest others are named.
    #[error("this pair has just been taken")]
    PairTaken(Vec<Pair>),
    /// The pair was not proposed by this program, or the rules have changed since.
    #[error("this pair cannot be read; ask for new proposals")]
    BadToken,
    /// The reservation has lapsed, was given back, or belongs to another desk.
    #[error("the pair is not reserved any more")]
    ReservationLost,
    /// The person has appointments already.
    #[error("the person has appointments already")]
    HasAppointments,
    /// A letter would come after the first appointment.
    #[error("a letter needs longer than until the first appointment")]
    LetterTooLate,
    /// A letter is wanted and there is no postal address.
    #[error("a letter needs a street")]
    NoPostalAddress,
    /// An e-mail is wanted and there is no address.
    #[error("an e-mail needs an address")]
    NoEmail,
    /// The person that was named by id does not exist or is another one.
    #[error("the person is not the one that was found")]
    UnknownPerson,
    /// Another person with this name, birth date and postcode exists.
    #[error("another person with this name, birth date and postcode exists")]
    PersonExists,
    /// The first appointment has begun: this is settled in the centre.
    #[error("the first appointment has begun")]
    AlreadyBegun,
    /// The user has searched too often lately.
    #[error("too many searches in ten minutes")]
    TooManySearches,
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl SchedulingError {
    /// The field of the form that it is about.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Field(error) => Some(error.field),
            Self::Ineligible(Ineligible::TooYoung(_) | Ineligible::TooOld(_)) => Some("born_on"),
            Self::Ineligible(
                Ineligible::ClaimUnknown
                | Ineligible::GroupNotOpen(_)
                | Ineligible::ChannelClosed
                | Ineligible::OtherVaccine,
            ) => Some("claim"),
            Self::NoPostalAddress => Some("street"),
            Self::NoEmail => Some("email"),
            Self::Ineligible(Ineligible::NotOffered | Ineligible::Interval)
            | Self::NotOpenYet
            | Self::UnknownCentre
            | Self::SoldOut
            | Self::PairTaken(_)
            | Self::BadToken
            | Self::ReservationLost
            | Self::HasAppointments
            | Self::LetterTooLate
            | Self::UnknownPerson
            | Self::PersonExists
            | Self::AlreadyBegun
            | Self::TooManySearches
            | Self::Fault(_) => None,
        }
    }

    /// What could be taken instead.
    #[must_use]
    pub fn alternatives(&self) -> &[Pair] {
        if let Self::PairTaken(pairs) = self { pairs } else { &[] }
    }
}

impl Refusal for SchedulingError {
    fn fault(&self) -> Option<&Fault> {
        if let Self::Fault(fault) = self { Some(fault) } else { None }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotOpenYet => "not_open_yet",
            Self::Ineligible(reason) => reason.code(),
            Self::Field(error) => error.code,
            Self::UnknownCentre => "unknown_centre",
            Self::SoldOut => "sold_out",
            Self::PairTaken(_) => "pair_taken",
            Self::BadToken => "bad_token",
            Self::ReservationLost => "reservation_lost",
            Self::HasAppointments => "has_appointments",
            Self::LetterTooLate => "letter_too_late",
            Self::NoPostalAddress => "no_postal_address",
            Self::NoEmail => "no_email",
            Self::UnknownPerson => "unknown_person",
            Self::PersonExists => "person_exists",
            Self::AlreadyBegun => "already_begun",
            Self::TooManySearches => "too_many_searches",
            Self::Fault(_) => "fault",
        }
    }
}
