//! One process from start to end: tasks, listeners, and an orderly stop.
//!
//! Any number of identical processes run on one database. What a process holds in memory can be lost at any instruction;
//! an orderly stop only spares others the wait for a lease to run out.

use super::config::Config;
use super::health::{self, Health};
use super::server::Bound;
use super::{pages, telemetry, telephony};
use crate::accounts::{self, Accounts};
use crate::correspondence::Correspondence;
use crate::correspondence::print::{self, http::Print};
use crate::foundation::clock::Clock;
use crate::foundation::db::Pools;
use crate::foundation::events::{feed::Feed, relay};
use crate::foundation::fault::Fault;
use crate::foundation::jobs;
use crate::hotline::console::{self, Console, pulse::Pulse};
use crate::hotline::live;
use crate::hotline::queue::dispatcher;
use crate::hotline::supervision::{self, Supervision, Wall};
use crate::scheduling::papers::AppointmentsNow;
use crate::scheduling::{Campaign, appointments, monitor};
use axum::Router;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// What a process does. Planes can be started apart, so that each can be scaled and protected by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planes {
    /// The provider's hooks.
    pub hooks: bool,
    /// Console, supervision, print and pages.
    pub staff: bool,
    /// Dispatcher, relay and workers.
    pub work: bool,
}

impl Planes {
    /// Everything in one process.
    pub const ALL: Self = Self { hooks: true, staff: true, work: true };
}

/// How long tasks may take to end after the stop was asked for.
const END_WITHIN: Duration = Duration::from_secs(10);

/// A process at work.
#[derive(Debug)]
pub struct Running {
    /// Where the hooks are reached, when served here.
    pub hooks: Option<SocketAddr>,
    /// Where staff is reached, when served here.
    pub staff: Option<SocketAddr>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Running {
    /// Asks everything to end, and waits for it.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(END_WITHIN, self.tasks.wait()).await.is_err() {
            tracing::warn!("stop: some task did not end in time and is dropped");
        }
    }

    /// Whether the stop was asked for.
    #[must_use]
    pub const fn stopping(&self) -> &CancellationToken {
        &self.stop
    }
}

/// Starts a process. `node` is its id, new at every start.
///
/// # Errors
/// When an address is taken, or the configuration cannot work.
pub async fn start(
    config: &Config,
    pools: &Pools,
    clock: &Clock,
    node: Uuid,
    planes: Planes,
) -> Result<Running, Fault> {
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let feed = Feed::default();
    let policy = config.queue.policy().map_err(Fault::plain)?;
    let campaign = Campaign::open(config.scheduling.clone()).map_err(|error| Fault::new("read the rules", error))?;
    let campaign = Arc::new(campaign);
    let health = Health {
        db: pools.work.clone(),
        accept_unsafe_durability: config.database.accept_unsafe_durability,
        metrics: telemetry::start_metrics(),
    };

    let telephony = telephony::Telephony::of(config, pools, clock, policy)?;
    tasks.spawn(feed.clone().run(pools.work.clone(), stop.clone()));
    if planes.work {
        for worker in telephony.workers() {
            tasks.spawn(jobs::run(pools.work.clone(), worker, stop.clone()));
        }
        let source = Arc::new(AppointmentsNow::new(pools.work.clone()));
        let correspondence = Correspondence::open(pools.work.clone(), source, config.correspondence.clone()).await?;
        for worker in correspondence.workers() {
            tasks.spawn(jobs::run(pools.work.clone(), worker, stop.clone()));
        }
        tasks.spawn(appointments::worker::run(pools.work.clone(), stop.clone()));
        tasks.spawn(monitor::worker::run(pools.work.clone(), Arc::clone(&campaign), node, stop.clone()));
        tasks.spawn(telephony.clone().reconcile(node, stop.clone()));
        tasks.spawn(relay::run(pools.work.clone(), node, stop.clone()));
        tasks.spawn(print::worker::run(pools.work.clone(), config.correspondence.post.clone(), stop.clone()));
        tasks.spawn(dispatcher::run(pools.work.clone(), feed.clone(), node, policy, stop.clone()));
    }

    let mut running = Running { hooks: None, staff: None, stop: stop.clone(), tasks: tasks.clone() };
    if planes.hooks {
        let bound = Bound::bind(config.hooks.listen).await?;
        running.hooks = Some(bound.address());
        tasks.spawn(telephony.clone().keep_heard(stop.clone()));
        let router = Router::new().merge(telephony.routes()).merge(health::routes(health.clone()));
        tasks.spawn(bound.serve(router, config.hooks.clone(), stop.clone()));
    }
    if planes.staff {
        let accounts = Accounts::new(pools.staff.clone(), config.accounts.clone());
        let live = live::Node::new(node, feed.clone(), stop.clone());
        let pulse = Pulse::default();
        tasks.spawn(live.watch.clone().run(pools.staff.clone(), feed.clone(), stop.clone()));
        tasks.spawn(pulse.clone().run(pools.staff.clone(), stop.clone()));
        let console =
            Console::new(accounts.clone(), live.clone(), policy, config.console.clone(), campaign, pulse.clone());
        let wall = Wall::default();
        tasks.spawn(wall.clone().run(pools.staff.clone(), pulse, stop.clone()));
        let supervision = Supervision::new(accounts.clone(), live.clone(), wall);
        tasks.spawn(live.drained());
        tasks.spawn(dispatcher::keep_alive(pools.work.clone(), node, stop.clone()));
        let router = Router::new()
            .merge(accounts::http::routes(accounts))
            .merge(console::ws::routes(console))
            .merge(supervision::ws::routes(supervision))
            .merge(print::http::routes(Print { db: pools.staff.clone(), post: config.correspondence.post.clone() }))
            .merge(pages::routes())
            .merge(health::routes(health));
        let bound = Bound::bind(config.staff.listen).await?;
        running.staff = Some(bound.address());
        tasks.spawn(bound.serve(router, config.staff.clone(), stop.clone()));
    }
    tracing::info!(%node, hooks = ?running.hooks, staff = ?running.staff, "vaxline is at work");
    Ok(running)
}
