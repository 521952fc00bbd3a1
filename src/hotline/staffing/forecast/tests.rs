use super::*;
use crate::foundation::calendar;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use time::Date;
use time::macros::{date, datetime, time};

/// A Wednesday, at ten in Dresden.
const NOW: OffsetDateTime = datetime!(2021-04-28 08:00 UTC);

/// Counts from the beginning of the day `days` before NOW's until NOW.
fn counts(days: i64, mut arrivals: impl FnMut(Date, time::Time) -> u32) -> Vec<Quarter> {
    let first = calendar::local_date(NOW) - Duration::days(days);
    let mut begins = calendar::moment(first, time!(0:00));
    let mut quarters = Vec::new();
    while begins + QUARTER <= NOW {
        let local = calendar::local(begins);
        quarters.push(Quarter { begins, arrivals: arrivals(local.date(), local.time()) });
        begins += QUARTER;
    }
    quarters
}

/// Open from eight to eight; Wednesdays bring twice as many.
fn usual(date: Date, time: time::Time) -> u32 {
    let open = (8..20).contains(&time.hour());
    u32::from(open) * if date.weekday() == time::Weekday::Wednesday { 200 } else { 100 }
}

#[test]
fn an_ordinary_day_brings_what_its_weekday_brought() {
    let found = forecast(&counts(28, usual), NOW).unwrap();
    assert_eq!((found.from, found.basis, found.days), (NOW, Basis::SameWeekday, 4));
    assert!((found.calls - 800.0).abs() < 1e-9 && (found.level - 1.0).abs() < 1e-9, "{found:?}");
}

#[test]
fn today_lifts_and_lowers_the_next_hour() {
    let today = calendar::local_date(NOW);
    for (now, before, calls) in [(300, 200, 1_200.0), (0, 200, 10.0), (2_800, 200, 11_100.0)] {
        let found = forecast(
            &counts(28, |date, time| if date == today && time.hour() >= 8 { now } else { usual(date, time) }),
            NOW,
        )
        .unwrap();
        assert!((found.calls - calls).abs() < 0.02 * calls.max(400.0), "{now} instead of {before}: {found:?}");
    }
}

#[test]
fn recent_weeks_count_more() {
    let turn = calendar::local_date(NOW) - Duration::days(10);
    let counts = counts(56, |date, time| usual(date, time) * if date < turn { 1 } else { 2 });
    // In the morning, when today has said nothing yet.
    let found = forecast(&counts, NOW - Duration::hours(2)).unwrap();
    let level = found.calls / 800.0;
    assert!((1.25..1.75).contains(&level), "one week of eight says that it has doubled: {found:?}");
}

#[test]
fn a_holiday_is_like_a_sunday() {
    let christmas = calendar::moment(date!(2021 - 12 - 25), time!(10:00));
    let first = calendar::moment(date!(2021 - 12 - 01), time!(0:00));
    let quarters: Vec<Quarter> = (0_i32..)
        .map(|count| first + QUARTER * count)
        .take_while(|begins| *begins < christmas)
        .map(|begins| {
            let is_sunday = calendar::local_date(begins).weekday() == time::Weekday::Sunday;
            Quarter { begins, arrivals: if is_sunday { 7 } else { 100 } }
        })
        .collect();
    let usual = forecast(&quarters, christmas).unwrap();
    // Today has begun like a Saturday, and the level follows it; the day itself is compared with Sundays.
    assert_eq!((usual.basis, usual.days), (Basis::SameWeekday, 3));
}

#[test]
fn summer_time_does_not_move_the_opening_hour() {
    // The clock was put forward on 28 March: four Wednesdays before it count by the local clock, too.
    let now = calendar::moment(date!(2021 - 03 - 31), time!(8:00));
    let first = calendar::moment(date!(2021 - 03 - 03), time!(0:00));
    let quarters: Vec<Quarter> = (0_i32..)
        .map(|count| first + QUARTER * count)
        .take_while(|begins| *begins < now)
        .map(|begins| {
            let local = calendar::local(begins);
            Quarter { begins, arrivals: usual(local.date(), local.time()) }
        })
        .collect();
    let found = forecast(&quarters, now).unwrap();
    assert!((found.calls - 800.0).abs() < 1e-9, "{found:?}");
}

