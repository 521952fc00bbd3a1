//! The queue's use cases: load and lock, decide, save, record, promise; each in the caller's transaction.

use super::decide::{Change, Effect, Event, Fact, Gone, Matter, No, react};
use super::model::{Agent, AgentState, EntryState, Language, OfferState, Policy, Preferred, Topic};
use super::routing::Routing;
use super::skills::{Need, Needs, Skills};
use super::store;
use crate::foundation::db::Tx;
use crate::foundation::events::{self, About, New};
use crate::foundation::fault::{Fault, Refusal};
use crate::foundation::ids::{CallId, EntryId, OfferId, UserId};
use crate::foundation::jobs;
use crate::foundation::pii::Pii;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The job that asks the provider to ring the agent's phone. Subject: the offer. Payload: [`Order`].
pub const CONNECT_JOB: &str = "provider.connect";

/// The job that asks the provider to put a caller back into music. Subject: the offer that failed. Payload: [`Order`].
pub const PARK_JOB: &str = "provider.park";

/// The job that asks the provider to end a call. Subject: the call. Payload: [`Order`].
pub const HANG_UP_JOB: &str = "provider.hang_up";

/// The job that looks whether an agent's phone is answered, of which nothing was heard. Subject: the offer. Payload: [`Order`].
pub const LOOK_JOB: &str = "provider.look";

/// What the provider's jobs are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Order {
    /// The caller's call.
    pub call: CallId,
    /// The offer, for connecting and parking.
    pub offer: Option<OfferId>,
}

/// An event was refused, or something is broken.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The event does not fit the state.
    #[error(transparent)]
    No(#[from] No),
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for QueueError {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::No(_) => None,
            Self::Fault(fault) => Some(fault),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::No(no) => no.code(),
            Self::Fault(_) => "fault",
        }
    }
}

/// A caller who joins.
#[derive(Clone, Debug)]
pub struct Join {
    /// The call that waits.
    pub call: CallId,
    /// The caller's number in E.164, when shown.
    pub number: Option<Pii<String>>,
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
        "prefers": preferred.map(|one| json!({ "agent": one.agent, "until_us": micros(one.until) })),
    });
    events::record(tx, "entry.joined", about, data).await?;
    Ok(id)
}

