//! How many callers the next hour brings, and what they are like. Pure, and the same every time.
//!
//! **The rule.** A quarter of an hour brings what the same quarter brought on the same weekday before, recent weeks
//! counting more; holidays are like Sundays. What today has brought so far, compared with what those days had brought by
//! then, lifts or lowers it: today's level. **The range** is what the same rule would have missed on the days before, so
//! it says how far the rule can be trusted here, and not how far its author trusts it.
//!
//! On the first days there is no such weekday: then all days count alike, and before that the last hour.

mod manner;
mod past;
#[cfg(test)]
mod tests;

use super::decide::No;
use past::{Past, Place};
use serde::Serialize;
use time::{Duration, OffsetDateTime};

pub use manner::{Hour, Manner, manner};

/// The unit of counting. Shorter ones count chance, longer ones blur the opening hour.
pub const QUARTER: Duration = Duration::minutes(15);

/// How much of the past is looked at.
pub const HISTORY: Duration = Duration::weeks(8);

/// Eight of ten hours lie within so many standard deviations.
const EIGHT_OF_TEN: f64 = 1.2816;

/// The callers who joined the line in a quarter of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quarter {
    /// When it begins.
    pub begins: OffsetDateTime,
    /// How many joined.
    pub arrivals: u32,
}

/// What the forecast rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Days of the same weekday.
    SameWeekday,
    /// All days: none of the same weekday is known.
    AllDays,
    /// The last hour: nothing older is known.
    LastHour,
}

/// What the next hour brings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// When the hour begins: the next full quarter.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// Callers expected.
    pub calls: f64,
    /// Eight of ten such hours bring between so many …
    pub low: f64,
    /// … and so many.
    pub high: f64,
    /// The hour by quarters.
    pub quarters: [f64; 4],
    /// Today beside the days before: 1 is an ordinary day.
    pub level: f64,
    /// What it rests on.
    pub basis: Basis,
    /// How many days that is.
    pub days: usize,
}

/// Says what the hour after `now` brings. The quarters are whole ones without a gap, those without callers included; one
/// that is not over at `now` is left out.
///
/// # Errors
/// When not even an hour is known.
pub fn forecast(quarters: &[Quarter], now: OffsetDateTime) -> Result<Forecast, No> {
    let past = Past::until(quarters, now);
    let from = next_quarter(now);
    let guess = past.guess(Place::of(from)).ok_or(No::NothingKnown)?;
    let calls = guess.calls();
    let deviation = past.relative_variance(Place::of(from), calls).mul_add(calls * calls, calls).sqrt();
    Ok(Forecast {
        from,
        calls,
        low: (calls - EIGHT_OF_TEN * deviation).max(0.0),
        high: calls + EIGHT_OF_TEN * deviation,
        quarters: guess.quarters,
        level: guess.level,
        basis: guess.basis,
        days: guess.days,
    })
}

/// The beginning of the first quarter that has not begun before `now`.
#[must_use]
pub fn next_quarter(now: OffsetDateTime) -> OffsetDateTime {
    let length = QUARTER.whole_seconds();
    let whole = now.unix_timestamp().div_euclid(length) * length;
    let begun = OffsetDateTime::from_unix_timestamp(whole).unwrap_or(now);
    if begun == now { begun } else { begun.saturating_add(QUARTER) }
}
