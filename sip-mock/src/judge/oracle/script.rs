//! What a caller brings along into the ideal day: how each offer goes, and when they give up.

use std::collections::VecDeque;

use crate::judge::Micros;
use crate::judge::log::Ending;
use crate::judge::replay::{Log, OfferRecord, Stint};
use crate::judge::witness::Witness;

/// How an offer goes, and for how long it keeps the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Served(Micros),
    /// The agent lets it pass.
    Passed(Micros),
    /// The caller leaves meanwhile.
    Left(Micros),
}

/// A time in the queue, as it will be lived again.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) outcomes: VecDeque<Outcome>,
    pub(super) gives_up: Option<Micros>,
    /// Whether leaving then is giving up, or being lost.
    pub(super) is_patience: bool,
}

/// How long the calls that took place kept their agents.
pub(super) fn handled(log: &Log) -> Vec<Micros> {
    let served = log.offers.iter().filter(|offer| offer.talked.is_some());
    served.filter_map(|offer| offer.agent_free.map(|free| free - offer.made)).collect()
}

pub(super) fn of(number: usize, stint: &Stint, log: &Log, witness: &Witness, handled: &[Micros]) -> Script {
    let offers = stint.offers.iter().filter_map(|at| log.offers.get(*at));
    let mut outcomes: VecDeque<Outcome> = offers.map(|offer| outcome(offer, log.horizon)).collect();
    if !matches!(outcomes.back(), Some(Outcome::Served(_) | Outcome::Left(_))) {
        // Nobody knows how long the call would have been that never was: as long as one that was.
        let like = handled.get(number.wrapping_mul(7_919) % handled.len().max(1)).copied().unwrap_or_default();
        outcomes.push_back(Outcome::Served(like));
    }
    let patience = || {
        let sid = log.account.sids.name(stint.sid?);
        witness.calls.get(&sid)?.patience_ends
    };
    let (gives_up, is_patience) = match stint.end {
        Some((at, Ending::Abandoned)) => (Some(at), true),
        Some((at, Ending::Otherwise)) => (Some(at), false),
        Some((_, Ending::Served)) | None => (patience(), true),
    };
    Script { outcomes, gives_up, is_patience }
}

fn outcome(offer: &OfferRecord, horizon: Micros) -> Outcome {
    let closed = offer.closed.unwrap_or(horizon);
    if offer.talked.is_some() {
        Outcome::Served(offer.agent_free.unwrap_or(horizon) - offer.made)
    } else if offer.hung_up {
        Outcome::Left(closed - offer.made)
    } else {
        Outcome::Passed(closed - offer.made)
    }
}