/// Microseconds of the epoch.
fn micros(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// Needs as events tell them: levels from so many milliseconds of waiting on.
fn needs_data(needs: &Needs) -> serde_json::Value {
    let steps = |need: &Need| -> Vec<(i64, u8)> {
        need.steps().iter().map(|step| (step.after.whole_seconds() * 1_000, step.level)).collect()
    };
    needs.iter().map(|need| json!({ "skill": need.skill().code(), "steps": steps(need) })).collect()
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

fn skills_data(skills: &Skills) -> serde_json::Value {
    let levels: BTreeMap<&str, u8> = skills.iter().map(|(skill, level)| (skill.code(), level)).collect();
    json!({ "skills": levels })
}

/// The place that a redial of this number takes up.
///
/// # Errors
/// When the database is away.
pub async fn redeemable(tx: &mut Tx, number: &Pii<String>) -> Result<Option<EntryId>, Fault> {
    store::redeemable(tx, number).await
}

/// A redial takes its place up where it stood. False when somebody was faster or the time has passed.
///
/// # Errors
/// When the database is away.
pub async fn redeem(tx: &mut Tx, entry: EntryId, call: CallId, policy: &Policy) -> Result<bool, Fault> {
    let matter = store::matter_of_entry(tx, entry).await?;
    settled(carry_out(tx, &matter, &Event::Redeem(call), policy).await)
}

/// What the caller chose on the way to a place.
///
/// # Errors
/// When the database is away.
pub async fn chosen(tx: &mut Tx, entry: EntryId) -> Result<(Language, Topic), Fault> {
    store::chosen(tx, entry).await
}

/// A call that was taken for lost is on the line: it takes its own place up again.
///
/// # Errors
/// When the database is away.
pub async fn found_again(tx: &mut Tx, call: CallId, policy: &Policy) -> Result<bool, Fault> {
    match store::entry_of_call(tx.conn(), call).await? {
        Some(entry) => redeem(tx, entry, call, policy).await,
        None => Ok(false),
    }
}

/// The caller's call is over, whatever it was doing.
///
/// # Errors
/// When the database is away.
pub async fn caller_gone(tx: &mut Tx, call: CallId, how: Gone, policy: &Policy) -> Result<bool, Fault> {
    let Some(entry) = store::entry_of_call(tx.conn(), call).await? else { return Ok(false) };
    let matter = store::matter_of_entry(tx, entry).await?;
    let is_gone = settled(carry_out(tx, &matter, &Event::CallerGone(how), policy).await)?;
    if is_gone {
        merge(tx, entry, policy).await?;
    }
    Ok(is_gone)
}

/// Who rang again before the end of the old call was reported has joined at the end of the line: the new call takes the
/// old place up. The older row is locked first, as everywhere.
async fn merge(tx: &mut Tx, older: EntryId, policy: &Policy) -> Result<(), Fault> {
    let left = store::matter_of_entry(tx, older).await?;
    let is_free = left.entry.as_ref().is_some_and(|entry| match entry.state {
        EntryState::Ended { redeem_until, .. } => redeem_until.is_some(),
        EntryState::Waiting
        | EntryState::Offered { .. }
        | EntryState::Connecting { .. }
        | EntryState::Talking { .. } => false,
    });
    if !is_free {
        return Ok(());
    }
    let Some(younger) = store::waits_again(tx, older).await? else { return Ok(()) };
    let joined = store::matter_of_entry(tx, younger).await?;
    let Some(call) = joined.entry.as_ref().map(|entry| entry.call) else { return Ok(()) };
    if settled(carry_out(tx, &joined, &Event::Merge, policy).await)? {
        settled(carry_out(tx, &left, &Event::Redeem(call), policy).await)?;
    }
    Ok(())
}

/// The talk under an offer is over; the caller may still be on the line. False when it is not this one's talk that the
/// entry is in.
///
/// # Errors
/// When the database is away.
pub async fn talk_ended(tx: &mut Tx, offer: OfferId, policy: &Policy) -> Result<bool, Fault> {
    let matter = store::matter_of_offer(tx, offer).await?;
    settled(carry_out(tx, &matter, &Event::TalkEnded(offer), policy).await)
}

/// The dial under an offer is over without a talk: the caller, who is still on the line, goes back to the same place,
/// even when the phone was said to have answered.
///
/// # Errors
/// When the database is away.
pub async fn not_bridged(tx: &mut Tx, offer: OfferId, policy: &Policy) -> Result<bool, Fault> {
    let matter = store::matter_of_offer(tx, offer).await?;
    settled(carry_out(tx, &matter, &Event::NotBridged(offer), policy).await)
}

/// The agent's phone has answered.
///
/// # Errors
/// When the database is away.
pub async fn agent_answered(tx: &mut Tx, offer: OfferId, policy: &Policy) -> Result<bool, Fault> {
    let matter = store::matter_of_offer(tx, offer).await?;
    settled(carry_out(tx, &matter, &Event::AgentAnswered(offer), policy).await)
}

/// The agent's phone could not be connected: the caller goes back to the same place.
///
/// # Errors
/// When the database is away.
pub async fn connect_failed(tx: &mut Tx, offer: OfferId, policy: &Policy) -> Result<bool, Fault> {
    let matter = store::matter_of_offer(tx, offer).await?;
    settled(carry_out(tx, &matter, &Event::ConnectFailed(offer), policy).await)
}

/// Whom the provider shall ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The caller's call.
    pub call: CallId,
    /// The agent whose phone is rung.
    pub agent: UserId,
    /// How long it may ring.
    pub ring: time::Duration,
}

/// The provider asks whom to ring for an accepted offer; `None` when the offer is over. Asking again answers the same.
///
/// # Errors
/// When the database is away.
pub async fn connect_target(tx: &mut Tx, offer: OfferId, policy: &Policy) -> Result<Option<Target>, Fault> {
    let matter = store::matter_of_offer(tx, offer).await?;
    if !settled(carry_out(tx, &matter, &Event::Dialling(offer), policy).await)? {
        return Ok(None);
    }
    let (Some(entry), Some(offer)) = (&matter.entry, &matter.offer) else { return Ok(None) };
    let (OfferState::Accepted { deadline } | OfferState::Connecting { deadline }) = offer.state else {
        return Ok(None);
    };
    // The phone stops ringing before the deadline, so that its failure is heard of and not guessed.
    let left: time::Duration = deadline - tx.now();
    let ring = (left * 3_i32 / 4_i32).max(time::Duration::SECOND);
    Ok(Some(Target { call: entry.call, agent: offer.agent, ring }))
}

/// Where a parked call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It waits: more music.
    Waiting,
    /// An agent has accepted: the provider is being asked to connect.
    Connecting(OfferId),
    /// It talks with an agent.
    Talking(OfferId),
    /// Its place is over.
    Over,
    /// It never joined.
    Unknown,
}

/// Where a parked call stands: a read, nothing else, for every tick of every waiting call.
///
/// # Errors
/// When the database is away.
pub async fn standing(conn: &mut PgConnection, call: CallId) -> Result<Standing, Fault> {
    Ok(match store::state_of_call(conn, call).await? {
        None => Standing::Unknown,
        Some((state, offer)) => match (state.as_str(), offer) {
            ("waiting" | "offered", _) => Standing::Waiting,
            ("connecting", Some(offer)) => Standing::Connecting(offer),
            ("talking", Some(offer)) => Standing::Talking(offer),
            _ => Standing::Over,
        },
    })
}

