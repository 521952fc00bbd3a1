//! What the doctor reads.

use crate::foundation::db::{Tx, leases};
use crate::foundation::fault::Fault;
use time::{Duration, OffsetDateTime};

/// What a server says about itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Server {
    pub version: i32,
    pub is_replica: bool,
    pub checksums: bool,
    pub connections: i32,
}

pub(super) async fn server(tx: &mut Tx) -> Result<Server, Fault> {
    let row = sqlx::query!(
        r#"
        -- doctor: the server
        select current_setting('server_version_num')::int as "version!", pg_is_in_recovery() as "is_replica!",
               current_setting('data_checksums') = 'on' as "checksums!",
               current_setting('max_connections')::int as "connections!"
        "#
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Server {
        version: row.version,
        is_replica: row.is_replica,
        checksums: row.checksums,
        connections: row.connections,
    })
}

/// Whether somebody leads `name`.
pub(super) async fn is_led(tx: &mut Tx, name: &str) -> Result<bool, Fault> {
    let now = tx.now();
    Ok(sqlx::query_scalar!(
        r#"select exists (select from lease where name = $1 and expires_at > $2) as "led!" -- doctor: is it led?"#,
        name,
        now - leases::TTL
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Since when the oldest fact waits for its publication.
pub(super) async fn oldest_unpublished(tx: &mut Tx) -> Result<Option<OffsetDateTime>, Fault> {
    Ok(sqlx::query_scalar!("select min(at) from event where position is null -- doctor: unpublished facts")
        .fetch_one(tx.conn())
        .await?)
}

/// How many jobs of each kind should have begun long ago.
pub(super) async fn overdue(tx: &mut Tx, by: Duration) -> Result<Vec<(String, i64)>, Fault> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"
        -- doctor: overdue jobs
        select kind, count(*) as "jobs!" from job
         where ended_at is null and due_at < $1 and (leased_until is null or leased_until < $2)
         group by kind order by kind
        "#,
        now - by,
        now
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.jobs)).collect())
}

/// How many slots to come are free.
pub(super) async fn free_slots(tx: &mut Tx) -> Result<i64, Fault> {
    let now = tx.now();
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "slots!" from slot where state = 'free' and begins_at > $1 -- doctor: slots to come"#,
        now
    )
    .fetch_one(tx.conn())
    .await?)
}
