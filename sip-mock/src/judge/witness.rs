//! What callers and phones saw, folded from the journal.

use std::collections::HashMap;

use super::input::micros_of;
use super::{Micros, Rules, Violation, micros};
use crate::journal::{Entry, Happening};

/// One caller's call.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) arrived: Option<Micros>,
    pub(super) again: Option<String>,
    pub(super) first_parked: Option<Micros>,
    /// When the list was given in which the music came first: the nearest to "joined" that a witness can see.
    pub(super) queued: Option<Micros>,
    last_list: Option<Micros>,
    pub(super) first_bridged: Option<Micros>,
    /// The agent's leg of that talk.
    leg: Option<String>,
    /// When the service had acknowledged a report from which it knows of the talk.
    pub(super) talk_told: Option<Micros>,
    /// Hears hold music and nothing has come after it.
    pub(super) parked_since: Option<Micros>,
    pub(super) ended: Option<End>,
    /// When the service acknowledged the final status hook.
    pub(super) end_received: Option<Micros>,
}

#[derive(Debug, Clone)]
pub(super) struct End {
    pub(super) at: Micros,
    pub(super) by: String,
    pub(super) cause: String,
}

/// The whole journal, by call.
#[derive(Debug, Default)]
pub(super) struct Witness {
    pub(super) calls: HashMap<String, Seen>,
    /// From a crash to the restart that followed it.
    pub(super) outages: Vec<(Micros, Micros)>,
    pub(super) horizon: Micros,
    pub(super) hooks: Vec<u64>,
    pub(super) hooks_failed: usize,
    /// When the service acknowledged that a leg was answered.
    answer_told: HashMap<String, Micros>,
}

impl Witness {
    pub(super) fn hear(journal: &[Entry]) -> Self {
        let mut witness = Self::default();
        let mut down_since = None;
        for entry in journal {
            let at = micros_of(entry.wall);
            witness.horizon = witness.horizon.max(at);
            if let Happening::Mark { text } = &entry.what {
                match (text.as_str(), down_since) {
                    ("crash", None) => down_since = Some(at),
                    ("restart", Some(since)) => {
                        witness.outages.push((since, at));
                        down_since = None;
                    }
                    _ => {}
                }
            } else {
                witness.note(at, &entry.what);
            }
        }
        if let Some(since) = down_since {
            witness.outages.push((since, Micros::MAX));
        }
        let Self { calls, answer_told, .. } = &mut witness;
        calls.retain(|_, seen| seen.arrived.is_some());
        for seen in calls.values_mut() {
            if let Some(answer) = seen.leg.as_ref().and_then(|leg| answer_told.get(leg)) {
                seen.talk_told = Some(seen.talk_told.map_or(*answer, |end| end.min(*answer)));
            }
        }
        witness
    }

    fn note(&mut self, at: Micros, what: &Happening) {
        if let Happening::HookAnswered { ms, .. } = what {
            self.hooks.push(*ms);
        } else if let Happening::HookFailed { .. } = what {
            self.hooks_failed += 1;
        }
        let Some(call) = what.call() else { return };
        if let Happening::HookAnswered { hook, status: Some(status), .. } = what
            && hook == "status"
            && status == "in-progress"
        {
            self.answer_told.entry(call.to_owned()).or_insert(at);
        }
        let seen = self.calls.entry(call.to_owned()).or_default();
        match what {
            Happening::CallArrived { again, .. } => {
                seen.arrived = Some(at);
                seen.again.clone_from(again);
            }
            Happening::Parked { .. } => {
                let given = seen.last_list.unwrap_or(at);
                seen.queued.get_or_insert(given);
                seen.first_parked.get_or_insert(at);
                seen.parked_since.get_or_insert(at);
            }
            Happening::ListReplaced { verbs, .. } => {
                seen.last_list = Some(at);
                if !verbs.iter().any(|verb| verb == "gather") {
                    seen.parked_since = None;
                }
            }
            Happening::Bridged { leg, .. } => {
                seen.first_bridged.get_or_insert(at);
                seen.leg.get_or_insert_with(|| leg.clone());
                seen.parked_since = None;
            }
            Happening::HookAnswered { hook, status: Some(status), .. } if hook == "status" && is_final(status) => {
                seen.end_received.get_or_insert(at);
            }
            Happening::HookAnswered { hook, .. } if hook == "dial" && seen.first_bridged.is_some() => {
                seen.talk_told.get_or_insert(at);
            }
            Happening::CallEnded { by, cause, .. } => {
                seen.parked_since = None;
                seen.ended = Some(End { at, by: by.clone(), cause: cause.clone() });
            }
            Happening::CallOriginated { .. }
            | Happening::LegState { .. }
            | Happening::VerbStarted { .. }
            | Happening::VerbEnded { .. }
            | Happening::Key { .. }
            | Happening::Audio { .. }
            | Happening::HookSent { .. }
            | Happening::HookAnswered { .. }
            | Happening::HookFailed { .. }
            | Happening::RestReceived { .. }
            | Happening::RestAnswered { .. }
            | Happening::Unbridged { .. }
            | Happening::Fault { .. }
            | Happening::Mark { .. } => {}
        }
    }

    /// When something is due that was due at this moment: nothing is while the service is down, and until it has recovered.
    pub(super) fn respite(&self, due: Micros, rules: &Rules) -> Micros {
        self.outages.iter().fold(due, |due, (down, up)| {
            let recovered = up.saturating_add(micros(rules.recovery));
            if (*down..recovered).contains(&due) { recovered } else { due }
        })
    }

    /// Whether an outage touches this stretch: measures leave it out. Promises do not, they have a [`Self::respite`].
    pub(super) fn was_down(&self, from: Micros, to: Micros) -> bool {
        self.outages.iter().any(|(down, up)| *down <= to && from <= *up)
    }

    /// All calls, in the order in which they came.
    pub(super) fn in_order(&self) -> Vec<(&String, &Seen)> {
        let mut calls: Vec<_> = self.calls.iter().collect();
        calls.sort_by_key(|(sid, seen)| (seen.arrived, *sid));
        calls
    }

    /// Callers who waited, never talked to anybody, and were hung up on.
    pub(super) fn dropped(&self) -> Vec<Violation> {
        let mut dropped: Vec<_> = self
            .calls
            .iter()
            .filter(|(_, seen)| seen.first_parked.is_some() && seen.first_bridged.is_none())
            .filter_map(|(call, seen)| {
                seen.ended.as_ref().filter(|end| end.by != "caller").map(|end| (end.at, call, &end.cause))
            })
            .collect();
        dropped.sort();
        dropped
            .into_iter()
            .map(|(_, call, cause)| Violation::Dropped { call: call.clone(), cause: cause.clone() })
            .collect()
    }
}

fn is_final(status: &str) -> bool {
    matches!(status, "completed" | "failed" | "busy" | "no-answer")
}
