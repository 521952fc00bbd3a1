//! What somebody may ask for.

use crate::foundation::calendar;
use crate::foundation::fault::{Fault, Refusal};
use std::str::FromStr;
use time::format_description::FormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime, Time, UtcOffset};

const DAY: &[FormatItem<'static>] = format_description!("[year]-[month]-[day]");

/// The longest range: a month and the days around it. Sums are read row by row; more would hold a connection for longer
/// than others wait for it.
const LONGEST: Duration = Duration::days(35);

/// What figures are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The hour.
    Hour,
    /// The queue that was joined.
    Queue,
    /// The language that was chosen.
    Language,
    /// The topic that was chosen.
    Topic,
    /// The agent.
    Agent,
}

impl By {
    /// The name in a request, and of the column.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Queue => "queue",
            Self::Language => "language",
            Self::Topic => "topic",
            Self::Agent => "agent",
        }
    }
}

impl FromStr for By {
    type Err = StatisticsError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let all = [Self::Hour, Self::Queue, Self::Language, Self::Topic, Self::Agent];
        all.into_iter().find(|by| by.name() == name).ok_or(StatisticsError::UnknownGroup)
    }
}

/// From the beginning of an hour to the beginning of a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    from: OffsetDateTime,
    to: OffsetDateTime,
}

impl Range {
    /// A range of whole hours.
    ///
    /// # Errors
    /// When it is none, or too long.
    pub fn new(from: OffsetDateTime, to: OffsetDateTime) -> Result<Self, StatisticsError> {
        let (from, to) = (from.to_offset(UtcOffset::UTC), to.to_offset(UtcOffset::UTC));
        if super::hour_of(from) != from || super::hour_of(to) != to {
            return Err(StatisticsError::NotWholeHours);
        }
        if to <= from {
            return Err(StatisticsError::Backwards);
        }
        if to - from > LONGEST {
            return Err(StatisticsError::TooLong);
        }
        Ok(Self { from, to })
    }

    /// A range as people write it: each end is a local day, meant from its beginning, or a moment with its offset. The end
    /// is not part of it.
    ///
    /// # Errors
    /// When it cannot be read, is none, or is too long.
    pub fn parse(from: &str, to: &str) -> Result<Self, StatisticsError> {
        Self::new(moment(from)?, moment(to)?)
    }

    /// Its beginning.
    #[must_use]
    pub const fn from(self) -> OffsetDateTime {
        self.from
    }

    /// Its end, not part of it.
    #[must_use]
    pub const fn to(self) -> OffsetDateTime {
        self.to
    }
}

fn moment(text: &str) -> Result<OffsetDateTime, StatisticsError> {
    match Date::parse(text, DAY) {
        Ok(day) => Ok(calendar::moment(day, Time::MIDNIGHT)),
        Err(_) => OffsetDateTime::parse(text, &Rfc3339).map_err(|_| StatisticsError::UnreadableMoment),
    }
}

/// A question was refused, or something is broken.
#[derive(Debug, thiserror::Error)]
pub enum StatisticsError {
    /// There is no such grouping.
    #[error("figures are grouped by hour, queue, language, topic or agent")]
    UnknownGroup,
    /// An end of the range is no moment.
    #[error("a range begins and ends with a day (2021-04-28) or a moment with its offset (2021-04-28T18:00:00+02:00)")]
    UnreadableMoment,
    /// Sums are of whole hours.
    #[error("a range begins and ends with an hour")]
    NotWholeHours,
    /// The end is not after the beginning.
    #[error("a range ends after its beginning")]
    Backwards,
    /// The range is too long.
    #[error("a range has at most {} days", LONGEST.whole_days())]
    TooLong,
    /// The range has too many queues, languages and topics in too many hours.
    #[error("there is too much in this range: ask for fewer days")]
    TooMuch,
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for StatisticsError {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::UnknownGroup
            | Self::UnreadableMoment
            | Self::NotWholeHours
            | Self::Backwards
            | Self::TooLong
            | Self::TooMuch => None,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UnknownGroup => "unknown_group",
            Self::UnreadableMoment => "unreadable_moment",
            Self::NotWholeHours => "not_whole_hours",
            Self::Backwards => "range_backwards",
            Self::TooLong => "range_too_long",
            Self::TooMuch => "range_too_full",
            Self::Fault(_) => "fault",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_day_begins_at_local_midnight() {
        let range = Range::parse("2021-04-28", "2021-04-29").expect("a day");
        assert_eq!((range.from(), range.to()), (datetime!(2021-04-27 22:00 UTC), datetime!(2021-04-28 22:00 UTC)));
        let range = Range::parse("2021-10-31", "2021-11-01").expect("a day");
        assert_eq!(range.to() - range.from(), Duration::hours(25));
    }

    #[test]
    fn what_is_no_range_is_refused_by_name() {
        let code = |from, to| Range::parse(from, to).expect_err("no range").code();
        assert_eq!(code("yesterday", "2021-04-29"), "unreadable_moment");
        assert_eq!(code("2021-04-28T18:00:00", "2021-04-29"), "unreadable_moment");
        assert_eq!(code("2021-04-28T18:30:00+02:00", "2021-04-29"), "not_whole_hours");
        assert_eq!(code("2021-04-29", "2021-04-29"), "range_backwards");
        assert_eq!(code("2021-04-01", "2021-05-07"), "range_too_long");
        assert_eq!("weekday".parse::<By>().expect_err("no group").code(), "unknown_group");
    }
}
