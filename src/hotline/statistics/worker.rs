//! Folds what is published: on every process of the work plane, at one of them at a time.
//!
//! News wakes it; a timer is behind the news. What comes while it works, or in the second after, is folded together: the
//! sums of an hour are written once a second and not with every fact.

use super::commands::catch_up;
use crate::foundation::db::Db;
use crate::foundation::events::feed::Feed;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The pause after folding. Longer makes figures older, shorter writes the same rows more often.
const PAUSE: Duration = Duration::from_secs(1);

/// The timer behind the news; longer than a lease, so that a dead leader's work is taken over with the next look.
const SWEEP: Duration = Duration::from_secs(5);

/// Works until `stop`.
pub async fn run(db: Db, feed: Feed, node: Uuid, stop: CancellationToken) {
    loop {
        // Listen first, then read: what is published meanwhile wakes it again.
        let mut news = feed.subscribe();
        if let Err(fault) = catch_up(&db, node).await {
            tracing::warn!(fault = fault.chain(), "statistics: could not fold what is new, will try again");
        }
        tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = stop.cancelled() => return }
        tokio::select! {
            _ = news.recv() => {}
            () = tokio::time::sleep(SWEEP) => {}
            () = stop.cancelled() => return,
        }
    }
}
