//! Did the hotline keep its promises? An independent checker.
//!
//! In: the hotline's exported event log, which says what it believes it did, and the journal of the simulated provider, which
//! says what callers and phones saw. Out: a [`Report`] with every broken promise and the measures of quality.
//! What must hold: it shares no code with the hotline; it counts as broken only what the hotline could have done better, so
//! every time comparison has a stated tolerance; and each rule has a test with a log that breaks it.

mod checks;
mod figures;
mod log;
mod oracle;
mod replay;
mod report;
mod standing;
mod witness;

use std::time::Duration;

pub use figures::{Figures, ServiceLevel, Spread, Told};
pub use log::{Account, Event, ReadError, read_events, read_journal};
pub use oracle::{Against, Oracle};
pub use report::{Report, Violation};
pub use witness::Witness;

use crate::journal::Entry;
use replay::Log;

/// What the judge must know of the hotline's settings, and its tolerances. All in real time.
#[derive(Debug, Clone)]
pub struct Rules {
    /// An agent who let an entry pass is kept from it for this long.
    pub back_off: Duration,
    /// How long accepting to talking may take.
    pub connect: Duration,
    /// How long an agent may wait for somebody who is rung, until they say that it is them.
    pub callback: Duration,
    /// How long a caller may be on hold.
    pub hold: Duration,
    /// How long a wrap-up lasts; an extension is as much again.
    pub wrap_up: Duration,
    /// How long a redial takes its place up again.
    pub redeem: Duration,
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
            callback: Duration::from_secs(50),
            hold: Duration::from_mins(3),
            wrap_up: Duration::from_secs(30),
            redeem: Duration::from_mins(10),
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
    verdict(&Account::of(events), &Witness::of(journal), rules)
}

/// Judges a run whose logs were read line by line.
#[must_use]
pub fn verdict(account: &Account, witness: &Witness, rules: &Rules) -> Report {
    let log = Log::replay(account, witness, rules);
    let mut violations = log.violations.clone();
    violations.extend(witness.dropped());
    violations.extend(log.ghosts(witness, rules));
    violations.extend(log.lost_places(witness, rules));
    violations.extend(log.unaccounted(witness, rules));
    violations.extend(log.stuck(witness, rules));
    violations.extend(log.kept_apart_too_long(witness, rules));
    let mut figures = Figures::measure(&log, witness, rules);
    figures.oracle = oracle::compare(&log, witness, rules);
    Report { violations, figures, whole: true }
}

/// What the journal alone tells: who was hung up on, and what callers lived through.
#[must_use]
pub fn hear(journal: &[Entry], rules: &Rules) -> Report {
    testimony(&Witness::of(journal), rules)
}

/// The same of a journal that was heard entry by entry.
#[must_use]
pub fn testimony(witness: &Witness, rules: &Rules) -> Report {
    let account = Account::of(&[]);
    let log = Log::replay(&account, witness, rules);
    let figures = Figures::measure(&log, witness, rules);
    Report { violations: witness.dropped(), figures, whole: false }
}

/// Microseconds of the epoch: both logs in one number.
type Micros = i64;

fn micros(duration: Duration) -> Micros {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a run fit a float's mantissa")]
fn millis(micros: Micros) -> f64 {
    micros as f64 / 1_000.0
}

#[expect(clippy::cast_possible_truncation, reason = "rounded, and a cast saturates")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

#[cfg(test)]
mod tests;
