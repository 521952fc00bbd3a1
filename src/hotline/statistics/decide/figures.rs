//! From sums to figures: names, formulas and units.
//!
//! Columns of JSON and CSV have these names. Counts are whole numbers, ratios are parts of one, times are seconds. A figure
//! with nothing to divide by is absent.

use crate::hotline::statistics::model::{Histogram, Hour, Offers, Shift};
use crate::hotline::statistics::settings::Settings;

/// One figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// How many.
    Count(i64),
    /// A part of one.
    Ratio(Option<f64>),
    /// How long.
    Seconds(Option<f64>),
}

/// A figure with its name.
pub type Named = (String, Figure);

/// The figures of entries.
#[must_use]
pub fn of_entries(hour: &Hour, thresholds: Settings) -> Vec<Named> {
    let (counts, times) = (&hour.counts, &hour.times);
    let within = thresholds.service_level_seconds;
    let in_time = times.early_answered.at_most(within);
    let gone_before = times.early_abandoned.below(within);
    let gone_in_time = times.early_abandoned.at_most(within);
    // Who is rung has not waited on the line, and says nothing of how fast lines are answered.
    let on_the_line = counts.offered - counts.callbacks;
    let short = times.early_abandoned.at_most(thresholds.short_abandon_seconds);
    let mut figures: Vec<Named> = [
        ("offered", counts.offered),
        ("answered", counts.answered),
        ("served", counts.served),
        ("abandoned", counts.abandoned),
        ("abandoned_short", short),
        ("lost", counts.lost),
        ("unreached", counts.unreached),
        ("open", counts.offered - counts.answered - counts.abandoned - counts.lost - counts.unreached),
        ("redeemed", counts.redeemed),
        ("transferred", counts.transferred),
        ("merged", counts.merged),
        ("callbacks", counts.callbacks),
        ("answered_in_time", in_time),
    ]
    .map(|(name, count)| (name.to_owned(), Figure::Count(count)))
    .into();
    figures.extend(
        [
            ("service_level_of_answered", in_time, times.wait_answered.count()),
            ("service_level_of_offered", in_time, on_the_line),
            ("service_level_without_early_abandoned", in_time, on_the_line - gone_before),
            ("service_level_with_early_abandoned", in_time + gone_in_time, on_the_line),
            ("abandoned_ratio", counts.abandoned, counts.offered),
        ]
        .map(|(name, part, whole)| (name.to_owned(), Figure::Ratio(ratio(part, whole)))),
    );
    for (name, histogram) in [
        ("wait_answered", &times.wait_answered),
        ("wait_abandoned", &times.wait_abandoned),
        ("arrived_to_joined", &times.arrived_to_joined),
        ("joined_to_offered", &times.joined_to_offered),
        ("offered_to_painted", &times.offered_to_painted),
        ("painted_to_accepted", &times.painted_to_accepted),
        ("accepted_to_talking", &times.accepted_to_talking),
        ("talk", &times.talk),
        ("wrap_up", &times.wrap_up),
        ("handling", &times.handling),
    ] {
        figures.extend(of_times(name, histogram));
    }
    figures.extend(of_offers(&counts.offers));
    figures
}

/// The figures of agents: of one, or of all together.
#[must_use]
pub fn of_agents(shift: &Shift) -> Vec<Named> {
    let busy = shift.connecting_ms + shift.talking_ms + shift.wrap_up_ms;
    let takes_callers = shift.ready_ms + shift.offered_ms + busy;
    let mut figures: Vec<Named> = [
        ("staffed", takes_callers + shift.not_ready_ms),
        ("ready", shift.ready_ms),
        ("offered", shift.offered_ms),
        ("connecting", shift.connecting_ms),
        ("talking", shift.talking_ms),
        ("wrap_up", shift.wrap_up_ms),
        ("not_ready", shift.not_ready_ms),
    ]
    .map(|(name, ms)| (format!("agents_{name}_seconds"), Figure::Seconds(Some(seconds(ms)))))
    .into();
    figures.push(("agents_occupancy".to_owned(), Figure::Ratio(ratio(busy, takes_callers))));
    figures
}

/// The figures of one agent's calls.
#[must_use]
pub fn of_agents_calls(shift: &Shift) -> Vec<Named> {
    let handling = (shift.handled > 0).then(|| seconds(shift.handling_ms) / float(shift.handled));
    let mut figures = vec![
        ("answered".to_owned(), Figure::Count(shift.answered)),
        ("handled".to_owned(), Figure::Count(shift.handled)),
        ("handling_mean_seconds".to_owned(), Figure::Seconds(handling)),
    ];
    figures.extend(of_offers(&shift.offers));
    figures
}

fn of_offers(offers: &Offers) -> [Named; 6] {
    [
        ("made", offers.made),
        ("accepted", offers.accepted),
        ("declined", offers.declined),
        ("expired", offers.expired),
        ("withdrawn", offers.withdrawn),
        ("failed", offers.failed),
    ]
    .map(|(name, count)| (format!("offers_{name}"), Figure::Count(count)))
}

fn of_times(name: &str, times: &Histogram) -> [Named; 5] {
    let mean = (times.count() > 0).then(|| seconds(times.sum_ms()) / float(times.count()));
    let told = |ms: Option<u64>| Figure::Seconds(ms.map(|ms| seconds(i64::try_from(ms).unwrap_or(i64::MAX))));
    [
        (format!("{name}_count"), Figure::Count(times.count())),
        (format!("{name}_mean_seconds"), Figure::Seconds(mean)),
        (format!("{name}_p50_seconds"), told(times.quantile_ms(50))),
        (format!("{name}_p90_seconds"), told(times.quantile_ms(90))),
        (format!("{name}_max_seconds"), told(times.longest_ms())),
    ]
}

fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| float(part) / float(whole))
}

fn seconds(ms: i64) -> f64 {
    float(ms) / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "counts and milliseconds of years are far below 2^53")]
const fn float(number: i64) -> f64 {
    number as f64
}
