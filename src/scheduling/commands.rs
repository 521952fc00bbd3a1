//! Every use case of scheduling, for those who call it.

pub use super::appointments::{
    bookings_made_in, cancel, confirm, expire_reservations, find_booking, give_back, propose, release, renew,
    reservation_of, reserve,
};
pub use super::capacity::release_days;
pub use super::persons::find_persons;
