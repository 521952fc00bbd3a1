//! All SQL of statistics.

use super::decide::Now;
use super::model::{
    AgentCard, Carry, Cell, Counts, EntryCard, FORGOTTEN_AFTER, Hour, Place, Range, Shift, Sums, Times,
};
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, EntryId, UserId};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::{BTreeMap, BTreeSet};
use time::OffsetDateTime;
use uuid::Uuid;

/// A row of `statistic_hour`.
#[derive(Serialize, Deserialize)]
struct HourRow {
    #[serde(flatten)]
    cell: Cell,
    #[serde(flatten)]
    counts: Counts,
    times: Times,
}

/// A row of `statistic_shift`.
#[derive(Serialize, Deserialize)]
struct ShiftRow {
    #[serde(with = "time::serde::rfc3339")]
    hour: OffsetDateTime,
    agent_id: UserId,
    #[serde(flatten)]
    shift: Shift,
}

impl From<HourRow> for (Cell, Hour) {
    fn from(row: HourRow) -> Self {
        (row.cell, Hour { counts: row.counts, times: row.times })
    }
}

/// What is remembered of these calls, entries and agents, and of the entries that those agents wrap up.
pub(super) async fn carry(conn: &mut PgConnection, ids: &BTreeSet<Uuid>) -> Result<Carry, Fault> {
    let mut carry = Carry::default();
    let mut wanted: Vec<Uuid> = ids.iter().copied().collect();
    while !wanted.is_empty() {
        let rows = sqlx::query!(
            r#"
            -- statistics: what is remembered
            select id, kind, since, card from statistic_card where id = any($1)
            "#,
            &wanted
        )
        .fetch_all(&mut *conn)
        .await?;
        wanted.clear();
        for row in rows {
            if let Some(entry) = remember(&mut carry, row.id, &row.kind, row.since, row.card)? {
                wanted.extend(Some(entry.0).filter(|id| !ids.contains(id)));
            }
        }
    }
    Ok(carry)
}

/// Puts a card in its place; the entry that an agent wraps up.
fn remember(
    carry: &mut Carry,
    id: Uuid,
    kind: &str,
    since: OffsetDateTime,
    card: serde_json::Value,
) -> Result<Option<EntryId>, Fault> {
    match kind {
        "call" => drop(carry.calls.insert(CallId(id), since)),
        "entry" => drop(carry.entries.insert(EntryId(id), serde_json::from_value(card)?)),
        "agent" => {
            let agent: AgentCard = serde_json::from_value(card)?;
            carry.agents.insert(UserId(id), agent);
            return Ok(agent.wraps_up);
        }
        other => return Err(Fault::plain(format!("read what statistics remember: no kind {other}"))),
    }
    Ok(None)
}

/// A row of `statistic_card`.
struct Card {
    id: Uuid,
    kind: &'static str,
    state: &'static str,
    since: OffsetDateTime,
    over_at: Option<OffsetDateTime>,
    card: serde_json::Value,
}

impl Card {
    fn of_call(id: CallId, arrived_at: OffsetDateTime) -> Self {
        let card = serde_json::json!({});
        Self { id: id.0, kind: "call", state: "arrived", since: arrived_at, over_at: None, card }
    }

    fn of_entry(id: EntryId, entry: &EntryCard) -> Result<Self, Fault> {
        let state = match entry.place {
            Place::Waiting => "waiting",
            Place::Connecting => "connecting",
            Place::Talking => "talking",
            Place::Ended { .. } => "ended",
        };
        let card = serde_json::to_value(entry)?;
        Ok(Self { id: id.0, kind: "entry", state, since: entry.joined_at, over_at: entry.ended_at(), card })
    }

    fn of_agent(id: UserId, agent: AgentCard) -> Result<Self, Fault> {
        let card = serde_json::to_value(agent)?;
        Ok(Self { id: id.0, kind: "agent", state: agent.doing.code(), since: agent.since, over_at: None, card })
    }
}

