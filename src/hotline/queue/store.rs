//! All SQL of the queue. Locks are taken in one order: entry, then agent; an offer changes only under both.

use super::decide::{Due, Head, Idle, Matter, Snapshot};
use super::model::{
    Agent, AgentState, BackOff, Ending, Entry, EntryState, Language, Link, Next, Offer, OfferState, OrderKey, Reason,
    Topic,
};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, EntryId, OfferId, SessionId, UserId};
use crate::foundation::pii::Pii;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// How a lock is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Until the other transaction ends, within the lock timeout.
    Wait,
    /// Not at all: what is locked is left alone.
    Skip,
}

/// What a state must carry and does not: only a hand in the database can make it so.
fn torn(what: &str) -> Fault {
    Fault::plain(format!("read {what}: its state lacks its data"))
}

/// Locks and reads an entry.
///
/// # Errors
/// When the database is away.
pub async fn lock_entry(tx: &mut Tx, id: EntryId, lock: Lock) -> Result<Option<Entry>, Fault> {
    if lock == Lock::Skip {
        let free = sqlx::query_scalar!(
            "select id from queue_entry where id = $1 for update skip locked -- queue: lock an entry if it is free",
            id.0
        )
        .fetch_optional(tx.conn())
        .await?;
        if free.is_none() {
            return Ok(None);
        }
    }
    let row = sqlx::query!(
        r#"
        -- queue: lock and read an entry
        select id, call_id, key_at, key_seq, state, offer_id, talking_since, ending, redeem_until
          from queue_entry where id = $1 for update
        "#,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let offer = row.offer_id.map(OfferId);
    let state = match (row.state.as_str(), offer) {
        ("waiting", _) => EntryState::Waiting,
        ("offered", Some(offer)) => EntryState::Offered { offer },
        ("connecting", Some(offer)) => EntryState::Connecting { offer },
        ("talking", Some(offer)) => {
            EntryState::Talking { offer, since: row.talking_since.ok_or_else(|| torn("an entry"))? }
        }
        ("ended", _) => EntryState::Ended {
            how: match row.ending.as_deref() {
                Some("served") => Ending::Served,
                Some("abandoned") => Ending::Abandoned,
                Some("lost") => Ending::Lost,
                _ => return Err(torn("an entry")),
            },
            redeem_until: row.redeem_until,
        },
        _ => return Err(torn("an entry")),
    };
    let order = OrderKey { at: row.key_at, seq: row.key_seq };
    Ok(Some(Entry { id, order, call: CallId(row.call_id), state }))
}

/// Locks and reads an agent.
///
/// # Errors
/// When the database is away.
pub async fn lock_agent(tx: &mut Tx, id: UserId, lock: Lock) -> Result<Option<Agent>, Fault> {
    if lock == Lock::Skip {
        let free = sqlx::query_scalar!(
            "select id from agent where id = $1 for update skip locked -- queue: lock an agent if free",
            id.0
        )
        .fetch_optional(tx.conn())
        .await?;
        if free.is_none() {
            return Ok(None);
        }
    }
    let row = sqlx::query!(
        r#"
        -- queue: lock and read an agent
        select state, since, idle_since, missed, offer_id, entry_id, until, extensions_left, next, reason,
               link, session_id, node, link_until
          from agent where id = $1 for update
        "#,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let next = row.next.as_deref().map_or(Next::Ready, |code| Next::NotReady(Reason::of_setup(code)));
    let state = match (row.state.as_str(), row.offer_id.map(OfferId), row.entry_id.map(EntryId)) {
        ("offline", ..) => AgentState::Offline,
        ("ready", ..) => AgentState::Ready,
        ("offered", Some(offer), Some(entry)) => AgentState::Offered { offer, entry },
        ("connecting", Some(offer), Some(entry)) => AgentState::Connecting { offer, entry, next },
        ("talking", Some(offer), Some(entry)) => AgentState::Talking { offer, entry, next },
        ("wrap_up", _, Some(entry)) => AgentState::WrapUp {
            entry,
            until: row.until.ok_or_else(|| torn("an agent"))?,
            extensions_left: row
                .extensions_left
                .and_then(|left| u8::try_from(left).ok())
                .ok_or_else(|| torn("an agent"))?,
            next,
        },
        ("not_ready", ..) => {
            AgentState::NotReady { reason: Reason::of_setup(&row.reason.ok_or_else(|| torn("an agent"))?) }
        }
        _ => return Err(torn("an agent")),
    };
    let link = match (row.link.as_str(), row.session_id, row.node, row.link_until) {
        ("down", ..) => Link::Down,
        ("up", Some(session), Some(node), _) => Link::Up { session: SessionId(session), node },
        ("lost", _, _, Some(until)) => Link::Lost { until },
        _ => return Err(torn("an agent")),
    };
    Ok(Some(Agent {
        id,
        state,
        since: row.since,
        idle_since: row.idle_since,
        missed: u8::try_from(row.missed).unwrap_or(u8::MAX),
        link,
    }))
}

/// Reads an offer. Its entry's lock is held.
///
/// # Errors
/// When the database is away.
pub async fn read_offer(tx: &mut Tx, id: OfferId) -> Result<Option<Offer>, Fault> {
    let row = sqlx::query!(
        "select entry_id, agent_id, state, deadline, paint_by from offer where id = $1 -- queue: read an offer",
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let state = match (row.state.as_str(), row.deadline) {
        ("open", Some(deadline)) => OfferState::Open { deadline, paint_by: row.paint_by },
        ("accepted", Some(deadline)) => OfferState::Accepted { deadline },
        ("connecting", Some(deadline)) => OfferState::Connecting { deadline },
        ("connected", None) => OfferState::Connected,
        ("declined", None) => OfferState::Declined,
        ("expired", None) => OfferState::Expired,
        ("withdrawn", None) => OfferState::Withdrawn,
        ("failed", None) => OfferState::Failed,
        _ => return Err(torn("an offer")),
    };
    Ok(Some(Offer { id, entry: EntryId(row.entry_id), agent: UserId(row.agent_id), state }))
}

/// The matter of an entry: with its offer and that offer's agent, all locked.
///
/// # Errors
/// When the database is away.
pub async fn matter_of_entry(tx: &mut Tx, id: EntryId) -> Result<Matter, Fault> {
    let Some(entry) = lock_entry(tx, id, Lock::Wait).await? else { return Ok(Matter::default()) };
    let bound = match entry.state {
        EntryState::Offered { offer } | EntryState::Connecting { offer } | EntryState::Talking { offer, .. } => {
            Some(offer)
        }
        EntryState::Waiting | EntryState::Ended { .. } => None,
    };
    let offer = match bound {
        Some(id) => read_offer(tx, id).await?,
        None => None,
    };
    let agent = match &offer {
        Some(offer) => lock_agent(tx, offer.agent, Lock::Wait).await?,
        None => None,
    };
    Ok(Matter { entry: Some(entry), offer, agent })
}

/// The matter of an offer: the offer itself, whatever its entry and agent do now.
///
/// # Errors
/// When the database is away.
pub async fn matter_of_offer(tx: &mut Tx, id: OfferId) -> Result<Matter, Fault> {
    Ok(try_matter_of_offer(tx, id, Lock::Wait).await?.unwrap_or_default())
}

/// The same; `None` when it is not to be waited for and somebody holds a row of it.
///
/// # Errors
/// When the database is away.
pub async fn try_matter_of_offer(tx: &mut Tx, id: OfferId, lock: Lock) -> Result<Option<Matter>, Fault> {
    let Some(peek) = read_offer(tx, id).await? else { return Ok(Some(Matter::default())) };
    if !peek.state.is_live() && peek.state != OfferState::Connected {
        // Over for good: a late word about it must not lock an entry that waits for its next offer.
        return Ok(Some(Matter { offer: Some(peek), ..Matter::default() }));
    }
    let entry = lock_entry(tx, peek.entry, lock).await?;
    if entry.is_none() && lock == Lock::Skip {
        return Ok(None);
    }
    let agent = lock_agent(tx, peek.agent, lock).await?;
    if agent.is_none() && lock == Lock::Skip {
        return Ok(None);
    }
    Ok(Some(Matter { entry, offer: read_offer(tx, id).await?, agent }))
}

/// The matter of an agent: with the entry and the offer on the desk.
///
/// # Errors
/// When the database is away, or the desk changes faster than it can be locked.
pub async fn matter_of_agent(tx: &mut Tx, id: UserId) -> Result<Matter, Fault> {
    Ok(try_matter_of_agent(tx, id, Lock::Wait).await?.unwrap_or_default())
}

/// The same; `None` when it is not to be waited for and somebody holds a row of it.
///
/// # Errors
/// When the database is away, or the desk changes faster than it can be locked.
pub async fn try_matter_of_agent(tx: &mut Tx, id: UserId, lock: Lock) -> Result<Option<Matter>, Fault> {
    for _ in 0..5 {
        let peek = sqlx::query_scalar!("select entry_id from agent where id = $1 -- queue: peek at a desk", id.0)
            .fetch_optional(tx.conn())
            .await?;
        let Some(on_desk) = peek else { return Ok(Some(Matter::default())) };
        let entry = match on_desk {
            Some(entry) => lock_entry(tx, EntryId(entry), lock).await?,
            None => None,
        };
        if lock == Lock::Skip && on_desk.is_some() && entry.is_none() {
            return Ok(None);
        }
        let Some(agent) = lock_agent(tx, id, lock).await? else { return Ok(None) };
        if agent.state.entry() == entry.as_ref().map(|entry| entry.id) {
            let offer = match agent.state.offer() {
                Some(offer) => read_offer(tx, offer).await?,
                None => None,
            };
            return Ok(Some(Matter { entry, offer, agent: Some(agent) }));
        }
    }
    Err(Fault::plain(format!("lock the desk of agent {id}: it keeps changing")))
}

/// The open entry of a call, or the one it waited on last.
///
/// # Errors
/// When the database is away.
pub async fn entry_of_call(conn: &mut PgConnection, call: CallId) -> Result<Option<EntryId>, Fault> {
    let id = sqlx::query_scalar!(
        r#"
        -- queue: the entry of a call
        select id from queue_entry where call_id = $1 order by (state = 'ended'), joined_at desc limit 1
        "#,
        call.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(EntryId))
}

/// Writes a new entry and returns its order key.
///
/// # Errors
/// When the database is away.
pub async fn insert_entry(
    tx: &mut Tx,
    id: EntryId,
    call: CallId,
    caller: Option<&Pii<String>>,
    language: Language,
    topic: Topic,
) -> Result<OrderKey, Fault> {
    let now = tx.now();
    let seq = sqlx::query_scalar!(
        r#"
        -- queue: a caller joins
        insert into queue_entry (id, call_id, caller, language, topic, joined_at, key_at, state)
        values ($1, $2, $3, $4, $5, $6, $6, 'waiting')
        returning key_seq
        "#,
        id.0,
        call.0,
        caller.map(Pii::expose),
        language.code(),
        topic.code(),
        now
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(OrderKey { at: now, seq })
}

/// The newest place of this number that a redial may take up.
///
/// # Errors
/// When the database is away.
pub async fn redeemable(tx: &mut Tx, caller: &Pii<String>) -> Result<Option<EntryId>, Fault> {
    let now = tx.now();
    let id = sqlx::query_scalar!(
        r#"
        -- queue: the place that a redial takes up
        select id from queue_entry
         where caller = $1 and state = 'ended' and redeem_until >= $2
         order by key_at, key_seq limit 1
        "#,
        caller.expose(),
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(EntryId))
}

/// Writes an entry's state.
///
/// # Errors
/// When the database is away.
pub async fn save_entry(tx: &mut Tx, entry: &Entry) -> Result<(), Fault> {
    let now = tx.now();
    let (state, offer, since, how, redeem) = match entry.state {
        EntryState::Waiting => ("waiting", None, None, None, None),
        EntryState::Offered { offer } => ("offered", Some(offer), None, None, None),
        EntryState::Connecting { offer } => ("connecting", Some(offer), None, None, None),
        EntryState::Talking { offer, since } => ("talking", Some(offer), Some(since), None, None),
        EntryState::Ended { how, redeem_until } => ("ended", None, None, Some(how.code()), redeem_until),
    };
    sqlx::query!(
        r#"
        -- queue: write an entry's state; its key is never written again
        update queue_entry
           set call_id = $2, state = $3, offer_id = $4, talking_since = $5, ending = $6,
               ended_at = case when $6::text is not null then $7::timestamptz end, redeem_until = $8
         where id = $1
        "#,
        entry.id.0,
        entry.call.0,
        state,
        offer.map(|id| id.0),
        since,
        how,
        now,
        redeem
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes an offer, new or changed.
///
/// # Errors
/// When the database is away, or the offer would be a second live one of its entry or agent.
pub async fn save_offer(tx: &mut Tx, offer: &Offer) -> Result<(), Fault> {
    let now = tx.now();
    let (state, deadline, paint_by) = match offer.state {
        OfferState::Open { deadline, paint_by } => ("open", Some(deadline), paint_by),
        OfferState::Accepted { deadline } => ("accepted", Some(deadline), None),
        OfferState::Connecting { deadline } => ("connecting", Some(deadline), None),
        OfferState::Connected => ("connected", None, None),
        OfferState::Declined => ("declined", None, None),
        OfferState::Expired => ("expired", None, None),
        OfferState::Withdrawn => ("withdrawn", None, None),
        OfferState::Failed => ("failed", None, None),
    };
    sqlx::query!(
        r#"
        -- queue: write an offer
        insert into offer (id, entry_id, agent_id, state, made_at, deadline, paint_by, ended_at)
        values ($1, $2, $3, $4, $5, $6, $7, case when $6::timestamptz is null then $5::timestamptz end)
        on conflict (id) do update
           set state = excluded.state, deadline = excluded.deadline, paint_by = excluded.paint_by,
               ended_at = coalesce(offer.ended_at, excluded.ended_at)
        "#,
        offer.id.0,
        offer.entry.0,
        offer.agent.0,
        state,
        now,
        deadline,
        paint_by
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes an agent.
///
/// # Errors
/// When the database is away.
pub async fn save_agent(tx: &mut Tx, agent: &Agent) -> Result<(), Fault> {
    let (until, extensions_left, next, reason) = match &agent.state {
        AgentState::Offline | AgentState::Ready | AgentState::Offered { .. } => (None, None, None, None),
        AgentState::Connecting { next, .. } | AgentState::Talking { next, .. } => (None, None, Some(next), None),
        AgentState::WrapUp { until, extensions_left, next, .. } => {
            (Some(*until), Some(i16::from(*extensions_left)), Some(next), None)
        }
        AgentState::NotReady { reason } => (None, None, None, Some(reason.code())),
    };
    let next = match next {
        Some(Next::NotReady(reason)) => Some(reason.code()),
        Some(Next::Ready) | None => None,
    };
    let (link, session, node, link_until) = match agent.link {
        Link::Down => ("down", None, None, None),
        Link::Up { session, node } => ("up", Some(session.0), Some(node), None),
        Link::Lost { until } => ("lost", None, None, Some(until)),
    };
    sqlx::query!(
        r#"
        -- queue: write an agent's state
        update agent
           set state = $2, since = $3, idle_since = $4, missed = $5, offer_id = $6, entry_id = $7, until = $8,
               extensions_left = $9, next = $10, reason = $11, link = $12, session_id = $13, node = $14,
               link_until = $15
         where id = $1
        "#,
        agent.id.0,
        agent.state.code(),
        agent.since,
        agent.idle_since,
        i16::from(agent.missed),
        agent.state.offer().map(|id| id.0),
        agent.state.entry().map(|id| id.0),
        until,
        extensions_left,
        next,
        reason,
        link,
        session,
        node,
        link_until
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes the row of an agent who signs in for the first time.
///
/// # Errors
/// When the database is away.
pub async fn ensure_agent(tx: &mut Tx, id: UserId) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        r#"
        -- queue: an agent who signs in for the first time
        insert into agent (id, state, since, idle_since, link) values ($1, 'offline', $2, $2, 'down')
        on conflict (id) do nothing
        "#,
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Keeps a pair apart.
///
/// # Errors
/// When the database is away.
pub async fn save_back_off(tx: &mut Tx, pair: &BackOff) -> Result<(), Fault> {
    sqlx::query!(
        r#"
        -- queue: keep a pair apart for a while
        insert into back_off (entry_id, agent_id, until) values ($1, $2, $3)
        on conflict (entry_id, agent_id) do update set until = excluded.until
        "#,
        pair.entry.0,
        pair.agent.0,
        pair.until
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

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

/// What a parked call is told at a tick: a read, nothing else.
///
/// # Errors
/// When the database is away.
pub async fn state_of_call(conn: &mut PgConnection, call: CallId) -> Result<Option<(String, Option<OfferId>)>, Fault> {
    let row = sqlx::query!(
        r#"
        -- queue: where a parked call stands
        select state, offer_id from queue_entry where call_id = $1 order by (state = 'ended'), joined_at desc limit 1
        "#,
        call.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.state, row.offer_id.map(OfferId))))
}

/// How many wait, and since when the longest.
///
/// # Errors
/// When the database is away.
pub async fn waiting(conn: &mut PgConnection) -> Result<(i64, Option<OffsetDateTime>), Fault> {
    let row = sqlx::query!(
        r#"
        -- queue: how many wait, and since when the longest
        select count(*) as "waiting!", min(joined_at) as longest
          from queue_entry where state in ('waiting', 'offered')
        "#
    )
    .fetch_one(conn)
    .await?;
    Ok((row.waiting, row.longest))
}

/// The name of the lease by which a process says that it lives.
#[must_use]
pub fn node_lease(node: Uuid) -> String {
    format!("node:{node}")
}
