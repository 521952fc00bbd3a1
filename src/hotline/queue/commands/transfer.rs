//! An agent hands a caller on: to a queue, or to one colleague first.

use super::{QueueError, carry_out};
use crate::foundation::db::Tx;
use crate::foundation::ids::{EntryId, UserId};
use crate::hotline::queue::decide::{Event, No};
use crate::hotline::queue::model::{AgentState, Entry, Policy, Preferred, Wants};
use crate::hotline::queue::routing::{Overflow, Routing};
use crate::hotline::queue::store::{self, Lock};

/// To whom a caller is handed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Onward {
    /// To whoever of this queue is free first.
    Queue(String),
    /// To this agent for a while; then to anybody who may take the caller.
    Agent(UserId),
}

/// The agent who talks hands the caller on. The place is kept: whoever came later stands behind it. Which place it is.
///
/// # Errors
/// When the agent does not talk, nobody is there to take the caller, or the database is away.
pub async fn transfer(
    tx: &mut Tx,
    agent: UserId,
    to: &Onward,
    routing: &Routing,
    policy: &Policy,
) -> Result<EntryId, QueueError> {
    let matter = store::matter_of_agent(tx, agent).await?;
    let talks = matter.agent.as_ref().is_some_and(|agent| matches!(agent.state, AgentState::Talking { .. }));
    let Some(entry) = matter.entry.as_ref().filter(|_| talks) else { return Err(No::NoCall.into()) };
    let wants = match to {
        Onward::Queue(code) => of_queue(tx, entry, code, routing).await?,
        Onward::Agent(colleague) => {
            if *colleague == agent {
                return Err(No::NobodyThere.into());
            }
            of_colleague(tx, entry, *colleague, routing).await?
        }
    };
    carry_out(tx, &matter, &Event::Transfer(wants), policy).await?;
    Ok(entry.id)
}

async fn of_queue(tx: &mut Tx, entry: &Entry, code: &str, routing: &Routing) -> Result<Wants, QueueError> {
    if !routing.queues().any(|(known, _)| known == code) {
        return Err(No::NobodyThere.into());
    }
    let (language, topic) = store::chosen(tx, entry.id).await?;
    let placement = routing.place(Some(code), None, language, topic);
    // The time in the queue before is none in this one.
    let waited = tx.now() - entry.wants.joined;
    let overflow = placement.overflow.map(|overflow| Overflow { after: waited + overflow.after, ..overflow });
    Ok(Wants { queue: placement.queue, needs: placement.needs, preferred: None, overflow, ..entry.wants.clone() })
}

/// The colleague must be at work, and able to do what the caller needs by now. They are not locked: what they do next is asked
/// again when the caller is offered to them.
async fn of_colleague(tx: &mut Tx, entry: &Entry, id: UserId, routing: &Routing) -> Result<Wants, QueueError> {
    let now = tx.now();
    let colleague = store::lock_agent(tx, id, Lock::Skip).await?.ok_or(No::NobodyThere)?;
    if matches!(colleague.state, AgentState::Offline | AgentState::NotReady { .. }) {
        return Err(No::NobodyThere.into());
    }
    if !entry.wants.needs.met_by(&colleague.skills, now - entry.wants.joined) {
        return Err(No::Unfit.into());
    }
    let preferred = Some(Preferred { agent: id, until: now + routing.preferred });
    Ok(Wants { preferred, ..entry.wants.clone() })
}
