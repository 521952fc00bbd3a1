//! The hotline's event log, as it is read.
//!
//! In: JSON lines or [`Event`]s. Out: an [`Account`]: facts with small numbers instead of names, so that a whole evening fits into
//! memory and can be compared quickly. What must hold: facts that the judge does not know are left out and change nothing.

mod account;
mod fact;
mod input;
mod needs;

pub use account::Account;
pub use input::{Event, ReadError, read_events, read_journal};

pub(super) use fact::{Doing, Ending, Fact, GivenBack, Preference, What};
pub(super) use input::{lines, micros_of};
pub(super) use needs::{Demand, Skills, fits};

/// A number that stands for a name within one log.
pub(super) type Id = u32;

/// What orders entries: `key_us` and `seq`.
pub(super) type Key = (i64, i64);
