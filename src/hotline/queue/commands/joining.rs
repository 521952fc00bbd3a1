//! A caller joins; and agents get the skills by which callers are routed to them.

use super::facts::{micros, needs_data, prefers_data, skills_data};
use crate::foundation::db::Tx;
use crate::foundation::events::{self, About};
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, EntryId, UserId};
use crate::foundation::pii::Pii;
use crate::hotline::queue::model::{Language, Preferred, Topic};
use crate::hotline::queue::routing::Routing;
use crate::hotline::queue::skills::Skills;
use crate::hotline::queue::store;
use serde_json::json;
use time::OffsetDateTime;

/// A caller who joins.
#[derive(Clone, Debug)]
pub struct Join {
    /// The call that waits.
    pub call: CallId,
    /// The caller's number in E.164, when shown.
    pub number: Option<Pii<String>>,
    /// When the caller rang: the place goes by that.
    pub rang: OffsetDateTime,
    /// The language chosen.
    pub language: Language,
    /// The topic chosen.
    pub topic: Topic,
    /// The queue that the menu led to; none: the first.
    pub queue: Option<String>,
    /// The priority class; none: the usual one.
    pub class: Option<String>,
}

/// A caller joins the queue. Joining again with the same call changes nothing.
///
/// # Errors
/// When the database is away.
pub async fn join(tx: &mut Tx, routing: &Routing, join: &Join) -> Result<EntryId, Fault> {
    if let Some(entry) = store::entry_of_call(tx.conn(), join.call).await? {
        return Ok(entry);
    }
    let now = tx.now();
    let id: EntryId = tx.id();
    let placement = routing.place(join.queue.as_deref(), join.class.as_deref(), join.language, join.topic);
    let same = match &join.number {
        Some(number) => store::served_last_by(tx, number, now - routing.same_agent).await?,
        None => None,
    };
    let preferred = same.map(|agent| Preferred { agent, until: now + routing.preferred });
    let new = store::NewEntry {
        id,
        call: join.call,
        caller: join.number.as_ref(),
        rang: join.rang,
        language: join.language,
        topic: join.topic,
        placement: &placement,
        preferred,
    };
    let key = store::insert_entry(tx, new).await?;
    let about = About { call: Some(join.call), entry: Some(id), ..About::default() };
    let data = json!({
        "key_us": micros(key.at), "seq": key.seq, "language": join.language, "topic": join.topic,
        "queue": placement.queue, "needs": needs_data(&placement.needs),
        "prefers": preferred.map(prefers_data),
    });
    events::record(tx, "entry.joined", about, data).await?;
    Ok(id)
}

/// Says what agents can do from now on.
///
/// # Errors
/// When the database is away.
pub async fn set_all_skills(tx: &mut Tx, all: &[(UserId, &Skills)]) -> Result<(), Fault> {
    for (agent, skills) in all {
        set_skills(tx, *agent, skills).await?;
    }
    Ok(())
}

/// Says what an agent can do from now on.
///
/// # Errors
/// When the database is away.
pub async fn set_skills(tx: &mut Tx, agent: UserId, skills: &Skills) -> Result<(), Fault> {
    store::ensure_agent(tx, agent).await?;
    if store::save_skills(tx, agent, skills).await? {
        let about = About { agent: Some(agent), ..About::default() };
        events::record(tx, "agent.skills", about, skills_data(skills)).await?;
    }
    Ok(())
}
