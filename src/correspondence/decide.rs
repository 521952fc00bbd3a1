//! Pure decisions about letters and mails: what is still in time, what comes next.

use crate::foundation::calendar;
use time::{Date, Duration, OffsetDateTime, Time};

/// The cut-off until which a letter that is ready `now` must be taken: today's on a working day, else the next.
#[must_use]
pub fn print_by(now: OffsetDateTime, cut_off: Time) -> OffsetDateTime {
    let local = calendar::local(now);
    let today = local.date();
    let day = if calendar::is_working_day(today) && local.time() <= cut_off {
        today
    } else {
        calendar::add_working_days(today, 1)
    };
    calendar::moment(day, cut_off)
}

/// The day on which a letter that is ready `now` has come: it is printed by the cut-off and then travels `run_days`
/// working days. On the day of an appointment itself it is still in time: nobody sets out before the post.
#[must_use]
pub fn arrives(now: OffsetDateTime, cut_off: Time, run_days: u16) -> Date {
    let printed = calendar::local_date(print_by(now, cut_off));
    calendar::add_working_days(printed, run_days)
}

/// Whether a letter has to be ordered today, or tomorrow will be too late for it.
#[must_use]
pub fn is_last_day_for_the_post(now: OffsetDateTime, cut_off: Time, run_days: u16, first_day: Date) -> bool {
    arrives(now, cut_off, run_days) <= first_day && arrives(now + Duration::DAY, cut_off, run_days) > first_day
}

/// Whether there is still anything to say: the first appointment is not over.
#[must_use]
pub fn still_ahead(now: OffsetDateTime, first_day: Date) -> bool {
    calendar::local_date(now) <= first_day
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime, time};

    const CUT_OFF: Time = time!(17:30);

    #[test]
    fn a_letter_of_the_evening_is_printed_on_the_next_working_day() {
        // 17:29 and 17:31 in summer time, on a Wednesday.
        assert_eq!(print_by(datetime!(2021-04-28 15:29 UTC), CUT_OFF), datetime!(2021-04-28 15:30 UTC));
        assert_eq!(print_by(datetime!(2021-04-28 15:31 UTC), CUT_OFF), datetime!(2021-04-29 15:30 UTC));
    }

    #[test]
    fn nothing_is_printed_over_easter() {
        // Maundy Thursday after the cut-off: the next working day is the Tuesday after Easter.
        assert_eq!(print_by(datetime!(2021-04-01 16:00 UTC), CUT_OFF), datetime!(2021-04-06 15:30 UTC));
    }

    #[test]
    fn a_letter_travels_on_working_days() {
        let wednesday = datetime!(2021-04-28 10:00 UTC);
        assert_eq!(arrives(wednesday, CUT_OFF, 3), date!(2021 - 05 - 03), "Thursday, Friday, Monday");
        let after_the_cut_off = datetime!(2021-04-28 16:00 UTC);
        assert_eq!(arrives(after_the_cut_off, CUT_OFF, 3), date!(2021 - 05 - 04));
    }

    #[test]
    fn the_last_day_for_the_post_is_neither_too_early_nor_too_late() {
        let first_day = date!(2021 - 05 - 03);
        let is_last = |now| is_last_day_for_the_post(now, CUT_OFF, 3, first_day);
        assert!(!is_last(datetime!(2021-04-26 10:00 UTC)), "two days are left");
        assert!(is_last(datetime!(2021-04-28 10:00 UTC)));
        assert!(!is_last(datetime!(2021-04-28 16:00 UTC)), "after the cut-off it is too late");
    }

    #[test]
    fn after_the_first_day_there_is_nothing_to_say() {
        assert!(still_ahead(datetime!(2021-04-28 21:59 UTC), date!(2021 - 04 - 28)));
        assert!(!still_ahead(datetime!(2021-04-28 22:01 UTC), date!(2021 - 04 - 28)), "midnight in Saxony");
    }
}
