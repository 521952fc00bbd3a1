//! Proposing pairs.

use super::decide::{self, Search};
use super::store::{self, First};
use crate::foundation::audit::Channel;
use crate::foundation::calendar;
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::scheduling::appointments::model::{Applicant, Pair, Wish};
use crate::scheduling::appointments::token::Choice;
use crate::scheduling::eligibility;
use crate::scheduling::rules::{Claim, RuleSet};
use crate::scheduling::{Campaign, SchedulingError};
use rand::RngExt;
use std::collections::BTreeMap;
use time::{Duration, Time};

/// Days of a centre that are looked at in one proposal. More would offer later days beside the next ones.
const DAYS: i32 = 3;

/// Random times from which is looked on a day: one before and one after noon.
const STARTS: usize = 2;

/// The working day of every centre lies within these hours; a random start outside would always find the first slot.
const BUSY: (Time, Time) = (time::macros::time!(8:00), time::macros::time!(18:00));

/// Proposes pairs that are bookable for an applicant, the earliest first. Nothing is taken.
///
/// # Errors
/// When the rules do not allow it, nothing that fits is free, or the database is away.
pub async fn propose(
    tx: &mut Tx,
    campaign: &Campaign,
    applicant: &Applicant,
    wish: &Wish,
    channel: Channel,
) -> Result<Vec<Pair>, SchedulingError> {
    let (rules, claim) = rules_for(tx, campaign, applicant, channel)?;
    let centres = store::centres(tx, wish.centre.as_ref()).await?;
    // Before the first centre is imported nothing is free: only a wish can name a centre that does not exist.
    if centres.is_empty() && wish.centre.is_some() {
        return Err(SchedulingError::UnknownCentre);
    }
    let today = calendar::local_date(tx.now());
    let searches = decide::searches(rules, claim, applicant, wish, today, campaign.settings.horizon_days)?;
    let starts = starts(tx, wish);
    store::go_by_the_index(tx).await?;
    let mut found = Vec::new();
    for search in &searches {
        found.extend(choices(tx, &centres, search, wish, &starts).await?);
    }
    // At the same day chance decides, so that no centre and no vaccine is always first.
    let mut ranked: Vec<(u32, Choice)> = found.into_iter().map(|choice| (tx.chance().random(), choice)).collect();
    ranked.sort_by_key(|(chance, choice)| (choice.first.day, *chance));
    let mut best: Vec<Choice> = ranked.into_iter().map(|(_, choice)| choice).collect();
    best.truncate(usize::from(campaign.settings.proposals));
    best.sort_by_key(|choice| choice.first);
    if best.is_empty() { Err(SchedulingError::SoldOut) } else { Ok(pairs(tx, best).await?) }
}

/// The three pairs nearest to one that was taken: the same vaccine at the same centre, about the same day and time.
pub(in crate::scheduling::appointments) async fn nearest(
    tx: &mut Tx,
    campaign: &Campaign,
    applicant: &Applicant,
    channel: Channel,
    taken: &Choice,
) -> Result<Vec<Pair>, SchedulingError> {
    let (rules, claim) = rules_for(tx, campaign, applicant, channel)?;
    let wish = Wish { centre: Some(taken.centre.clone()), from_day: Some(taken.first.day), ..Wish::default() };
    let today = calendar::local_date(tx.now());
    let searches = decide::searches(rules, claim, applicant, &wish, today, campaign.settings.horizon_days)?;
    let Some(search) = searches.iter().find(|search| search.vaccine == taken.vaccine) else {
        return Ok(Vec::new());
    };
    let centres = [taken.centre.0.clone()];
    // The next free time at or behind the taken one, and one somewhat before.
    let starts = [taken.first.time, somewhat_before(taken.first.time)];
    store::go_by_the_index(tx).await?;
    let mut found = choices(tx, &centres, search, &wish, &starts).await?;
    let distance = |choice: &Choice| {
        let days = (choice.first.day - taken.first.day).whole_days();
        let minutes = (choice.first.time - taken.first.time).whole_minutes().abs();
        (days, minutes)
    };
    found.sort_by_key(distance);
    found.truncate(3);
    Ok(pairs(tx, found).await?)
}

/// The rules in force and the claim that entitles an applicant.
pub(in crate::scheduling::appointments) fn rules_for<'c>(
    tx: &Tx,
    campaign: &'c Campaign,
    applicant: &Applicant,
    channel: Channel,
) -> Result<(&'c RuleSet, &'c Claim), SchedulingError> {
    let rules = campaign.rules.in_force(tx.now()).ok_or(SchedulingError::NotOpenYet)?;
    Ok((rules, eligibility::entitled(rules, &applicant.claim, channel)?))
}

fn somewhat_before(time: Time) -> Time {
    if time.hour() == 0 { time } else { time - Duration::minutes(15) }
}

/// Random times within the wished hours.
fn starts(tx: &mut Tx, wish: &Wish) -> Vec<Time> {
    let (from, until) = wish.day_part.hours();
    let (from, until) = (from.max(BUSY.0), until.min(BUSY.1));
    let part = (until - from).whole_minutes() / i64::try_from(STARTS).unwrap_or(1);
    (0..)
        .take(STARTS)
        .map(|place| from + Duration::minutes(place * part + tx.chance().random_range(0..part.max(1))))
        .collect()
}

/// Free pairs of one search.
async fn choices(
    tx: &mut Tx,
    centres: &[String],
    search: &Search,
    wish: &Wish,
    starts: &[Time],
) -> Result<Vec<Choice>, Fault> {
    let hours = wish.day_part.hours();
    let firsts: Vec<First> = store::first_slots(tx, centres, search, hours, starts, DAYS).await?;
    if !search.gaps.is_empty() {
        return store::second_slots(tx, search, hours, &firsts).await;
    }
    let single =
        |first: First| Choice { centre: first.centre, vaccine: search.vaccine.clone(), first: first.at, second: None };
    Ok(firsts.into_iter().map(single).collect())
}

async fn pairs(tx: &mut Tx, choices: Vec<Choice>) -> Result<Vec<Pair>, Fault> {
    let mut names = BTreeMap::new();
    let mut pairs = Vec::with_capacity(choices.len());
    for choice in choices {
        let key = (choice.vaccine.clone(), choice.first.day);
        if !names.contains_key(&key) {
            let name = store::vaccine_name(tx, choice.vaccine.as_str(), choice.first.day).await?;
            names.insert(key.clone(), name);
        }
        let vaccine_name = names.get(&key).cloned().unwrap_or_default();
        pairs.push(choice.into_pair(vaccine_name));
    }
    Ok(pairs)
}
