//! Callers who wait and pairs that are kept apart, as a round is planned from them and as they are explained.

use super::lock::{preferred, read_needs};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EntryId, UserId};
use crate::hotline::queue::decide::Head;
use crate::hotline::queue::model::{BackOff, OrderKey, Wants};
use time::OffsetDateTime;
use uuid::Uuid;

/// A row of a caller who waits. Where the place goes later is not asked.
pub(super) struct Waiting {
    pub id: Uuid,
    pub queue: String,
    pub needs: String,
    pub joined_at: OffsetDateTime,
    pub key_at: OffsetDateTime,
    pub key_seq: i64,
    pub prefers: Option<Uuid>,
    pub prefers_until: Option<OffsetDateTime>,
    pub paused_until: Option<OffsetDateTime>,
}

impl TryFrom<Waiting> for Head {
    type Error = Fault;

    fn try_from(row: Waiting) -> Result<Self, Fault> {
        let wants = Wants {
            queue: row.queue,
            joined: row.joined_at,
            needs: read_needs(&row.needs)?,
            preferred: preferred(row.prefers, row.prefers_until),
            overflow: None,
            pause: row.paused_until,
        };
        Ok(Self { entry: EntryId(row.id), order: OrderKey { at: row.key_at, seq: row.key_seq }, wants })
    }
}

/// The pairs that are kept apart now.
pub(super) async fn back_offs(tx: &mut Tx, now: OffsetDateTime) -> Result<Vec<BackOff>, Fault> {
    let rows =
        sqlx::query!("select entry_id, agent_id, until from back_off where until > $1 -- queue: pairs kept apart", now)
            .fetch_all(tx.conn())
            .await?;
    let pairs = rows.into_iter().map(|row| BackOff {
        entry: EntryId(row.entry_id),
        agent: UserId(row.agent_id),
        until: row.until,
    });
    Ok(pairs.collect())
}
