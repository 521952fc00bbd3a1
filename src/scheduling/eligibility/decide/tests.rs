use super::*;
use crate::foundation::calendar;
use crate::scheduling::Campaign;
use proptest::prelude::*;
use std::sync::LazyLock;
use time::macros::{date, datetime, time};
use time::{Duration, OffsetDateTime};

fn campaign() -> &'static Campaign {
    static SHIPPED: LazyLock<Campaign> = LazyLock::new(|| Campaign::shipped().unwrap());
    &SHIPPED
}

fn try_claim(at: OffsetDateTime, code: &str, channel: Channel) -> Result<(), &'static str> {
    let campaign = campaign();
    let rules = campaign.rules.in_force(at).ok_or("not_open_yet")?;
    entitled(rules, &ClaimCode(code.to_owned()), channel).map(drop).map_err(Ineligible::code)
}

/// The first vaccine's rule of which an age on a day fits, by code.
fn vaccines_for(at: OffsetDateTime, claim: &str, born_on: Date, day: Date) -> Vec<String> {
    let campaign = campaign();
    let rules = campaign.rules.in_force(at).unwrap();
    let claim = rules.claim(&ClaimCode(claim.to_owned())).unwrap();
    let fits = |rule: &&VaccineRule| {
        let second = rule.interval.map(|interval| day + Duration::days(i64::from(interval.target)));
        check_pair(claim, rule, born_on, day, second).is_ok()
    };
    rules.vaccines.iter().filter(fits).map(|rule| rule.code.0.clone()).collect()
}

#[test]
fn the_campaign_opens_group_by_group_at_its_minutes() {
    for (at, claim, outcome) in [
        (datetime!(2021-01-11 12:59:59 UTC), "age-80", Err("not_open_yet")),
        (datetime!(2021-01-11 13:00 UTC), "age-80", Ok(())),
        (datetime!(2021-01-12 12:00 UTC), "age-70", Err("claim_unknown")),
        (datetime!(2021-02-08 12:00 UTC), "age-70", Ok(())),
        // Child care moves from the third to the second group.
        (datetime!(2021-02-23 22:59:59 UTC), "childcare", Err("group_not_open")),
        (datetime!(2021-02-23 23:00 UTC), "childcare", Ok(())),
        (datetime!(2021-04-28 15:59:59 UTC), "food-retail", Err("group_not_open")),
        (datetime!(2021-04-28 16:00 UTC), "food-retail", Ok(())),
        (datetime!(2021-06-07 05:59:59 UTC), "everyone", Err("claim_unknown")),
        (datetime!(2021-06-07 06:00 UTC), "everyone", Ok(())),
    ] {
        assert_eq!(try_claim(at, claim, Channel::Phone), outcome, "{claim} at {at}");
    }
}

#[test]
fn a_claim_may_be_bound_to_a_channel_and_a_vaccine() {
    let at = datetime!(2021-04-09 08:00 UTC);
    assert_eq!(try_claim(at, "age-60-azd1222", Channel::Phone), Err("channel_closed"));
    assert_eq!(try_claim(at, "age-60-azd1222", Channel::Web), Ok(()));
    assert_eq!(vaccines_for(at, "age-60-azd1222", date!(1950 - 01 - 01), date!(2021 - 04 - 20)), ["azd1222"]);
}

#[test]
fn from_sixty_five_on_nobody_gets_astrazeneca_while_it_is_recommended_up_to_sixty_four() {
    let at = datetime!(2021-02-10 08:00 UTC);
    let day = date!(2021 - 02 - 20);
    assert_eq!(vaccines_for(at, "illness-high", date!(1956 - 02 - 20), day), ["bnt162b2", "mrna-1273"]);
    // Sixty-four on the first day, sixty-five on the second: the recommendation holds for each dose.
    assert_eq!(vaccines_for(at, "illness-high", date!(1956 - 03 - 20), day), ["bnt162b2", "mrna-1273"]);
    let young = date!(1956 - 06 - 20);
    assert_eq!(vaccines_for(at, "illness-high", young, day), ["bnt162b2", "mrna-1273", "azd1222"]);
    assert_eq!(vaccines_for(at, "illness-high", date!(2004 - 02 - 20), day), ["bnt162b2"]);
}

#[test]
fn a_suspended_vaccine_is_none_until_it_is_resumed() {
    let born_on = date!(1970 - 01 - 01);
    let day = date!(2021 - 04 - 10);
    let with_vector = |at| vaccines_for(at, "illness-high", born_on, day).contains(&"azd1222".to_owned());
    assert!(with_vector(datetime!(2021-03-15 14:29:59 UTC)));
    assert!(!with_vector(datetime!(2021-03-15 14:30 UTC)));
    assert!(with_vector(datetime!(2021-03-18 20:30 UTC)));
    assert!(!with_vector(datetime!(2021-04-01 08:00 UTC)), "from then on from sixty years only");
}

#[test]
fn age_is_reached_on_the_birthday() {
    for (born_on, day, age) in [
        (date!(1941 - 12 - 31), date!(2021 - 12 - 30), 79),
        (date!(1941 - 12 - 31), date!(2021 - 12 - 31), 80),
        (date!(1942 - 01 - 01), date!(2021 - 12 - 31), 79),
        (date!(1942 - 01 - 01), date!(2022 - 01 - 01), 80),
        (date!(1940 - 02 - 29), date!(2021 - 02 - 28), 80),
        (date!(1940 - 02 - 29), date!(2021 - 03 - 01), 81),
        (date!(1940 - 02 - 29), date!(2020 - 02 - 29), 80),
        (date!(2007 - 06 - 07), date!(2021 - 06 - 06), 13),
        (date!(2007 - 06 - 07), date!(2021 - 06 - 07), 14),
    ] {
        assert_eq!(age_on(born_on, day), Some(age), "born {born_on}, on {day}");
    }
    assert_eq!(age_on(date!(2021 - 06 - 08), date!(2021 - 06 - 07)), None);
}

