//! From the release of slots to the cancellation of appointments, on a real database.

mod bookings;
mod cancelling;
mod last_slot;
mod monitor;
mod names;
mod operators;
mod racing;
mod releases;
mod reservations;
mod wrap_up;
