//! Times counted in bounded memory, so that sums of hours can be added and parts of them taken back.

use super::Tally;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Duration;

/// Into how many buckets a doubling of time is divided: a quantile is at most a thirty-second too long, and a histogram
/// has some hundred buckets. More would be finer and larger. A power of two.
const PARTS: u64 = 32;

/// Below so many milliseconds every millisecond has a bucket of its own.
const EXACT: u64 = 2 * PARTS;

/// How many times there were, how long together, and how many in each bucket. Mean and number are exact; a quantile and the
/// longest time are the upper end of their bucket: never less than the truth, and at most 1/32 more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    count: i64,
    sum_ms: i64,
    buckets: BTreeMap<u16, i64>,
}

impl Histogram {
    /// Counts a time. Transactions overlap: what seems to take less than nothing takes nothing.
    pub fn note(&mut self, time: Duration) {
        let ms = u64::try_from(time.whole_milliseconds()).unwrap_or(0);
        self.count += 1;
        self.sum_ms += i64::try_from(ms).unwrap_or(i64::MAX);
        *self.buckets.entry(bucket(ms)).or_default() += 1;
    }

    /// How many times were counted.
    #[must_use]
    pub const fn count(&self) -> i64 {
        self.count
    }

    /// All of them together, in milliseconds.
    #[must_use]
    pub const fn sum_ms(&self) -> i64 {
        self.sum_ms
    }

    /// The time that `percent` of all do not exceed, in milliseconds.
    #[must_use]
    pub fn quantile_ms(&self, percent: i64) -> Option<u64> {
        let rank = (self.count * percent + 99) / 100;
        let mut seen = 0;
        let found = self.buckets.iter().find(|(_, count)| {
            seen += *count;
            seen >= rank
        });
        found.filter(|_| self.count > 0).map(|(bucket, _)| upper_ms(*bucket))
    }

    /// The longest time, in milliseconds.
    #[must_use]
    pub fn longest_ms(&self) -> Option<u64> {
        self.quantile_ms(100)
    }
}

impl Tally for Histogram {
    fn add(&mut self, other: &Self, times: i64) {
        self.count += other.count * times;
        self.sum_ms += other.sum_ms * times;
        add_buckets(&mut self.buckets, &other.buckets, times);
    }
}

fn add_buckets(own: &mut BTreeMap<u16, i64>, other: &BTreeMap<u16, i64>, times: i64) {
    for (bucket, count) in other {
        *own.entry(*bucket).or_default() += count * times;
    }
    own.retain(|_, count| *count != 0);
}

fn bucket(ms: u64) -> u16 {
    if ms < EXACT {
        return u16::try_from(ms).unwrap_or(u16::MAX);
    }
    let shift = ms.ilog2() - PARTS.ilog2();
    let index = EXACT + u64::from(shift - 1) * PARTS + ((ms >> shift) - PARTS);
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// The longest time of a bucket.
fn upper_ms(bucket: u16) -> u64 {
    let index = u64::from(bucket);
    if index < EXACT {
        return index;
    }
    let (doubling, part) = ((index - EXACT) / PARTS, (index - EXACT) % PARTS);
    ((PARTS + part + 1) << (doubling + 1)) - 1
}

/// The longest threshold that can be asked for.
pub const EARLY_SECONDS: u16 = 120;

/// Waits of up to two minutes, so kept that for every whole second is known exactly how many ended before it, with it, and
/// after it: a service level has no error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Early(BTreeMap<u16, i64>);

impl Early {
    /// Counts a wait.
    pub fn note(&mut self, wait: Duration) {
        let wait = wait.max(Duration::ZERO);
        let begun = u16::from(wait.subsec_nanoseconds() != 0);
        let Ok(seconds) = u16::try_from(wait.whole_seconds()) else { return };
        // Twice the second, so that what ended in it stands between it and the next one.
        if seconds < EARLY_SECONDS || (seconds == EARLY_SECONDS && begun == 0) {
            *self.0.entry(seconds * 2 + begun).or_default() += 1;
        }
    }

    /// How many waits were shorter than so many seconds.
    #[must_use]
    pub fn below(&self, seconds: u16) -> i64 {
        self.0.range(..seconds * 2).map(|(_, count)| count).sum()
    }

    /// How many waits were not longer than so many seconds.
    #[must_use]
    pub fn at_most(&self, seconds: u16) -> i64 {
        self.0.range(..=seconds * 2).map(|(_, count)| count).sum()
    }
}

impl Tally for Early {
    fn add(&mut self, other: &Self, times: i64) {
        add_buckets(&mut self.0, &other.0, times);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_is_said_to_be_at_most_a_thirty_second_longer_than_it_was(ms in 0_u64..100_000_000_000) {
            let said = upper_ms(bucket(ms));
            prop_assert!(said >= ms && said - ms <= ms / PARTS, "{ms} became {said}");
        }

        #[test]
        fn buckets_grow_with_time(one in 0_u64..10_000_000, other in 0_u64..10_000_000) {
            if one <= other {
                prop_assert!(bucket(one) <= bucket(other));
            }
        }

        #[test]
        fn what_was_added_can_be_taken_back(times in prop::collection::vec((0_i64..1_000_000, any::<bool>()), 0..50)) {
            let (mut all, mut kept, mut gone) = (Histogram::default(), Histogram::default(), Histogram::default());
            for (ms, is_kept) in times {
                let time = Duration::milliseconds(ms);
                all.note(time);
                if is_kept { kept.note(time) } else { gone.note(time) }
            }
            all.add(&gone, -1);
            prop_assert_eq!(all, kept);
        }
    }

    #[test]
    fn quantiles_are_those_of_the_times() {
        let mut histogram = Histogram::default();
        for ms in 1..=60 {
            histogram.note(Duration::milliseconds(ms));
        }
        assert_eq!((histogram.quantile_ms(50), histogram.quantile_ms(90)), (Some(30), Some(54)));
        assert_eq!((histogram.longest_ms(), histogram.sum_ms()), (Some(60), 60 * 61 / 2));
        assert_eq!(Histogram::default().quantile_ms(50), None);
    }

    #[test]
    fn a_whole_second_is_neither_before_nor_after_itself() {
        let mut early = Early::default();
        for wait in [Duration::milliseconds(19_999), Duration::seconds(20), Duration::microseconds(20_000_001)] {
            early.note(wait);
        }
        assert_eq!((early.below(20), early.at_most(20), early.below(21)), (1, 2, 3));
        early.note(Duration::seconds(120));
        early.note(Duration::microseconds(120_000_001));
        early.note(Duration::days(1));
        assert_eq!(early.at_most(EARLY_SECONDS), 4);
    }
}
