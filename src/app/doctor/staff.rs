//! Who works at the hotline, and what there is to give.

use super::{Finding, store};
use crate::accounts::clients::Kind;
use crate::accounts::commands;
use crate::accounts::model::{AccountsError, Role};
use crate::foundation::db::Db;
use crate::foundation::fault::{Fault, Refusal};
use crate::hotline::agents::store as agents;
use crate::hotline::queue::routing::Routing;
use crate::hotline::queue::skills::Skills;
use crate::in_tx;

pub(super) async fn slots(db: &Db) -> Result<Vec<Finding>, Fault> {
    Ok(vec![match in_tx!(db, "count the slots", |tx| store::free_slots(tx))? {
        0 => Finding::warning("slots", "none is free: agents can book nothing; release some days"),
        slots => Finding::ok("slots", format!("{slots} to come are free")),
    }])
}

/// Reading a list is never refused: what fails is broken.
fn broken(error: &AccountsError) -> Fault {
    Fault::plain(error.fault().map_or_else(|| error.code().to_owned(), Fault::chain))
}

pub(super) async fn users(db: &Db) -> Result<Vec<Finding>, Fault> {
    let users = in_tx!(db, "look at the users", |tx| commands::list_users(tx)).map_err(|error| broken(&error))?;
    let active = |role: Role| users.iter().filter(move |it| it.disabled_at.is_none() && it.user.role == role);
    let (agents, supervisors) = (active(Role::Agent).count(), active(Role::Supervisor).count());
    let mute = active(Role::Agent).filter(|it| it.user.phone_user.is_none()).count();
    let mut findings = vec![if agents == 0 {
        Finding::wrong("agents", "there is none: `vaxline users add` or `users import`")
    } else if mute > 0 {
        Finding::wrong("agents", format!("{mute} of {agents} have no phone (phone_user): no caller reaches them"))
    } else {
        Finding::ok("agents", format!("{agents}, each with a phone"))
    }];
    findings.push(if supervisors == 0 {
        Finding::warning("supervisors", "there is none: `vaxline users add --role supervisor`")
    } else {
        Finding::ok("supervisors", supervisors.to_string())
    });
    Ok(findings)
}

/// Whether somebody can do what callers need: else they wait until the need falls, or for ever.
pub(super) async fn skills(db: &Db, routing: &Routing) -> Result<Vec<Finding>, Fault> {
    let agents = in_tx!(db, "look at the skills", |tx| agents::list(tx))?;
    let able: Vec<Skills> = agents.iter().filter_map(|agent| agent.skills.parse().ok()).collect();
    let needed = routing.needed();
    let missing: Vec<String> = needed
        .iter()
        .filter(|(skill, level)| !able.iter().any(|skills| skills.level(skill) >= **level))
        .map(|(skill, level)| format!("{}={level}", skill.code()))
        .collect();
    Ok(vec![if missing.is_empty() {
        Finding::ok("skills", "every skill that callers need is there")
    } else {
        let missing = missing.join(", ");
        Finding::warning("skills", format!("no agent has {missing}: `vaxline agents skills LOGIN en=1`"))
    }])
}

pub(super) async fn print_house(db: &Db) -> Result<Vec<Finding>, Fault> {
    let clients = in_tx!(db, "look at the clients", |tx| commands::list_clients(tx)).map_err(|error| broken(&error))?;
    let may_print = clients.iter().any(|it| it.kind == Kind::Print.name() && it.disabled_at.is_none());
    Ok(vec![if may_print {
        Finding::ok("print house", "has its secret")
    } else {
        Finding::warning("print house", "nobody may fetch letters: `vaxline clients add NAME`")
    }])
}
