//! The dispatcher: one leading process at a time, stateless, woken by facts and deadlines.
//!
//! A round is one transaction: lead, read the snapshot, plan, carry out each step on locked rows, commit. It can be
//! killed at any instruction and nothing is lost, because nothing is known outside the database. Each step can be undone
//! alone: a row that cannot be read or written costs its own step, and nobody else's.

use super::commands::{QueueError, carry_out};
use super::decide::{Due, Event, Look, Matter, No, Outcome, Report, Round, Step, Watch};
use super::model::Policy;
use super::store::{self, Lock};
use crate::foundation::db::{Db, Tx, leases};
use crate::foundation::events::feed::Feed;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EntryId, OfferId, UserId};
use crate::in_tx;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The slow timer behind facts and deadlines. What it finds is a bug and counted as one.
const SWEEP: Duration = Duration::from_secs(1);

/// How soon one that follows looks whether the leader still lives: more often costs reads, less often is time in which
/// nobody dispatches after the leader's death.
const FOLLOW: Duration = Duration::from_millis(250);

/// Dispatches until `stop`, whenever this process leads.
pub async fn run(db: Db, feed: Feed, node: Uuid, policy: Policy, stop: CancellationToken) {
    let recorded = db.recorded();
    let mut news = feed.subscribe();
    let mut swept = false;
    let mut watch = Watch::default();
    loop {
        let hint = recorded.notified();
        let outcome: Result<Option<Report>, Fault> = in_tx!(&db, "dispatch", |tx| round(tx, node, &policy, watch));
        let pause = match outcome {
            Ok(Some(report)) => {
                watch = watch.looked(report.at);
                if swept && report.offers > 0 {
                    metrics::counter!("vaxline_dispatch_sweep_findings_total").increment(1);
                    tracing::warn!(offers = report.offers, "dispatcher: the sweep found what no fact had told");
                }
                swept = false;
                match report.look {
                    Look::AtOnce if stop.is_cancelled() => return,
                    Look::AtOnce => continue,
                    Look::In(pause) => {
                        Duration::try_from(pause).unwrap_or(Duration::ZERO).clamp(Duration::from_millis(1), SWEEP)
                    }
                    Look::WhenTold => SWEEP,
                }
            }
            // Another node leads.
            Ok(None) => {
                watch = Watch::default();
                FOLLOW
            }
            Err(fault) => {
                watch = Watch::default();
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

/// One round; `None` when another process leads. `watch` says for how long this one has led without a break.
///
/// # Errors
/// When the database is away.
pub async fn round(tx: &mut Tx, node: Uuid, policy: &Policy, watch: Watch) -> Result<Option<Report>, Fault> {
    if leases::lead(tx, "dispatcher", node).await?.is_none() {
        return Ok(None);
    }
    let now = tx.now();
    let snapshot = store::snapshot(tx, node).await?.judged_by(node, watch, now);
    let mut round = Round::begin(snapshot, policy.strategy, now);
    while let Some(step) = round.next_step() {
        let outcome = attempt(tx, step, policy).await?;
        round.told(step, outcome);
    }
    let report = round.end();
    if report.overdue > 0 {
        store::forget_back_offs(tx).await?;
    }
    Ok(Some(report))
}

/// A step broke. What it broke on is left alone for this round.
struct Broken {
    outcome: Outcome,
    fault: Fault,
}

impl Broken {
    fn on(outcome: Outcome) -> impl FnOnce(Fault) -> Self {
        move |fault| Self { outcome, fault }
    }
}

/// Carries out a step. Only a database that is away ends the round.
async fn attempt(tx: &mut Tx, step: Step, policy: &Policy) -> Result<Outcome, Fault> {
    store::begin_step(tx).await?;
    let attempted = match step {
        Step::Offer(entry, agent) => offer(tx, step, entry, agent, policy).await,
        Step::Overdue(due) => overdue(tx, step, due, policy).await.map_err(Broken::on(Outcome::Dropped)),
    };
    match attempted {
        Ok(outcome) => {
            store::keep_step(tx).await?;
            Ok(outcome)
        }
        Err(Broken { outcome, fault }) => {
            store::undo_step(tx).await?;
            metrics::counter!("vaxline_dispatch_broken_steps_total").increment(1);
            tracing::error!(?step, fault = fault.chain(), "dispatcher: a step broke, the round goes on");
            Ok(outcome)
        }
    }
}

async fn offer(tx: &mut Tx, step: Step, entry: EntryId, agent: UserId, policy: &Policy) -> Result<Outcome, Broken> {
    let entry = store::lock_entry(tx, entry, Lock::Skip).await.map_err(Broken::on(Outcome::EntryUnfit))?;
    let Some(entry) = entry else { return Ok(Outcome::Busy) };
    let agent = store::lock_agent(tx, agent, Lock::Skip).await.map_err(Broken::on(Outcome::AgentUnfit))?;
    let Some(agent) = agent else { return Ok(Outcome::AgentBusy) };
    let matter = Matter { entry: Some(entry), offer: None, agent: Some(agent) };
    let id: OfferId = tx.id();
    let decided = decided(carry_out(tx, &matter, &Event::Offer(id), policy).await);
    Ok(Outcome::of(step, decided.map_err(Broken::on(Outcome::PairUnfit))?))
}

async fn overdue(tx: &mut Tx, step: Step, due: Due, policy: &Policy) -> Result<Outcome, Fault> {
    let (matter, event) = match due {
        Due::Offer(id) => (store::try_matter_of_offer(tx, id, Lock::Skip).await?, Event::OfferDeadline(id)),
        Due::WrapUp(agent) => (store::try_matter_of_agent(tx, agent, Lock::Skip).await?, Event::WrapUpDeadline),
        Due::Link(agent) => (store::try_matter_of_agent(tx, agent, Lock::Skip).await?, Event::LinkDeadline),
        Due::DeadNode(agent, node) => (store::try_matter_of_agent(tx, agent, Lock::Skip).await?, Event::NodeDied(node)),
        Due::Overflow(entry) => {
            let entry = store::lock_entry(tx, entry, Lock::Skip).await?;
            (entry.map(|entry| Matter { entry: Some(entry), ..Matter::default() }), Event::Overflow)
        }
        Due::Hold(entry) => (store::try_matter_of_entry(tx, entry, Lock::Skip).await?, Event::HoldDeadline(tx.id())),
    };
    let Some(matter) = matter else { return Ok(Outcome::Busy) };
    Ok(Outcome::of(step, decided(carry_out(tx, &matter, &event, policy).await)?))
}

/// Tells a refusal, which belongs to the round, from a fault.
fn decided(outcome: Result<(), QueueError>) -> Result<Result<(), No>, Fault> {
    match outcome {
        Ok(()) => Ok(Ok(())),
        Err(QueueError::No(no)) => Ok(Err(no)),
        Err(QueueError::Fault(fault)) => Err(fault),
    }
}
