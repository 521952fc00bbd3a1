//! Appointments: proposed, reserved, confirmed, cancelled.
//!
//! **In:** a wish and an applicant; then a pair, a person, what is wanted on paper. **Out:** pairs that are bookable for
//! this person; a reservation with its end; a booking with a reference. **Must hold:** the system proposes and nobody
//! races for a list: what was proposed is taken as it is or refused with the nearest others; only the desk that holds a
//! reservation confirms it, for the caller it was made for and not after its end; both doses are booked or none; a freed slot is free in the same
//! transaction; a reference alone opens nothing.

mod bookings;
mod model;
mod proposals;
mod reference;
mod reservations;
mod token;
pub mod worker;

pub(in crate::scheduling) use bookings::papered;
pub use bookings::{bookings_made_in, cancel, confirm, find_booking};
pub use model::{Applicant, Appointment, Booking, BookingState, DayPart, Holder, Pair, Reservation, Wanted, Wish};
pub use proposals::propose;
pub use reference::Reference;
pub(in crate::scheduling) use reference::grouped;
pub use reservations::{expire_reservations, give_back, release, renew, reservation_of, reserve};
