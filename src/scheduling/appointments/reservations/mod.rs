//! Reservations: a pair of slots taken for some minutes by one desk.
//!
//! **Must hold:** exactly the chosen slots are taken, both or none; a desk has one live reservation, seen and confirmed
//! for the caller it was made for and nobody else; it lapses at its end or with the caller's desk, renewals have a
//! limit, and its slots are free again within seconds; nobody waits for somebody who waits for them.

mod commands;
pub(super) mod store;

pub use commands::{expire_reservations, give_back, release, renew, reservation_of, reserve};
