//! Opening hours: by weekday, with Saxony's holidays and single days that differ.

use crate::foundation::calendar;
use serde::Deserialize;
use std::collections::BTreeMap;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time, Weekday};

/// When the hotline is open, in local time. A span is `08:00-20:00`; `closed` is none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Mondays.
    pub monday: Span,
    /// Tuesdays.
    pub tuesday: Span,
    /// Wednesdays.
    pub wednesday: Span,
    /// Thursdays.
    pub thursday: Span,
    /// Fridays.
    pub friday: Span,
    /// Saturdays.
    pub saturday: Span,
    /// Sundays.
    pub sunday: Span,
    /// Public holidays of Saxony, whatever the weekday.
    pub holiday: Span,
    /// Single days that differ, by date (`2021-12-24`). They win over everything.
    #[serde(default)]
    pub days: BTreeMap<String, Span>,
}

/// A span of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Span {
    /// Not at all.
    Closed,
    /// From the first to the second, which is no longer in it.
    Open(Time, Time),
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "closed" {
            return Ok(Self::Closed);
        }
        let wrong = || format!("{text:?} is neither \"closed\" nor a span such as \"08:00-20:00\"");
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        let from = clock(from).ok_or_else(wrong)?;
        // Midnight at the end of a day has no time of its own: the day's last moment stands for it.
        let to = if to == "24:00" { Time::MAX } else { clock(to).ok_or_else(wrong)? };
        if to <= from {
            return Err(format!("{text:?} ends before it begins"));
        }
        Ok(Self::Open(from, to))
    }
}

fn clock(text: &str) -> Option<Time> {
    Time::parse(text, format_description!("[hour]:[minute]")).ok()
}

/// Reads the date of a single day.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

impl Hours {
    /// Whether the hotline is open at a moment.
    #[must_use]
    pub fn is_open(&self, now: OffsetDateTime) -> bool {
        let here = calendar::local(now);
        match self.span_of(here.date()) {
            Span::Closed => false,
            Span::Open(from, to) => from <= here.time() && here.time() < to,
        }
    }

    /// The span of a date.
    #[must_use]
    pub fn span_of(&self, date: Date) -> Span {
        if let Some((_, span)) = self.days.iter().find(|(text, _)| day(text) == Some(date)) {
            return *span;
        }
        if calendar::is_holiday(date) {
            return self.holiday;
        }
        match date.weekday() {
            Weekday::Monday => self.monday,
            Weekday::Tuesday => self.tuesday,
            Weekday::Wednesday => self.wednesday,
            Weekday::Thursday => self.thursday,
            Weekday::Friday => self.friday,
            Weekday::Saturday => self.saturday,
            Weekday::Sunday => self.sunday,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    fn hours() -> Hours {
        toml::from_str(
            r#"
            monday = "08:00-20:00"
            tuesday = "08:00-20:00"
            wednesday = "08:00-20:00"
            thursday = "08:00-20:00"
            friday = "08:00-20:00"
            saturday = "08:00-20:00"
            sunday = "09:00-17:00"
            holiday = "09:00-17:00"
            days."2021-12-24" = "closed"
            days."2021-12-31" = "08:00-24:00"
            "#,
        )
        .unwrap()
    }

    #[test]
    fn the_hotline_opens_and_closes_by_local_time() {
        let hours = hours();
        assert!(!hours.is_open(datetime!(2021-04-28 05:59:59 UTC)));
        assert!(hours.is_open(datetime!(2021-04-28 06:00 UTC)));
        assert!(hours.is_open(datetime!(2021-04-28 17:59:59 UTC)));
        assert!(!hours.is_open(datetime!(2021-04-28 18:00 UTC)));
    }

    #[test]
    fn a_holiday_on_a_wednesday_has_the_hours_of_holidays() {
        // Buß- und Bettag: a holiday in Saxony alone.
        assert_eq!(hours().span_of(date!(2021 - 11 - 17)), hours().holiday);
        assert!(!hours().is_open(datetime!(2021-11-17 07:30 UTC)));
        assert!(hours().is_open(datetime!(2021-11-24 07:30 UTC)));
    }

    #[test]
    fn a_single_day_wins_over_everything() {
        assert!(!hours().is_open(datetime!(2021-12-24 11:00 UTC)));
        assert!(hours().is_open(datetime!(2021-12-31 22:59 UTC)));
    }

    #[test]
    fn a_span_that_is_none_is_refused() {
        for text in ["", "8-20", "20:00-08:00", "08:00-08:00", "25:00-26:00", "open"] {
            assert!(Span::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
