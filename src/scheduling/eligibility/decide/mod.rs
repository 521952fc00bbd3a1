//! Claims, ages and intervals.

use crate::foundation::audit::Channel;
use crate::scheduling::rules::{Claim, ClaimCode, Group, Interval, RuleSet, VaccineRule};
use time::{Date, Month};

/// A named no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ineligible {
    /// The rules in force have no such claim.
    #[error("the rules in force have no such claim")]
    ClaimUnknown,
    /// The claim's group has its turn later.
    #[error("it is not the turn of group {} yet", .0.name())]
    GroupNotOpen(Group),
    /// The claim is good for other channels only.
    #[error("this claim cannot be used on this channel")]
    ChannelClosed,
    /// The claim is good for other vaccines only.
    #[error("this claim is not good for this vaccine")]
    OtherVaccine,
    /// The vaccine is not given at present.
    #[error("this vaccine is not given at present")]
    NotOffered,
    /// Too young on the day of a dose.
    #[error("the person is too young on that day: {0} years are required")]
    TooYoung(u8),
    /// Too old on the day of a dose.
    #[error("the person is too old on that day: {0} years are the most")]
    TooOld(u8),
    /// The second dose is missing, too early, too late, or one too many.
    #[error("the second dose does not lie in the interval of the rules")]
    Interval,
}

impl Ineligible {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ClaimUnknown => "claim_unknown",
            Self::GroupNotOpen(_) => "group_not_open",
            Self::ChannelClosed => "channel_closed",
            Self::OtherVaccine => "other_vaccine",
            Self::NotOffered => "vaccine_not_offered",
            Self::TooYoung(_) => "too_young",
            Self::TooOld(_) => "too_old",
            Self::Interval => "interval",
        }
    }
}

/// Whether a claim entitles to book now on a channel; the claim, when it does.
///
/// # Errors
/// The claim is unknown, its group has its turn later, or the channel is closed for it.
pub fn entitled<'r>(rules: &'r RuleSet, code: &ClaimCode, channel: Channel) -> Result<&'r Claim, Ineligible> {
    let claim = rules.claim(code).ok_or(Ineligible::ClaimUnknown)?;
    if !rules.open_groups.contains(&claim.group) {
        return Err(Ineligible::GroupNotOpen(claim.group));
    }
    if claim.channels.as_ref().is_some_and(|channels| !channels.contains(&channel)) {
        return Err(Ineligible::ChannelClosed);
    }
    Ok(claim)
}

/// The day on which somebody completes `years` years of life.
///
/// Who was born on 29 February completes a year with the end of 28 February: the new age begins on 1 March.
#[must_use]
pub fn birthday(born_on: Date, years: u8) -> Option<Date> {
    let year = born_on.year().checked_add(i32::from(years))?;
    Date::from_calendar_date(year, born_on.month(), born_on.day())
        .or_else(|_| Date::from_calendar_date(year, Month::March, 1))
        .ok()
}

/// Completed years on a day; none before birth.
#[must_use]
pub fn age_on(born_on: Date, day: Date) -> Option<u8> {
    let years = u8::try_from(day.year().checked_sub(born_on.year())?).ok()?;
    if birthday(born_on, years)? <= day { Some(years) } else { years.checked_sub(1) }
}

/// Days from the first to the last; the last is open when there is no upper age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Option<Date>,
}

/// The days on which somebody's age fits a claim and a vaccine; they hold for each dose.
///
/// # Errors
/// The vaccine is not given at present, or the claim is good for others only. An age that is never reached in the
/// calendar is too young.
pub fn first_days(claim: &Claim, rule: &VaccineRule, born_on: Date) -> Result<Days, Ineligible> {
    fits_vaccine(claim, rule)?;
    let min_age = claim.min_age.unwrap_or(0).max(rule.min_age);
    let from = birthday(born_on, min_age).ok_or(Ineligible::TooYoung(min_age))?;
    let until = match rule.max_age {
        None => None,
        // One year more than the greatest age is completed on the day after the last.
        Some(max_age) => birthday(born_on, max_age.saturating_add(1)).and_then(Date::previous_day),
    };
    Ok(Days { from, until })
}

fn fits_vaccine(claim: &Claim, rule: &VaccineRule) -> Result<(), Ineligible> {
    if !rule.offered {
        return Err(Ineligible::NotOffered);
    }
    match &claim.vaccines {
        Some(vaccines) if !vaccines.contains(&rule.code) => Err(Ineligible::OtherVaccine),
        _ => Ok(()),
    }
}

/// Whether these days fit claim, vaccine, ages and interval. A vaccine of one dose has no second day.
///
/// # Errors
/// The first thing that does not fit.
pub fn check_pair(
    claim: &Claim,
    rule: &VaccineRule,
    born_on: Date,
    first: Date,
    second: Option<Date>,
) -> Result<(), Ineligible> {
    for day in [Some(first), second].into_iter().flatten() {
        let age = age_on(born_on, day).ok_or(Ineligible::TooYoung(rule.min_age))?;
        fits_age(claim, rule, age)?;
    }
    match (rule.interval, second) {
        (None, None) => Ok(()),
        (Some(interval), Some(second)) if lies_in(interval, first, second) => Ok(()),
        (None, Some(_)) | (Some(_), None | Some(_)) => Err(Ineligible::Interval),
    }
}

/// Whether claim and vaccine are good for people of an age.
pub(super) fn fits_age(claim: &Claim, rule: &VaccineRule, age: u8) -> Result<(), Ineligible> {
    fits_vaccine(claim, rule)?;
    let min_age = claim.min_age.unwrap_or(0).max(rule.min_age);
    if age < min_age { Err(Ineligible::TooYoung(min_age)) } else { not_too_old(rule, age) }
}

/// Whether a vaccine may be given to somebody on a day, whatever the claim.
///
/// # Errors
/// Too young or too old.
pub fn check_age(rule: &VaccineRule, born_on: Date, day: Date) -> Result<(), Ineligible> {
    let age = age_on(born_on, day).filter(|age| *age >= rule.min_age).ok_or(Ineligible::TooYoung(rule.min_age))?;
    not_too_old(rule, age)
}

fn not_too_old(rule: &VaccineRule, age: u8) -> Result<(), Ineligible> {
    match rule.max_age {
        Some(max_age) if age > max_age => Err(Ineligible::TooOld(max_age)),
        Some(_) | None => Ok(()),
    }
}

/// Whether the days between two local dates fit an interval.
fn lies_in(interval: Interval, first: Date, second: Date) -> bool {
    (i64::from(interval.min)..=i64::from(interval.max)).contains(&(second - first).whole_days())
}

#[cfg(test)]
mod tests;
