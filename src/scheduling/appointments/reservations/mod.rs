//! Reservations: a pair of slots taken for some minutes by one desk.
//!
//! **Must hold:** exactly the chosen slots are taken, both or none; a desk has one live reservation; it lapses at its
//! end, renewals have a limit, and its slots are free again within seconds.

mod commands;
pub(super) mod store;

pub use commands::{expire_reservations, release, renew, reservation_of, reserve};
