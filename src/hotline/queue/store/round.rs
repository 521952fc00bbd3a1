//! What a round of the dispatcher is planned from, and the parts of its transaction that can be undone alone.

use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EntryId, OfferId, UserId};
use crate::hotline::queue::decide::{Due, Head, Idle, Snapshot};
use crate::hotline::queue::model::{BackOff, OrderKey};
use uuid::Uuid;

/// Forgets pairs whose time has passed.
///
/// # Errors
/// When the database is away.
pub async fn forget_back_offs(tx: &mut Tx) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!("delete from back_off where until <= $1 -- queue: forget pairs kept apart", now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Begins a part of a transaction that can be undone alone.
///
/// # Errors
/// When the database is away.
pub async fn begin_step(tx: &mut Tx) -> Result<(), Fault> {
    sqlx::raw_sql("savepoint step -- queue: a step begins").execute(tx.conn()).await?;
    Ok(())
}

/// Keeps what the step has done.
///
/// # Errors
/// When the database is away.
pub async fn keep_step(tx: &mut Tx) -> Result<(), Fault> {
    sqlx::raw_sql("release savepoint step -- queue: a step is done").execute(tx.conn()).await?;
    Ok(())
}

/// Undoes what the step has done, whatever went wrong in it.
///
/// # Errors
/// When the database is away.
pub async fn undo_step(tx: &mut Tx) -> Result<(), Fault> {
    sqlx::raw_sql("rollback to savepoint step; release savepoint step -- queue: a step is undone")
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// How many heads are read beyond the number of idle agents, for pairs that are kept apart.
const SPARE_HEADS: i64 = 64;

/// Reads what a round is planned from.
///
/// # Errors
/// When the database is away.
pub async fn snapshot(tx: &mut Tx) -> Result<Snapshot, Fault> {
    let now = tx.now();
    // A link is only as alive as the process that holds it.
    let idle = sqlx::query!(
        r#"
        -- queue: who is idle
        select agent.id, agent.idle_since
          from agent join lease on lease.name = 'node:' || agent.node::text
         where agent.state = 'ready' and agent.link = 'up' and lease.expires_at >= $1
        "#,
        now
    )
    .fetch_all(tx.conn())
    .await?;
    let published = sqlx::query_scalar!(
        r#"select exists (select from lease where name = 'relay' and expires_at >= $1) as "is!" -- queue: who publishes"#,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    let heads = if idle.is_empty() {
        Vec::new()
    } else {
        let limit = i64::try_from(idle.len()).unwrap_or(i64::MAX).saturating_add(SPARE_HEADS);
        sqlx::query!(
            r#"
            -- queue: the heads of the line
            select id, key_at, key_seq from queue_entry where state = 'waiting' order by key_at, key_seq limit $1
            "#,
            limit
        )
        .fetch_all(tx.conn())
        .await?
    };
    let back_offs =
        sqlx::query!("select entry_id, agent_id, until from back_off where until > $1 -- queue: pairs kept apart", now)
            .fetch_all(tx.conn())
            .await?;
    let due = sqlx::query!(
        r#"
        -- queue: every transient state with its deadline
        select 'offer' as "kind!", id as "id!", least(deadline, paint_by) as "at!", null::uuid as node
          from offer where ended_at is null
        union all
        select 'wrap_up', id, until, null from agent where state = 'wrap_up'
        union all
        select 'link', id, link_until, null from agent where link = 'lost'
        union all
        select 'dead_node', agent.id, coalesce(lease.expires_at, $1), agent.node
          from agent left join lease on lease.name = 'node:' || agent.node::text
         where agent.link = 'up'
        "#,
        now
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Snapshot {
        heads: heads
            .into_iter()
            .map(|row| Head { entry: EntryId(row.id), order: OrderKey { at: row.key_at, seq: row.key_seq } })
            .collect(),
        idle: idle.into_iter().map(|row| Idle { agent: UserId(row.id), since: row.idle_since }).collect(),
        back_offs: back_offs
            .into_iter()
            .map(|row| BackOff { entry: EntryId(row.entry_id), agent: UserId(row.agent_id), until: row.until })
            .collect(),
        due: due
            .into_iter()
            .map(|row| {
                let due = match (row.kind.as_str(), row.node) {
                    ("offer", _) => Due::Offer(OfferId(row.id)),
                    ("wrap_up", _) => Due::WrapUp(UserId(row.id)),
                    (_, Some(node)) => Due::DeadNode(UserId(row.id), node),
                    (_, None) => Due::Link(UserId(row.id)),
                };
                (row.at, due)
            })
            .collect(),
        unpublished: !published,
    })
}

/// The name of the lease by which a process says that it lives.
#[must_use]
pub fn node_lease(node: Uuid) -> String {
    format!("node:{node}")
}
