//! Asks the standing questions every five minutes, on each node and on one at a time, and says what it found: a gauge an
//! invariant, and a line for each that is violated.

use super::check;
use crate::foundation::db::{Db, Tx, leases};
use crate::foundation::fault::Fault;
use crate::foundation::findings::{self, Finding};
use crate::in_tx;
use crate::scheduling::Campaign;
use crate::scheduling::rules::RuleBook;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often is asked. The questions read every slot: more often would cost more than a violation gains by the minutes.
const PERIOD: Duration = Duration::from_secs(5 * 60);

/// Works until `stop`.
pub async fn run(db: Db, campaign: Arc<Campaign>, node: Uuid, stop: CancellationToken) {
    loop {
        match in_tx!(&db, "ask about invariants", |tx| ask(tx, &campaign.rules, node)) {
            Ok(found) => findings::tell(&found.unwrap_or_default()),
            Err(fault) => tracing::warn!(fault = fault.chain(), "monitor: could not ask, will ask again"),
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Asks, unless another node is asking.
///
/// # Errors
/// When the database is away: then nothing is known.
pub async fn ask(tx: &mut Tx, rules: &RuleBook, node: Uuid) -> Result<Option<Vec<Finding>>, Fault> {
    if leases::lead(tx, "monitor", node).await?.is_none() {
        return Ok(None);
    }
    check(tx, rules).await.map(Some)
}