#[test]
fn the_eightieth_birthday_may_be_the_day_of_the_appointment() {
    let campaign = campaign();
    let rules = campaign.rules.in_force(datetime!(2021-01-12 08:00 UTC)).unwrap();
    let claim = rules.claim(&ClaimCode("age-80".to_owned())).unwrap();
    let rule = rules.vaccine(&"bnt162b2".into()).unwrap();
    let born_on = date!(1941 - 01 - 20);
    let days = first_days(claim, rule, born_on).unwrap();
    assert_eq!(days, Days { from: date!(2021 - 01 - 20), until: None });
    let pair = |first: Date| check_pair(claim, rule, born_on, first, Some(first + Duration::days(21)));
    assert_eq!(pair(date!(2021 - 01 - 19)), Err(Ineligible::TooYoung(80)));
    assert_eq!(pair(date!(2021 - 01 - 20)), Ok(()));
}

#[test]
fn fourteen_on_the_day_that_prioritisation_ends_is_enough() {
    let at = datetime!(2021-06-07 06:00 UTC);
    let day = date!(2021 - 06 - 07);
    assert_eq!(vaccines_for(at, "everyone", date!(2007 - 06 - 07), day), ["bnt162b2"]);
    assert!(vaccines_for(at, "everyone", date!(2007 - 06 - 08), day).is_empty());
}

#[test]
fn sixty_between_the_doses_is_too_young_for_the_first() {
    let at = datetime!(2021-04-10 08:00 UTC);
    let vaccines = vaccines_for(at, "illness-high", date!(1961 - 05 - 01), date!(2021 - 04 - 20));
    assert!(!vaccines.contains(&"azd1222".to_owned()));
}

#[test]
fn six_weeks_across_the_clock_change_are_forty_two_local_dates() {
    let first = date!(2021 - 02 - 14);
    let six_weeks = Interval { min: 42, target: 42, max: 42 };
    // The day of 28 March 2021 has 23 hours: counted in hours these are less than six weeks.
    assert!(lies_in(six_weeks, first, date!(2021 - 03 - 28)));
    assert!(!lies_in(six_weeks, first, date!(2021 - 03 - 27)));
    assert!(!lies_in(six_weeks, first, date!(2021 - 03 - 29)));
    let between = calendar::moment(date!(2021 - 03 - 28), time!(10:21)) - calendar::moment(first, time!(10:21));
    assert_eq!(between, Duration::days(42) - Duration::HOUR);
}

#[test]
fn a_vaccine_of_one_dose_has_no_second_day() {
    let campaign = campaign();
    let rules = campaign.rules.in_force(datetime!(2021-04-28 16:00 UTC)).unwrap();
    let claim = rules.claim(&ClaimCode("age-60".to_owned())).unwrap();
    let rule = rules.vaccine(&"ad26-cov2-s".into()).unwrap();
    let (born_on, day) = (date!(1950 - 01 - 01), date!(2021 - 05 - 10));
    assert_eq!(check_pair(claim, rule, born_on, day, None), Ok(()));
    assert_eq!(check_pair(claim, rule, born_on, day, Some(day + Duration::days(42))), Err(Ineligible::Interval));
    let two = rules.vaccine(&"bnt162b2".into()).unwrap();
    assert_eq!(check_pair(claim, two, born_on, day, None), Err(Ineligible::Interval));
}

prop_compose! {
    fn a_date(from: i32, until: i32)(ordinal in from * 365..until * 365) -> Date {
        date!(0000 - 01 - 01).saturating_add(Duration::days(i64::from(ordinal)))
    }
}

proptest! {
    #[test]
    fn the_days_that_are_searched_are_exactly_those_that_are_accepted(
        born_on in a_date(1920, 2012), first in a_date(2021, 2022), gap in 1_u16..100, at in 0_i64..200, which in any::<prop::sample::Index>(),
    ) {
        let campaign = campaign();
        let rules = campaign.rules.in_force(datetime!(2021-01-12 08:00 UTC) + Duration::days(at)).unwrap();
        let claim = &rules.claims[which.index(rules.claims.len())];
        for rule in &rules.vaccines {
            let second = rule.interval.map(|_| first + Duration::days(i64::from(gap)));
            let searched = first_days(claim, rule, born_on);
            let fits = |day: Date, days: Days| days.from <= day && days.until.is_none_or(|until| day <= until);
            let expected = searched.is_ok_and(|days| fits(first, days) && second.is_none_or(|day| fits(day, days)))
                && rule.interval.is_none_or(|interval| (interval.min..=interval.max).contains(&gap));
            prop_assert_eq!(check_pair(claim, rule, born_on, first, second).is_ok(), expected);
        }
    }

    #[test]
    fn age_grows_by_one_on_each_birthday_and_on_no_other_day(born_on in a_date(1920, 2010), years in 0_u8..105) {
        let day = birthday(born_on, years).unwrap();
        prop_assert_eq!(age_on(born_on, day), Some(years));
        prop_assert_eq!(age_on(born_on, day.previous_day().unwrap()), years.checked_sub(1));
    }
}
