//! The agent's socket: it comes, it is lost, and it does not come back.

use super::agent::set_next;
use super::offer::withdraw_open_offer;
use super::{Change, Matter, No};
use crate::foundation::ids::SessionId;
use crate::hotline::queue::model::{Agent, AgentState, Link, Next, Policy, Reason};
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) fn link_up(matter: &Matter, session: SessionId, node: Uuid, now: OffsetDateTime) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    let mut change = Change::default();
    change.fact("agent.link_up");
    if agent.state == AgentState::Offline {
        change.agent(agent, AgentState::NotReady { reason: Reason::signed_in() }, now);
        // Who reads the log from here on must know whom they may be offered.
        change.fact("agent.skills");
    } else {
        change.agent = Some(agent.clone());
    }
    if let Some(agent) = &mut change.agent {
        agent.link = Link::Up { session, node };
    }
    Ok(change)
}

pub(super) fn link_lost(
    matter: &Matter,
    session: SessionId,
    policy: &Policy,
    now: OffsetDateTime,
) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    match agent.link {
        Link::Up { session: current, .. } if current == session => Ok(lose_link(matter, agent, policy, now)),
        // An older window's socket closes after a newer one has taken over: nothing is lost.
        Link::Up { .. } | Link::Lost { .. } | Link::Down => Ok(Change::default()),
    }
}

pub(super) fn node_died(matter: &Matter, node: Uuid, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    match agent.link {
        Link::Up { node: holder, .. } if holder == node => Ok(lose_link(matter, agent, policy, now)),
        // The page is back already, on another process.
        Link::Up { .. } | Link::Lost { .. } | Link::Down => Err(No::NotFree),
    }
}

pub(super) fn lose_link(matter: &Matter, agent: &Agent, policy: &Policy, now: OffsetDateTime) -> Change {
    let mut change = Change::default();
    change.fact("agent.link_lost");
    if let AgentState::Offered { .. } = agent.state {
        withdraw_open_offer(&mut change, matter, agent, policy, now, "link");
        // Nobody let anything pass: back in time, the same agent may be offered the same caller.
        change.back_off = None;
        change.agent(agent, AgentState::Ready, now);
    } else {
        change.agent = Some(agent.clone());
    }
    if let Some(agent) = &mut change.agent {
        agent.link = Link::Lost { until: now + policy.link_grace };
    }
    change
}

pub(super) fn link_deadline(matter: &Matter, now: OffsetDateTime) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    if !matches!(agent.link, Link::Lost { until } if until <= now) {
        return Err(No::NotFree);
    }
    // With a caller the desk waits for its agent; without one the agent has gone home.
    let mut change = set_next(agent, Next::NotReady(Reason::link())).unwrap_or_else(|| {
        let mut change = Change::default();
        change.agent(agent, AgentState::Offline, now);
        change
    });
    if let Some(agent) = &mut change.agent {
        agent.link = Link::Down;
    }
    Ok(change)
}
