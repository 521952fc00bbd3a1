//! Leadership among identical processes: a row with an epoch.
//!
//! One process at a time holds a lease such as `dispatcher`. Every round of work locks the row and checks holder and
//! epoch in the same transaction as its writes, so a leader that was paused and lost its lease cannot write any more.

use super::Tx;
use crate::foundation::fault::Fault;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How long a lease lasts without renewal: the longest pause after a leader's death.
pub const TTL: Duration = Duration::seconds(2);

/// Takes, renews or fails to take the lease `name` for `node`, and locks its row until the transaction ends.
///
/// Returns the epoch when the node leads, `None` when another node does; then nothing is locked, and the leader does not
/// wait for those who only ask.
///
/// # Errors
/// When the database is away.
pub async fn lead(tx: &mut Tx, name: &str, node: Uuid) -> Result<Option<i64>, Fault> {
    let now = tx.now();
    let epoch = sqlx::query_scalar!(
        r#"
        -- leases: take or renew leadership; the epoch grows whenever the holder changes
        insert into lease as held (name, holder, epoch, expires_at)
        select $1, $2, 1, $4
         where not exists (select from lease where name = $1 and holder <> $2 and expires_at > $3)
        on conflict (name) do update
           set holder = $2, expires_at = $4, epoch = held.epoch + (held.holder <> $2)::int
         where held.holder = $2 or held.expires_at <= $3
        returning epoch
        "#,
        name,
        node,
        now,
        now + TTL
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(epoch)
}

/// Gives the lease up, if `node` holds it: another process leads with its next look.
///
/// # Errors
/// When the database is away; then the lease ends by itself.
pub async fn give_up(tx: &mut Tx, name: &str, node: Uuid) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        r#"
        -- leases: give up leadership; the row stays, because the epoch goes on from it
        update lease set expires_at = $3 where name = $1 and holder = $2 and expires_at > $3
        "#,
        name,
        node,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets processes that were last heard of before `before`, at most `limit`; returns how many.
///
/// # Errors
/// When the database is away.
pub async fn forget_nodes(tx: &mut Tx, before: OffsetDateTime, limit: i64) -> Result<u64, Fault> {
    let forgotten = sqlx::query!(
        r#"
        -- leases: forget processes that have gone
        delete from lease
         where name in (select name from lease where name like 'node:%' and expires_at < $1 limit $2)
        "#,
        before,
        limit
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok(forgotten)
}
