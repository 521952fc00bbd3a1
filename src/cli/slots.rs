//! `vaxline slots release`: what the lanes of centres can serve becomes bookable, in pairs.

use crate::foundation::calendar;
use crate::foundation::db::Db;
use crate::scheduling::Campaign;
use crate::scheduling::capacity::{Release, Summary, release_days};
use crate::supply::model::{CentreCode, VaccineCode};
use crate::supply::store;
use anyhow::{Context, bail};
use std::io::Write;
use time::format_description::FormatItem;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

const DAY: &[FormatItem<'static>] = format_description!("[year]-[month]-[day]");
const MINUTE: &[FormatItem<'static>] = format_description!("[year]-[month]-[day]T[hour]:[minute]");

/// What can be done with slots.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Slots {
    /// Releases first doses with their second ones. The same name releases a day once: what was stopped half-way is
    /// completed by the same command
    Release(Wanted),
}

/// What is released.
#[derive(Clone, Debug, clap::Args)]
pub struct Wanted {
    /// The release's name
    #[arg(long)]
    name: String,
    /// Where: a centre's code
    #[arg(long, required_unless_present = "all")]
    centre: Option<String>,
    /// At every centre
    #[arg(long, conflicts_with = "centre")]
    all: bool,
    /// What: a vaccine's code
    #[arg(long)]
    vaccine: String,
    /// First day of first doses (2021-03-29)
    #[arg(long, value_parser = day)]
    from: Date,
    /// Last day of first doses
    #[arg(long, value_parser = day)]
    to: Date,
    /// First doses in five minutes, at most; a centre's lanes may allow fewer
    #[arg(long)]
    per_bucket: u8,
    /// Not bookable before, in local time (2021-03-22T08:00)
    #[arg(long, value_parser = minute)]
    opens_at: Option<OffsetDateTime>,
}

pub(super) fn day(text: &str) -> Result<Date, String> {
    Date::parse(text, DAY).map_err(|_| "a day is written as 2021-03-29".to_owned())
}

fn minute(text: &str) -> Result<OffsetDateTime, String> {
    let local = PrimitiveDateTime::parse(text, MINUTE);
    let local = local.map_err(|_| "a local time is written as 2021-03-22T08:00".to_owned())?;
    Ok(calendar::moment(local.date(), local.time()))
}

/// Carries the command out.
///
/// # Errors
/// What was refused or is broken; days that were released stay.
pub async fn run(command: Slots, db: &Db, campaign: &Campaign, out: &mut impl Write) -> anyhow::Result<()> {
    let Slots::Release(wanted) = command;
    let mut sum = Summary::default();
    for centre in centres(db, wanted.centre.as_deref()).await? {
        let release = Release {
            name: wanted.name.clone(),
            centre,
            vaccine: VaccineCode(wanted.vaccine.clone()),
            first_day: wanted.from,
            last_day: wanted.to,
            per_bucket: wanted.per_bucket,
            opens_at: wanted.opens_at,
        };
        let made = release_days(db, campaign, &release)
            .await
            .with_context(|| format!("release at {}; what was released stays", release.centre))?;
        say(release.centre.as_str(), &made, out)?;
        sum += made;
    }
    say("in all", &sum, out)?;
    Ok(())
}

/// The centre that is named, or all.
async fn centres(db: &Db, named: Option<&str>) -> anyhow::Result<Vec<CentreCode>> {
    if let Some(code) = named {
        return Ok(vec![CentreCode::from(code)]);
    }
    let mut conn = db.pool().acquire().await.context("reach the database")?;
    let codes: Vec<CentreCode> = store::centres(&mut conn).await?.into_iter().map(|centre| centre.code).collect();
    if codes.is_empty() {
        bail!("there is no centre yet: vaxline centres import");
    }
    Ok(codes)
}

fn say(place: &str, made: &Summary, out: &mut impl Write) -> std::io::Result<()> {
    let Summary { days, before, closed, full, past, first, second } = made;
    writeln!(
        out,
        "{place}: {days} days with {first} first and {second} second doses; {before} were released before, {closed} \
         closed, {full} full, {past} past"
    )
}