/// Decides what the event does to the matter, and writes it with its facts and promises.
///
/// # Errors
/// The refusal, or a fault.
pub async fn carry_out(tx: &mut Tx, matter: &Matter, event: &Event, policy: &Policy) -> Result<(), QueueError> {
    let change = react(matter, event, policy, tx.now())?;
    save(tx, matter, &change).await?;
    Ok(())
}

/// An event that came too late is not a fault: the caller of a hook cannot do anything about it.
fn settled(outcome: Result<(), QueueError>) -> Result<bool, Fault> {
    match outcome {
        Ok(()) => Ok(true),
        Err(QueueError::No(_)) => Ok(false),
        Err(QueueError::Fault(fault)) => Err(fault),
    }
}

async fn save(tx: &mut Tx, matter: &Matter, change: &Change) -> Result<(), Fault> {
    if let Some(entry) = &change.entry {
        store::save_entry(tx, entry).await?;
    }
    if let Some(offer) = &change.offer {
        store::save_offer(tx, offer).await?;
    }
    if let Some(agent) = &change.agent {
        store::save_agent(tx, agent).await?;
    }
    if let Some(pair) = &change.back_off {
        store::save_back_off(tx, pair).await?;
    }
    let entry = change.entry.as_ref().or(matter.entry.as_ref());
    let offer = change.offer.as_ref().or(matter.offer.as_ref());
    let agent = change.agent.as_ref().or(matter.agent.as_ref());
    let about = About {
        call: entry.map(|entry| entry.call),
        entry: entry.map(|entry| entry.id),
        offer: offer.map(|offer| offer.id),
        agent: agent.map(|agent| agent.id),
        series: None,
    };
    let facts: Vec<New> = change
        .facts
        .iter()
        .map(|fact| New { kind: fact.kind, about, data: data_of(fact, matter.agent.as_ref(), change) })
        .collect();
    events::record_all(tx, &facts).await?;
    let now = tx.now();
    for effect in &change.effects {
        match *effect {
            Effect::Connect(offer) => {
                let Some(call) = about.call else { continue };
                let order = Order { call, offer: Some(offer) };
                jobs::order(tx, CONNECT_JOB, &offer.to_string(), &order, now).await?;
            }
            Effect::LookAtPhone(offer, due_at) => {
                let Some(call) = about.call else { continue };
                let order = Order { call, offer: Some(offer) };
                jobs::order(tx, LOOK_JOB, &offer.to_string(), &order, due_at).await?;
            }
            Effect::Park(call, offer) => {
                let order = Order { call, offer: Some(offer) };
                jobs::order(tx, PARK_JOB, &offer.to_string(), &order, now).await?;
            }
            Effect::HangUp(call) => {
                let order = Order { call, offer: None };
                // An agent who clicks again sees that the first time has not helped.
                jobs::order_again(tx, HANG_UP_JOB, &call.to_string(), &order, now).await?;
            }
        }
    }
    Ok(())
}

fn data_of(fact: &Fact, before: Option<&Agent>, change: &Change) -> serde_json::Value {
    match (fact.kind, &change.agent, &change.offer) {
        ("agent.state", Some(after), _) => {
            let reason = match &after.state {
                AgentState::NotReady { reason } => Some(reason.code()),
                AgentState::Offline
                | AgentState::Ready
                | AgentState::Offered { .. }
                | AgentState::Connecting { .. }
                | AgentState::Talking { .. }
                | AgentState::WrapUp { .. } => None,
            };
            json!({ "from": before.map(|agent| agent.state.code()), "to": after.state.code(), "reason": reason })
        }
        ("agent.skills", Some(agent), _) => skills_data(&agent.skills),
        ("entry.moved", ..) => change.entry.as_ref().map_or_else(
            || json!({}),
            |entry| json!({ "queue": entry.wants.queue, "needs": needs_data(&entry.wants.needs) }),
        ),
        ("offer.made", _, Some(offer)) => match offer.state {
            OfferState::Open { deadline, .. } => {
                json!({ "deadline_ms": i64::try_from(deadline.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX) })
            }
            OfferState::Accepted { .. }
            | OfferState::Connecting { .. }
            | OfferState::Connected
            | OfferState::Declined
            | OfferState::Expired
            | OfferState::Withdrawn
            | OfferState::Failed => json!({}),
        },
        _ => fact.code.as_ref().map_or_else(|| json!({}), |code| json!({ "reason": code })),
    }
}
