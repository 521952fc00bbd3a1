//! How much may come in: a rate with a burst, decided purely.

use std::time::Duration;

/// A rate: one more is earned in `interval`, and `burst` may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// One more is earned in this time.
    pub interval: Duration,
    /// How many may come at once.
    pub burst: u32,
}

/// How far a rate is used up. Moments are given as the time since some beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    free_at: Duration,
}

impl Flow {
    /// Counts one more; false when it is too much, and then it does not count.
    pub fn admit(&mut self, rate: Rate, now: Duration) -> bool {
        let free_at = self.free_at.max(now);
        let room = rate.interval * rate.burst.saturating_sub(1);
        if free_at.saturating_sub(room) > now {
            return false;
        }
        self.free_at = free_at + rate.interval;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let rate = Rate { interval: Duration::from_millis(100), burst: 3 };
        let (mut flow, mut passed) = (Flow::default(), Vec::new());
        for tenth in 0..10 {
            // Two at each moment.
            for _ in 0..2 {
                passed.push(flow.admit(rate, Duration::from_millis(tenth * 100)));
            }
        }
        assert_eq!(passed.iter().filter(|passed| **passed).count(), 3 + 9);
        assert!(passed[..4] == [true, true, true, true] && !passed[5]);
    }

    #[test]
    fn a_pause_earns_no_more_than_the_burst() {
        let rate = Rate { interval: Duration::from_millis(100), burst: 3 };
        let (mut flow, later) = (Flow::default(), Duration::from_secs(3_600));
        let passed = (0..10).filter(|_| flow.admit(rate, later)).count();
        assert_eq!(passed, 3);
    }
}
