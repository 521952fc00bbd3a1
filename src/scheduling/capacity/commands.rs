//! Releasing slots: a day in one transaction, many days one after the other.

use super::decide::{self, Day, NoPlan};
use super::model::{DayRelease, Release, ReleaseError, Released, Summary};
use super::store;
use crate::foundation::calendar;
use crate::foundation::db::{Db, Tx};
use crate::foundation::events::{self, About};
use crate::foundation::fault::Fault;
use crate::in_tx;
use crate::scheduling::Campaign;
use crate::scheduling::rules::Interval;
use crate::supply;
use crate::supply::model::Centre;
use time::{Date, Duration};

/// More days at once are a typing error.
const MOST_DAYS: i64 = 366;

/// Releases every day of a release, each in a transaction of its own. Stopped half-way and begun again, it makes what
/// is missing and nothing twice, also when its first days have passed meanwhile. Days on which the centre is closed or
/// full are passed over, and counted.
///
/// # Errors
/// When the release makes no sense, or the database is away; days that were released stay.
pub async fn release_days(db: &Db, campaign: &Campaign, release: &Release) -> Result<Summary, ReleaseError> {
    if !(0..MOST_DAYS).contains(&(release.last_day - release.first_day).whole_days()) {
        return Err(ReleaseError::Days);
    }
    let mut summary = Summary::default();
    for day in release.days() {
        let released: Result<Released, ReleaseError> =
            in_tx!(db, "release slots", |tx| release_slots(tx, campaign, &day));
        match released {
            Ok(Released::Made { first, second }) => {
                summary.days += 1;
                summary.first += first;
                summary.second += second;
            }
            Ok(Released::Before) => summary.before += 1,
            Err(ReleaseError::Closed(_)) => summary.closed += 1,
            Err(ReleaseError::Full(_)) => summary.full += 1,
            Err(ReleaseError::Past(_)) => summary.past += 1,
            Err(error) => return Err(error),
        }
    }
    let is_all_past = release.days().count() == summary.past;
    if is_all_past { Err(ReleaseError::Past(release.last_day)) } else { Ok(summary) }
}

/// Releases the first doses of one day, with their second doses.
///
/// # Errors
/// When there is nothing to release, by a named refusal, or the database is away.
async fn release_slots(tx: &mut Tx, campaign: &Campaign, release: &DayRelease) -> Result<Released, ReleaseError> {
    let now = tx.now();
    if release.name.is_empty() || release.name.len() > 64 {
        return Err(ReleaseError::NoName);
    }
    if release.per_bucket == 0 {
        return Err(ReleaseError::Empty);
    }
    store::lock_centre(tx, &release.centre).await?;
    if store::is_released(tx, release).await? {
        return Ok(Released::Before);
    }
    if release.day <= calendar::local_date(now) {
        return Err(ReleaseError::Past(release.day));
    }
    let centre = centre(tx, release).await?;
    // Nobody books before the slots open, so the rules of that moment decide the second day.
    let opens_at = release.opens_at.map_or(now, |opens| opens.max(now));
    let rules = campaign.rules.in_force(opens_at).ok_or(ReleaseError::NoRules)?;
    let rule = rules
        .vaccine(&release.vaccine)
        .filter(|rule| rule.offered)
        .ok_or_else(|| ReleaseError::NotOffered(release.vaccine.clone()))?;
    let seconds: Vec<Date> = rule.interval.map_or_else(Vec::new, |interval| second_days(release.day, interval));
    let mut days = days(tx, &centre, release.day, &seconds).await?;
    let first = days.remove(0);
    let plan = decide::plan(&centre, release.per_bucket, rule.interval, &first, &days).map_err(|none| match none {
        NoPlan::Closed => ReleaseError::Closed(release.day),
        NoPlan::Full => ReleaseError::Full(release.day),
    })?;
    store::insert(tx, release, &plan, &rules.version, opens_at).await?;
    events::record(
        tx,
        "slots.released",
        About::default(),
        serde_json::json!({
            "release": release.name, "centre": release.centre, "vaccine": release.vaccine,
            "day": release.day.to_string(), "first": plan.first.len(), "second": plan.second.len(),
        }),
    )
    .await?;
    Ok(Released::Made { first: plan.first.len(), second: plan.second.len() })
}

async fn centre(tx: &mut Tx, release: &DayRelease) -> Result<Centre, ReleaseError> {
    let vaccines = supply::store::vaccines(tx.conn()).await?;
    if !vaccines.iter().any(|vaccine| vaccine.code == release.vaccine) {
        return Err(ReleaseError::UnknownVaccine(release.vaccine.clone()));
    }
    let centres = supply::store::centres(tx.conn()).await?;
    centres
        .into_iter()
        .find(|centre| centre.code == release.centre)
        .ok_or_else(|| ReleaseError::UnknownCentre(release.centre.clone()))
}

fn second_days(first: Date, interval: Interval) -> Vec<Date> {
    (interval.min..=interval.max).filter_map(|days| first.checked_add(Duration::days(i64::from(days)))).collect()
}

/// The first day and the possible second days with their hours and what exists there, in that order.
async fn days(tx: &mut Tx, centre: &Centre, first: Date, seconds: &[Date]) -> Result<Vec<Day>, Fault> {
    let dates: Vec<Date> = std::iter::once(first).chain(seconds.iter().copied()).collect();
    let mut taken = store::places(tx, &centre.code, &dates).await?;
    Ok(dates
        .into_iter()
        .map(|date| Day {
            date,
            hours: centre.hours_on(date, calendar::is_holiday(date)),
            taken: taken.remove(&date).unwrap_or_default(),
        })
        .collect())
}