/// Writes down what is remembered now, where it was something else before.
pub(super) async fn save_carry(conn: &mut PgConnection, before: &Carry, after: &Carry) -> Result<(), Fault> {
    let gone: Vec<Uuid> = before.calls.keys().filter(|id| !after.calls.contains_key(id)).map(|id| id.0).collect();
    sqlx::query!("delete from statistic_card where id = any($1) -- statistics: calls that left the menu", &gone)
        .execute(&mut *conn)
        .await?;
    let mut cards = Vec::new();
    for (id, arrived_at) in after.calls.iter().filter(|(id, at)| before.calls.get(id) != Some(at)) {
        cards.push(Card::of_call(*id, *arrived_at));
    }
    for (id, entry) in after.entries.iter().filter(|(id, entry)| before.entries.get(id) != Some(entry)) {
        cards.push(Card::of_entry(*id, entry)?);
    }
    for (id, agent) in after.agents.iter().filter(|(id, agent)| before.agents.get(id) != Some(agent)) {
        cards.push(Card::of_agent(*id, *agent)?);
    }
    let column = |of: fn(&Card) -> &'static str| cards.iter().map(|card| of(card).to_owned()).collect::<Vec<_>>();
    sqlx::query!(
        r#"
        -- statistics: remember
        insert into statistic_card (id, kind, state, since, over_at, card)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::jsonb[])
        on conflict (id) do update
           set state = excluded.state, since = excluded.since, over_at = excluded.over_at, card = excluded.card
        "#,
        &cards.iter().map(|card| card.id).collect::<Vec<_>>(),
        &column(|card| card.kind),
        &column(|card| card.state),
        &cards.iter().map(|card| card.since).collect::<Vec<_>>(),
        &cards.iter().map(|card| card.over_at).collect::<Vec<_>>() as &[Option<OffsetDateTime>],
        &cards.iter().map(|card| card.card.clone()).collect::<Vec<_>>()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets entries about which nothing can count any more at `now`.
pub(super) async fn forget(conn: &mut PgConnection, now: OffsetDateTime, limit: i64) -> Result<(), Fault> {
    sqlx::query!(
        r#"
        -- statistics: forget entries that are over for good
        delete from statistic_card
         where id in (select id from statistic_card where over_at < $1 order by over_at limit $2)
        "#,
        now - FORGOTTEN_AFTER,
        limit
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds sums to those of the table. Rows are read, added and written anew, under the lock of the position.
pub(super) async fn add(conn: &mut PgConnection, sums: &Sums) -> Result<(), Fault> {
    let mut all = sums.clone();
    let cells = serde_json::to_value(sums.hours.keys().collect::<Vec<_>>())?;
    let hours = sqlx::query_scalar!(
        r#"
        -- statistics: take the sums of these cells out
        delete from statistic_hour as own
         using jsonb_to_recordset($1) as cell (hour timestamptz, queue text, language text, topic text)
         where own.hour = cell.hour and own.queue = cell.queue and own.language = cell.language
           and own.topic = cell.topic
        returning to_jsonb(own) as "row!: Json<HourRow>"
        "#,
        cells
    )
    .fetch_all(&mut *conn)
    .await?;
    let (at, agents): (Vec<OffsetDateTime>, Vec<Uuid>) =
        sums.shifts.keys().map(|(hour, agent)| (*hour, agent.0)).unzip();
    let shifts = sqlx::query_scalar!(
        r#"
        -- statistics: take the sums of these agents' hours out
        delete from statistic_shift as own
         using unnest($1::timestamptz[], $2::uuid[]) as wanted (hour, agent_id)
         where own.hour = wanted.hour and own.agent_id = wanted.agent_id
        returning to_jsonb(own) as "row!: Json<ShiftRow>"
        "#,
        &at,
        &agents
    )
    .fetch_all(&mut *conn)
    .await?;
    all.add(&Sums {
        hours: hours.into_iter().map(|Json(row)| row.into()).collect(),
        shifts: shifts.into_iter().map(|Json(row)| ((row.hour, row.agent_id), row.shift)).collect(),
    });
    write(conn, all).await
}

async fn write(conn: &mut PgConnection, sums: Sums) -> Result<(), Fault> {
    let hours: Vec<HourRow> =
        sums.hours.into_iter().map(|(cell, hour)| HourRow { cell, counts: hour.counts, times: hour.times }).collect();
    sqlx::query!(
        r#"
        -- statistics: write the sums of cells
        insert into statistic_hour select * from jsonb_populate_recordset(null::statistic_hour, $1)
        "#,
        serde_json::to_value(hours)?
    )
    .execute(&mut *conn)
    .await?;
    let shifts: Vec<ShiftRow> =
        sums.shifts.into_iter().map(|((hour, agent_id), shift)| ShiftRow { hour, agent_id, shift }).collect();
    sqlx::query!(
        r#"
        -- statistics: write the sums of agents' hours
        insert into statistic_shift select * from jsonb_populate_recordset(null::statistic_shift, $1)
        "#,
        serde_json::to_value(shifts)?
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many cells a range has.
pub(super) async fn cells(conn: &mut PgConnection, range: Range) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar!(
        r#"
        -- statistics: how many cells are in a range
        select count(*) as "cells!" from statistic_hour where hour >= $1 and hour < $2
        "#,
        range.from(),
        range.to()
    )
    .fetch_one(conn)
    .await?)
}

/// Hands the sums of a range over, cell by cell.
///
/// # Errors
/// When the database is away.
pub async fn each_hour(
    conn: &mut PgConnection,
    range: Range,
    mut take: impl FnMut(Cell, Hour) + Send,
) -> Result<(), Fault> {
    let mut rows = sqlx::query_scalar!(
        r#"
        -- statistics: the sums of a range
        select to_jsonb(own) as "row!: Json<HourRow>" from statistic_hour as own
         where hour >= $1 and hour < $2 order by hour
        "#,
        range.from(),
        range.to()
    )
    .fetch(conn);
    while let Some(Json(row)) = rows.try_next().await? {
        let (cell, hour) = row.into();
        take(cell, hour);
    }
    Ok(())
}

/// What sums of agents are added up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Together {
    /// All agents of an hour.
    Hours,
    /// All hours of an agent.
    Agents,
}

impl Together {
    /// What is left of an hour and an agent.
    pub(super) fn key(self, range: Range, hour: OffsetDateTime, agent: UserId) -> (OffsetDateTime, UserId) {
        match self {
            Self::Hours => (hour, UserId(Uuid::nil())),
            Self::Agents => (range.from(), agent),
        }
    }
}

/// The sums of agents in a range, added up.
pub(super) async fn shifts(
    conn: &mut PgConnection,
    range: Range,
    together: Together,
) -> Result<BTreeMap<(OffsetDateTime, UserId), Shift>, Fault> {
    let rows = sqlx::query_scalar!(
        r#"
        -- statistics: the sums of agents in a range, added up
        select to_jsonb(sums) as "row!: Json<ShiftRow>" from (
            select case when $3 then hour else $1 end as hour, case when $3 then $4 else agent_id end as agent_id,
                   sum(ready_ms)::bigint as ready_ms, sum(offered_ms)::bigint as offered_ms,
                   sum(connecting_ms)::bigint as connecting_ms, sum(talking_ms)::bigint as talking_ms,
                   sum(wrap_up_ms)::bigint as wrap_up_ms, sum(not_ready_ms)::bigint as not_ready_ms,
                   sum(offers_made)::bigint as offers_made, sum(offers_accepted)::bigint as offers_accepted,
                   sum(offers_declined)::bigint as offers_declined, sum(offers_expired)::bigint as offers_expired,
                   sum(offers_withdrawn)::bigint as offers_withdrawn, sum(offers_failed)::bigint as offers_failed,
                   sum(answered)::bigint as answered, sum(handled)::bigint as handled,
                   sum(handling_ms)::bigint as handling_ms
              from statistic_shift where hour >= $1 and hour < $2 group by 1, 2) as sums
        "#,
        range.from(),
        range.to(),
        together == Together::Hours,
        Uuid::nil()
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|Json(row)| ((row.hour, row.agent_id), row.shift)).collect())
}

/// Hands the sums of agents in a range over, one by one.
///
/// # Errors
/// When the database is away.
pub async fn each_shift(
    conn: &mut PgConnection,
    range: Range,
    mut take: impl FnMut(OffsetDateTime, UserId, Shift) + Send,
) -> Result<(), Fault> {
    let mut rows = sqlx::query_scalar!(
        r#"
        -- statistics: every agent's every hour of a range
        select to_jsonb(own) as "row!: Json<ShiftRow>" from statistic_shift as own where hour >= $1 and hour < $2
        "#,
        range.from(),
        range.to()
    )
    .fetch(conn);
    while let Some(Json(row)) = rows.try_next().await? {
        take(row.hour, row.agent_id, row.shift);
    }
    Ok(())
}

/// What is remembered of agents, and the hotline as it is.
pub(super) async fn now(conn: &mut PgConnection) -> Result<(Carry, Now), Fault> {
    let rows = sqlx::query!(
        "select id, kind, since, card from statistic_card where kind = 'agent' -- statistics: what agents do"
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut agents = Carry::default();
    for row in rows {
        remember(&mut agents, row.id, &row.kind, row.since, row.card)?;
    }
    let row = sqlx::query!(
        r#"
        -- statistics: who waits and who talks
        select count(*) filter (where state = 'waiting') as "waiting!",
               min(since) filter (where state = 'waiting') as longest_since,
               count(*) filter (where state = 'talking') as "talking!"
          from statistic_card where kind = 'entry' and over_at is null
        "#
    )
    .fetch_one(conn)
    .await?;
    let of_agents = Now::of(&agents);
    let now = Now { waiting: row.waiting, longest_since: row.longest_since, talking: row.talking, ..of_agents };
    Ok((agents, now))
}
