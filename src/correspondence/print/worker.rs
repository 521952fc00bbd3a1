//! Giving back what a print house did not accept in time, and finding another way for what waited too long.

use super::commands::{divert_late, give_back_lapsed};
use crate::correspondence::settings::Post;
use crate::correspondence::store::count_held_letters;
use crate::foundation::db::Db;
use crate::foundation::fault::Fault;
use crate::in_tx;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often leases are looked at. A late acceptance is refused by the clock, not by this round: more often would only
/// bring letters back a little sooner.
const ROUND: Duration = Duration::from_secs(5);

/// Sweeps until `stop`.
pub async fn run(db: Db, settings: Post, stop: CancellationToken) {
    loop {
        match sweep(&db, &settings).await {
            Ok(Swept { batches: 0, late: 0 }) => {}
            Ok(Swept { batches, late }) => {
                metrics::counter!("vaxline_print_leases_lapsed_total").increment(batches);
                tracing::warn!(batches, late, "print: leases lapsed, letters waited too long for the post");
            }
            Err(fault) => tracing::warn!(fault = fault.chain(), "print: could not look at the leases"),
        }
        if let Err(fault) = gauge(&db).await {
            tracing::warn!(fault = fault.chain(), "print: could not count the letters that are held");
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Says how many letters wait for a person: somebody should see to them before their first appointment.
async fn gauge(db: &Db) -> Result<(), Fault> {
    let held = count_held_letters(&mut *db.pool().acquire().await?).await?;
    // A count of letters is far below what a double counts exactly.
    metrics::gauge!("vaxline_letters_held").set(u32::try_from(held).unwrap_or(u32::MAX));
    Ok(())
}

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Batches whose letters went back.
    pub batches: u64,
    /// Letters that go another way.
    pub late: u64,
}

/// Gives back every lease that is over now, then diverts every letter that would come too late.
///
/// # Errors
/// When the database is away.
pub async fn sweep(db: &Db, settings: &Post) -> Result<Swept, Fault> {
    let mut swept = Swept::default();
    while in_tx!(db, "give back a lapsed print lease", |tx| give_back_lapsed(tx, settings))? {
        swept.batches += 1;
    }
    loop {
        match in_tx!(db, "divert letters that come too late", |tx| divert_late(tx, settings))? {
            0 => return Ok(swept),
            late => swept.late += late as u64,
        }
    }
}
