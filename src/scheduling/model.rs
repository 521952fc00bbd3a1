//! The types of scheduling, for those who call it.

pub use super::SchedulingError;
pub use super::appointments::{
    Applicant, Appointment, Booking, BookingState, DayPart, Holder, Pair, Reference, Reservation, Wanted, Wish,
};
pub use super::persons::{FieldError, Found, Person, PersonInput, RawPerson};
pub use super::rules::ClaimCode;
pub use crate::foundation::audit::{Actor, Channel, Reason};
