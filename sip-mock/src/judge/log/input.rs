//! Reading the two logs: JSON lines, one fact each. Unknown kinds and fields are left alone; a line that is no JSON is an error.

use std::io::{self, BufRead};

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::journal::Entry;
use crate::judge::Micros;

/// A fact of the hotline's event log.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    /// The number that orders facts.
    pub position: i64,
    /// When it became true.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What happened.
    pub kind: String,
    /// The call.
    #[serde(default)]
    pub call: Option<String>,
    /// The place in line.
    #[serde(default)]
    pub entry: Option<String>,
    /// The offer.
    #[serde(default)]
    pub offer: Option<String>,
    /// The agent.
    #[serde(default)]
    pub agent: Option<String>,
    /// Codes and figures.
    #[serde(default)]
    pub data: Value,
}

impl Event {
    pub(in crate::judge) fn micros(&self) -> Micros {
        micros_of(self.at)
    }

    pub(in crate::judge) fn text(&self, key: &str) -> Option<&str> {
        self.data.get(key).and_then(Value::as_str)
    }

    pub(in crate::judge) fn number(&self, key: &str) -> Option<i64> {
        self.data.get(key).and_then(Value::as_i64)
    }
}

pub(in crate::judge) fn micros_of(at: OffsetDateTime) -> Micros {
    i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// A log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("the log cannot be read")]
    Io(#[from] io::Error),
    /// A line is not what it should be.
    #[error("line {line} is not a fact of this log")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

/// The facts of a file, one at a time: a log of hours does not fit into memory as text.
pub(in crate::judge) fn lines<T: for<'de> Deserialize<'de>>(
    from: impl BufRead,
) -> impl Iterator<Item = Result<T, ReadError>> {
    from.lines().enumerate().filter_map(|(number, line)| match line {
        Err(error) => Some(Err(error.into())),
        Ok(line) if line.trim().is_empty() => None,
        Ok(line) => Some(serde_json::from_str(&line).map_err(|source| ReadError::Line { line: number + 1, source })),
    })
}

/// Reads an exported event log and puts it into the order of positions.
///
/// # Errors
/// When the file or a line of it cannot be read.
pub fn read_events(from: impl BufRead) -> Result<Vec<Event>, ReadError> {
    let mut events: Vec<Event> = lines(from).collect::<Result<_, _>>()?;
    events.sort_by_key(|event| event.position);
    Ok(events)
}

/// Reads a journal.
///
/// # Errors
/// When the file or a line of it cannot be read.
pub fn read_journal(from: impl BufRead) -> Result<Vec<Entry>, ReadError> {
    lines(from).collect()
}
