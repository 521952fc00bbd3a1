//! Distributions.

use serde::Serialize;

use crate::judge::{Micros, millis};

/// A distribution in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spread {
    /// How many values.
    pub count: usize,
    /// Half of them are at most this.
    pub p50_ms: f64,
    /// 95 of a hundred.
    pub p95_ms: f64,
    /// 99 of a hundred.
    pub p99_ms: f64,
    /// The largest.
    pub max_ms: f64,
}

impl Spread {
    /// Of durations in microseconds.
    #[must_use]
    pub fn of(mut values: Vec<Micros>) -> Self {
        values.sort_unstable();
        Self {
            count: values.len(),
            p50_ms: at(&values, 50),
            p95_ms: at(&values, 95),
            p99_ms: at(&values, 99),
            max_ms: values.last().map_or(0.0, |value| millis(*value)),
        }
    }
}

/// So many of a hundred are at most this; of sorted values.
pub(super) fn at(sorted: &[Micros], share: usize) -> f64 {
    let place = (sorted.len() * share / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(0.0, |value| millis(*value))
}

pub(super) fn share(part: usize, of: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of a run fit a float's mantissa")]
    let float = |n: usize| n as f64;
    if of == 0 { 1.0 } else { float(part) / float(of) }
}
