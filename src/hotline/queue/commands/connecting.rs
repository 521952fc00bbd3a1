//! From an accepted offer to the end of the talk; and where a call stands.

use super::{carry_out, settled};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, OfferId, UserId};
use crate::hotline::queue::decide::Event;
use crate::hotline::queue::model::{OfferState, Policy};
use crate::hotline::queue::store;
use sqlx::PgConnection;
use time::Duration;

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
    pub ring: Duration,
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
    let left: Duration = deadline - tx.now();
    let ring = (left * 3_i32 / 4_i32).max(Duration::SECOND);
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
    /// Its agent has left it for a moment: more music, and no word of a line.
    Held,
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
            ("connecting" | "resuming", Some(offer)) => Standing::Connecting(offer),
            ("held", _) => Standing::Held,
            ("talking", Some(offer)) => Standing::Talking(offer),
            _ => Standing::Over,
        },
    })
}
