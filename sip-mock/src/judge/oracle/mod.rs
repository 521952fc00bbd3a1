//! What the best possible dispatcher would have made of the same day.
//!
//! In: when callers came and how long they would have waited, when agents were at work, how long each call kept one, which
//! offers they let pass. Out: waits and abandonments beside the real ones. What must hold: no eligible pair waits for a moment,
//! entries go in the order of their keys, and nothing is known ahead of its time.

mod day;
mod script;

use serde::Serialize;

use super::figures::Spread;
use super::log::Ending;
use super::replay::Log;
use super::witness::Witness;
use super::{Micros, Rules};
use day::Day;

/// A figure of the real day beside that of the ideal one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Against {
    /// As it was.
    pub real: f64,
    /// As it could have been.
    pub ideal: f64,
}

/// The real day beside the ideal one. Waits go from joining to the offer that led to a talk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Oracle {
    /// How many were served.
    pub served: Against,
    /// Their mean wait.
    pub mean_wait_ms: Against,
    /// Of a hundred, 95 waited at most this long.
    pub p95_wait_ms: Against,
    /// The share that gave up.
    pub abandoned: Against,
}

impl Against {
    /// By how much the real figure is above the ideal one, as a share of it; nothing where the ideal is zero.
    #[must_use]
    pub fn gap(&self) -> Option<f64> {
        (self.ideal > 0.0).then(|| self.real / self.ideal - 1.0)
    }
}

/// Lives the day again; `None` when nobody was served, so that nothing is known of how long a call takes.
pub(super) fn compare(log: &Log, witness: &Witness, rules: &Rules) -> Option<Oracle> {
    let ideal = Day::dawn(log, witness, rules)?.live();
    let mut waits = Vec::new();
    let mut abandoned = 0;
    for stint in &log.stints {
        let talk = stint.offers.iter().filter_map(|at| log.offers.get(*at)).find(|offer| offer.talked.is_some());
        match (talk, stint.end) {
            (Some(offer), _) => waits.push(offer.made - stint.from),
            (None, Some((_, Ending::Abandoned))) => abandoned += 1,
            (None, _) => {}
        }
    }
    let all = log.stints.len();
    let against = |real: f64, ideal: f64| Against { real, ideal };
    let (real_p95, ideal_p95) = (Spread::of(waits.clone()).p95_ms, Spread::of(ideal.waits.clone()).p95_ms);
    Some(Oracle {
        served: against(count(waits.len()), count(ideal.waits.len())),
        mean_wait_ms: against(mean(&waits), mean(&ideal.waits)),
        p95_wait_ms: against(real_p95, ideal_p95),
        abandoned: against(share(abandoned, all), share(ideal.abandoned, all)),
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of a run fit a float's mantissa")]
fn count(n: usize) -> f64 {
    n as f64
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { count(part) / count(of) }
}

fn mean(waits: &[Micros]) -> f64 {
    if waits.is_empty() { 0.0 } else { super::millis(waits.iter().sum::<Micros>()) / count(waits.len()) }
}
