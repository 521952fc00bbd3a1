//! What must hold after each step. Q4 and the turns of the agents are judged where an offer is made, in the world.

use crate::world::{Violation, World};
use std::collections::BTreeSet;
use time::Duration;
use vaxline::foundation::ids::EntryId;
use vaxline::hotline::queue::model::{AgentState, Ending, EntryState, OfferState, Reach};

/// Checks everything; says what is broken.
pub fn check(world: &World) -> Result<(), Violation> {
    places(world)?;
    leases(world)?;
    desks(world)?;
    withdrawals(world)?;
    callbacks(world)?;
    deadlines(world)?;
    idleness(world)?;
    ends(world)?;
    world.violations.first().map_or(Ok(()), |violation| Err(violation.clone()))
}

/// The entries that are open, or that the last operation has changed. What is over changes no more.
fn in_sight(world: &World) -> impl Iterator<Item = EntryId> {
    world.open_entries.union(&world.recent).copied()
}

/// Q1 and the first promise: no entry vanishes, and none changes its place.
fn places(world: &World) -> Result<(), Violation> {
    if world.entries.len() != world.places.len() {
        return Err(Violation::of("Q5", "an entry has vanished".to_owned()));
    }
    for id in in_sight(world) {
        if world.entries[&id].order != world.places[&id] {
            return Err(Violation::of("Q4", format!("entry {id} has changed its place")));
        }
    }
    Ok(())
}

/// A talk ends by its own end, and by no other's.
fn ends(world: &World) -> Result<(), Violation> {
    for id in &world.recent {
        let served = matches!(world.entries[id].state, EntryState::Ended { how: Ending::Served, .. });
        if served && !world.talked.iter().rev().any(|offer| world.offers[offer].entry == *id) {
            return Err(Violation::of("Q1", format!("entry {id} was served although nobody's talk with it has ended")));
        }
    }
    Ok(())
}

/// Q2: at most one live offer binds an entry, and an agent.
fn leases(world: &World) -> Result<(), Violation> {
    let mut entries = BTreeSet::new();
    let mut agents = BTreeSet::new();
    for offer in world.live_offers() {
        if !entries.insert(offer.entry) || !agents.insert(offer.agent) {
            return Err(Violation::of("Q2", format!("offer {} is a second live one", offer.id)));
        }
    }
    Ok(())
}

/// An offer, its entry and its agent say the same.
fn desks(world: &World) -> Result<(), Violation> {
    for offer in world.live_offers() {
        let entry = &world.entries[&offer.entry].state;
        let agent = &world.agents[&offer.agent].state;
        let agree = match offer.state {
            OfferState::Open { .. } => {
                *entry == EntryState::Offered { offer: offer.id }
                    && matches!(agent, AgentState::Offered { offer: id, .. } if *id == offer.id)
            }
            OfferState::Accepted { .. } | OfferState::Connecting { .. } => match (entry, agent) {
                (EntryState::Connecting { offer: of_entry }, AgentState::Connecting { offer: of_agent, .. })
                | (EntryState::Resuming { offer: of_entry, .. }, AgentState::Talking { offer: of_agent, .. }) => {
                    *of_entry == offer.id && *of_agent == offer.id
                }
                _ => false,
            },
            OfferState::Connected
            | OfferState::Held
            | OfferState::Transferred
            | OfferState::Declined
            | OfferState::Expired
            | OfferState::Withdrawn
            | OfferState::Failed => false,
        };
        if !agree {
            return Err(Violation::of(
                "Q1",
                format!("offer {}, its entry and its agent disagree: {entry:?}, {agent:?}", offer.id),
            ));
        }
    }
    for agent in world.agents.values() {
        let AgentState::Talking { entry, offer, .. } = agent.state else { continue };
        if world.entries[&entry].state.talk() != Some(offer) {
            return Err(Violation::of("Q1", format!("agent {} talks with an entry that does not", agent.id)));
        }
    }
    Ok(())
}

