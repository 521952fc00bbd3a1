//! What stands on an agent's desk, read in one statement for the console.

use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, EntryId, OfferId, UserId};
use crate::foundation::pii::Pii;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// An agent's desk as the queue knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskState {
    /// The agent's state, by its code.
    pub state: String,
    /// Why not ready.
    pub reason: Option<String>,
    /// Since when.
    pub since: OffsetDateTime,
    /// When the wrap-up ends by itself.
    pub until: Option<OffsetDateTime>,
    /// How often the wrap-up may still be extended.
    pub extensions_left: u32,
    /// The not-ready reason wished for after the call.
    pub next: Option<String>,
    /// The offer that binds the agent, while it is open.
    pub open_offer: Option<(OfferId, OffsetDateTime)>,
    /// The process that holds the agent's socket, as the queue knows it.
    pub linked_to: Option<Uuid>,
    /// The entry on the desk.
    pub entry: Option<DeskEntry>,
}

/// The entry on an agent's desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskEntry {
    /// The entry.
    pub id: EntryId,
    /// Its call.
    pub call: CallId,
    /// The caller's number, when shown.
    pub caller: Option<Pii<String>>,
    /// `de` or `en`.
    pub language: String,
    /// `book`, `change` or `information`.
    pub topic: String,
    /// When the caller joined the queue.
    pub joined_at: OffsetDateTime,
    /// The entry's state, by its code.
    pub state: String,
    /// When the talk began.
    pub talking_since: Option<OffsetDateTime>,
    /// Until when the caller is on hold.
    pub held_until: Option<OffsetDateTime>,
    /// Whether the caller does not wait on the line, and has to be rung.
    pub is_callback: bool,
}

/// An agent as a list shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The user.
    pub id: UserId,
    /// The state, by its code.
    pub state: String,
    /// What they can do: `de:5,en:2`.
    pub skills: String,
}

/// The agents who signed in once, or have skills.
///
/// # Errors
/// When the database is away.
pub async fn list(tx: &mut Tx) -> Result<Vec<Listed>, Fault> {
    let rows = sqlx::query!("select id, state, skills from agent order by id -- agents: list them")
        .fetch_all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| Listed { id: UserId(row.id), state: row.state, skills: row.skills }).collect())
}

/// Reads an agent's desk; `None` for a user who never signed in.
///
/// # Errors
/// When the database is away.
pub async fn desk_state(conn: &mut PgConnection, agent: UserId) -> Result<Option<DeskState>, Fault> {
    let row = sqlx::query!(
        r#"
        -- agents: the whole desk
        select agent.state, agent.reason, agent.since, agent.until, agent.extensions_left, agent.next,
               agent.node, agent.offer_id, offer.deadline as "deadline?", offer.state as "offer_state?",
               entry.id as "entry_id?", entry.call_id as "call_id?", entry.caller, entry.language as "language?",
               entry.topic as "topic?", entry.joined_at as "joined_at?", entry.state as "entry_state?",
               entry.talking_since, entry.held_until, coalesce(entry.reach = 'callback', false) as "is_callback!"
          from agent
          left join offer on offer.id = agent.offer_id
          left join queue_entry as entry on entry.id = agent.entry_id
         where agent.id = $1
        "#,
        agent.0
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let entry = match (row.entry_id, row.call_id, row.language, row.topic, row.joined_at, row.entry_state) {
        (Some(id), Some(call), Some(language), Some(topic), Some(joined_at), Some(state)) => Some(DeskEntry {
            id: EntryId(id),
            call: CallId(call),
            caller: row.caller.map(Pii::new),
            language,
            topic,
            joined_at,
            state,
            talking_since: row.talking_since,
            held_until: row.held_until,
            is_callback: row.is_callback,
        }),
        _ => None,
    };
    let open_offer = match (row.offer_id, row.deadline, row.offer_state.as_deref()) {
        (Some(id), Some(deadline), Some("open")) => Some((OfferId(id), deadline)),
        _ => None,
    };
    Ok(Some(DeskState {
        state: row.state,
        reason: row.reason,
        since: row.since,
        until: row.until,
        extensions_left: row.extensions_left.and_then(|left| u32::try_from(left).ok()).unwrap_or(0),
        next: row.next,
        open_offer,
        linked_to: row.node,
        entry,
    }))
}
