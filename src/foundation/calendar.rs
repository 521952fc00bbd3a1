//! The calendar of Europe/Berlin and Saxony: local time, public holidays, working days.
//!
//! This is the only place with zone rules. Moments are stored in UTC; appointments, opening hours and letters speak
//! of local dates and times. The zone's rules are compiled in, so every machine computes the same.

use jiff::civil;
use jiff::tz::TimeZone;
use std::sync::LazyLock;
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, Weekday};

static BERLIN: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Berlin").expect("the zone database is compiled in"));

/// Local date and time in Europe/Berlin at a moment.
#[must_use]
pub fn local(moment: OffsetDateTime) -> PrimitiveDateTime {
    let seconds = moment.unix_timestamp();
    let offset = jiff::Timestamp::from_second(seconds).map_or(0, |stamp| BERLIN.to_offset(stamp).seconds());
    let shifted = moment.to_utc().saturating_add(Duration::seconds(i64::from(offset)));
    PrimitiveDateTime::new(shifted.date(), shifted.time())
}

/// The local date in Europe/Berlin at a moment.
#[must_use]
pub fn local_date(moment: OffsetDateTime) -> Date {
    local(moment).date()
}

/// The moment of a local date and time in Europe/Berlin.
///
/// A time that the clock skips in spring means the same distance after the skip (02:30 is read as 03:30); a time that
/// happens twice in autumn means its first occurrence.
#[must_use]
pub fn moment(date: Date, time: Time) -> OffsetDateTime {
    let as_utc = PrimitiveDateTime::new(date, time).assume_utc();
    let offset = civil_of(date, time)
        .and_then(|civil| BERLIN.to_ambiguous_timestamp(civil).compatible().ok())
        .map_or(0, |stamp| as_utc.unix_timestamp() - stamp.as_second());
    as_utc.saturating_sub(Duration::seconds(offset))
}

fn civil_of(date: Date, time: Time) -> Option<civil::DateTime> {
    let year = i16::try_from(date.year()).ok()?;
    let month = i8::try_from(u8::from(date.month())).ok()?;
    let day = i8::try_from(date.day()).ok()?;
    let (hour, minute, second) = time.as_hms();
    let clock = |part: u8| i8::try_from(part).ok();
    civil::DateTime::new(year, month, day, clock(hour)?, clock(minute)?, clock(second)?, 0).ok()
}

