//! What an agent wishes, and what comes after a call.

use super::offer::withdraw_open_offer;
use super::{Change, Effect, Matter, No};
use crate::hotline::queue::model::{Agent, AgentState, Link, Next, Policy, Reason};
use time::OffsetDateTime;

/// The agent, when signed in.
pub(super) fn signed_in(matter: &Matter) -> Result<&Agent, No> {
    match &matter.agent {
        Some(agent) if agent.state != AgentState::Offline => Ok(agent),
        _ => Err(No::SignedOut),
    }
}

/// The same desk with another wish for afterwards; `None` where there is no call.
pub(super) fn with_next(state: &AgentState, next: Next) -> Option<AgentState> {
    match state.clone() {
        AgentState::Connecting { offer, entry, .. } => Some(AgentState::Connecting { offer, entry, next }),
        AgentState::Talking { offer, entry, .. } => Some(AgentState::Talking { offer, entry, next }),
        AgentState::WrapUp { entry, until, extensions_left, .. } => {
            Some(AgentState::WrapUp { entry, until, extensions_left, next })
        }
        AgentState::Offline | AgentState::Ready | AgentState::Offered { .. } | AgentState::NotReady { .. } => None,
    }
}

pub(super) fn set_next(agent: &Agent, next: Next) -> Option<Change> {
    let wish = match &next {
        Next::Ready => "ready".to_owned(),
        Next::NotReady(reason) => reason.code().to_owned(),
    };
    let state = with_next(&agent.state, next)?;
    let mut change = Change::default();
    change.fact_with("agent.next", &wish);
    change.agent = Some(Agent { state, ..agent.clone() });
    Some(change)
}

pub(super) fn ready(matter: &Matter, now: OffsetDateTime) -> Result<Change, No> {
    let agent = signed_in(matter)?;
    if let Some(change) = set_next(agent, Next::Ready) {
        return Ok(change);
    }
    if agent.link == Link::Down {
        // Nobody would see an offer: the page has to come back first.
        return Err(No::SignedOut);
    }
    let mut change = Change::default();
    if let AgentState::NotReady { .. } = agent.state {
        change.agent(agent, AgentState::Ready, now);
        change.idle_from(now);
        if let Some(agent) = &mut change.agent {
            agent.missed = 0;
        }
    }
    Ok(change)
}

pub(super) fn not_ready(matter: &Matter, reason: &Reason, policy: &Policy, now: OffsetDateTime) -> Result<Change, No> {
    let agent = signed_in(matter)?;
    if let Some(change) = set_next(agent, Next::NotReady(reason.clone())) {
        return Ok(change);
    }
    let mut change = Change::default();
    withdraw_open_offer(&mut change, matter, agent, policy, now, "not_ready");
    change.agent(agent, AgentState::NotReady { reason: reason.clone() }, now);
    Ok(change)
}

pub(super) fn hang_up(matter: &Matter) -> Result<Change, No> {
    match (&matter.entry, &matter.agent) {
        (Some(entry), Some(Agent { state: AgentState::Talking { .. }, .. })) => {
            let effects = vec![Effect::HangUp(entry.call)];
            Ok(Change { effects, ..Change::default() })
        }
        _ => Err(No::NoCall),
    }
}

pub(super) fn extend_wrap_up(matter: &Matter, policy: &Policy) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    let AgentState::WrapUp { entry, until, extensions_left, next } = agent.state.clone() else {
        return Err(No::NoWrapUp);
    };
    let Some(extensions_left) = extensions_left.checked_sub(1) else { return Err(No::NoExtension) };
    let mut change = Change::default();
    let until = until + policy.wrap_up;
    change.fact("agent.wrap_up_extended");
    change.agent = Some(Agent { state: AgentState::WrapUp { entry, until, extensions_left, next }, ..agent.clone() });
    Ok(change)
}

pub(super) fn finish_wrap_up(matter: &Matter, code: &str, now: OffsetDateTime) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    let AgentState::WrapUp { next, .. } = &agent.state else { return Err(No::NoWrapUp) };
    let mut change = Change::default();
    change.fact_with("agent.wrapped_up", code);
    match next {
        // The agent has gone home meanwhile.
        Next::Ready | Next::NotReady(_) if agent.link == Link::Down => change.agent(agent, AgentState::Offline, now),
        Next::Ready => change.agent(agent, AgentState::Ready, now),
        Next::NotReady(reason) => change.agent(agent, AgentState::NotReady { reason: reason.clone() }, now),
    }
    change.idle_from(now);
    Ok(change)
}

pub(super) fn wrap_up_deadline(matter: &Matter, now: OffsetDateTime) -> Result<Change, No> {
    match &matter.agent {
        Some(Agent { state: AgentState::WrapUp { until, .. }, .. }) if *until <= now => {
            finish_wrap_up(matter, "unstated", now)
        }
        _ => Err(No::NoWrapUp),
    }
}

pub(super) fn sign_out(matter: &Matter, now: OffsetDateTime) -> Result<Change, No> {
    let Some(agent) = &matter.agent else { return Err(No::SignedOut) };
    match agent.state {
        AgentState::Ready | AgentState::NotReady { .. } | AgentState::Offline => {}
        AgentState::Offered { .. }
        | AgentState::Connecting { .. }
        | AgentState::Talking { .. }
        | AgentState::WrapUp { .. } => return Err(No::Occupied),
    }
    let mut change = Change::default();
    change.agent(agent, AgentState::Offline, now);
    if let Some(agent) = &mut change.agent {
        agent.link = Link::Down;
    }
    Ok(change)
}
