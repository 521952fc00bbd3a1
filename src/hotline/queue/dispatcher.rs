//! The dispatcher: one leading process at a time, stateless, woken by facts and deadlines.
//!
//! A round is one transaction: lead, read the snapshot, plan, carry out each step on locked rows, commit. It can be
//! killed at any instruction and nothing is lost, because nothing is known outside the database.

use super::commands::{QueueError, carry_out};
use super::decide::{Due, Event, Matter, Step, plan};
use super::model::{Link, Policy};
use super::store::{self, Lock};
use crate::foundation::db::{Db, Tx, leases};
use crate::foundation::events::feed::Feed;
use crate::foundation::fault::Fault;
use crate::foundation::ids::OfferId;
use crate::in_tx;
use std::time::Duration;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The slow timer behind facts and deadlines. What it finds is a bug and counted as one.
const SWEEP: Duration = Duration::from_secs(1);

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Offers made.
    pub offers: usize,
    /// Deadlines enforced.
    pub overdue: usize,
    /// When to look again if nothing happens before.
    pub wake_at: Option<OffsetDateTime>,
}

/// Dispatches until `stop`, whenever this process leads.
pub async fn run(db: Db, feed: Feed, node: Uuid, policy: Policy, stop: CancellationToken) {
    let committed = db.committed();
    let mut news = feed.subscribe();
    let mut swept = false;
    loop {
        let hint = committed.notified();
        let outcome: Result<Option<Round>, Fault> = in_tx!(&db, "dispatch", |tx| round(tx, node, &policy));
        let pause = match outcome {
            Ok(Some(round)) => {
                if swept && round.offers > 0 {
                    metrics::counter!("vaxline_dispatch_sweep_findings_total").increment(1);
                    tracing::warn!(offers = round.offers, "dispatcher: the sweep found what no fact had told");
                }
                if round.offers + round.overdue > 0 {
                    // What was freed may be offered again at once.
                    swept = false;
                    continue;
                }
                let until = round.wake_at.map_or(SWEEP, |at| {
                    Duration::try_from(at - db.clock().now()).unwrap_or(Duration::ZERO).max(Duration::from_millis(1))
                });
                until.min(SWEEP)
            }
            // Another node leads.
            Ok(None) => SWEEP,
            Err(fault) => {
                tracing::warn!(fault = fault.chain(), "dispatcher: round failed, will try again");
                Duration::from_millis(200)
            }
        };
        swept = false;
        tokio::select! {
            () = hint => {}
            // A lagging reader only means that there is much news.
            _ = news.recv() => { while news.try_recv().is_ok() {} }
            () = tokio::time::sleep(pause) => { swept = pause == SWEEP; }
            () = stop.cancelled() => return,
        }
    }
}

/// Says once that this process lives.
///
/// # Errors
/// When the database is away.
pub async fn say_alive(db: &Db, node: Uuid) -> Result<(), Fault> {
    let name = store::node_lease(node);
    in_tx!(db, "keep node alive", |tx| leases::lead(tx, &name, node)).map(|_| ())
}

/// Says every half second that this process lives, so that its agents' links are trusted.
pub async fn keep_alive(db: Db, node: Uuid, stop: CancellationToken) {
    loop {
        if let Err(fault) = say_alive(&db, node).await {
            tracing::warn!(fault = fault.chain(), "node: could not renew its lease");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// One round; `None` when another process leads.
///
/// # Errors
/// When the database is away.
pub async fn round(tx: &mut Tx, node: Uuid, policy: &Policy) -> Result<Option<Round>, Fault> {
    if leases::lead(tx, "dispatcher", node).await?.is_none() {
        return Ok(None);
    }
    let mut snapshot = store::snapshot(tx).await?;
    let planned = plan(&snapshot, tx.now());
    let mut round = Round { wake_at: planned.wake_at, ..Round::default() };
    for step in planned.steps {
        if let Step::Overdue(due) = step {
            round.overdue += usize::from(is_done(overdue(tx, due, policy).await)?);
        }
    }
    snapshot.due.clear();
    // An agent whose row somebody else holds is passed over, and the same caller is planned for the next agent: no later
    // caller may overtake because of it.
    while let Some(Step::Offer(entry, agent)) = plan(&snapshot, tx.now()).steps.first().copied() {
        let Some(free_entry) = store::lock_entry(tx, entry, Lock::Skip).await? else {
            // Somebody is changing this entry: it is not waiting for anybody just now.
            snapshot.heads.retain(|head| head.entry != entry);
            continue;
        };
        snapshot.idle.retain(|idle| idle.agent != agent);
        let free_agent = store::lock_agent(tx, agent, Lock::Skip).await?;
        let is_agent_free = free_agent.is_some();
        let id: OfferId = tx.id();
        let matter = Matter { entry: Some(free_entry), offer: None, agent: free_agent };
        let is_offered = is_done(carry_out(tx, &matter, &Event::Offer(id), policy).await)?;
        round.offers += usize::from(is_offered);
        if is_offered || is_agent_free {
            snapshot.heads.retain(|head| head.entry != entry);
        }
    }
    if round.overdue > 0 {
        store::forget_back_offs(tx).await?;
    }
    Ok(Some(round))
}

/// Whether a step took place. Where somebody was faster it is dropped; the next round sees what is true then.
fn is_done(outcome: Result<(), QueueError>) -> Result<bool, Fault> {
    match outcome {
        Ok(()) => Ok(true),
        Err(QueueError::No(_)) => Ok(false),
        Err(QueueError::Fault(fault)) => Err(fault),
    }
}

async fn overdue(tx: &mut Tx, due: Due, policy: &Policy) -> Result<(), QueueError> {
    match due {
        Due::Offer(id) => {
            let matter = store::matter_of_offer(tx, id).await?;
            carry_out(tx, &matter, &Event::OfferDeadline(id), policy).await
        }
        Due::WrapUp(agent) => {
            let matter = store::matter_of_agent(tx, agent).await?;
            carry_out(tx, &matter, &Event::WrapUpDeadline, policy).await
        }
        Due::Link(agent) => {
            let matter = store::matter_of_agent(tx, agent).await?;
            carry_out(tx, &matter, &Event::LinkDeadline, policy).await
        }
        Due::DeadNode(agent) => {
            let matter = store::matter_of_agent(tx, agent).await?;
            let Some(Link::Up { session, .. }) = matter.agent.as_ref().map(|agent| agent.link) else {
                return Ok(());
            };
            carry_out(tx, &matter, &Event::LinkLost(session), policy).await
        }
    }
}
