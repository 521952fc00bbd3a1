//! The REST rate limit: a fixed window for the whole system, as the real one counts.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;

/// How many requests are allowed in which window (real time).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Requests in a window.
    pub requests: u32,
    /// The window's length in seconds.
    pub window_seconds: u64,
}

impl Default for RateLimit {
    /// The real one's default: 600 requests in 5 minutes.
    fn default() -> Self {
        Self { requests: 600, window_seconds: 300 }
    }
}

/// What the headers of an answer say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset_seconds: u64,
    pub(crate) exceeded: bool,
}

#[derive(Debug)]
pub(crate) struct Limiter {
    rule: Option<RateLimit>,
    window: Mutex<(Instant, u32)>,
    /// Requests that a thrown fault still refuses.
    burst: Mutex<u32>,
}

impl Limiter {
    pub(crate) fn new(rule: Option<RateLimit>) -> Self {
        Self { rule, window: Mutex::new((Instant::now(), 0)), burst: Mutex::new(0) }
    }

    /// Counts one request.
    pub(crate) fn count(&self, now: Instant) -> Option<Quota> {
        let rule = self.rule?;
        let length = Duration::from_secs(rule.window_seconds);
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(window.0) >= length {
            *window = (now, 0);
        }
        window.1 = window.1.saturating_add(1);
        Some(Quota {
            limit: rule.requests,
            remaining: rule.requests.saturating_sub(window.1),
            reset_seconds: length.saturating_sub(now.saturating_duration_since(window.0)).as_secs().max(1),
            exceeded: window.1 > rule.requests,
        })
    }

    /// Whether a burst of refusals is under way, or begins because `thrown` says so.
    pub(crate) fn refuses(&self, thrown: bool, burst: u32) -> bool {
        let mut left = self.burst.lock().unwrap_or_else(PoisonError::into_inner);
        if *left == 0 && thrown {
            *left = burst.max(1);
        }
        if *left == 0 {
            return false;
        }
        *left -= 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_after_the_last_is_refused_until_the_window_ends() {
        let limiter = Limiter::new(Some(RateLimit { requests: 2, window_seconds: 10 }));
        let now = Instant::now();
        assert!(!limiter.count(now).unwrap().exceeded);
        assert_eq!(limiter.count(now).unwrap().remaining, 0);
        assert!(limiter.count(now).unwrap().exceeded);
        assert!(!limiter.count(now + Duration::from_secs(10)).unwrap().exceeded);
    }

    #[test]
    fn a_burst_refuses_so_many_and_then_no_more() {
        let limiter = Limiter::new(None);
        assert!(limiter.refuses(true, 2));
        assert!(limiter.refuses(false, 2));
        assert!(!limiter.refuses(false, 2));
    }
}
