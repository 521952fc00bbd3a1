//! What the days before say about an hour.

use super::{Basis, HISTORY, QUARTER, Quarter};
use crate::foundation::calendar;
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, Weekday};

/// What a week counts beside the week after it. More trusts the past, less follows the campaign sooner.
const KEPT_A_WEEK: f64 = 0.7;

/// How much of today decides today's level.
const LOOK_BACK: usize = 8;

/// Today's level is believed as far as it rests on more calls than these: days differ by a fifth anyway (25 = 1/0.2²).
const ORDINARY_CALLS: f64 = 25.0;

/// So many days of knowing nothing, on which a forecast misses by a fifth, stand beside the days that are known. More keep
/// the range wide for longer.
const UNKNOWN_DAYS: f64 = 1.0;
const UNKNOWN_VARIANCE: f64 = 0.2 * 0.2;

/// A quarter by the local clock: the same one on every day, in summer and in winter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    date: Date,
    time: Time,
}

impl Place {
    pub(super) fn of(moment: OffsetDateTime) -> Self {
        let local = calendar::local(moment);
        Self { date: local.date(), time: local.time() }
    }

    fn on(self, date: Date) -> Self {
        Self { date, ..self }
    }

    /// `count` quarters later, or earlier, on whatever day that is.
    fn moved(self, count: i32) -> Self {
        let local = PrimitiveDateTime::new(self.date, self.time).saturating_add(QUARTER * count);
        Self { date: local.date(), time: local.time() }
    }
}

/// A day, by the local clock.
#[derive(Clone, Debug)]
struct Day {
    /// The weekday that it is like: holidays are like Sundays.
    like: Weekday,
    counts: BTreeMap<Time, f64>,
}

fn like(date: Date) -> Weekday {
    if calendar::is_holiday(date) { Weekday::Sunday } else { date.weekday() }
}

/// The counts of the days before, and of today.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    days: BTreeMap<Date, Day>,
}

/// An hour, guessed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess {
    pub(super) quarters: [f64; 4],
    pub(super) level: f64,
    pub(super) basis: Basis,
    pub(super) days: usize,
}

impl Guess {
    pub(super) fn calls(&self) -> f64 {
        self.quarters.iter().sum()
    }
}

impl Past {
    pub(super) fn until(quarters: &[Quarter], now: OffsetDateTime) -> Self {
        let mut past = Self::default();
        for quarter in quarters.iter().filter(|quarter| quarter.begins + QUARTER <= now) {
            let Place { date, time } = Place::of(quarter.begins);
            let day = past.days.entry(date).or_insert_with(|| Day { like: like(date), counts: BTreeMap::new() });
            day.counts.insert(time, f64::from(quarter.arrivals));
        }
        past
    }

    fn count(&self, place: Place) -> Option<f64> {
        self.days.get(&place.date)?.counts.get(&place.time).copied()
    }

    /// The days before that of `place` on which the quarter is known.
    fn days_before(&self, place: Place) -> impl Iterator<Item = (Date, &Day)> {
        let first = place.date.saturating_sub(HISTORY);
        let days = self.days.range(first..place.date).filter(move |(_, day)| day.counts.contains_key(&place.time));
        days.map(|(date, day)| (*date, day))
    }

    /// The hour that begins at `place`, from what was known just before it.
    pub(super) fn guess(&self, place: Place) -> Option<Guess> {
        let own = like(place.date);
        let same: Vec<Date> =
            self.days_before(place).filter(|(_, day)| day.like == own).map(|(date, _)| date).collect();
        let (basis, days) = if same.is_empty() {
            (Basis::AllDays, self.days_before(place).map(|(date, _)| date).collect())
        } else {
            (Basis::SameWeekday, same)
        };
        if days.is_empty() {
            return self.last_hour(place);
        }
        let level = self.level(place, &days);
        let quarter = |count: i32| level * self.usual(place.moved(count), &days).unwrap_or(0.0);
        Some(Guess { quarters: [quarter(0), quarter(1), quarter(2), quarter(3)], level, basis, days: days.len() })
    }

    fn last_hour(&self, place: Place) -> Option<Guess> {
        let counts: Option<Vec<f64>> = (-4..0).map(|count| self.count(place.moved(count))).collect();
        let quarter = counts?.iter().sum::<f64>() / 4.0;
        Some(Guess { quarters: [quarter; 4], level: 1.0, basis: Basis::LastHour, days: 0 })
    }

    /// What a quarter brings on such days.
    fn usual(&self, place: Place, days: &[Date]) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for day in days {
            let Some(count) = self.count(place.on(*day)) else { continue };
            let weeks = (place.date - *day).whole_days() as f64 / 7.0;
            let weight = KEPT_A_WEEK.powf(weeks);
            sum += weight * count;
            weights += weight;
        }
        (weights > 0.0).then(|| sum / weights)
    }

    /// Today beside such days, from the quarters of the day before `place`: the mean of a gamma distribution that was
    /// told of ORDINARY_CALLS calls of an ordinary day before.
    fn level(&self, place: Place, days: &[Date]) -> f64 {
        let (mut came, mut usual) = (ORDINARY_CALLS, ORDINARY_CALLS);
        let before = (1..).map(|count: i32| place.moved(-count)).take(LOOK_BACK);
        for quarter in before.filter(|quarter| quarter.date == place.date) {
            if let (Some(count), Some(expected)) = (self.count(quarter), self.usual(quarter, days)) {
                came += count;
                usual += expected;
            }
        }
        came / usual
    }

    /// How much more than by chance alone the rule has missed the same hour on the days before: a variance beside the
    /// square of what was expected. Chance alone, as of Poisson, has the variance of the number itself.
    pub(super) fn relative_variance(&self, place: Place, expected: f64) -> f64 {
        let unknown = UNKNOWN_DAYS * expected * expected;
        let (mut missed, mut squares) = (unknown * UNKNOWN_VARIANCE, unknown);
        for (date, _) in self.days_before(place) {
            let hour = place.on(date);
            let came: Option<f64> = (0..4).map(|count| self.count(hour.moved(count))).sum();
            if let (Some(came), Some(guess)) = (came, self.guess(hour)) {
                let calls = guess.calls();
                missed += (came - calls).powi(2) - calls;
                squares += calls * calls;
            }
        }
        if squares > 0.0 { (missed / squares).max(0.0) } else { 0.0 }
    }
}
