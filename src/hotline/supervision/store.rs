//! SQL of the board.

use super::wire::{AgentRow, StateCount};
use crate::foundation::fault::Fault;
use crate::hotline::console::view::{agent_state, millis};
use crate::hotline::console::wire::AgentState;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// The states in the order in which the board has them.
const STATES: [AgentState; 7] = [
    AgentState::Ready,
    AgentState::Offered,
    AgentState::Connecting,
    AgentState::Talking,
    AgentState::WrapUp,
    AgentState::NotReady,
    AgentState::Offline,
];

/// The figures of the board that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figures {
    pub waiting: u32,
    pub longest_since_ms: Option<i64>,
    pub in_menu: u32,
    pub talking: u32,
    pub served_today: u32,
    pub abandoned_today: u32,
    pub booked_today: u32,
}

/// Counts calls, places and bookings; `midnight` is when the local day began.
pub(super) async fn figures(conn: &mut PgConnection, midnight: OffsetDateTime) -> Result<Figures, Fault> {
    let row = sqlx::query!(
        r#"
        -- supervision: the figures of the board
        with open as (select count(*) filter (where state in ('waiting', 'offered')) as waiting,
                             min(joined_at) filter (where state in ('waiting', 'offered')) as longest,
                             count(*) filter (where state in ('talking', 'held', 'resuming')) as talking
                        from queue_entry where state <> 'ended'),
             today as (select count(*) filter (where ending = 'served') as served,
                              count(*) filter (where ending = 'abandoned') as abandoned
                         from queue_entry where ended_at >= $1)
        select open.waiting as "waiting!", open.longest, open.talking as "talking!",
               today.served as "served!", today.abandoned as "abandoned!",
               (select count(*) from call
                 where ended_at is null and direction = 'inbound'
                   and not exists (select 1 from queue_entry where call_id = call.id and state <> 'ended')) as "in_menu!",
               (select count(*) from event where kind = 'series.confirmed' and at >= $1) as "booked!"
          from open, today
        "#,
        midnight
    )
    .fetch_one(conn)
    .await?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Figures {
        waiting: count(row.waiting),
        longest_since_ms: row.longest.map(millis),
        in_menu: count(row.in_menu),
        talking: count(row.talking),
        served_today: count(row.served),
        abandoned_today: count(row.abandoned),
        booked_today: count(row.booked),
    })
}

/// The agents who are not offline, and how many are in each state.
pub(super) async fn agents(conn: &mut PgConnection) -> Result<(Vec<AgentRow>, Vec<StateCount>), Fault> {
    let rows = sqlx::query!(
        r#"
        -- supervision: the agents who are signed in, and how many are not
        select display_name, coalesce(agent.state, 'offline') as "state!", agent.reason,
               coalesce(agent.since, user_account.created_at) as "since!"
          from user_account left join agent on agent.id = user_account.id
         where role = 'agent' and disabled_at is null
         order by display_name, user_account.id
        "#
    )
    .fetch_all(conn)
    .await?;
    let (mut agents, mut counts) = (Vec::new(), STATES.map(|state| StateCount { state, agents: 0 }));
    for row in rows {
        let state = agent_state(&row.state)?;
        for count in counts.iter_mut().filter(|count| count.state == state) {
            count.agents += 1;
        }
        if state != AgentState::Offline {
            agents.push(AgentRow { name: row.display_name, state, reason: row.reason, since_ms: millis(row.since) });
        }
    }
    Ok((agents, counts.to_vec()))
}
