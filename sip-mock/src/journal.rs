//! The journal: everything the simulation heard and said, in order, on two clocks.
//!
//! In: happenings from every part of the simulation. Out: an ordered list for tests and the judge, and JSON lines in a file.
//! What must hold: an entry is never changed, entries are numbered without a gap in the order in which they were written, and
//! memory is bounded: the oldest are forgotten, the file keeps all, and who follows it ([`crate::load::Watcher`]) knows when it
//! missed something. It is a test artefact and holds the invented numbers of invented callers; the console output of the programs
//! never prints them.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::sync::watch;

use crate::pace::{Moment, Pace};

/// One line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// Number in the order of writing, from 1, without a gap.
    pub seq: u64,
    /// Microseconds since the simulation started, on the monotonic clock.
    pub mono_us: u64,
    /// The wall clock.
    #[serde(with = "time::serde::rfc3339")]
    pub wall: OffsetDateTime,
    /// What happened.
    #[serde(flatten)]
    pub what: Happening,
}

/// Everything that can happen at the provider. `call` and `leg` are the provider's `call_sid`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the words of the dialect, explained at each variant")]
pub enum Happening {
    /// A caller rings; `again` names the lost call that this one follows.
    CallArrived {
        call: String,
        from: String,
        to: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<String>,
    },
    /// How long this caller can wait, in real time, from the first music or from ringing; the service cannot know it.
    Patience { call: String, ms: u64, from_ringing: bool },
    /// The provider calls somebody because REST asked for it.
    CallOriginated { call: String, to: String },
    /// The status of a leg changed; `parent` for a leg made by `dial`.
    LegState {
        call: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<String>,
        state: String,
        sip: u16,
    },
    /// A verb begins.
    VerbStarted {
        call: String,
        verb: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hears: Option<String>,
    },
    /// A verb is over.
    VerbEnded {
        call: String,
        verb: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        how: String,
    },
    /// The caller hears the hold list: music, with the next music behind it.
    Parked { call: String },
    /// A key was pressed; `taken` is false when nobody listened and it is lost.
    Key { call: String, key: char, taken: bool },
    /// Audio was fetched, or could not be.
    Audio { call: String, url: String, ok: bool },
    /// A webhook went out. `path` has no query: tokens of a service stay out of the journal.
    HookSent {
        call: String,
        hook: String,
        path: String,
        attempt: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<String>,
    },
    /// It was answered, and what was made of the answer.
    HookAnswered {
        call: String,
        hook: String,
        http: u16,
        ms: u64,
        verbs: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<String>,
    },
    /// It failed, finally or to be tried again.
    HookFailed { call: String, hook: String, attempt: u32, why: String, again: bool },
    /// The list of verbs was replaced.
    ListReplaced { call: String, by: String, verbs: Vec<String> },
    /// A REST request came in.
    RestReceived {
        method: String,
        path: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        asks: Vec<String>,
    },
    /// And its answer.
    RestAnswered { method: String, path: String, http: u16 },
    /// Two legs hear each other.
    Bridged { call: String, leg: String, user: String },
    /// They no longer do.
    Unbridged { call: String, leg: String, by: String },
    /// A fault of the simulation was thrown.
    Fault {
        fault: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<String>,
    },
    /// The call is over. `by` is `caller` or `jambonz`, `cause` says which door it left through.
    CallEnded { call: String, by: String, cause: String, sip: u16, served: bool },
    /// A mark of the test or of the load run (a crash, a restart).
    Mark { text: String },
}

impl Happening {
    /// The call it is about, if it is about one.
    #[must_use]
    pub fn call(&self) -> Option<&str> {
        match self {
            Self::CallArrived { call, .. }
            | Self::Patience { call, .. }
            | Self::CallOriginated { call, .. }
            | Self::LegState { call, .. }
            | Self::VerbStarted { call, .. }
            | Self::VerbEnded { call, .. }
            | Self::Parked { call }
            | Self::Key { call, .. }
            | Self::Audio { call, .. }
            | Self::HookSent { call, .. }
            | Self::HookAnswered { call, .. }
            | Self::HookFailed { call, .. }
            | Self::ListReplaced { call, .. }
            | Self::Bridged { call, .. }
            | Self::Unbridged { call, .. }
            | Self::CallEnded { call, .. } => Some(call),
            Self::RestReceived { call, .. } | Self::Fault { call, .. } => call.as_deref(),
            Self::RestAnswered { .. } | Self::Mark { .. } => None,
        }
    }
}

#[derive(Debug)]
struct Book {
    entries: VecDeque<Entry>,
    written: u64,
    kept: usize,
    file: Option<BufWriter<File>>,
}