/// Q7: a call that is gone is not offered, and a live one is not forgotten.
fn withdrawals(world: &World) -> Result<(), Violation> {
    // A call that was forgotten shows as an open line without an entry; a wrong end shows when its caller is still there.
    for id in in_sight(world) {
        let entry = &world.entries[&id];
        if matches!(entry.state, EntryState::Ended { how: Ending::Served, .. }) {
            continue;
        }
        if let Reach::Callback { rung: false, .. } = entry.reach {
            continue;
        }
        let is_live = world.live.contains(&entry.call);
        match entry.state {
            EntryState::Waiting
            | EntryState::Offered { .. }
            | EntryState::Connecting { .. }
            | EntryState::Held { .. }
            | EntryState::Resuming { .. }
                if !is_live =>
            {
                return Err(Violation::of(
                    "Q7",
                    format!("entry {} is still in line although its caller is gone", entry.id),
                ));
            }
            EntryState::Ended { how: Ending::Abandoned | Ending::Lost, .. } if is_live => {
                return Err(Violation::of("Q7", format!("entry {} has ended although its caller waits", entry.id)));
            }
            EntryState::Waiting
            | EntryState::Offered { .. }
            | EntryState::Connecting { .. }
            | EntryState::Talking { .. }
            | EntryState::Held { .. }
            | EntryState::Resuming { .. }
            | EntryState::Ended { .. } => {}
        }
    }
    Ok(())
}

/// Who was promised to be rung keeps the place until then, and no agent's phone rings for somebody who is not on the line.
fn callbacks(world: &World) -> Result<(), Violation> {
    let lost = world.at_home.iter().find(|id| !world.entries.get(id).is_some_and(|entry| entry.reach.is_callback()));
    if let Some(id) = lost {
        return Err(Violation::of("Q5", format!("the caller of {id} is at home, and will not be rung")));
    }
    let nobody = world.live_offers().find(|offer| {
        matches!(offer.state, OfferState::Connecting { .. }) && world.entries[&offer.entry].reach.is_callback()
    });
    match nobody {
        Some(offer) => Err(Violation::of("Q7", format!("offer {} rings a phone for nobody", offer.id))),
        None => Ok(()),
    }
}

/// Q6: right after a whole round no transient state is past its deadline.
fn deadlines(world: &World) -> Result<(), Violation> {
    if !world.just_dispatched {
        return Ok(());
    }
    for offer in world.live_offers() {
        let deadline = match offer.state {
            OfferState::Open { deadline, paint_by } => paint_by.unwrap_or(deadline).min(deadline),
            OfferState::Accepted { deadline } | OfferState::Connecting { deadline } => deadline,
            OfferState::Connected
            | OfferState::Held
            | OfferState::Transferred
            | OfferState::Declined
            | OfferState::Expired
            | OfferState::Withdrawn
            | OfferState::Failed => continue,
        };
        if deadline <= world.now {
            return Err(Violation::of("Q6", format!("offer {} has outlived its deadline", offer.id)));
        }
    }
    let late = world.open_entries().find(|entry| {
        entry.state == EntryState::Waiting && entry.wants.overflows_at().is_some_and(|at| at <= world.now)
    });
    if let Some(entry) = late {
        return Err(Violation::of("Q6", format!("entry {} should have gone to another queue", entry.id)));
    }
    let forgotten =
        world.open_entries().find(|entry| matches!(entry.state, EntryState::Held { until, .. } if until <= world.now));
    if let Some(entry) = forgotten {
        return Err(Violation::of("Q6", format!("the caller of {} is still on hold", entry.id)));
    }
    for agent in world.agents.values() {
        if let AgentState::WrapUp { until, .. } = agent.state
            && until <= world.now - Duration::milliseconds(1)
        {
            return Err(Violation::of("Q6", format!("the wrap-up of agent {} has outlived its deadline", agent.id)));
        }
    }
    Ok(())
}

/// Q3: right after a whole round nobody is idle while an entry waits that may be offered to them.
fn idleness(world: &World) -> Result<(), Violation> {
    match world.eligible().first() {
        Some((entry, agent)) if world.just_dispatched => {
            Err(Violation::of("Q3", format!("agent {agent} is idle although entry {entry} waits")))
        }
        _ => Ok(()),
    }
}
