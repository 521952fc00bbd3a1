//! Everything that explains who is not served, and why.

use super::lock::read_skills;
use super::waiting::{Waiting, back_offs};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::UserId;
use crate::hotline::queue::decide::{Does, Halted, Head, Idle, Present, Scene};

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
    let waiting = sqlx::query_as!(
        Waiting,
        r#"
        -- queue: everybody who waits, in order
        select id, queue, needs, joined_at, key_at, key_seq, prefers, prefers_until, paused_until
          from queue_entry where state = 'waiting' order by key_at, key_seq limit $1
        "#,
        MOST_WAITING
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = sqlx::query!(
        r#"
        -- queue: everybody who is signed in, the longest idle first
        select agent.id, agent.state, agent.idle_since, agent.skills,
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
        let idle = Idle { agent: UserId(row.id), since: row.idle_since, skills: read_skills(&row.skills)? };
        present.push(Present { agent: idle, does });
    }
    Ok(Scene {
        waiting: waiting.into_iter().map(Head::try_from).collect::<Result<_, Fault>>()?,
        present,
        back_offs: back_offs(tx, now).await?,
        halted: match (halted.led, halted.published) {
            (false, _) => Some(Halted::NobodyDispatches),
            (true, false) => Some(Halted::NobodyPublishes),
            (true, true) => None,
        },
    })
}
