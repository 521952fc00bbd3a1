//! The use cases of statistics, each in the caller's transaction: fold what is new, and tell what came of it.

use super::decide::figures::{Named, of_agents, of_agents_calls, of_entries};
use super::decide::{Fold, running};
use super::model::{By, Cell, Fact, Hour, Range, Shift, StatisticsError, Sums, Tally};
use super::settings::Settings;
use super::store::{self, Together};
use super::wire::{Of, Report, Row};
use crate::accounts::store as accounts;
use crate::foundation::db::{Db, Tx, leases};
use crate::foundation::events::{self, Published, readers};
use crate::foundation::fault::Fault;
use crate::foundation::ids::UserId;
use crate::in_tx;
use std::collections::{BTreeMap, BTreeSet};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The lease under which facts are folded, and the name of the log's reader.
pub const NAME: &str = "statistics";

/// How many facts one transaction folds: some tens of milliseconds of work. More would hold its lock longer than a
/// supervisor waits.
pub const ROUND: i64 = 1_000;

/// How many cells one report is made of: some seconds of work, within the time that a statement has. A month of six cells
/// an hour is half of it.
const MOST_CELLS: i64 = 10_000;

/// What came of one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Another process folds.
    Elsewhere,
    /// There may be more.
    Full,
    /// Everything that is published is folded.
    Last,
}

/// Folds at most `limit` facts, if `node` leads: what they change and how far the log was read is one transaction.
///
/// # Errors
/// When the database is away, or somebody else has moved the position.
pub async fn fold(tx: &mut Tx, node: Uuid, limit: i64) -> Result<Round, Fault> {
    if leases::lead(tx, NAME, node).await?.is_none() {
        return Ok(Round::Elsewhere);
    }
    let position = readers::lock(tx, NAME).await?;
    let news = events::read_after(tx.conn(), position, limit).await?;
    let Some(last) = news.last() else { return Ok(Round::Last) };
    let before = store::carry(tx.conn(), &concerned(&news)).await?;
    let mut fold = Fold::from_carry(before.clone());
    for event in &news {
        fold.event(event);
    }
    store::save_carry(tx.conn(), &before, &fold.carry).await?;
    fold.sums.tidy();
    store::add(tx.conn(), &fold.sums).await?;
    store::forget(tx.conn(), last.at, limit).await?;
    readers::advance(tx, NAME, position, last.position).await?;
    if fold.unmatched > 0 {
        tracing::warn!(
            facts = fold.unmatched,
            last = last.position,
            "statistics: facts of which the beginning is not known are not counted"
        );
    }
    Ok(if i64::try_from(news.len()).is_ok_and(|read| read == limit) { Round::Full } else { Round::Last })
}

/// The ids of what the facts change.
fn concerned(news: &[Published]) -> BTreeSet<Uuid> {
    let counted = news.iter().filter(|event| matches!(Fact::of(event), Ok(Some(_))));
    counted
        .flat_map(|event| {
            let about = &event.about;
            [about.call.map(|id| id.0), about.entry.map(|id| id.0), about.agent.map(|id| id.0)]
        })
        .flatten()
        .collect()
}

/// Folds everything that is published, if `node` leads.
///
/// # Errors
/// When the database is away.
pub async fn catch_up(db: &Db, node: Uuid) -> Result<(), Fault> {
    while in_tx!(db, "fold statistics", |tx| fold(tx, node, ROUND))? == Round::Full {}
    Ok(())
}

