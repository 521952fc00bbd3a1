//! A report as JSON and as CSV (RFC 4180), with the same names in both.

use super::decide::Now;
use super::decide::figures::{Figure, Named};
use super::model::{By, Range};
use super::settings::Settings;
use crate::foundation::calendar;
use crate::foundation::fault::Fault;
use crate::foundation::ids::UserId;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt::Write;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// The figures of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Of when.
    pub range: Range,
    /// What the rows are.
    pub by: By,
    /// When it was made.
    pub as_of: OffsetDateTime,
    /// The position of the last fact in it.
    pub position: i64,
    /// The thresholds in it.
    pub thresholds: Settings,
    /// The hotline at the moment it was made.
    pub now: Now,
    /// The figures of the whole range: entries and all agents together.
    pub total: Vec<Named>,
    /// The rows: only those of which there is something to tell.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its hour, or the whole range.
    pub range: (OffsetDateTime, OffsetDateTime),
    /// What it is of.
    pub of: Of,
    /// The figures, in the order of the columns.
    pub figures: Vec<Named>,
}

/// What a row is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// Its hour.
    Hour,
    /// A queue, language or topic.
    Code(String),
    /// An agent, with the name that colleagues read.
    Agent(UserId, String),
}

impl Report {
    /// The report as JSON.
    ///
    /// # Errors
    /// When a moment is beyond what can be written.
    pub fn to_json(&self) -> Result<serde_json::Value, Fault> {
        let rows: Result<Vec<_>, Fault> = self.rows.iter().map(|row| row.to_json(self.by)).collect();
        let agents: BTreeMap<&str, i64> = self.now.agents.iter().map(|(doing, count)| (doing.code(), *count)).collect();
        let longest = self.now.longest_since.map(|since| (self.as_of - since).as_seconds_f64().max(0.0));
        let (from, to) = (self.range.from(), self.range.to());
        Ok(serde_json::json!({
            "by": self.by.name(),
            "from_utc": utc(from)?, "to_utc": utc(to)?, "from_local": local(from)?, "to_local": local(to)?,
            "as_of": utc(self.as_of)?, "position": self.position,
            "service_level_seconds": self.thresholds.service_level_seconds,
            "short_abandon_seconds": self.thresholds.short_abandon_seconds,
            "now": {
                "waiting": self.now.waiting, "longest_wait_seconds": longest, "talking": self.now.talking,
                "agents": agents,
            },
            "total": Figures(&self.total),
            "rows": rows?,
        }))
    }

    /// The rows as CSV. There is a header also when there are no rows.
    ///
    /// # Errors
    /// When a moment is beyond what can be written.
    pub fn to_csv(&self, columns: &[String]) -> Result<String, Fault> {
        let mut text = String::new();
        let keys: &[&str] = match self.by {
            By::Hour => &[],
            By::Queue | By::Language | By::Topic => &[self.by.name()],
            By::Agent => &["agent", "agent_name"],
        };
        let times = ["from_utc", "to_utc", "from_local", "to_local"];
        let header = times.iter().chain(keys).copied().chain(columns.iter().map(String::as_str));
        line(&mut text, header.map(field));
        for row in &self.rows {
            let (from, to) = row.range;
            let mut fields = vec![utc(from)?, utc(to)?, local(from)?, local(to)?];
            match &row.of {
                Of::Hour => {}
                Of::Code(code) => fields.push(field(code)),
                Of::Agent(id, name) => fields.extend([id.to_string(), field(name)]),
            }
            fields.extend(row.figures.iter().map(|(_, figure)| number(*figure)));
            line(&mut text, fields.into_iter());
        }
        Ok(text)
    }
}

