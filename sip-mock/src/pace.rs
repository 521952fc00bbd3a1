//! Time: how long a simulated second takes, and what the clocks say.
//!
//! What people hear and do (music, ring times, patience, pauses) passes through [`Pace`] and runs faster than life when asked.
//! What the network does (time-outs, retries, rate limits) is real and does not: a service under test must not be hurried.

use std::time::{Duration, Instant};

use time::OffsetDateTime;

/// How much faster than life the simulation runs, and since when.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    speed: f64,
    started: Instant,
}

/// One moment on both clocks: the monotonic one orders, the wall clock joins with other logs.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Since the simulation started, in real time.
    pub since_start: Duration,
    /// What the wall clock says.
    pub wall: OffsetDateTime,
}

impl Pace {
    /// `speed` 20 turns twenty simulated seconds into one real one; anything not above zero is life's own pace.
    #[must_use]
    pub fn new(speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { speed, started: Instant::now() }
    }

    /// How long a simulated duration takes on real clocks.
    #[must_use]
    pub fn real(&self, simulated: Duration) -> Duration {
        simulated.div_f64(self.speed)
    }

    /// How much simulated time a real duration is.
    #[must_use]
    pub fn simulated(&self, real: Duration) -> Duration {
        real.mul_f64(self.speed)
    }

    /// Waits a simulated duration.
    pub async fn sleep(&self, simulated: Duration) {
        tokio::time::sleep(self.real(simulated)).await;
    }

    /// What both clocks say.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the simulation's only door to the wall clock: signatures and the journal carry real time"
    )]
    pub fn moment(&self) -> Moment {
        Moment { since_start: self.started.elapsed(), wall: OffsetDateTime::now_utc() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_seconds_of_music_take_one_at_speed_twenty() {
        let pace = Pace::new(20.0);
        assert_eq!(pace.real(Duration::from_secs(20)), Duration::from_secs(1));
        assert_eq!(pace.simulated(Duration::from_secs(1)), Duration::from_secs(20));
    }

    #[test]
    fn a_speed_that_is_none_is_life_itself() {
        for speed in [0.0, -3.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Pace::new(speed).real(Duration::from_secs(2)), Duration::from_secs(2));
        }
    }
}
