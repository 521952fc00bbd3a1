//! What a team did.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What robots did, and what they were told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sockets that are open now.
    pub linked: usize,
    /// Robots by the state that their last frame named.
    pub states: BTreeMap<String, usize>,
    /// Offers that were painted.
    pub offers: u64,
    /// Offers accepted.
    pub accepted: u64,
    /// Offers declined on purpose.
    pub declined: u64,
    /// Offers revoked before the robot had clicked.
    pub revoked: u64,
    /// Talks.
    pub talks: u64,
    /// Callers put on hold.
    pub held: u64,
    /// Callers handed on.
    pub transferred: u64,
    /// Bookings confirmed.
    pub booked: u64,
    /// Sockets lost and opened again.
    pub reconnects: u64,
    /// Refusals, by code.
    pub refused: BTreeMap<String, u64>,
    /// Robots that vanished for a while.
    pub vanished: u64,
    /// Robots whose shift is over.
    pub went_home: u64,
    /// Frames that could not be understood: always a fault of one side.
    pub not_understood: u64,
}

/// A shared tally.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book(Arc<Mutex<Tally>>);

impl Book {
    pub(crate) fn write(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn moved(&self, from: Option<&str>, to: &str) {
        let mut tally = self.write();
        if let Some(from) = from
            && let Some(count) = tally.states.get_mut(from)
        {
            *count = count.saturating_sub(1);
        }
        *tally.states.entry(to.to_owned()).or_default() += 1;
    }
}
