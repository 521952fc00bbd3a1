//! The event log: every fact of a call, an entry, an offer, an agent and a booking, in the order of its publication.
//!
//! **In:** [`record`] writes a fact in the transaction that makes it true. **Out:** the relay numbers facts as it
//! publishes them; readers follow that [`position`](Published::position), never the order of insertion, because
//! commits land out of order. **Must hold:** a fact is append-only and carries ids, codes and times, no personal data.

use super::db::Tx;
use super::fault::Fault;
use super::ids::{CallId, EntryId, EventId, OfferId, SeriesId, UserId};
use serde::Serialize;
use time::OffsetDateTime;

pub mod feed;
pub mod relay;

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

/// Records a fact in the transaction that makes it true.
///
/// # Errors
/// When the database is away.
pub async fn record(tx: &mut Tx, kind: &'static str, about: About, data: serde_json::Value) -> Result<(), Fault> {
    let id: EventId = tx.id();
    let now = tx.now();
    sqlx::query!(
        r#"
        -- events: record a fact, to be numbered by the relay
        insert into event (id, at, kind, call_id, entry_id, offer_id, agent_id, series_id, data)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        "#,
        id.0,
        now,
        kind,
        about.call.map(|id| id.0),
        about.entry.map(|id| id.0),
        about.offer.map(|id| id.0),
        about.agent.map(|id| id.0),
        about.series.map(|id| id.0),
        data
    )
    .execute(tx.conn())
    .await?;
    tx.promise();
    Ok(())
}

/// Reads at most `limit` published facts after `position`, in order.
///
/// # Errors
/// When the database is away.
pub async fn read_after(pool: &sqlx::PgPool, position: i64, limit: i64) -> Result<Vec<Published>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- events: what was published after a position
        select position as "position!", id, at, kind, call_id, entry_id, offer_id, agent_id, series_id, data
          from event where position > $1 order by position limit $2
        "#,
        position,
        limit
    )
    .fetch_all(pool)
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
