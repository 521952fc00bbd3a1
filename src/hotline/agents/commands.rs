//! An agent's wishes, each in the caller's transaction.

use crate::foundation::db::Tx;
use crate::foundation::ids::{OfferId, SessionId, UserId};
use crate::hotline::queue::commands::{QueueError, carry_out};
use crate::hotline::queue::decide::{Event, No};
use crate::hotline::queue::model::{Policy, Reason};
use crate::hotline::queue::store;
use uuid::Uuid;

/// What an agent can wish for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The offer is on the screen.
    Painted(OfferId),
    /// Take the caller.
    Accept(OfferId),
    /// Do not take the caller.
    Decline(OfferId),
    /// Take callers; during a call: afterwards.
    Ready,
    /// Take none, for a reason of the configuration; during a call: afterwards.
    NotReady(String),
    /// End the talk.
    HangUp,
    /// Leave the caller in music for a moment.
    Hold,
    /// Come back to the caller.
    Resume,
    /// More time for the wrap-up.
    ExtendWrapUp,
    /// Done with the call, with a wrap-up code of the configuration.
    FinishWrapUp(String),
    /// Sign out.
    SignOut,
}

/// Carries out an agent's wish.
///
/// # Errors
/// A refusal when it does not fit the agent's state, or a fault.
pub async fn carry_out_wish(tx: &mut Tx, agent: UserId, wish: Wish, policy: &Policy) -> Result<(), QueueError> {
    let (matter, event) = match wish {
        Wish::Painted(id) => (of_offer(tx, agent, id).await?, Event::Painted(id)),
        Wish::Accept(id) => (of_offer(tx, agent, id).await?, Event::Accept(id)),
        Wish::Decline(id) => (of_offer(tx, agent, id).await?, Event::Decline(id)),
        Wish::Ready => (store::matter_of_agent(tx, agent).await?, Event::Ready),
        Wish::NotReady(code) => (store::matter_of_agent(tx, agent).await?, Event::NotReady(Reason::of_setup(&code))),
        Wish::HangUp => (store::matter_of_agent(tx, agent).await?, Event::HangUp),
        Wish::Hold => (store::matter_of_agent(tx, agent).await?, Event::Hold),
        Wish::Resume => (store::matter_of_agent(tx, agent).await?, Event::Resume(tx.id())),
        Wish::ExtendWrapUp => (store::matter_of_agent(tx, agent).await?, Event::ExtendWrapUp),
        Wish::FinishWrapUp(code) => (store::matter_of_agent(tx, agent).await?, Event::FinishWrapUp(code)),
        Wish::SignOut => (store::matter_of_agent(tx, agent).await?, Event::SignOut),
    };
    carry_out(tx, &matter, &event, policy).await
}

/// The matter of an offer, if it is this agent's: nobody answers another's offer.
async fn of_offer(
    tx: &mut Tx,
    agent: UserId,
    offer: OfferId,
) -> Result<crate::hotline::queue::decide::Matter, QueueError> {
    let matter = store::matter_of_offer(tx, offer).await?;
    match &matter.offer {
        Some(offer) if offer.agent == agent => Ok(matter),
        _ => Err(No::OfferGone.into()),
    }
}

/// The agent's page has connected to the process `node`. The newest log-in wins.
///
/// # Errors
/// When the database is away.
pub async fn link(
    tx: &mut Tx,
    agent: UserId,
    session: SessionId,
    node: Uuid,
    policy: &Policy,
) -> Result<(), QueueError> {
    store::ensure_agent(tx, agent).await?;
    let matter = store::matter_of_agent(tx, agent).await?;
    carry_out(tx, &matter, &Event::LinkUp(session, node), policy).await
}

/// The socket of a log-in was lost. If a newer one has taken over, nothing changes.
///
/// # Errors
/// When the database is away.
pub async fn unlink(tx: &mut Tx, agent: UserId, session: SessionId, policy: &Policy) -> Result<(), QueueError> {
    let matter = store::matter_of_agent(tx, agent).await?;
    carry_out(tx, &matter, &Event::LinkLost(session), policy).await
}