/// The public holidays of Saxony in a year, with the names that people use.
///
/// Corpus Christi is left out: it is a holiday only in some places. 6 January and Easter Sunday are none in Saxony.
#[must_use]
pub fn holidays(year: i32) -> Vec<(Date, &'static str)> {
    let fixed = |month, day, name| Date::from_calendar_date(year, month, day).ok().map(|date| (date, name));
    let easter = easter_sunday(year);
    let from_easter = |days, name| Some((easter?.checked_add(Duration::days(days))?, name));
    [
        fixed(Month::January, 1, "Neujahr"),
        from_easter(-2, "Karfreitag"),
        from_easter(1, "Ostermontag"),
        fixed(Month::May, 1, "Tag der Arbeit"),
        from_easter(39, "Christi Himmelfahrt"),
        from_easter(50, "Pfingstmontag"),
        fixed(Month::October, 3, "Tag der Deutschen Einheit"),
        fixed(Month::October, 31, "Reformationstag"),
        repentance_day(year).map(|date| (date, "Buß- und Bettag")),
        fixed(Month::December, 25, "1. Weihnachtstag"),
        fixed(Month::December, 26, "2. Weihnachtstag"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The name of the holiday, when the date is one in Saxony.
#[must_use]
pub fn holiday(date: Date) -> Option<&'static str> {
    holidays(date.year()).into_iter().find(|(day, _)| *day == date).map(|(_, name)| name)
}

/// Whether a date is a public holiday in Saxony.
#[must_use]
pub fn is_holiday(date: Date) -> bool {
    holiday(date).is_some()
}

/// Whether print houses and offices work on a date: Monday to Friday, no holiday.
#[must_use]
pub fn is_working_day(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(date)
}

/// The `days`-th working day after a date; the date itself when `days` is 0.
#[must_use]
pub fn add_working_days(date: Date, days: u16) -> Date {
    let mut day = date;
    let mut left = days;
    while left > 0 {
        let Some(next) = day.next_day() else { return day };
        day = next;
        if is_working_day(day) {
            left -= 1;
        }
    }
    day
}

/// Easter Sunday of the Gregorian calendar, by Gauss's rule with Lichtenberg's correction.
fn easter_sunday(year: i32) -> Option<Date> {
    let century = year / 100;
    let moon_shift = 15 + (3 * century + 3) / 4 - (8 * century + 13) / 25;
    let sun_shift = 2 - (3 * century + 3) / 4;
    let moon = year % 19;
    let seed = (19 * moon + moon_shift) % 30;
    let correction = (seed + moon / 11) / 29;
    let limit = 21 + seed - correction;
    let first_sunday_of_march = 7 - (year + year / 4 + sun_shift) % 7;
    let distance = 7 - (limit - first_sunday_of_march) % 7;
    let day_of_march = limit + distance;
    let march = Date::from_calendar_date(year, Month::March, 1).ok()?;
    march.checked_add(Duration::days(i64::from(day_of_march) - 1))
}

/// The Wednesday before 23 November.
fn repentance_day(year: i32) -> Option<Date> {
    let mut day = Date::from_calendar_date(year, Month::November, 22).ok()?;
    while day.weekday() != Weekday::Wednesday {
        day = day.previous_day()?;
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime, time};

    #[test]
    fn winter_and_summer_time_differ_by_an_hour() {
        assert_eq!(local(datetime!(2021-01-11 13:00 UTC)), datetime!(2021-01-11 14:00));
        assert_eq!(local(datetime!(2021-04-28 16:00 UTC)), datetime!(2021-04-28 18:00));
        assert_eq!(moment(date!(2021 - 04 - 28), time!(18:00)), datetime!(2021-04-28 16:00 UTC));
    }

    #[test]
    fn late_in_the_evening_utc_it_is_already_the_next_day() {
        assert_eq!(local_date(datetime!(2021-07-31 22:30 UTC)), date!(2021 - 08 - 01));
    }

    #[test]
    fn a_skipped_time_is_read_after_the_skip() {
        let skipped = moment(date!(2021 - 03 - 28), time!(02:30));
        assert_eq!(skipped, datetime!(2021-03-28 01:30 UTC));
        assert_eq!(local(skipped), datetime!(2021-03-28 03:30));
    }

    #[test]
    fn a_time_that_happens_twice_is_read_as_the_first() {
        assert_eq!(moment(date!(2021 - 10 - 31), time!(02:30)), datetime!(2021-10-31 00:30 UTC));
        assert_eq!(local(datetime!(2021-10-31 01:30 UTC)), datetime!(2021-10-31 02:30));
    }

    #[test]
    fn parts_of_a_second_are_kept() {
        let at = datetime!(2021-06-01 08:00:00.123456 UTC);
        let there = local(at);
        assert_eq!(moment(there.date(), there.time()), at);
    }

    #[test]
    fn the_edges_of_time_do_not_stop_the_program() {
        let _ = local(PrimitiveDateTime::MAX.assume_utc());
        let _ = moment(Date::MIN, Time::MIDNIGHT);
        assert_eq!(add_working_days(Date::MAX, 3), Date::MAX);
    }

    #[test]
    fn saxony_had_these_holidays_in_2021() {
        let days: Vec<Date> = holidays(2021).into_iter().map(|(day, _)| day).collect();
        assert_eq!(
            days,
            [
                date!(2021 - 01 - 01),
                date!(2021 - 04 - 02),
                date!(2021 - 04 - 05),
                date!(2021 - 05 - 01),
                date!(2021 - 05 - 13),
                date!(2021 - 05 - 24),
                date!(2021 - 10 - 03),
                date!(2021 - 10 - 31),
                date!(2021 - 11 - 17),
                date!(2021 - 12 - 25),
                date!(2021 - 12 - 26),
            ]
        );
    }

    #[test]
    fn epiphany_and_corpus_christi_are_none() {
        assert!(!is_holiday(date!(2021 - 01 - 06)));
        assert!(!is_holiday(date!(2021 - 06 - 03)));
    }

    #[test]
    fn easter_is_right_in_the_years_that_simple_rules_get_wrong() {
        for (year, sunday) in [
            (1954, date!(1954 - 04 - 18)),
            (1981, date!(1981 - 04 - 19)),
            (2000, date!(2000 - 04 - 23)),
            (2008, date!(2008 - 03 - 23)),
            (2021, date!(2021 - 04 - 04)),
            (2038, date!(2038 - 04 - 25)),
            (2049, date!(2049 - 04 - 18)),
            (2076, date!(2076 - 04 - 19)),
        ] {
            assert_eq!(easter_sunday(year), Some(sunday));
        }
    }

    #[test]
    fn repentance_day_is_the_wednesday_before_23_november() {
        assert_eq!(repentance_day(2022), Some(date!(2022 - 11 - 16)));
        assert_eq!(repentance_day(2023), Some(date!(2023 - 11 - 22)));
        assert_eq!(holiday(date!(2023 - 11 - 22)), Some("Buß- und Bettag"));
    }

    #[test]
    fn working_days_step_over_easter() {
        assert_eq!(add_working_days(date!(2021 - 04 - 01), 1), date!(2021 - 04 - 06));
        assert_eq!(add_working_days(date!(2021 - 03 - 31), 3), date!(2021 - 04 - 07));
        assert_eq!(add_working_days(date!(2021 - 04 - 03), 0), date!(2021 - 04 - 03));
    }
}
