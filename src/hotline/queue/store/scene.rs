//! Everything that explains who is not served, and why.

use super::lock::{preferred, read_needs, read_skills};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EntryId, UserId};
use crate::hotline::queue::decide::{Does, Halted, Head, Present, Scene};
use crate::hotline::queue::model::{BackOff, OrderKey, Wants};

/// More callers than this are not looked at: nobody would read it.
const MOST_WAITING: i64 = 10_000;

/// Reads the scene as it is now.
///
/// # Errors
/// When the database is away.
pub async fn scene(tx: &mut Tx) -> Result<Scene, Fault> {
    let now = tx.now();
    let halted = sqlx::query!(
        r#"
        -- queue: what stops every offer
        select exists (select from lease where name = 'dispatcher' and expires_at >= $1) as "led!",
               exists (select from lease where name = 'relay' and expires_at >= $1) as "published!"
        "#,
        now
    )
    .fetch_one(tx.conn())
    .await?;
    let rows = sqlx::query!(
        r#"
        -- queue: everybody who waits, in order
        select id, queue, needs, joined_at, key_at, key_seq, prefers, prefers_until
          from queue_entry where state = 'waiting' order by key_at, key_seq limit $1
        "#,
        MOST_WAITING
    )
    .fetch_all(tx.conn())
    .await?;
    let mut waiting = Vec::with_capacity(rows.len());
    for row in rows {
        let wants = Wants {
            queue: row.queue,
            joined: row.joined_at,
            needs: read_needs(&row.needs)?,
            preferred: preferred(row.prefers, row.prefers_until),
            overflow: None,
        };
        waiting.push(Head { entry: EntryId(row.id), order: OrderKey { at: row.key_at, seq: row.key_seq }, wants });
    }
    let rows = sqlx::query!(
        r#"
        -- queue: everybody who is signed in, the longest idle first
        select agent.id, agent.state, agent.skills,
               coalesce(agent.link = 'up' and lease.expires_at >= $1, false) as "is_linked!"
          from agent left join lease on lease.name = 'node:' || agent.node::text
         where agent.state <> 'offline'
         order by agent.idle_since, agent.id
        "#,
        now
    )
    .fetch_all(tx.conn())
    .await?;
    let mut present = Vec::with_capacity(rows.len());
    for row in rows {
        let does = match (row.state.as_str(), row.is_linked) {
            ("ready", true) => Does::Idle,
            ("ready", false) => Does::Unlinked,
            ("wrap_up", _) => Does::WrapUp,
            ("not_ready", _) => Does::NotReady,
            _ => Does::Busy,
        };
        present.push(Present { agent: UserId(row.id), does, skills: read_skills(&row.skills)? });
    }
    let apart =
        sqlx::query!("select entry_id, agent_id, until from back_off where until > $1 -- queue: pairs kept apart", now)
            .fetch_all(tx.conn())
            .await?;
    let back_offs = apart.into_iter().map(|row| BackOff {
        entry: EntryId(row.entry_id),
        agent: UserId(row.agent_id),
        until: row.until,
    });
    Ok(Scene {
        waiting,
        present,
        back_offs: back_offs.collect(),
        halted: match (halted.led, halted.published) {
            (false, _) => Some(Halted::NobodyDispatches),
            (true, false) => Some(Halted::NobodyPublishes),
            (true, true) => None,
        },
    })
}
