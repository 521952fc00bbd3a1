//! What an event has changed is written.

use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, EntryId, OfferId, UserId};
use crate::foundation::pii::Pii;
use crate::hotline::queue::model::{
    Agent, AgentState, BackOff, Entry, EntryState, Language, Link, Next, Offer, OfferState, OrderKey, Preferred, Reach,
    Topic,
};
use crate::hotline::queue::routing::Placement;
use crate::hotline::queue::skills::Skills;
use time::OffsetDateTime;

/// A caller who joins.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// Its id.
    pub id: EntryId,
    /// The call that waits on it.
    pub call: CallId,
    /// The caller's number, when shown.
    pub caller: Option<&'a Pii<String>>,
    /// When the caller rang.
    pub rang: OffsetDateTime,
    /// The language chosen.
    pub language: Language,
    /// The topic chosen.
    pub topic: Topic,
    /// Where it waits.
    pub placement: &'a Placement,
    /// For which agent first.
    pub preferred: Option<Preferred>,
}

/// Writes a new entry and returns its order key.
///
/// # Errors
/// When the database is away.
pub async fn insert_entry(tx: &mut Tx, new: NewEntry<'_>) -> Result<OrderKey, Fault> {
    let now = tx.now();
    let key_at = new.rang - new.placement.bonus;
    let overflow = new.placement.overflow.as_ref();
    let seq = sqlx::query_scalar!(
        r#"
        -- queue: a caller joins
        insert into queue_entry (id, call_id, caller, language, topic, joined_at, key_at, queue, needs, bonus, prefers,
                                 prefers_until, overflow_at, overflow_queue, overflow_needs, state)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'waiting')
        returning key_seq
        "#,
        new.id.0,
        new.call.0,
        new.caller.map(Pii::expose),
        new.language.code(),
        new.topic.code(),
        now,
        key_at,
        new.placement.queue,
        new.placement.needs.to_string(),
        i32::try_from(new.placement.bonus.whole_seconds()).unwrap_or(i32::MAX),
        new.preferred.map(|one| one.agent.0),
        new.preferred.map(|one| one.until),
        overflow.map(|overflow| now + overflow.after),
        overflow.map(|overflow| overflow.queue.as_str()),
        overflow.map(|overflow| overflow.needs.to_string())
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(OrderKey { at: key_at, seq })
}

/// The columns of an entry's state.
#[derive(Default)]
struct StateRow {
    state: &'static str,
    offer: Option<OfferId>,
    talking_since: Option<OffsetDateTime>,
    held_until: Option<OffsetDateTime>,
    ending: Option<&'static str>,
    redeem_until: Option<OffsetDateTime>,
}

impl StateRow {
    fn of(state: EntryState) -> Self {
        let bound = |state, offer| Self { state, offer: Some(offer), ..Self::default() };
        match state {
            EntryState::Waiting => Self { state: "waiting", ..Self::default() },
            EntryState::Offered { offer } => bound("offered", offer),
            EntryState::Connecting { offer } => bound("connecting", offer),
            EntryState::Talking { offer, since } => Self { talking_since: Some(since), ..bound("talking", offer) },
            EntryState::Held { offer, since, until } => {
                Self { talking_since: Some(since), held_until: Some(until), ..bound("held", offer) }
            }
            EntryState::Resuming { offer, since } => Self { talking_since: Some(since), ..bound("resuming", offer) },
            EntryState::Ended { how, redeem_until } => {
                Self { state: "ended", ending: Some(how.code()), redeem_until, ..Self::default() }
            }
        }
    }
}

/// Writes an entry's state.
///
/// # Errors
/// When the database is away.
pub async fn save_entry(tx: &mut Tx, entry: &Entry) -> Result<(), Fault> {
    let now = tx.now();
    let wants = &entry.wants;
    let row = StateRow::of(entry.state);
    let (reach, tries, rung) = match entry.reach {
        Reach::Line => ("line", 0, false),
        Reach::Callback { tries, rung } => ("callback", tries, rung),
    };
    sqlx::query!(
        r#"
        -- queue: write an entry's state; its key is never written again
        update queue_entry
           set call_id = $2, state = $3, offer_id = $4, talking_since = $5, ending = $6,
               ended_at = case when $6::text is not null then $7::timestamptz end, redeem_until = $8, queue = $9,
               needs = $10, prefers = $11, prefers_until = $12, overflow_at = $13, overflow_queue = $14,
               overflow_needs = $15, reach = $16, tries = $17, rung = $18, paused_until = $19,
               held_until = $20
         where id = $1
        "#,
        entry.id.0,
        entry.call.0,
        row.state,
        row.offer.map(|id| id.0),
        row.talking_since,
        row.ending,
        now,
        row.redeem_until,
        wants.queue,
        wants.needs.to_string(),
        wants.preferred.map(|one| one.agent.0),
        wants.preferred.map(|one| one.until),
        wants.overflows_at(),
        wants.overflow.as_ref().map(|overflow| overflow.queue.as_str()),
        wants.overflow.as_ref().map(|overflow| overflow.needs.to_string()),
        reach,
        i16::from(tries),
        rung,
        wants.pause,
        row.held_until
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
        OfferState::Held => ("held", None, None),
        OfferState::Transferred => ("transferred", None, None),
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

/// Writes what an agent can do; false when that is what was written before.
///
/// # Errors
/// When the database is away.
pub async fn save_skills(tx: &mut Tx, id: UserId, skills: &Skills) -> Result<bool, Fault> {
    let written = sqlx::query!(
        "update agent set skills = $2 where id = $1 and skills <> $2 -- queue: write what an agent can do",
        id.0,
        skills.to_string()
    )
    .execute(tx.conn())
    .await?;
    Ok(written.rows_affected() > 0)
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
