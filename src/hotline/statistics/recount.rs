//! Folds the whole log anew, and compares: the proof on a running system that sums are what the log says.

use super::commands::{NAME, ROUND, sums};
use super::decide::Fold;
use super::model::{FORGOTTEN_AFTER, Range, StatisticsError, Sums, hour_of};
use crate::foundation::db::{Db, Tx};
use crate::foundation::events::{self, readers};
use crate::foundation::fault::Fault;
use crate::in_tx;
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime};

/// How much is compared at once. Longer than entries can change, so that only the newest sums have to hold still; a month
/// would take longer than a statement may.
const WINDOW: Duration = Duration::days(7);

/// How often the newest sums are looked at again when facts were folded in the same moment.
const ATTEMPTS: u32 = 100;

/// What was compared, and what differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recount {
    /// How many facts were folded.
    pub facts: u64,
    /// How many sums were compared, of cells and of agents' hours.
    pub compared: usize,
    /// The hours in which some sum differs.
    pub differ: BTreeSet<OffsetDateTime>,
}

/// Folds every fact that is kept, and compares what came of it with the stored sums. Where the oldest facts have been
/// forgotten, hours whose entries may have begun before them are left out.
///
/// # Errors
/// When the database is away.
pub async fn recount(db: &Db) -> Result<Recount, StatisticsError> {
    let mut log = Reading::default();
    let mut found = Recount::default();
    let newest = log.newest(db).await?;
    let (Some((mut range, mut stored)), Some(since)) = (newest, log.since) else { return Ok(found) };
    log.fold.sums.tidy();
    loop {
        found.compare(&log.fold.sums, &stored, range, since);
        if range.from() <= log.earliest().max(since) {
            break;
        }
        // Nothing that is older than the newest range can change any more.
        range = Range::new(range.from() - WINDOW, range.from())?;
        stored = in_tx!(db, "read sums to compare", |tx| sums(tx, range))?;
    }
    found.facts = log.facts;
    Ok(found)
}

/// The log, as far as it is read.
#[derive(Default)]
struct Reading {
    fold: Fold,
    facts: u64,
    position: i64,
    /// The first hour in which nothing hangs on a fact that is forgotten.
    since: Option<OffsetDateTime>,
    last_at: Option<OffsetDateTime>,
}

impl Reading {
    /// Reads on until the log is read as far as it is folded, and then the newest sums of that very moment.
    async fn newest(&mut self, db: &Db) -> Result<Option<(Range, Sums)>, StatisticsError> {
        for _ in 0..ATTEMPTS {
            let end = in_tx!(db, "find how far statistics are", |tx| readers::lock_shared(tx, NAME))?;
            self.read_to(db, end).await?;
            let Some(last_at) = self.last_at else { return Ok(None) };
            let to = hour_of(last_at) + Duration::HOUR;
            let range = Range::new(to - WINDOW, to)?;
            if let Some(sums) = in_tx!(db, "read sums to compare", |tx| at_position(tx, range, end))? {
                return Ok(Some((range, sums)));
            }
        }
        Err(Fault::plain("compare sums with the log: they change too fast").into())
    }

    async fn read_to(&mut self, db: &Db, end: i64) -> Result<(), Fault> {
        while self.position < end {
            let mut news = db.read("read the log", events::read_after(db.pool(), self.position, ROUND)).await?;
            news.retain(|event| event.position <= end);
            let (Some(first), Some(last)) = (news.first(), news.last()) else { break };
            self.since.get_or_insert_with(|| match first.position {
                1 => OffsetDateTime::UNIX_EPOCH,
                _ => hour_of(first.at + FORGOTTEN_AFTER) + Duration::HOUR,
            });
            self.position = last.position;
            self.last_at = self.last_at.max(Some(last.at));
            for event in &news {
                self.fold.event(event);
                self.facts += 1;
            }
            self.fold.carry.forget(last.at);
        }
        Ok(())
    }

    /// The first hour of which the log tells.
    fn earliest(&self) -> OffsetDateTime {
        let sums = &self.fold.sums;
        let hours = sums.hours.keys().map(|cell| cell.hour).chain(sums.shifts.keys().map(|(hour, _)| *hour));
        hours.min().or(self.last_at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

/// The stored sums, if exactly the facts up to `position` are in them.
async fn at_position(tx: &mut Tx, range: Range, position: i64) -> Result<Option<Sums>, Fault> {
    if readers::lock_shared(tx, NAME).await? != position {
        return Ok(None);
    }
    sums(tx, range).await.map(Some)
}

impl Recount {
    fn compare(&mut self, own: &Sums, stored: &Sums, range: Range, since: OffsetDateTime) {
        let counts = |hour: OffsetDateTime| hour >= since.max(range.from()) && hour < range.to();
        let cells: BTreeSet<_> = own.hours.keys().chain(stored.hours.keys()).collect();
        for cell in cells.into_iter().filter(|cell| counts(cell.hour)) {
            self.note(cell.hour, own.hours.get(cell) == stored.hours.get(cell));
        }
        let shifts: BTreeSet<_> = own.shifts.keys().chain(stored.shifts.keys()).collect();
        for shift in shifts.into_iter().filter(|(hour, _)| counts(*hour)) {
            self.note(shift.0, own.shifts.get(shift) == stored.shifts.get(shift));
        }
    }

    fn note(&mut self, hour: OffsetDateTime, is_same: bool) {
        self.compared += 1;
        if !is_same {
            self.differ.insert(hour);
        }
    }
}
