//! What follows from an attempt to send.

use super::smtp::{Attempt, Stage};
use time::Duration;

/// What an attempt changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The relay has it.
    Sent,
    /// Try this mail again after a pause; whether the pause counts as one of the mail's own.
    Again {
        /// The pause.
        pause: Duration,
        /// Whether the server put off this very mail.
        counts: bool,
    },
    /// The relay will never take it.
    Failed,
    /// Handed over twice without an answer: perhaps it came, a third try could only make it worse.
    InDoubt,
}

/// How often a mail is handed over without a known outcome before that is left to paper.
pub const DOUBTS: i32 = 2;

/// Pauses before the tries that follow the server's putting a mail off. The last is repeated.
const PAUSES: [Duration; 5] =
    [Duration::minutes(1), Duration::minutes(5), Duration::minutes(15), Duration::HOUR, Duration::hours(4)];

/// While the relay itself is away, every mail looks for it this often, so that an hour's outage is over for all of them
/// minutes after it ends.
const LONGEST_SEARCH: Duration = Duration::minutes(2);

/// What follows from an attempt. `tries` counts all attempts, `deferrals` and `in_doubt` those of the mail's own, before
/// this one. `spread` (0 to 99) keeps many mails from coming back in the same second.
#[must_use]
pub fn next(attempt: &Attempt, tries: i32, deferrals: i32, in_doubt: i32, spread: u8) -> Next {
    match attempt {
        Attempt::Accepted(_) => Next::Sent,
        Attempt::Refused { stage: Stage::Mail, .. } => Next::Failed,
        Attempt::Deferred { stage: Stage::Mail, .. } => {
            Next::Again { pause: jitter(own_pause(deferrals), spread), counts: true }
        }
        // The relay does not work, or does not want us: that says nothing about this mail.
        Attempt::Refused { stage: Stage::Relay, .. } | Attempt::Deferred { stage: Stage::Relay, .. } => {
            let pause = Duration::seconds(15) * tries.clamp(1, 8);
            Next::Again { pause: jitter(pause.min(LONGEST_SEARCH), spread), counts: false }
        }
        Attempt::Unknown if in_doubt + 1 >= DOUBTS => Next::InDoubt,
        Attempt::Unknown => Next::Again { pause: jitter(PAUSES[1], spread), counts: true },
    }
}

fn own_pause(deferrals: i32) -> Duration {
    let index = usize::try_from(deferrals).unwrap_or(0).min(PAUSES.len() - 1);
    PAUSES[index]
}

/// Up to a fifth longer.
fn jitter(pause: Duration, spread: u8) -> Duration {
    pause + pause * i32::from(spread.min(99)) / 500
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deferred(stage: Stage) -> Attempt {
        Attempt::Deferred { stage, code: Some(450) }
    }

    #[test]
    fn a_mail_that_is_put_off_waits_longer_each_time() {
        let pauses: Vec<i64> = (0..7)
            .map(|deferrals| match next(&deferred(Stage::Mail), 9, deferrals, 0, 0) {
                Next::Again { pause, counts: true } => pause.whole_minutes(),
                other @ (Next::Again { .. } | Next::Sent | Next::Failed | Next::InDoubt) => unreachable!("{other:?}"),
            })
            .collect();
        assert_eq!(pauses, [1, 5, 15, 60, 240, 240, 240]);
    }

    #[test]
    fn a_relay_that_is_away_is_looked_for_every_two_minutes_at_least() {
        for tries in 1..400 {
            let Next::Again { pause, counts } = next(&deferred(Stage::Relay), tries, 0, 0, 99) else {
                unreachable!("a relay that is away refuses no mail")
            };
            assert!(!counts && pause <= Duration::seconds(145), "{pause}");
        }
    }

    #[test]
    fn a_relay_that_refuses_us_fails_no_mail() {
        let refused = Attempt::Refused { stage: Stage::Relay, code: 535 };
        assert!(matches!(next(&refused, 1, 0, 0, 0), Next::Again { counts: false, .. }));
        assert_eq!(next(&Attempt::Refused { stage: Stage::Mail, code: 550 }, 1, 0, 0, 0), Next::Failed);
    }

    #[test]
    fn an_unknown_outcome_is_repeated_once() {
        assert!(matches!(next(&Attempt::Unknown, 1, 0, 0, 0), Next::Again { counts: true, .. }));
        assert_eq!(next(&Attempt::Unknown, 2, 1, 1, 0), Next::InDoubt);
    }
}
