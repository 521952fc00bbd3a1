//! Shared ground that knows nothing of calls or appointments.
//!
//! **Owns** ids, clock, calendar, phone numbers, personal-data wrappers, faults and problems, the database door, the
//! event log with its relay, promised effects with their workers, command keys and the audit trail.
//! **Must hold:** nothing here imports another module of the crate.

pub mod audit;
pub mod calendar;
pub mod clock;
pub mod commands;
pub mod db;
pub mod events;
pub mod fault;
pub mod findings;
pub mod housekeeping;
pub mod ids;
pub mod jobs;
pub mod phone;
pub mod pii;
pub mod problem;
