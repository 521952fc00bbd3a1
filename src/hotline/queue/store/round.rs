//! What a round of the dispatcher is planned from, and the parts of its transaction that can be undone alone.

use super::lock::read_skills;
use super::waiting::{Waiting, back_offs};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EntryId, OfferId, UserId};
use crate::hotline::queue::decide::{Due, Head, Idle, MOST_OVERDUE, Snapshot};
use time::OffsetDateTime;
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

/// Reads what a round of the process `own` is planned from.
///
/// # Errors
/// When the database is away.
pub async fn snapshot(tx: &mut Tx, own: Uuid) -> Result<Snapshot, Fault> {
    let now = tx.now();
    let idle = idle(tx, now).await?;
    let leases = sqlx::query!(
        r#"
        -- queue: whether anybody publishes, and when the next of the other processes would be dead
        select coalesce(bool_or(name = 'relay'), false) as "published!",
               min(expires_at) filter (where name like 'node:%' and holder <> $2) as lapses_at
          from lease where expires_at >= $1 and (name = 'relay' or name like 'node:%')
        "#,
        now,
        own
    )
    .fetch_one(tx.conn())
    .await?;
    let back_offs = back_offs(tx, now).await?;
    let heads = if idle.is_empty() { Vec::new() } else { heads(tx, &idle, back_offs.len(), now).await? };
    let freed_at = sqlx::query_scalar!(
        r#"
        -- queue: when a caller who waits for one agent, or was rung in vain, may be taken by others
        select min(at) from (select prefers_until as at from queue_entry
                              where state = 'waiting' and prefers is not null and prefers_until > $1
                             union all
                             select paused_until from queue_entry
                              where state = 'waiting' and paused_until is not null and paused_until > $1) as later
        "#,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    let due = due(tx, now).await?;
    Ok(Snapshot { heads, idle, back_offs, due, freed_at, lapses_at: leases.lapses_at, unpublished: !leases.published })
}

async fn idle(tx: &mut Tx, now: OffsetDateTime) -> Result<Vec<Idle>, Fault> {
    // A link is only as alive as the process that holds it.
    let rows = sqlx::query!(
        r#"
        -- queue: who is idle
        select agent.id, agent.idle_since, agent.skills
          from agent join lease on lease.name = 'node:' || agent.node::text
         where agent.state = 'ready' and agent.link = 'up' and lease.expires_at >= $1
        "#,
        now
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| Ok(Idle { agent: UserId(row.id), since: row.idle_since, skills: read_skills(&row.skills)? }))
        .collect()
}

/// The first of each kind of caller: those of one kind may be taken by the same agents, and who stands further in front
/// needs no more than who stands behind. Of each kind as many as could be passed over, and one for every idle agent.
async fn heads(tx: &mut Tx, idle: &[Idle], apart: usize, now: OffsetDateTime) -> Result<Vec<Head>, Fault> {
    let limit = i64::try_from(idle.len() + apart).unwrap_or(i64::MAX);
    let agents: Vec<Uuid> = idle.iter().map(|idle| idle.agent.0).collect();
    let rows = sqlx::query_as!(
        Waiting,
        r#"
        -- queue: the heads of the line, of each kind of caller
        with recursive kind as (
            (select needs, bonus from queue_entry where state = 'waiting' order by needs, bonus limit 1)
            union all
            select next.needs, next.bonus
              from kind cross join lateral (
                   select needs, bonus from queue_entry
                    where state = 'waiting' and (needs, bonus) > (kind.needs, kind.bonus)
                    order by needs, bonus limit 1) as next
        )
        select head.id as "id!", head.queue as "queue!", head.needs as "needs!", head.joined_at as "joined_at!",
               head.key_at as "key_at!", head.key_seq as "key_seq!", head.prefers, head.prefers_until,
               head.paused_until
          from kind cross join lateral (
               select id, queue, needs, joined_at, key_at, key_seq, prefers, prefers_until, paused_until
                 from queue_entry
                where state = 'waiting' and needs = kind.needs and bonus = kind.bonus
                  and (prefers is null or prefers_until <= $2 or prefers = any($3))
                  and (paused_until is null or paused_until <= $2)
                order by key_at, key_seq limit $1) as head
         order by head.key_at, head.key_seq
        "#,
        limit,
        now,
        &agents
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(Head::try_from).collect()
}

/// Every transient state with its deadline. Of the places that overflow, those that are due and the next one; of the
/// agents' links, those whose process is dead: all others are as good as their process, and there are hundreds.
async fn due(tx: &mut Tx, now: OffsetDateTime) -> Result<Vec<(OffsetDateTime, Due)>, Fault> {
    let most = i64::try_from(MOST_OVERDUE).unwrap_or(i64::MAX);
    let rows = sqlx::query!(
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
         where agent.link = 'up' and (lease.expires_at is null or lease.expires_at <= $1)
        union all
        (select 'overflow', id, overflow_at, null from queue_entry
          where state = 'waiting' and overflow_at is not null order by overflow_at limit $2)
        union all
        select 'hold', id, held_until, null from queue_entry where state = 'held'
        "#,
        now,
        most
    )
    .fetch_all(tx.conn())
    .await?;
    let due = rows.into_iter().map(|row| {
        let due = match (row.kind.as_str(), row.node) {
            ("offer", _) => Due::Offer(OfferId(row.id)),
            ("wrap_up", _) => Due::WrapUp(UserId(row.id)),
            ("overflow", _) => Due::Overflow(EntryId(row.id)),
            ("hold", _) => Due::Hold(EntryId(row.id)),
            (_, Some(node)) => Due::DeadNode(UserId(row.id), node),
            (_, None) => Due::Link(UserId(row.id)),
        };
        (row.at, due)
    });
    Ok(due.collect())
}

/// The name of the lease by which a process says that it lives.
#[must_use]
pub fn node_lease(node: Uuid) -> String {
    format!("node:{node}")
}