/// The figures of a range, in groups.
///
/// # Errors
/// When the range has too many cells, or the database is away.
pub async fn report(tx: &mut Tx, by: By, range: Range, thresholds: Settings) -> Result<Report, StatisticsError> {
    let now = tx.now();
    // The position's lock keeps sums, what is remembered and position of one moment together.
    let position = readers::lock_shared(tx, NAME).await?;
    if store::cells(tx.conn(), range).await? > MOST_CELLS {
        return Err(StatisticsError::TooMuch);
    }
    let mut all = Hour::default();
    let mut cells: BTreeMap<Group, Hour> = BTreeMap::new();
    store::each_hour(tx.conn(), range, |cell, hour| {
        all.add(&hour, 1);
        if let Some(group) = Group::of(by, cell) {
            cells.entry(group).or_default().add(&hour, 1);
        }
    })
    .await?;
    let together = if by == By::Agent { Together::Agents } else { Together::Hours };
    let mut shifts = store::shifts(tx.conn(), range, together).await?;
    let (agents, state) = store::now(tx.conn()).await?;
    for ((hour, agent), shift) in running(&agents, now, range.from(), range.to()).shifts {
        shifts.entry(together.key(range, hour, agent)).or_default().add(&shift, 1);
    }
    let mut staff = Shift::default();
    for shift in shifts.values() {
        staff.add(shift, 1);
    }
    let rows = match by {
        By::Agent => {
            let ids: Vec<UserId> = shifts.keys().map(|(_, agent)| *agent).collect();
            let names = accounts::display_names(tx.conn(), &ids).await?;
            let row = |((_, agent), shift): (_, Shift)| {
                let name = names.get(&agent).cloned().unwrap_or_default();
                Row { range: (range.from(), range.to()), of: Of::Agent(agent, name), figures: agent_figures(&shift) }
            };
            shifts.into_iter().map(row).collect()
        }
        By::Hour => {
            let mut hours: BTreeMap<OffsetDateTime, (Hour, Shift)> = BTreeMap::new();
            for (group, sums) in cells {
                hours.entry(group.hour).or_default().0 = sums;
            }
            for ((hour, _), shift) in shifts {
                hours.entry(hour).or_default().1 = shift;
            }
            let row = |(hour, (sums, shift)): (OffsetDateTime, (Hour, Shift))| Row {
                range: (hour, hour + Duration::HOUR),
                of: Of::Hour,
                figures: hour_figures(&sums, &shift, thresholds),
            };
            hours.into_iter().map(row).collect()
        }
        By::Queue | By::Language | By::Topic => {
            let row = |(group, sums): (Group, Hour)| Row {
                range: (range.from(), range.to()),
                of: Of::Code(group.code),
                figures: of_entries(&sums, thresholds),
            };
            cells.into_iter().map(row).collect()
        }
    };
    let total = hour_figures(&all, &staff, thresholds);
    Ok(Report { range, by, as_of: now, position, thresholds, now: state, total, rows })
}

/// What rows of entries are grouped by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    hour: OffsetDateTime,
    code: String,
}

impl Group {
    /// The group of a cell; none where rows are not of entries.
    fn of(by: By, cell: Cell) -> Option<Self> {
        let code = |code| Some(Self { hour: OffsetDateTime::UNIX_EPOCH, code });
        match by {
            By::Hour => Some(Self { hour: cell.hour, code: String::new() }),
            By::Queue => code(cell.queue),
            By::Language => code(cell.language),
            By::Topic => code(cell.topic),
            By::Agent => None,
        }
    }
}

fn hour_figures(hour: &Hour, staff: &Shift, thresholds: Settings) -> Vec<Named> {
    let mut figures = of_entries(hour, thresholds);
    figures.extend(of_agents(staff));
    figures
}

fn agent_figures(shift: &Shift) -> Vec<Named> {
    let mut figures = of_agents_calls(shift);
    figures.extend(of_agents(shift));
    figures
}

/// The names of the columns of a report, which are there also when it has no rows.
#[must_use]
pub fn columns(by: By, thresholds: Settings) -> Vec<String> {
    let figures = match by {
        By::Hour => hour_figures(&Hour::default(), &Shift::default(), thresholds),
        By::Queue | By::Language | By::Topic => of_entries(&Hour::default(), thresholds),
        By::Agent => agent_figures(&Shift::default()),
    };
    figures.into_iter().map(|(name, _)| name).collect()
}

/// The stored sums of a range, for comparing them with the log.
///
/// # Errors
/// When the database is away.
pub async fn sums(tx: &mut Tx, range: Range) -> Result<Sums, Fault> {
    let mut sums = Sums::default();
    let Sums { hours, shifts } = &mut sums;
    store::each_hour(tx.conn(), range, |cell, hour| {
        hours.insert(cell, hour);
    })
    .await?;
    store::each_shift(tx.conn(), range, |hour, agent, shift| {
        shifts.insert((hour, agent), shift);
    })
    .await?;
    Ok(sums)
}
