//! Bookings: both doses confirmed at once, found again, cancelled.
//!
//! **Must hold:** a reservation becomes a booking whole or not at all, once, by the desk that holds it and before its
//! end; the rules that were in force when it was reserved decide it, except that a vaccine which is not given any more,
//! or not at this age, is not booked; one active series a person; papers are ordered in the same transaction; a cancelled slot is free in
//! the same transaction, and cancelling again changes nothing.

mod commands;
mod decide;
mod find;
mod store;

pub use commands::{cancel, confirm};
pub use find::{bookings_made_in, find_booking};
pub(in crate::scheduling) use store::papered;
