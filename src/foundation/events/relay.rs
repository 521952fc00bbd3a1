//! The relay publishes the event log: it numbers facts under a lease and tells every node that there is news.
//!
//! It is woken by this process's commits and by the notices of processes that do not lead it, and looks by itself every
//! half second. It sends the first at once; what arrives while it works goes with the next round.
//!
//! **Must hold:** of two facts of which one made the other possible, the first has the lower number. Who changes a row has
//! waited for whoever changed it before, so facts are numbered in the order in which they were written, and not by the
//! times of their transactions: those may begin long before they get the row.

use crate::foundation::db::{Db, Tx, leases};
use crate::foundation::fault::Fault;
use crate::in_tx;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The channel on which processes hear of new positions, and of what was [`PROMISED`] elsewhere.
pub const CHANNEL: &str = "vaxline_news";

/// What is said on the channel by a process that has committed facts or jobs and does not lead the relay; the kinds of jobs
/// follow, if there are any, each after a blank.
pub const PROMISED: &str = "promised";

/// The timer behind the hints: how late a fact may be published when every hint was lost.
const SWEEP: Duration = Duration::from_millis(500);

/// How many facts one round numbers at most.
const ROUND: i64 = 1_000;

/// Publishes until `stop`.
pub async fn run(db: Db, node: Uuid, stop: CancellationToken) {
    let recorded = db.recorded();
    loop {
        let hint = recorded.notified();
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

/// Numbers everything that is unpublished, if this node leads the relay.
///
/// # Errors
/// When the database is away.
pub async fn publish_all(db: &Db, node: Uuid) -> Result<(), Fault> {
    loop {
        let round = in_tx!(db, "publish events", |tx| publish(tx, node))?;
        db.hints().publishes(round != Round::Elsewhere);
        if round != Round::Full {
            return Ok(());
        }
    }
}

/// What came of one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// Another process publishes.
    Elsewhere,
    /// There may be more.
    Full,
    /// Everything is published.
    Last,
}

async fn publish(tx: &mut Tx, node: Uuid) -> Result<Round, Fault> {
    // With nothing to publish, too: nobody is offered a caller while nobody publishes.
    if leases::lead(tx, "relay", node).await?.is_none() {
        return Ok(Round::Elsewhere);
    }
    let numbered = sqlx::query!(
        r#"
        -- relay: number unpublished facts; the lease's row lock makes this the only writer
        with last as (select coalesce(max(position), 0) as position from event),
             news as (select id, row_number() over (order by seq) as place
                        from (select id, seq from event where position is null order by seq limit $1) as unpublished)
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
        tell(tx, "").await?;
    }
    Ok(if numbered == u64::try_from(ROUND).unwrap_or(u64::MAX) { Round::Full } else { Round::Last })
}

/// Says a word to every process, with the commit.
pub(super) async fn tell(tx: &mut Tx, word: &str) -> Result<(), Fault> {
    sqlx::query!("select pg_notify($1, $2) -- relay: tell every process", CHANNEL, word).execute(tx.conn()).await?;
    Ok(())
}
