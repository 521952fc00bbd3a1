//! What callers are like: how long they occupy an agent, and how long they wait before giving up.

use time::{Duration, OffsetDateTime};

/// So many calls, or callers who gave up, of the kind that is assumed stand beside those that are known.
const ASSUMED: f64 = 20.0;

/// After so long, what was measured of callers counts half.
const HALF_LIFE: Duration = Duration::DAY;

/// What agents and callers did in an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hour {
    /// When it began.
    pub begins: OffsetDateTime,
    /// Callers whom agents talked with.
    pub talks: u32,
    /// For how long agents were occupied with callers, offers that led to nothing included.
    pub occupied: Duration,
    /// Callers who gave up.
    pub abandoned: u32,
    /// How long callers waited, those who gave up and those who did not.
    pub waited: Duration,
}

impl Hour {
    /// An hour in which nothing happened.
    #[must_use]
    pub const fn nothing_in(begins: OffsetDateTime) -> Self {
        Self { begins, talks: 0, occupied: Duration::ZERO, abandoned: 0, waited: Duration::ZERO }
    }
}

/// What callers are like: measured, as far as anything was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// How long each occupies an agent.
    pub handling: Duration,
    /// How long each waits before giving up.
    pub patience: Option<Duration>,
}

/// Handling time and patience from what was measured, recent hours counting more, and from what is `assumed` as long as
/// little was. Patience is all waiting by the number of those who gave up: who is answered has shown patience as well.
#[must_use]
pub fn manner(hours: &[Hour], assumed: Manner, now: OffsetDateTime) -> Manner {
    let mean = |assumed: Duration, measure: fn(&Hour) -> (u32, Duration)| {
        let (mut count, mut seconds) = (ASSUMED, ASSUMED * assumed.as_seconds_f64());
        for hour in hours {
            let weight = 0.5_f64.powf(((now - hour.begins) / HALF_LIFE).max(0.0));
            let (counted, length) = measure(hour);
            count += weight * f64::from(counted);
            seconds += weight * length.as_seconds_f64();
        }
        Duration::saturating_seconds_f64((seconds / count).round())
    };
    Manner {
        handling: mean(assumed.handling, |hour| (hour.talks, hour.occupied)),
        patience: assumed.patience.map(|assumed| mean(assumed, |hour| (hour.abandoned, hour.waited))),
    }
}