/// The journal went on faster than it was followed, and memory was too small for what lay between.
#[derive(Debug, thiserror::Error)]
#[error("{forgotten} entries of the journal were forgotten before they were read")]
pub struct Incomplete {
    /// How many.
    pub forgotten: u64,
}

/// The shared journal; clones write into the same one.
#[derive(Debug, Clone)]
pub struct Journal {
    pace: Pace,
    book: Arc<Mutex<Book>>,
    written: Arc<watch::Sender<u64>>,
}

impl Journal {
    /// How many entries are kept in memory unless somebody says otherwise: a test never comes near it.
    pub const KEEPS: usize = 2_000_000;

    /// A journal in memory, and in `file` if one is given.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn open(pace: Pace, file: Option<&Path>) -> io::Result<Self> {
        Self::that_keeps(Self::KEEPS, pace, file)
    }

    /// The same, with so many entries in memory.
    pub(crate) fn that_keeps(kept: usize, pace: Pace, file: Option<&Path>) -> io::Result<Self> {
        let file = file.map(File::create).transpose()?.map(BufWriter::new);
        let book = Book { entries: VecDeque::new(), written: 0, kept, file };
        Ok(Self { pace, book: Arc::new(Mutex::new(book)), written: Arc::new(watch::Sender::new(0)) })
    }

    /// Writes one happening down and answers its moment.
    pub fn note(&self, what: Happening) -> Moment {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken under the lock: the numbers and the clocks never disagree about the order.
        let moment = self.pace.moment();
        book.written += 1;
        let mono_us = u64::try_from(moment.since_start.as_micros()).unwrap_or(u64::MAX);
        let entry = Entry { seq: book.written, mono_us, wall: moment.wall, what };
        if let Some(file) = &mut book.file {
            let written =
                serde_json::to_string(&entry).map_err(io::Error::other).and_then(|line| writeln!(file, "{line}"));
            if let Err(error) = written {
                tracing::error!(%error, "the journal file cannot be written and is closed");
                book.file = None;
            }
        }
        if book.entries.len() == book.kept {
            book.entries.pop_front();
        }
        book.entries.push_back(entry);
        let number = book.written;
        drop(book);
        self.written.send_replace(number);
        moment
    }

    /// The moment now, on the journal's clocks.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.pace.moment()
    }

    /// All entries still in memory.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner).entries.iter().cloned().collect()
    }

    /// The entries after this number.
    #[must_use]
    pub fn since(&self, seq: u64) -> Vec<Entry> {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let from = book.entries.partition_point(|entry| entry.seq <= seq);
        book.entries.range(from..).cloned().collect()
    }

    /// The happenings of one call.
    #[must_use]
    pub fn of_call(&self, call: &str) -> Vec<Happening> {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.entries.iter().filter(|e| e.what.call() == Some(call)).map(|e| e.what.clone()).collect()
    }

    /// How many entries fulfil a condition.
    pub fn count(&self, holds: impl Fn(&Happening) -> bool) -> usize {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.entries.iter().filter(|e| holds(&e.what)).count()
    }

    /// Waits until at least `least` entries fulfil a condition; false when the (real) deadline passed first.
    pub async fn wait_for(&self, least: usize, deadline: Duration, holds: impl Fn(&Happening) -> bool) -> bool {
        let mut written = self.written.subscribe();
        let wait = async {
            while self.count(&holds) < least {
                if written.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(deadline, wait).await.is_ok()
    }

    /// Writes everything to the file that is still buffered.
    pub fn flush(&self) {
        if let Some(file) = &mut self.book.lock().unwrap_or_else(PoisonError::into_inner).file
            && let Err(error) = file.flush()
        {
            tracing::error!(%error, "the journal file cannot be written");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn entries_are_numbered_without_a_gap_and_read_back_from_the_file() {
        let path = std::env::temp_dir().join(format!("sip-mock-journal-{}.jsonl", std::process::id()));
        let journal = Journal::open(Pace::new(1.0), Some(&path)).unwrap();
        journal.note(Happening::CallArrived { call: "a".into(), from: "x".into(), to: "y".into(), again: None });
        journal.note(Happening::Parked { call: "a".into() });
        journal.note(Happening::Mark { text: "crash".into() });
        assert!(journal.wait_for(1, Duration::from_secs(1), |h| matches!(h, Happening::Parked { .. })).await);
        assert!(!journal.wait_for(2, Duration::from_millis(5), |h| matches!(h, Happening::Parked { .. })).await);
        journal.flush();
        let text = std::fs::read_to_string(&path).unwrap();
        let read: Vec<Entry> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(journal.of_call("a").len(), 2);
        std::fs::remove_file(path).unwrap();
    }
}
