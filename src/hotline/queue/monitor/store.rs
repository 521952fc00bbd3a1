//! The SQL of the queue's standing questions.

use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use time::OffsetDateTime;

/// Violations by invariant.
pub(super) struct Counts {
    pub entries: i64,
    pub agents: i64,
    pub overdue: i64,
    pub ghosts: i64,
}

/// Asks all at once: one statement is one snapshot. What was due before `late` is overdue.
pub(super) async fn counts(tx: &mut Tx, late: OffsetDateTime) -> Result<Counts, Fault> {
    let counts = sqlx::query_as!(
        Counts,
        r#"
        -- queue monitor: how often is an invariant violated
        with fits (bound, state) as (
            values ('offered', 'open'), ('connecting', 'accepted'), ('connecting', 'connecting'), ('talking', 'connected'),
                   ('held', 'held'), ('resuming', 'accepted'), ('resuming', 'connecting')
        )
        select
            (select count(*) from queue_entry as entry
              where entry.state in ('offered', 'connecting', 'talking', 'held', 'resuming')
                and not exists (select from offer join fits on fits.bound = entry.state and fits.state = offer.state
                                 where offer.id = entry.offer_id and offer.entry_id = entry.id)) as "entries!",
            (select count(*) from agent
              where agent.state in ('offered', 'connecting', 'talking')
                and not exists (select from offer
                                  join queue_entry as entry on entry.id = offer.entry_id and entry.id = agent.entry_id
                                  join fits on fits.bound = entry.state and fits.state = offer.state
                                 where offer.id = agent.offer_id and offer.agent_id = agent.id
                                   and agent.state = case when entry.state in ('held', 'resuming') then 'talking'
                                                          else entry.state end)) as "agents!",
            (select count(*) from offer where ended_at is null and deadline < $1)
              + (select count(*) from agent where state = 'wrap_up' and until < $1)
              + (select count(*) from agent where link = 'lost' and link_until < $1 and state <> 'offline')
              + (select count(*) from queue_entry where state = 'waiting' and overflow_at < $1)
              + (select count(*) from queue_entry where state = 'held' and held_until < $1) as "overdue!",
            (select count(*) from offer join queue_entry as entry on entry.id = offer.entry_id
              where offer.ended_at is null and entry.state = 'ended') as "ghosts!"
        "#,
        late
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(counts)
}

/// How many agents are in each state. Those who are signed out are not counted.
pub(super) async fn agents(tx: &mut Tx) -> Result<Vec<(String, i64)>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- queue monitor: the agents
        select state, count(*) as "agents!" from agent where state <> 'offline' group by state order by state
        "#
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.state, row.agents)).collect())
}
