//! Did the hotline keep its promises? An independent checker.
//!
//! In: the hotline's exported event log, which says what it believes it did, and the journal of the simulated provider, which
//! says what callers and phones saw. Out: a [`Report`] with every broken promise and the measures of quality.
//! What must hold: it shares no code with the hotline; it counts as broken only what the hotline could have done better, so
//! every time comparison has a stated tolerance; and each rule has a test with a log that breaks it.

mod figures;
mod input;
mod offers;
mod records;
mod replay;
mod report;
mod rules;
mod witness;

use std::time::Duration;

pub use figures::{Figures, ServiceLevel, Spread};
pub use input::{Event, ReadError, read_events, read_journal};
pub use report::{Report, Violation};

use crate::journal::Entry;
use replay::Log;
use witness::Witness;

/// What the judge must know of the hotline's settings, and its tolerances. All in real time.
#[derive(Debug, Clone)]
pub struct Rules {
    /// An agent who let an entry pass is kept from it for this long.
    pub back_off: Duration,
    /// How long accepting to talking may take.
    pub connect: Duration,
    /// How long a wrap-up lasts; an extension is as much again.
    pub wrap_up: Duration,
    /// How long a redial takes its place up again.
    pub redeem: Duration,
    /// Whether every caller has the same class, so that the order of keys is the order of joining.
    pub one_class: bool,
    /// Something that became true less than this before a decision may have been unknown to it.
    pub slack: Duration,
    /// An offer may outlive the caller's end by this much, a transient state its deadline.
    pub grace: Duration,
    /// How long after an outage what fell due in it may still be undone.
    pub recovery: Duration,
    /// The longest time for which an idle agent and a waiting caller may stay apart.
    pub apart: Duration,
    /// The threshold of the service level.
    pub answer_within: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            back_off: Duration::from_secs(60),
            connect: Duration::from_secs(20),
            wrap_up: Duration::from_secs(30),
            redeem: Duration::from_mins(10),
            one_class: true,
            slack: Duration::from_millis(250),
            grace: Duration::from_secs(1),
            recovery: Duration::from_secs(5),
            apart: Duration::from_secs(2),
            answer_within: Duration::from_secs(20),
        }
    }
}

/// Judges a run.
#[must_use]
pub fn judge(events: &[Event], journal: &[Entry], rules: &Rules) -> Report {
    let witness = Witness::hear(journal);
    let log = Log::replay(events, &witness, rules);
    let mut violations = log.violations.clone();
    violations.extend(witness.dropped());
    violations.extend(log.ghosts(&witness, rules));
    violations.extend(log.lost_places(&witness, rules));
    violations.extend(log.unaccounted(&witness, rules));
    violations.extend(log.stuck(&witness, rules));
    violations.extend(log.kept_apart_too_long(&witness, rules));
    let figures = Figures::measure(&log, &witness, rules);
    Report { violations, figures, whole: true }
}

/// What the journal alone tells: who was hung up on, and what callers lived through.
#[must_use]
pub fn hear(journal: &[Entry], rules: &Rules) -> Report {
    let witness = Witness::hear(journal);
    let log = Log::replay(&[], &witness, rules);
    let figures = Figures::measure(&log, &witness, rules);
    Report { violations: witness.dropped(), figures, whole: false }
}

/// Microseconds of the epoch: both logs in one number.
type Micros = i64;

fn micros(duration: Duration) -> Micros {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
