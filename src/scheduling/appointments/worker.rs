//! Frees the slots of reservations whose end has come.
//!
//! It takes no input: it looks every second, on any number of nodes, and passes over what another is working on.

use super::expire_reservations;
use crate::foundation::db::Db;
use crate::foundation::fault::Fault;
use crate::in_tx;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often is looked. A lapsed pair is bookable again within this time and a transaction; five seconds are promised.
const PERIOD: Duration = Duration::from_secs(1);

/// Works until `stop`.
pub async fn run(db: Db, stop: CancellationToken) {
    loop {
        if let Err(fault) = sweep(&db).await {
            tracing::warn!(fault = fault.chain(), "reservations: could not free what lapsed, will look again");
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Ends everything that has lapsed by now; returns how much.
///
/// # Errors
/// When the database is away.
pub async fn sweep(db: &Db) -> Result<usize, Fault> {
    let mut all = 0;
    loop {
        let ended = in_tx!(db, "free lapsed reservations", |tx| expire_reservations(tx))?;
        if ended == 0 {
            return Ok(all);
        }
        all += ended;
    }
}
