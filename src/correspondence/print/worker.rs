//! Giving back what a print house did not accept in time.

use super::commands::give_back_lapsed;
use crate::correspondence::settings::Post;
use crate::foundation::db::Db;
use crate::foundation::fault::Fault;
use crate::in_tx;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often leases are looked at. A late acceptance is refused by the clock, not by this round: more often would only
/// bring letters back a little sooner.
const ROUND: Duration = Duration::from_secs(5);

/// How many batches one transaction gives back.
const AT_ONCE: i64 = 20;

/// Gives back lapsed leases until `stop`.
pub async fn run(db: Db, settings: Post, stop: CancellationToken) {
    loop {
        match sweep(&db, &settings).await {
            Ok(0) => {}
            Ok(batches) => {
                metrics::counter!("vaxline_print_leases_lapsed_total").increment(batches);
                tracing::warn!(batches, "print: leases lapsed, their letters are available again");
            }
            Err(fault) => tracing::warn!(fault = fault.chain(), "print: could not look at the leases"),
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Gives back every lease that is over now; returns how many batches.
///
/// # Errors
/// When the database is away.
pub async fn sweep(db: &Db, settings: &Post) -> Result<u64, Fault> {
    let mut all = 0;
    loop {
        let batches = in_tx!(db, "give back lapsed print leases", |tx| give_back_lapsed(tx, settings, AT_ONCE))?;
        all += batches as u64;
        if batches == 0 {
            return Ok(all);
        }
    }
}
