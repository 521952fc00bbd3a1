//! What callers and phones saw, folded from the journal entry by entry: the journal of an evening need not be in memory.

use std::collections::HashMap;
use std::io::BufRead;

use super::log::{ReadError, lines, micros_of};
use super::{Micros, Rules, Violation, micros};
use crate::journal::{Entry, Happening};

/// One caller's call.
#[derive(Debug, Clone, Default)]
pub(in crate::judge) struct Seen {
    pub(super) arrived: Option<Micros>,
    pub(super) again: Option<String>,
    /// The service cannot know that a redial is the same person's.
    pub(super) hides_number: bool,
    pub(super) first_parked: Option<Micros>,
    /// When the list was given in which the music came first: the nearest to "joined" that a witness can see.
    pub(super) queued: Option<Micros>,
    last_list: Option<Micros>,
    pub(super) first_bridged: Option<Micros>,
    /// The agent's leg of that talk.
    leg: Option<String>,
    /// When the service had acknowledged the end of the dial, from which it knows of the talk.
    dial_told: Option<Micros>,
    /// When the caller would have given up, if that can be known.
    pub(super) patience_ends: Option<Micros>,
    patience: Option<Micros>,
    /// Was asked whether to be rung back.
    asked_for_ring: bool,
    /// Hears hold music and nothing has come after it.
    pub(super) parked_since: Option<Micros>,
    pub(super) ended: Option<End>,
    /// When the service acknowledged the final status hook.
    pub(super) end_received: Option<Micros>,
}

/// The question whether the caller wants to be rung back.
const CALLBACK_QUESTION: &str = "callback.";

impl Seen {
    /// The service has said goodbye after it had asked whether to ring back.
    pub(super) fn is_promised_a_ring(&self) -> bool {
        self.asked_for_ring && self.ended.as_ref().is_some_and(|end| end.cause == "hangup")
    }
}

#[derive(Debug, Clone)]
pub(in crate::judge) struct End {
    pub(super) at: Micros,
    pub(super) by: String,
    pub(super) cause: String,
}

/// The whole journal, by call.
#[derive(Debug, Default)]
pub struct Witness {
    pub(super) calls: HashMap<String, Seen>,
    /// From a crash to the restart that followed it, if one did.
    pub(super) outages: Vec<(Micros, Micros)>,
    pub(super) horizon: Micros,
    /// How long webhooks were answered in, in milliseconds.
    pub(super) hooks: Vec<u32>,
    pub(super) hooks_failed: usize,
    /// When the service acknowledged that a leg was answered.
    answer_told: HashMap<String, Micros>,
}

impl Witness {
    /// Reads a journal, a line at a time.
    ///
    /// # Errors
    /// When the file or a line of it cannot be read.
    pub fn read(from: impl BufRead) -> Result<Self, ReadError> {
        let mut witness = Self::default();
        for entry in lines(from) {
            witness.hear(&entry?);
        }
        Ok(witness)
    }

    /// The witness of these entries.
    #[must_use]
    pub fn of(journal: &[Entry]) -> Self {
        let mut witness = Self::default();
        for entry in journal {
            witness.hear(entry);
        }
        witness
    }

    /// Takes in the journal's next entry.
    pub fn hear(&mut self, entry: &Entry) {
        let at = micros_of(entry.wall);
        self.horizon = self.horizon.max(at);
        let Happening::Mark { text } = &entry.what else {
            self.note(at, &entry.what);
            return;
        };
        let down = self.outages.last_mut().filter(|(_, up)| *up == Micros::MAX);
        match (text.as_str(), down) {
            ("crash", None) => self.outages.push((at, Micros::MAX)),
            ("restart", Some((_, up))) => *up = at,
            _ => {}
        }
    }

    /// When the service had acknowledged a report from which it knows of the talk.
    pub(super) fn talk_told(&self, seen: &Seen) -> Option<Micros> {
        let answer = seen.leg.as_ref().and_then(|leg| self.answer_told.get(leg)).copied();
        [answer, seen.dial_told].into_iter().flatten().min()
    }

    fn note(&mut self, at: Micros, what: &Happening) {
        if let Happening::HookAnswered { ms, .. } = what {
            self.hooks.push(u32::try_from(*ms).unwrap_or(u32::MAX));
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
        if let Happening::CallArrived { again, from, .. } = what {
            let hides_number = !from.starts_with('+');
            let seen = Seen { arrived: Some(at), again: again.clone(), hides_number, ..Seen::default() };
            self.calls.insert(call.to_owned(), seen);
        }
        // The agents' legs are no callers.
        let Some(seen) = self.calls.get_mut(call) else { return };
        match what {
            Happening::Patience { ms, from_ringing, .. } => {
                let patience = i64::try_from(*ms).unwrap_or(i64::MAX).saturating_mul(1_000);
                seen.patience = Some(patience);
                seen.patience_ends = from_ringing.then(|| at.saturating_add(patience));
            }
            Happening::Parked { .. } => {
                let given = seen.last_list.unwrap_or(at);
                seen.queued.get_or_insert(given);
                seen.first_parked.get_or_insert(at);
                seen.parked_since.get_or_insert(at);
                if let Some(patience) = seen.patience {
                    seen.patience_ends.get_or_insert(at.saturating_add(patience));
                }
            }
            Happening::VerbStarted { id: Some(id), .. } if id.starts_with(CALLBACK_QUESTION) => {
                seen.asked_for_ring = true;
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
                seen.dial_told.get_or_insert(at);
            }
            Happening::CallEnded { by, cause, .. } => {
                seen.parked_since = None;
                seen.ended = Some(End { at, by: by.clone(), cause: cause.clone() });
            }
            Happening::CallArrived { .. }
            | Happening::CallOriginated { .. }
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
            .filter(|(_, seen)| {
                seen.first_parked.is_some() && seen.first_bridged.is_none() && !seen.is_promised_a_ring()
            })
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
