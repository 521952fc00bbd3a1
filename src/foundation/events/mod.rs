//! The event log: every fact of a call, an entry, an offer, an agent and a booking, in the order of its publication.
//!
//! **In:** [`record_all`] writes a fact in the transaction that makes it true. **Out:** the relay numbers facts as it
//! publishes them; readers follow that [`position`](Published::position), never the order of insertion, because
//! commits land out of order. **Must hold:** a fact is never changed, and forgotten only when it is old and every reader
//! has read it; it carries ids, codes and times, no personal data.

use super::db::Tx;
use super::fault::Fault;
use super::ids::{CallId, EntryId, EventId, OfferId, SeriesId, UserId};
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

pub mod feed;
pub mod readers;
pub mod relay;
pub mod retention;

/// What a fact is about. Each id is given when it is known: the log is read by call, by entry and by agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct About {
    /// The call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// The place in line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// The offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
    /// The agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<UserId>,
    /// The appointments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesId>,
}

/// A published fact.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Published {
    /// The number that readers follow. It grows, with gaps.
    pub position: i64,
    /// The fact's id.
    pub id: EventId,
    /// When it became true: the time of its transaction.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What happened, as `subject.verb`: `entry.joined`, `offer.made`.
    pub kind: String,
    /// Whom it happened to.
    #[serde(flatten)]
    pub about: About,
    /// Codes and figures of this kind of fact.
    pub data: serde_json::Value,
}

/// A fact to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct New {
    /// What happened, as `subject.verb`.
    pub kind: &'static str,
    /// Whom it happened to.
    pub about: About,
    /// Codes and figures; no personal data.
    pub data: serde_json::Value,
}

/// Records a fact in the transaction that makes it true.
///
/// # Errors
/// When the database is away.
pub async fn record(tx: &mut Tx, kind: &'static str, about: About, data: serde_json::Value) -> Result<(), Fault> {
    record_all(tx, &[New { kind, about, data }]).await
}

/// Records facts in the transaction that makes them true, in one statement and in this order.
///
/// # Errors
/// When the database is away.
pub async fn record_all(tx: &mut Tx, facts: &[New]) -> Result<(), Fault> {
    if facts.is_empty() {
        return Ok(());
    }
    let mut ids = Vec::with_capacity(facts.len());
    for _ in facts {
        ids.push(tx.id::<EventId>().0);
    }
    let now = tx.now();
    let kinds: Vec<String> = facts.iter().map(|fact| fact.kind.to_owned()).collect();
    let data: Vec<serde_json::Value> = facts.iter().map(|fact| fact.data.clone()).collect();
    let column = |id: fn(&About) -> Option<Uuid>| facts.iter().map(|fact| id(&fact.about)).collect::<Vec<_>>();
    sqlx::query!(
        r#"
        -- events: record facts, to be numbered by the relay
        insert into event (id, at, kind, call_id, entry_id, offer_id, agent_id, series_id, data)
        select id, $2, kind, call_id, entry_id, offer_id, agent_id, series_id, data
          from unnest($1::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::jsonb[])
               with ordinality as fact (id, kind, call_id, entry_id, offer_id, agent_id, series_id, data, place)
         order by place
        "#,
        &ids,
        now,
        &kinds,
        &column(|about| about.call.map(|id| id.0)) as &[Option<Uuid>],
        &column(|about| about.entry.map(|id| id.0)) as &[Option<Uuid>],
        &column(|about| about.offer.map(|id| id.0)) as &[Option<Uuid>],
        &column(|about| about.agent.map(|id| id.0)) as &[Option<Uuid>],
        &column(|about| about.series.map(|id| id.0)) as &[Option<Uuid>],
        &data
    )
    .execute(tx.conn())
    .await?;
    tx.recorded();
    Ok(())
}

/// Reads at most `limit` published facts after `position`, in order.
///
/// # Errors
/// When the database is away.
pub async fn read_after(from: impl sqlx::PgExecutor<'_>, position: i64, limit: i64) -> Result<Vec<Published>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- events: what was published after a position
        select position as "position!", id, at, kind, call_id, entry_id, offer_id, agent_id, series_id, data
          from event where position > $1 order by position limit $2
        "#,
        position,
        limit
    )
    .fetch_all(from)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Published {
            position: row.position,
            id: EventId(row.id),
            at: row.at,
            kind: row.kind,
            about: About {
                call: row.call_id.map(CallId),
                entry: row.entry_id.map(EntryId),
                offer: row.offer_id.map(OfferId),
                agent: row.agent_id.map(UserId),
                series: row.series_id.map(SeriesId),
            },
            data: row.data,
        })
        .collect())
}

/// The last position that has been published, zero before the first.
///
/// # Errors
/// When the database is away.
pub async fn last_position(pool: &sqlx::PgPool) -> Result<i64, Fault> {
    let last = sqlx::query_scalar!(r#"select coalesce(max(position), 0) as "last!" from event -- events: the end"#)
        .fetch_one(pool)
        .await?;
    Ok(last)
}
