//! A token bucket for REST requests: the provider's limit is shared by the whole hotline, so ours stays below it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How many requests may be made at once when none was made for a while, as a share of a minute's.
const BURST: f64 = 0.2;

/// A bucket of requests.
#[derive(Debug)]
pub struct Limiter {
    per_second: f64,
    most: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tokens: f64,
    filled_at: Instant,
    closed_until: Option<Instant>,
}

impl Limiter {
    /// A full bucket.
    #[must_use]
    pub fn per_minute(requests: u32, now: Instant) -> Self {
        let per_second = f64::from(requests) / 60.0;
        let most = (f64::from(requests) * BURST).max(1.0);
        let state = State { tokens: most, filled_at: now, closed_until: None };
        Self { per_second, most, state: Mutex::new(state) }
    }

    /// Takes a request out.
    ///
    /// # Errors
    /// How long to wait, when there is none.
    pub fn take(&self, now: Instant) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = state.closed_until {
            if now < until {
                return Err(until - now);
            }
            state.closed_until = None;
        }
        let since = now.saturating_duration_since(state.filled_at).as_secs_f64();
        state.tokens = since.mul_add(self.per_second, state.tokens).min(self.most);
        state.filled_at = now;
        if state.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - state.tokens) / self.per_second));
        }
        state.tokens -= 1.0;
        Ok(())
    }

    /// The provider wants us to wait: nobody asks before.
    pub fn close_for(&self, pause: Duration, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let until = now + pause;
        state.closed_until = Some(state.closed_until.map_or(until, |before| before.max(until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let now = Instant::now();
        let limiter = Limiter::per_minute(60, now);
        let at_once = (0..100).filter(|_| limiter.take(now).is_ok()).count();
        assert_eq!(at_once, 12);
        let later = now + limiter.take(now).unwrap_err() + Duration::from_millis(1);
        assert!(limiter.take(later).is_ok());
        assert!(limiter.take(later).is_err());
    }

    #[test]
    fn while_the_provider_wants_us_to_wait_nobody_asks() {
        let now = Instant::now();
        let limiter = Limiter::per_minute(600, now);
        limiter.close_for(Duration::from_secs(7), now);
        limiter.close_for(Duration::from_secs(2), now);
        assert_eq!(limiter.take(now), Err(Duration::from_secs(7)));
        assert!(limiter.take(now + Duration::from_secs(7)).is_ok());
    }
}
