//! The queue's use cases: load and lock, decide, save, record, promise; each in the caller's transaction.

mod callback;
mod connecting;
mod facts;
mod joining;
mod leaving;
mod transfer;
mod wait;

pub use callback::{Errand, call_back, not_asked, reached, ring, rings_for};
pub use connecting::{
    Standing, Target, agent_answered, connect_failed, connect_target, not_bridged, standing, talk_ended,
};
pub use joining::{Join, join, set_all_skills, set_skills};
pub use leaving::{caller_gone, chosen, found_again, redeem, redeemable};
pub use transfer::{Onward, transfer};
pub use wait::{Announcement, announcement, is_crowded, tell_wait};

use super::decide::{Change, Effect, Event, Matter, No, react};
use super::model::Policy;
use super::store;
use crate::foundation::db::Tx;
use crate::foundation::events::{self, About, New};
use crate::foundation::fault::{Fault, Refusal};
use crate::foundation::ids::{CallId, OfferId};
use crate::foundation::jobs;
use facts::data_of;

/// The job that asks the provider to ring the agent's phone. Subject: the offer. Payload: [`Order`].
pub const CONNECT_JOB: &str = "provider.connect";

/// The job that asks the provider to put a caller back into music. Subject: the offer that failed. Payload: [`Order`].
pub const PARK_JOB: &str = "provider.park";

/// The job that asks the provider to end a call. Subject: the call. Payload: [`Order`].
pub const HANG_UP_JOB: &str = "provider.hang_up";

/// The job that rings a caller who does not wait on the line. Subject: the offer. Payload: [`Order`].
pub const CALL_BACK_JOB: &str = "provider.call_back";

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
            Effect::CallBack(offer) => {
                let Some(call) = about.call else { continue };
                let order = Order { call, offer: Some(offer) };
                jobs::order(tx, CALL_BACK_JOB, &offer.to_string(), &order, now).await?;
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
