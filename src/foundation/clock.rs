//! Where time comes from outside a transaction.
//!
//! Inside a transaction `now` is the database's clock, read once by the transaction door. Outside (signature
//! tolerance, log-in attempts) a [`Clock`] is passed. Both are cut to microseconds, which is what PostgreSQL keeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::{Duration, OffsetDateTime};

/// A source of the current moment, the machine's clock plus an offset that tests move.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_micros: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock, without offset.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// The current moment, in microseconds.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the place where the machine's clock is read")]
    pub fn now(&self) -> OffsetDateTime {
        truncate(OffsetDateTime::now_utc() + self.offset())
    }

    /// What is added to every clock that this process reads, the database's too.
    #[must_use]
    pub fn offset(&self) -> Duration {
        Duration::microseconds(self.offset_micros.load(Ordering::Relaxed))
    }

    /// Moves the clock forward (or back): for tests and the demo alone.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.whole_microseconds()).unwrap_or(i64::MAX);
        self.offset_micros.fetch_add(micros, Ordering::Relaxed);
    }
}

/// Cuts a moment to the microseconds that PostgreSQL keeps.
#[must_use]
pub fn truncate(moment: OffsetDateTime) -> OffsetDateTime {
    moment.replace_nanosecond(moment.nanosecond() / 1_000 * 1_000).unwrap_or(moment)
}
