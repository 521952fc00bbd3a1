//! Follows a journal while it is written: a line for people, the witness for the judge. Nothing of it needs to stay in memory.

use std::time::Duration;

use crate::journal::{Incomplete, Journal};
use crate::judge::Witness;
use crate::progress::Progress;

/// What is known of a run so far.
#[derive(Debug, Default)]
pub struct Watcher {
    /// For people.
    pub progress: Progress,
    witness: Witness,
    heard: u64,
    forgotten: u64,
}

impl Watcher {
    /// Takes in what the journal has to tell since the last time; `running` is simulated time. False when that is nothing.
    pub fn follow(&mut self, journal: &Journal, running: Duration) -> bool {
        self.progress.begin_line(running);
        let before = self.heard;
        for entry in journal.since(self.heard) {
            self.forgotten += entry.seq - self.heard - 1;
            self.heard = entry.seq;
            self.progress.note(&entry);
            self.witness.hear(&entry);
        }
        self.heard > before
    }

    /// The witness of the whole journal.
    ///
    /// # Errors
    /// When something was missed. A verdict on the rest would be none.
    pub fn witness(self) -> Result<Witness, Incomplete> {
        if self.forgotten == 0 { Ok(self.witness) } else { Err(Incomplete { forgotten: self.forgotten }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Happening;
    use crate::pace::Pace;

    #[test]
    fn what_was_forgotten_before_it_was_read_is_missed_aloud() {
        let journal = Journal::that_keeps(2, Pace::new(1.0), None).unwrap();
        let mark = || journal.note(Happening::Mark { text: "x".into() });
        let mut watcher = Watcher::default();
        for _ in 0..5 {
            mark();
            assert!(watcher.follow(&journal, Duration::ZERO));
        }
        assert!(!watcher.follow(&journal, Duration::ZERO));
        assert!(watcher.witness().is_ok(), "memory was small, and large enough");
        let mut late = Watcher::default();
        late.follow(&journal, Duration::ZERO);
        assert_eq!(late.witness().unwrap_err().forgotten, 3);
    }
}
