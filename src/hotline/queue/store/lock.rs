//! Rows are locked and read, one by one and as the matter of an event.

use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, EntryId, OfferId, SessionId, UserId};
use crate::hotline::queue::decide::Matter;
use crate::hotline::queue::model::{
    Agent, AgentState, Ending, Entry, EntryState, Link, Next, Offer, OfferState, OrderKey, Preferred, Reach, Reason,
    Wants,
};
use crate::hotline::queue::routing::Overflow;
use crate::hotline::queue::skills::{Needs, Skills};
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
pub(super) fn torn(what: &str) -> Fault {
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
        select id, call_id, queue, needs, prefers, prefers_until, overflow_at, overflow_queue, overflow_needs, joined_at,
               key_at, key_seq, state, offer_id, talking_since, ending, redeem_until, reach, tries, rung, paused_until,
               held_until
          from queue_entry where id = $1 for update
        "#,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let offer = row.offer_id.map(OfferId);
    let since = || row.talking_since.ok_or_else(|| torn("an entry"));
    let state = match (row.state.as_str(), offer) {
        ("waiting", _) => EntryState::Waiting,
        ("offered", Some(offer)) => EntryState::Offered { offer },
        ("connecting", Some(offer)) => EntryState::Connecting { offer },
        ("talking", Some(offer)) => EntryState::Talking { offer, since: since()? },
        ("held", Some(offer)) => {
            EntryState::Held { offer, since: since()?, until: row.held_until.ok_or_else(|| torn("an entry"))? }
        }
        ("resuming", Some(offer)) => EntryState::Resuming { offer, since: since()? },
        ("ended", _) => EntryState::Ended {
            how: match row.ending.as_deref() {
                Some("served") => Ending::Served,
                Some("abandoned") => Ending::Abandoned,
                Some("lost") => Ending::Lost,
                Some("merged") => Ending::Merged,
                Some("unreached") => Ending::Unreached,
                _ => return Err(torn("an entry")),
            },
            redeem_until: row.redeem_until,
        },
        _ => return Err(torn("an entry")),
    };
    let order = OrderKey { at: row.key_at, seq: row.key_seq };
    let overflow = match (row.overflow_at, row.overflow_queue, row.overflow_needs) {
        (Some(at), Some(queue), Some(needs)) => {
            Some(Overflow { after: at - row.joined_at, queue, needs: read_needs(&needs)? })
        }
        _ => None,
    };
    let wants = Wants {
        queue: row.queue,
        joined: row.joined_at,
        needs: read_needs(&row.needs)?,
        preferred: preferred(row.prefers, row.prefers_until),
        overflow,
        pause: row.paused_until,
    };
    let reach = match row.reach.as_str() {
        "callback" => Reach::Callback { tries: u8::try_from(row.tries).unwrap_or(u8::MAX), rung: row.rung },
        _ => Reach::Line,
    };
    Ok(Some(Entry { id, order, call: CallId(row.call_id), wants, state, reach }))
}

/// Needs as they are written in the database.
pub(super) fn read_needs(text: &str) -> Result<Needs, Fault> {
    text.parse().map_err(|error| Fault::new("read what an entry needs", error))
}

/// Skills as they are written in the database.
pub(super) fn read_skills(text: &str) -> Result<Skills, Fault> {
    text.parse().map_err(|error| Fault::new("read what an agent can", error))
}

/// The agent for whom an entry waits alone.
pub(super) fn preferred(agent: Option<Uuid>, until: Option<OffsetDateTime>) -> Option<Preferred> {
    agent.zip(until).map(|(agent, until)| Preferred { agent: UserId(agent), until })
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
        select state, since, idle_since, missed, skills, offer_id, entry_id, until, extensions_left, next, reason,
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
        skills: read_skills(&row.skills)?,
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
        ("held", None) => OfferState::Held,
        ("transferred", None) => OfferState::Transferred,
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
    Ok(try_matter_of_entry(tx, id, Lock::Wait).await?.unwrap_or_default())
}

/// The same; `None` when there is no such entry, or it is not to be waited for and somebody holds a row of it.
///
/// # Errors
/// When the database is away.
pub async fn try_matter_of_entry(tx: &mut Tx, id: EntryId, lock: Lock) -> Result<Option<Matter>, Fault> {
    let Some(entry) = lock_entry(tx, id, lock).await? else { return Ok(None) };
    let offer = match entry.state.offer() {
        Some(id) => read_offer(tx, id).await?,
        None => None,
    };
    let agent = match &offer {
        Some(offer) => lock_agent(tx, offer.agent, lock).await?,
        None => None,
    };
    if offer.is_some() && agent.is_none() && lock == Lock::Skip {
        return Ok(None);
    }
    Ok(Some(Matter { entry: Some(entry), offer, agent }))
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
