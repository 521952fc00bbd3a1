//! The measures of quality: not promises, but what the promises are worth.
//!
//! In: the replayed log and the witness. Out: [`Figures`]. Times are real ones; a run faster than life has shorter ones.

mod levels;
mod spread;

use serde::Serialize;

use super::oracle::Oracle;
use super::replay::Log;
use super::witness::{Seen, Witness};
use super::{Micros, Rules, micros, millis};
pub use levels::{ServiceLevel, Told};
pub use spread::Spread;

/// All measures of a run.
#[derive(Debug, Clone, Default, Serialize)]
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
    /// Calls that the service itself refused with a busy tone.
    pub busy: usize,
    /// The most callers who heard music at once.
    pub most_waiting: usize,
    /// Places that redials took up again.
    pub redeemed: usize,
    /// Offer after the later of "agent ready" and "caller waiting".
    pub assignment: Spread,
    /// Ringing to joining: the menu.
    pub menu: Spread,
    /// Joining to the first offer.
    pub wait_for_offer: Spread,
    /// Offer to its being on the agent's screen.
    pub shown: Spread,
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
    /// How true the announced waits were; `None`: none was announced.
    pub told: Option<Told>,
    /// The day beside the best possible one; `None`: nobody was served, or there is no event log.
    pub oracle: Option<Oracle>,
}

impl Figures {
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
        let ended_as = |cause: &str| {
            let ends = witness.calls.values().filter_map(|seen| seen.ended.as_ref());
            ends.filter(|end| end.cause == cause).count()
        };
        // An outage is reported by its own measure: the first offer after it.
        let undisturbed = log.meetings.iter().filter(|(could, met)| !witness.was_down(*could, *met));
        let (idle_while_queue, longest) = apart(log, witness);
        let of_offers = |from_to: fn(&super::replay::OfferRecord) -> Option<Micros>| {
            Spread::of(log.offers.iter().filter_map(from_to).filter(|lasts| *lasts >= 0).collect())
        };
        Self {
            calls: witness.calls.len(),
            waited: waited.len(),
            served: witness.calls.values().filter(|seen| seen.first_bridged.is_some()).count(),
            abandoned: abandoned_after.len(),
            turned_away: ended_as("call hook failed"),
            busy: ended_as("sip:decline"),
            most_waiting: most_at_once(&waited),
            redeemed: log.redeemed,
            assignment: Spread::of(undisturbed.map(|(could, met)| met - could).collect()),
            menu: menu(log, witness),
            wait_for_offer: Spread::of(
                log.entries.values().filter_map(|e| e.first_offer.map(|at| at - e.joined)).collect(),
            ),
            shown: of_offers(|offer| Some(offer.painted? - offer.made)),
            acceptance: of_offers(|offer| Some(offer.accepted? - offer.made)),
            connecting: of_offers(|offer| Some(offer.talked? - offer.connecting?)),
            service_level: ServiceLevel::of(
                &answered_after,
                &abandoned_after,
                waited.len(),
                micros(rules.answer_within),
            ),
            wait: Spread::of(answered_after),
            hooks: Spread::of(witness.hooks.iter().map(|ms| i64::from(*ms) * 1_000).collect()),
            hooks_failed: witness.hooks_failed,
            idle_while_queue,
            longest_apart_ms: millis(longest),
            first_offer_after_restart_ms: first_offers(log, witness),
            told: Told::of(log),
            oracle: None,
        }
    }
}

fn menu(log: &Log, witness: &Witness) -> Spread {
    let joined = witness.calls.iter().filter_map(|(sid, seen)| {
        let entry = log.entry_of_sid.get(&log.account.sids.find(sid)?)?;
        // A redial takes a place up that it joined long before.
        let entry = log.entries.get(entry).filter(|entry| !entry.redeemed)?;
        Some(entry.joined - seen.arrived?)
    });
    Spread::of(joined.filter(|lasts| *lasts >= 0).collect())
}

/// Each caller hears music from the first piece to the agent's voice or to the end.
fn most_at_once(waited: &[&Seen]) -> usize {
    let mut turns: Vec<(Micros, bool)> = Vec::new();
    for seen in waited {
        turns.extend(seen.first_parked.map(|at| (at, true)));
        turns.extend(seen.first_bridged.or(seen.ended.as_ref().map(|end| end.at)).map(|at| (at, false)));
    }
    turns.sort_unstable();
    let (mut now, mut most) = (0_usize, 0);
    for (_, comes) in turns {
        now = if comes { now + 1 } else { now.saturating_sub(1) };
        most = most.max(now);
    }
    most
}

fn first_offers(log: &Log, witness: &Witness) -> Vec<f64> {
    let restarts = witness.outages.iter().map(|(_, up)| *up).filter(|up| *up < Micros::MAX);
    let first = |up: Micros| log.offers.iter().map(|offer| offer.made).filter(|made| *made >= up).min();
    restarts.filter_map(|up| first(up).map(|made| millis(made - up))).collect()
}

/// Pairs that could have met, averaged over the run, and the longest unbroken stretch outside outages.
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