impl Row {
    fn to_json(&self, by: By) -> Result<serde_json::Value, Fault> {
        let (from, to) = self.range;
        let mut row = serde_json::json!({
            "from_utc": utc(from)?, "to_utc": utc(to)?, "from_local": local(from)?, "to_local": local(to)?,
        });
        match &self.of {
            Of::Hour => {}
            Of::Code(code) => row[by.name()] = code.as_str().into(),
            Of::Agent(id, name) => {
                row["agent"] = id.to_string().into();
                row["agent_name"] = name.as_str().into();
            }
        }
        for (name, figure) in &self.figures {
            row[name.as_str()] = serde_json::to_value(figure)?;
        }
        Ok(row)
    }
}

/// Figures as one object.
struct Figures<'a>(&'a [Named]);

impl Serialize for Figures<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, figure) in self.0 {
            map.serialize_entry(name, figure)?;
        }
        map.end()
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_i64(*count),
            Self::Ratio(Some(ratio)) => serializer.serialize_f64((ratio * 10_000.0).round() / 10_000.0),
            Self::Seconds(Some(seconds)) => serializer.serialize_f64((seconds * 1_000.0).round() / 1_000.0),
            Self::Ratio(None) | Self::Seconds(None) => serializer.serialize_none(),
        }
    }
}

fn number(figure: Figure) -> String {
    match figure {
        Figure::Count(count) => count.to_string(),
        Figure::Ratio(Some(ratio)) => format!("{ratio:.4}"),
        Figure::Seconds(Some(seconds)) => format!("{seconds:.3}"),
        Figure::Ratio(None) | Figure::Seconds(None) => String::new(),
    }
}

/// A text as a field. A spreadsheet takes what begins with these signs for a formula, and computes it: an apostrophe before
/// them makes it a text again. Quotes, commas and line breaks need quotes around them.
fn field(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    if guard.is_empty() && !text.contains(['"', ',', '\r', '\n']) {
        return text.to_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn line(text: &mut String, fields: impl Iterator<Item = String>) {
    for (place, field) in fields.enumerate() {
        let comma = if place == 0 { "" } else { "," };
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}{field}");
    }
    text.push_str("\r\n");
}

fn utc(at: OffsetDateTime) -> Result<String, Fault> {
    at.to_offset(UtcOffset::UTC).format(&Rfc3339).map_err(|error| Fault::new("write a moment", error))
}

/// A moment on the clocks of Saxony, with its offset: so the hour that happens twice has two names.
fn local(at: OffsetDateTime) -> Result<String, Fault> {
    let seconds = (calendar::local(at).assume_utc() - at).whole_seconds();
    let offset = i32::try_from(seconds).ok().and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok());
    let offset = offset.ok_or_else(|| Fault::plain("write a moment on local clocks"))?;
    at.to_offset(offset).format(&Rfc3339).map_err(|error| Fault::new("write a moment", error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_text_that_a_spreadsheet_would_compute_stays_a_text() {
        assert_eq!(field("=HYPERLINK(\"http://evil\",\"x\")"), "\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\"");
        for text in ["+1", "-1", "@sum", "\tx"] {
            assert_eq!(field(text), format!("\"'{text}\""));
        }
        assert_eq!(field("Adler, A."), "\"Adler, A.\"");
        assert_eq!(field("Şahin-Müller"), "Şahin-Müller");
    }

    #[test]
    fn the_hour_that_happens_twice_has_two_names() {
        let name = |at| local(at).expect("a moment");
        assert_eq!(name(datetime!(2021-10-31 00:00 UTC)), "2021-10-31T02:00:00+02:00");
        assert_eq!(name(datetime!(2021-10-31 01:00 UTC)), "2021-10-31T02:00:00+01:00");
        assert_eq!(utc(datetime!(2021-10-31 01:00 UTC)).expect("a moment"), "2021-10-31T01:00:00Z");
    }

    #[test]
    fn numbers_have_a_point_and_what_is_unknown_has_nothing() {
        assert_eq!(number(Figure::Ratio(Some(0.8))), "0.8000");
        assert_eq!(number(Figure::Seconds(Some(1_234.5))), "1234.500");
        assert_eq!(number(Figure::Ratio(None)), "");
    }
}
