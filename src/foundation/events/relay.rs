//! The relay publishes the event log: it numbers facts under a lease and tells every node that there is news.
//!
//! It is woken by this process's commits and by other nodes' notices, and looks by itself every half second. It sends
//! the first at once; what arrives while it works goes with the next round.

use crate::foundation::db::{Db, Tx, leases};
use crate::foundation::fault::Fault;
use crate::in_tx;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The channel on which nodes hear of new positions and of unpublished facts.
pub const CHANNEL: &str = "vaxline_news";

/// The timer behind the hints: how late a fact may be published when every hint was lost.
const SWEEP: Duration = Duration::from_millis(500);

/// How many facts one round numbers at most.
const ROUND: i64 = 1_000;

/// Publishes until `stop`.
pub async fn run(db: Db, node: Uuid, stop: CancellationToken) {
    let committed = db.committed();
    loop {
        let hint = committed.notified();
        match publish_all(&db, node).await {
            Ok(()) => {}
            Err(fault) => {
                tracing::warn!(fault = fault.chain(), "relay: could not publish, will look again");
                tokio::select! { () = tokio::time::sleep(SWEEP) => {}, () = stop.cancelled() => return }
            }
        }
        tokio::select! {
            () = hint => {}
            () = tokio::time::sleep(SWEEP) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Numbers everything that is unpublished, if this node leads the relay; otherwise tells the leader that there is news.
///
/// # Errors
/// When the database is away.
pub async fn publish_all(db: &Db, node: Uuid) -> Result<(), Fault> {
    loop {
        match in_tx!(db, "publish events", |tx| publish(tx, node))? {
            Round::Full => {}
            Round::Last => return Ok(()),
        }
    }
}

/// Whether there may be more to publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    Full,
    Last,
}

async fn publish(tx: &mut Tx, node: Uuid) -> Result<Round, Fault> {
    if leases::lead(tx, "relay", node).await?.is_none() {
        return Ok(Round::Last);
    }
    let numbered = sqlx::query!(
        r#"
        -- relay: number unpublished facts; the lease's row lock makes this the only writer
        with last as (select coalesce(max(position), 0) as position from event),
             news as (select id, row_number() over (order by at, id) as place
                        from (select id, at from event where position is null order by at, id limit $1) as unpublished)
        update event set position = last.position + news.place
          from last, news where event.id = news.id
        "#,
        ROUND
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if numbered > 0 {
        // One notice for the whole round: a notice in every booking's transaction would serialise their commits.
        sqlx::query!("select pg_notify($1, '') -- relay: tell every node", CHANNEL).execute(tx.conn()).await?;
    }
    Ok(if numbered == u64::try_from(ROUND).unwrap_or(u64::MAX) { Round::Full } else { Round::Last })
}
