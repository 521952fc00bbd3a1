//! Forgets, every hour, what nobody can ask for any more: answers of commands, jobs that ended, processes that have gone,
//! facts of long ago.
//!
//! Every process of the work plane does it. It takes no input and reads the clock and the tables; two at once do no harm.

use super::commands;
use super::db::{Db, Tx, leases};
use super::events::retention::{self, forget_old};
use super::fault::Fault;
use super::jobs;
use crate::in_tx;
use std::time::Duration as StdDuration;
use time::Duration;
use tokio_util::sync::CancellationToken;

/// How often. More often only asks in vain: what is forgotten is days old.
const EVERY: StdDuration = StdDuration::from_hours(1);

/// How many rows one statement removes: bookings never wait for more.
const ROWS: i64 = 5_000;

/// How long a process that has gone is remembered.
const NODES_KEPT: Duration = Duration::DAY;

/// Keeps house until `stop`.
pub async fn run(db: Db, facts: retention::Settings, stop: CancellationToken) {
    loop {
        tokio::select! {
            kept = keep_house(&db, facts) => if let Err(fault) = kept {
                tracing::warn!(fault = fault.chain(), "housekeeping: could not forget what is old, will try again");
            },
            () = stop.cancelled() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn keep_house(db: &Db, facts: retention::Settings) -> Result<(), Fault> {
    while is_more(in_tx!(db, "forget old commands", |tx| commands::forget_old(tx, ROWS))?) {}
    while is_more(in_tx!(db, "forget ended jobs", |tx| jobs::forget_ended(tx, ROWS))?) {}
    while is_more(in_tx!(db, "forget processes that have gone", |tx| forget_nodes(tx))?) {}
    while is_more(in_tx!(db, "forget old facts", |tx| forget_old(tx, facts, ROWS))?) {}
    Ok(())
}

async fn forget_nodes(tx: &mut Tx) -> Result<u64, Fault> {
    let before = tx.now() - NODES_KEPT;
    leases::forget_nodes(tx, before, ROWS).await
}

/// Whether a statement removed as many as it may, so that there may be more.
fn is_more(removed: u64) -> bool {
    i64::try_from(removed).is_ok_and(|removed| removed >= ROWS)
}
