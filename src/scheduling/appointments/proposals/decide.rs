//! Where to look: the days that fit applicant, rules, wish and post.

use crate::foundation::calendar;
use crate::scheduling::appointments::model::{Applicant, Wish};
use crate::scheduling::eligibility::{self, Ineligible};
use crate::scheduling::rules::{Claim, RuleSet, VaccineRule};
use crate::supply::model::VaccineCode;
use time::{Date, Duration};

/// A search for pairs of one vaccine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::scheduling::appointments) struct Search {
    /// The vaccine.
    pub vaccine: VaccineCode,
    /// First doses from this day on.
    pub from: Date,
    /// First doses until this day.
    pub until: Date,
    /// Days from the first to the second dose, the best first; none for one dose.
    pub gaps: Vec<i32>,
    /// No dose after this day, because of an upper age.
    pub last: Option<Date>,
}

/// The searches for an applicant, one for each vaccine that fits.
///
/// # Errors
/// When no vaccine fits, why the last one does not.
pub(super) fn searches(
    rules: &RuleSet,
    claim: &Claim,
    applicant: &Applicant,
    wish: &Wish,
    today: Date,
    horizon_days: u16,
) -> Result<Vec<Search>, Ineligible> {
    let earliest = earliest(rules, wish, today);
    let latest = earliest.saturating_add(Duration::days(i64::from(horizon_days)));
    let mut searches = Vec::new();
    let mut refusal = Ineligible::NotOffered;
    for rule in &rules.vaccines {
        match search(claim, rule, *applicant.born_on.expose(), earliest, latest) {
            Ok(search) => searches.push(search),
            // "Too young" says more than that another vaccine is suspended or not meant.
            Err(reason @ (Ineligible::TooYoung(_) | Ineligible::TooOld(_))) => refusal = reason,
            Err(_) => {}
        }
    }
    if searches.is_empty() { Err(refusal) } else { Ok(searches) }
}

fn search(
    claim: &Claim,
    rule: &VaccineRule,
    born_on: Date,
    earliest: Date,
    latest: Date,
) -> Result<Search, Ineligible> {
    let days = eligibility::first_days(claim, rule, born_on)?;
    let least_gap = rule.interval.map_or(0, |interval| i64::from(interval.min));
    let last_first = days.until.map(|last| last.saturating_sub(Duration::days(least_gap)));
    let (from, until) = (earliest.max(days.from), last_first.map_or(latest, |last| last.min(latest)));
    if days.from > latest {
        return Err(Ineligible::TooYoung(claim.min_age.unwrap_or(0).max(rule.min_age)));
    }
    if from > until {
        return Err(Ineligible::TooOld(rule.max_age.unwrap_or(u8::MAX)));
    }
    let mut gaps: Vec<i32> =
        rule.interval.map_or_else(Vec::new, |interval| (interval.min..=interval.max).map(i32::from).collect());
    let target = rule.interval.map_or(0, |interval| i32::from(interval.target));
    gaps.sort_by_key(|gap| (gap - target).abs());
    Ok(Search { vaccine: rule.code.clone(), from, until, gaps, last: days.until })
}

/// The first day that may be proposed: tomorrow, the wished day, and with a letter what the post needs.
pub(in crate::scheduling::appointments) fn earliest(rules: &RuleSet, wish: &Wish, today: Date) -> Date {
    let tomorrow = today.next_day().unwrap_or(today);
    let by_post = if wish.by_post { calendar::add_working_days(today, rules.post_days) } else { tomorrow };
    tomorrow.max(by_post).max(wish.from_day.unwrap_or(tomorrow))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::pii::Pii;
    use crate::scheduling::Campaign;
    use crate::scheduling::rules::ClaimCode;
    use time::OffsetDateTime;
    use time::macros::{date, datetime};

    fn look(at: OffsetDateTime, claim: &str, born_on: Date, wish: &Wish) -> Result<Vec<Search>, Ineligible> {
        let campaign = Campaign::shipped().unwrap();
        let rules = campaign.rules.in_force(at).unwrap();
        let claim = ClaimCode(claim.to_owned());
        let applicant = Applicant { born_on: Pii::new(born_on), claim: claim.clone() };
        searches(rules, rules.claim(&claim).unwrap(), &applicant, wish, calendar::local_date(at), 90)
    }

    #[test]
    fn a_letter_arrives_before_the_first_dose() {
        // Maundy Thursday: the fifth working day after it is the next Friday but one.
        let at = datetime!(2021-04-01 08:00 UTC);
        let wish = Wish { by_post: true, ..Wish::default() };
        assert_eq!(look(at, "age-80", date!(1939 - 03 - 24), &wish).unwrap()[0].from, date!(2021 - 04 - 12));
        assert_eq!(look(at, "age-80", date!(1939 - 03 - 24), &Wish::default()).unwrap()[0].from, date!(2021 - 04 - 02));
    }

    #[test]
    fn a_wished_day_is_never_too_early() {
        let at = datetime!(2021-04-01 08:00 UTC);
        let wish = Wish { from_day: Some(date!(2021 - 03 - 01)), ..Wish::default() };
        assert_eq!(look(at, "age-80", date!(1939 - 03 - 24), &wish).unwrap()[0].from, date!(2021 - 04 - 02));
        let wish = Wish { from_day: Some(date!(2021 - 05 - 01)), ..Wish::default() };
        assert_eq!(look(at, "age-80", date!(1939 - 03 - 24), &wish).unwrap()[0].from, date!(2021 - 05 - 01));
    }

    #[test]
    fn who_is_not_old_enough_yet_gets_days_from_the_birthday_on() {
        let at = datetime!(2021-01-12 08:00 UTC);
        let found = look(at, "age-80", date!(1941 - 03 - 01), &Wish::default()).unwrap();
        assert_eq!(found[0].from, date!(2021 - 03 - 01));
        assert_eq!(look(at, "age-80", date!(1951 - 03 - 01), &Wish::default()), Err(Ineligible::TooYoung(80)));
    }

    #[test]
    fn the_second_dose_is_looked_for_around_the_target() {
        let found = look(datetime!(2021-06-10 08:00 UTC), "everyone", date!(1990 - 01 - 01), &Wish::default()).unwrap();
        assert_eq!(found[0].gaps[..3], [42, 41, 40]);
        assert_eq!((found[0].gaps.len(), found[0].gaps.last()), (22, Some(&21)));
        let vaccines: Vec<_> = found.iter().map(|search| search.vaccine.as_str()).collect();
        assert_eq!(vaccines, ["bnt162b2", "mrna-1273"]);
    }

    #[test]
    fn an_upper_age_holds_for_the_second_dose_too() {
        // Sixty-five on 1 June: both doses of AstraZeneca must lie before, nine weeks apart.
        let found =
            look(datetime!(2021-02-10 08:00 UTC), "illness-high", date!(1956 - 06 - 01), &Wish::default()).unwrap();
        let vector = found.iter().find(|search| search.vaccine.as_str() == "azd1222").unwrap();
        assert_eq!((vector.until, vector.last), (date!(2021 - 03 - 29), Some(date!(2021 - 05 - 31))));
    }
}
