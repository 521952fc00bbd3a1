//! Leadership among identical processes: a row with an epoch.
//!
//! One process at a time holds a lease such as `dispatcher`. Every round of work locks the row and checks holder and
//! epoch in the same transaction as its writes, so a leader that was paused and lost its lease cannot write any more.

use super::Tx;
use crate::foundation::fault::Fault;
use time::Duration;
use uuid::Uuid;

/// How long a lease lasts without renewal: the longest pause after a leader's death.
pub const TTL: Duration = Duration::seconds(2);

/// Takes, renews or fails to take the lease `name` for `node`, and locks its row until the transaction ends.
///
/// Returns the epoch when the node leads, `None` when another node does.
///
/// # Errors
/// When the database is away.
pub async fn lead(tx: &mut Tx, name: &str, node: Uuid) -> Result<Option<i64>, Fault> {
    let now = tx.now();
    let epoch = sqlx::query_scalar!(
        r#"
        -- leases: take or renew leadership; the epoch grows whenever the holder changes
        insert into lease as held (name, holder, epoch, expires_at) values ($1, $2, 1, $4)
        on conflict (name) do update
           set holder = $2, expires_at = $4, epoch = held.epoch + (held.holder <> $2)::int
         where held.holder = $2 or held.expires_at < $3
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