#[test]
fn on_the_first_days_it_says_on_what_little_it_rests() {
    let found = forecast(&counts(2, usual), NOW).unwrap();
    assert_eq!((found.basis, found.days), (Basis::AllDays, 2));
    let today = forecast(&counts(0, |_, time| u32::from(time.hour() >= 9) * 50), NOW).unwrap();
    assert_eq!((today.basis, today.days, today.calls), (Basis::LastHour, 0, 200.0));
    assert_eq!(forecast(&[], NOW), Err(No::NothingKnown));
}

#[test]
fn the_hour_begins_with_the_next_quarter_and_what_is_not_over_does_not_count() {
    let later = NOW + Duration::minutes(7);
    let mut quarters = counts(28, usual);
    quarters.push(Quarter { begins: NOW, arrivals: 9_999 });
    let found = forecast(&quarters, later).unwrap();
    assert_eq!(found.from, NOW + QUARTER);
    assert!((found.calls - 800.0).abs() < 1e-9, "{found:?}");
}

/// Chance of the sum of many small ones: near enough to a normal distribution.
fn near_normal(chance: &mut StdRng) -> f64 {
    (0..12).map(|_| chance.random::<f64>()).sum::<f64>() - 6.0
}

#[test]
fn eight_of_ten_hours_fall_within_the_range() {
    // Days whose level is off by a quarter, and quarters that are off by chance.
    let mut chance = StdRng::seed_from_u64(7);
    let mut level = (Date::MIN, 1.0);
    let quarters = counts(140, |date, time| {
        if level.0 != date {
            level = (date, (1.0 + 0.25 * near_normal(&mut chance)).max(0.1));
        }
        let mean = f64::from(usual(date, time)) * level.1;
        (mean + mean.sqrt() * near_normal(&mut chance)).max(0.0).round() as u32
    });
    let (mut within, mut all) = (0, 0);
    for day in 0..80_i32 {
        let now = NOW - Duration::DAY * (80 - day) + Duration::HOUR * (day % 8);
        let known: Vec<Quarter> = quarters.iter().filter(|it| now - it.begins <= HISTORY).copied().collect();
        let found = forecast(&known, now).unwrap();
        let hour = now..now + Duration::HOUR;
        let came: u32 = quarters.iter().filter(|it| hour.contains(&it.begins)).map(|quarter| quarter.arrivals).sum();
        within += i32::from((found.low..=found.high).contains(&f64::from(came)));
        all += 1;
    }
    assert!((70..=90).contains(&(within * 100 / all)), "{within} of {all}");
}

#[test]
fn what_is_assumed_gives_way_to_what_is_measured() {
    let assumed = Manner { handling: Duration::seconds(300), patience: Some(Duration::seconds(180)) };
    assert_eq!(manner(&[], assumed, NOW), assumed);
    let hour = |ago: i64, talks: u32, seconds: i64| Hour {
        begins: NOW - Duration::hours(ago),
        talks,
        occupied: Duration::seconds(seconds) * talks,
        abandoned: 40,
        waited: Duration::seconds(240) * 40,
    };
    let found = manner(&[hour(1, 20, 420)], assumed, NOW);
    assert!((355..=365).contains(&found.handling.whole_seconds()), "half and half: {found:?}");
    assert!((215..=225).contains(&found.patience.unwrap().whole_seconds()), "two thirds: {found:?}");
    let found = manner(&[hour(49, 1_000, 600), hour(1, 1_000, 420)], assumed, NOW);
    assert!((445..=465).contains(&found.handling.whole_seconds()), "two days ago counts a quarter: {found:?}");
    assert_eq!(manner(&[hour(1, 20, 420)], Manner { patience: None, ..assumed }, NOW).patience, None);
}
