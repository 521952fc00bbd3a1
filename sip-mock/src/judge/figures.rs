//! The measures of quality: not promises, but what the promises are worth.

use super::replay::Log;
use super::witness::Witness;
use super::{Micros, Rules, micros};

/// A distribution in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
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
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a run fit a float's mantissa")]
    pub fn of(mut values: Vec<i64>) -> Self {
        values.sort_unstable();
        let at = |share: usize| {
            values
                .get((values.len() * share / 100).min(values.len().saturating_sub(1)))
                .map_or(0.0, |v| *v as f64 / 1_000.0)
        };
        Self {
            count: values.len(),
            p50_ms: at(50),
            p95_ms: at(95),
            p99_ms: at(99),
            max_ms: values.last().map_or(0.0, |v| *v as f64 / 1_000.0),
        }
    }
}

/// The four usual definitions, named.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ServiceLevel {
    /// Answered in time of those answered.
    pub of_answered: f64,
    /// Answered in time of those who waited.
    pub of_offered: f64,
    /// The same without those who gave up within the time.
    pub without_short_abandons: f64,
    /// Answered or given up in time, of those who waited.
    pub with_short_abandons: f64,
}

/// All measures of a run.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Calls that rang.
    pub calls: usize,
    /// Callers who came into the queue.
    pub waited: usize,
    /// Callers who talked to an agent.
    pub served: usize,
    /// Callers who hung up while they waited.
    pub abandoned: usize,
    /// Calls that the provider refused because the service did not answer the call hook.
    pub turned_away: usize,
    /// Places that redials took up again.
    pub redeemed: usize,
    /// Offer after the later of "agent ready" and "caller waiting".
    pub assignment: Spread,
    /// Joining to the first offer.
    pub wait_for_offer: Spread,
    /// Offer to acceptance: the agent's time.
    pub acceptance: Spread,
    /// Acceptance to talking: the ring time.
    pub connecting: Spread,
    /// First music to the agent's voice, as the caller lived it.
    pub wait: Spread,
    /// Answer times of webhooks, as the provider measured them.
    pub hooks: Spread,
    /// Webhooks that failed.
    pub hooks_failed: usize,
    /// Idle agents beside waiting callers, averaged over the run.
    pub idle_while_queue: f64,
    /// The longest stretch of that, outside outages.
    pub longest_apart_ms: f64,
    /// The service level.
    pub service_level: ServiceLevel,
    /// Each restart: how long until the first offer.
    pub first_offer_after_restart_ms: Vec<f64>,
}

impl Figures {
    #[expect(clippy::cast_precision_loss, reason = "counts and milliseconds of a run fit a float's mantissa")]
    pub(super) fn measure(log: &Log, witness: &Witness, rules: &Rules) -> Self {
        let waited: Vec<_> = witness.calls.values().filter(|seen| seen.first_parked.is_some()).collect();
        let mut answered_after = Vec::new();
        let mut abandoned_after = Vec::new();
        for seen in &waited {
            let from = seen.first_parked.unwrap_or_default();
            match (seen.first_bridged, &seen.ended) {
                (Some(at), _) => answered_after.push(at - from),
                (None, Some(end)) if end.by == "caller" => abandoned_after.push(end.at - from),
                (None, _) => {}
            }
        }
        let accepted = log.offers.iter().filter_map(|o| o.accepted.map(|at| at - o.made)).collect();
        let connecting = log
            .offers
            .iter()
            .filter_map(|o| Some(log.entries.get(&o.entry)?.talking? - o.accepted?))
            .filter(|d| *d >= 0)
            .collect();
        // An outage is reported by its own measure: the first offer after it.
        let undisturbed = log.meetings.iter().filter(|(could, met)| !witness.was_down(*could, *met));
        let assignment = undisturbed.map(|(could, met)| met - could).collect();
        let (idle_while_queue, longest) = apart(log, witness);
        let restarts = witness.outages.iter().filter(|(_, up)| *up < Micros::MAX);
        let first_offers = restarts.filter_map(|(_, up)| {
            log.offers.iter().map(|o| o.made).filter(|made| made >= up).min().map(|made| (made - up) as f64 / 1_000.0)
        });
        Self {
            calls: witness.calls.len(),
            waited: waited.len(),
            served: witness.calls.values().filter(|seen| seen.first_bridged.is_some()).count(),
            abandoned: abandoned_after.len(),
            turned_away: witness
                .calls
                .values()
                .filter(|seen| seen.ended.as_ref().is_some_and(|end| end.cause == "call hook failed"))
                .count(),
            redeemed: log.redeemed,
            assignment: Spread::of(assignment),
            wait_for_offer: Spread::of(
                log.entries.values().filter_map(|e| e.first_offer.map(|at| at - e.joined)).collect(),
            ),
            acceptance: Spread::of(accepted),
            connecting: Spread::of(connecting),
            service_level: service_level(&answered_after, &abandoned_after, waited.len(), micros(rules.answer_within)),
            wait: Spread::of(answered_after),
            hooks: Spread::of(
                witness.hooks.iter().map(|ms| i64::try_from(*ms).unwrap_or(i64::MAX).saturating_mul(1_000)).collect(),
            ),
            hooks_failed: witness.hooks_failed,
            idle_while_queue,
            longest_apart_ms: longest as f64 / 1_000.0,
            first_offer_after_restart_ms: first_offers.collect(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a run fit a float's mantissa")]
fn service_level(answered: &[Micros], abandoned: &[Micros], waited: usize, within: Micros) -> ServiceLevel {
    let share = |part: usize, of: usize| if of == 0 { 1.0 } else { part as f64 / of as f64 };
    let in_time = answered.iter().filter(|wait| **wait <= within).count();
    let short = abandoned.iter().filter(|wait| **wait <= within).count();
    ServiceLevel {
        of_answered: share(in_time, answered.len()),
        of_offered: share(in_time, waited),
        without_short_abandons: share(in_time, waited.saturating_sub(short)),
        with_short_abandons: share(in_time + short, waited),
    }
}

/// The mean over the run, and the longest unbroken stretch outside outages.
#[expect(clippy::cast_precision_loss, reason = "microseconds of a run fit a float's mantissa")]
fn apart(log: &Log, witness: &Witness) -> (f64, Micros) {
    let (mut area, mut longest, mut begun, mut ends) = (0.0, 0, 0, Micros::MIN);
    for (from, to, pairs) in &log.apart {
        if witness.was_down(*from, *to) {
            continue;
        }
        area += (to - from) as f64 * *pairs as f64;
        if *from > ends {
            begun = *from;
        }
        ends = *to;
        longest = longest.max(ends - begun);
    }
    let whole = log.horizon.saturating_sub(log.first).max(1) as f64;
    (area / whole, longest)
}
