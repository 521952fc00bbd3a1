//! What must hold after each step. Q1 (one state) and Q5 (no memory outside the state) hold by the types; the rest is
//! looked at here.

use crate::world::World;
use std::collections::BTreeSet;
use time::Duration;
use vaxline::hotline::queue::model::{AgentState, Ending, EntryState, OfferState};

/// Checks everything; says what is broken.
pub fn check(world: &World) -> Result<(), String> {
    places(world)?;
    leases(world)?;
    desks(world)?;
    withdrawals(world)?;
    deadlines(world)?;
    idleness(world)?;
    match world.journal.last() {
        Some(last) if last.starts_with("order:") => Err(last.clone()),
        _ => Ok(()),
    }
}

/// Q1 and the first promise: no entry vanishes, and none changes its place.
fn places(world: &World) -> Result<(), String> {
    for (id, place) in &world.places {
        let Some(entry) = world.entries.get(id) else { return Err(format!("entry {id} has vanished")) };
        if entry.order != *place {
            return Err(format!("entry {id} has changed its place"));
        }
    }
    Ok(())
}

/// Q2: at most one live offer binds an entry, and an agent.
fn leases(world: &World) -> Result<(), String> {
    let mut entries = BTreeSet::new();
    let mut agents = BTreeSet::new();
    for offer in world.live_offers() {
        if !entries.insert(offer.entry) || !agents.insert(offer.agent) {
            return Err(format!("offer {} is a second live one", offer.id));
        }
    }
    Ok(())
}

/// An offer, its entry and its agent say the same.
fn desks(world: &World) -> Result<(), String> {
    for offer in world.live_offers() {
        let entry = &world.entries[&offer.entry].state;
        let agent = &world.agents[&offer.agent].state;
        let agree = match offer.state {
            OfferState::Open { .. } => {
                *entry == EntryState::Offered { offer: offer.id }
                    && matches!(agent, AgentState::Offered { offer: id, .. } if *id == offer.id)
            }
            OfferState::Accepted { .. } | OfferState::Connecting { .. } => {
                *entry == EntryState::Connecting { offer: offer.id }
                    && matches!(agent, AgentState::Connecting { offer: id, .. } if *id == offer.id)
            }
            OfferState::Connected
            | OfferState::Declined
            | OfferState::Expired
            | OfferState::Withdrawn
            | OfferState::Failed => false,
        };
        if !agree {
            return Err(format!("offer {}, its entry and its agent disagree: {entry:?}, {agent:?}", offer.id));
        }
    }
    for agent in world.agents.values() {
        if let AgentState::Talking { entry, offer, .. } = agent.state
            && !matches!(world.entries[&entry].state, EntryState::Talking { offer: id, .. } if id == offer)
        {
            return Err(format!("agent {} talks with an entry that does not", agent.id));
        }
    }
    Ok(())
}

/// Q7: a call that is gone is not offered, and a live one is not forgotten.
fn withdrawals(world: &World) -> Result<(), String> {
    // A call that was forgotten shows as an open line without an entry; a wrong end shows when its caller is still there.
    for entry in
        world.entries.values().filter(|entry| !matches!(entry.state, EntryState::Ended { how: Ending::Served, .. }))
    {
        let is_live = world.live.contains(&entry.call);
        match entry.state {
            EntryState::Waiting | EntryState::Offered { .. } | EntryState::Connecting { .. } if !is_live => {
                return Err(format!("entry {} is still in line although its caller is gone", entry.id));
            }
            EntryState::Ended { how: Ending::Abandoned | Ending::Lost, .. } if is_live => {
                return Err(format!("entry {} has ended although its caller waits", entry.id));
            }
            EntryState::Waiting
            | EntryState::Offered { .. }
            | EntryState::Connecting { .. }
            | EntryState::Talking { .. }
            | EntryState::Ended { .. } => {}
        }
    }
    Ok(())
}

/// Q6: right after a whole round no transient state is past its deadline.
fn deadlines(world: &World) -> Result<(), String> {
    if !world.just_dispatched {
        return Ok(());
    }
    for offer in world.live_offers() {
        let deadline = match offer.state {
            OfferState::Open { deadline, paint_by } => paint_by.unwrap_or(deadline).min(deadline),
            OfferState::Accepted { deadline } | OfferState::Connecting { deadline } => deadline,
            OfferState::Connected
            | OfferState::Declined
            | OfferState::Expired
            | OfferState::Withdrawn
            | OfferState::Failed => continue,
        };
        if deadline <= world.now {
            return Err(format!("offer {} has outlived its deadline", offer.id));
        }
    }
    for agent in world.agents.values() {
        if let AgentState::WrapUp { until, .. } = agent.state
            && until <= world.now - Duration::milliseconds(1)
        {
            return Err(format!("the wrap-up of agent {} has outlived its deadline", agent.id));
        }
    }
    Ok(())
}

/// Q3: right after a whole round nobody is idle while an entry waits that may be offered to them.
fn idleness(world: &World) -> Result<(), String> {
    match world.eligible().first() {
        Some((entry, agent)) if world.just_dispatched => {
            Err(format!("agent {agent} is idle although entry {entry} waits"))
        }
        _ => Ok(()),
    }
}

/// Q4: nobody was passed over by a later entry that the same agent could have taken.
pub fn check_order(world: &World) -> Result<(), String> {
    for (entry, agent) in &world.last_offers {
        let place = world.places[entry];
        let passed_over = world.eligible_before.iter().find(|(other, same)| {
            same == agent && world.places[other] < place && !world.last_offers.iter().any(|(taken, _)| taken == other)
        });
        if let Some((other, _)) = passed_over {
            return Err(format!("order: entry {other} was passed over by {entry}"));
        }
    }
    Ok(())
}
