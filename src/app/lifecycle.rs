//! One process from start to end: tasks, listeners, and an orderly stop.
//!
//! Any number of identical processes run on one database. What a process holds in memory can be lost at any instruction;
//! an orderly stop only spares others the wait for a lease to run out.
//!
//! **Must hold:** callers come first. What they need is at work before anything slow is begun, and needs no database to
//! start: a process that is started before its database parks every caller in music, and heals when it is there.

use super::config::Config;
use super::health::{self, Health};
use super::server::{Bound, PATIENCE, limited};
use super::tasks::Tasks;
use super::{pages, telemetry, telephony};
use crate::accounts::{self, Accounts};
use crate::correspondence::print::{self, http::Print};
use crate::correspondence::{self, Correspondence};
use crate::foundation::clock::Clock;
use crate::foundation::db::{Db, Pools, leases};
use crate::foundation::events::{feed::Feed, relay};
use crate::foundation::fault::Fault;
use crate::foundation::housekeeping;
use crate::foundation::jobs;
use crate::foundation::problem::Problem;
use crate::hotline::console::{self, Console, pulse::Pulse};
use crate::hotline::live;
use crate::hotline::queue::store::node_lease;
use crate::hotline::queue::{self, dispatcher};
use crate::hotline::staffing::{self, http::Staffing};
use crate::hotline::statistics::{self, http::Statistics};
use crate::hotline::supervision::{self, Supervision, Wall};
use crate::in_tx;
use crate::scheduling::papers::AppointmentsNow;
use crate::scheduling::{Campaign, appointments, monitor};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::SetOnce;
use tokio_util::sync::CancellationToken;
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

/// How long a request of staff waits for a process that has not yet said that it lives.
const ALIVE_WITHIN: Duration = Duration::from_secs(2);

/// A process at work.
#[derive(Debug)]
pub struct Running {
    /// Where the hooks are reached, when served here.
    pub hooks: Option<SocketAddr>,
    /// Where staff is reached, when served here.
    pub staff: Option<SocketAddr>,
    tasks: Tasks,
}

impl Running {
    /// Asks everything to end, and waits for it.
    ///
    /// # Errors
    /// Why the process could not go on, when it did not end because it was asked to.
    pub async fn stop(self) -> Result<(), Fault> {
        self.tasks.end().await
    }

    /// Cancelled when the stop was asked for, or when the process cannot go on.
    #[must_use]
    pub const fn stopping(&self) -> &CancellationToken {
        self.tasks.stopping()
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
    let policy = config.queue.policy(&config.staffing).map_err(Fault::plain)?;
    let telephony = telephony::Telephony::of(config, pools, clock, policy)?;
    let campaign = Campaign::open(config.scheduling.clone()).map_err(|error| Fault::new("read the rules", error))?;
    let campaign = Arc::new(campaign);
    let hooks = if planes.hooks { Some(Bound::bind(config.hooks.listen).await?) } else { None };
    let staff = if planes.staff { Some(Bound::bind(config.staff.listen).await?) } else { None };

    let tasks = Tasks::default();
    let stop = tasks.stopping().clone();
    let feed = Feed::default();
    let health = Health {
        db: pools.work.clone(),
        accept_unsafe_durability: config.database.accept_unsafe_durability,
        metrics: telemetry::start_metrics(),
    };
    let running = Running {
        hooks: hooks.as_ref().map(Bound::address),
        staff: staff.as_ref().map(Bound::address),
        tasks: tasks.clone(),
    };

    tasks.keep("metrics", telemetry::gather(health.metrics.clone(), stop.clone()));
    tasks.keep("feed", feed.clone().run(pools.work.clone(), stop.clone()));
    if planes.work {
        let dispatching = dispatcher::run(pools.work.clone(), feed.clone(), node, policy, stop.clone());
        tasks.keep("dispatcher", while_leading(pools.work.clone(), "dispatcher".to_owned(), node, dispatching));
        let relaying = relay::run(pools.work.clone(), node, stop.clone());
        tasks.keep("relay", while_leading(pools.work.clone(), "relay".to_owned(), node, relaying));
        let folding = statistics::worker::run(pools.work.clone(), feed.clone(), node, stop.clone());
        let lease = statistics::commands::NAME.to_owned();
        tasks.keep("statistics", while_leading(pools.work.clone(), lease, node, folding));
        for worker in telephony.workers() {
            tasks.keep(worker.kind(), jobs::run(pools.work.clone(), worker, stop.clone()));
        }
    }
    if let Some(bound) = hooks {
        tasks.keep("calls heard", telephony.clone().keep_heard(stop.clone()));
        let router = limited(telephony.routes(), config.hooks.requests, PATIENCE).merge(health::routes(health.clone()));
        tasks.keep("hooks", bound.serve(router, config.hooks.connections, stop.clone()));
    }
    if let Some(bound) = staff {
        let accounts = Accounts::new(pools.staff.clone(), config.accounts.clone());
        let live = live::Node::new(node, feed.clone(), stop.clone());
        let pulse = Pulse::default();
        let wall = Wall::default();
        let alive = Arc::new(SetOnce::new());
        let drained = live.clone().drained();
        tasks.keep("node", live_until(drained, pools.work.clone(), node, Arc::clone(&alive)));
        tasks.keep("sessions", live.watch.clone().run(pools.staff.clone(), feed, stop.clone()));
        tasks.keep("pulse", pulse.clone().run(pools.staff.clone(), stop.clone()));
        tasks.keep("wall", wall.clone().run(pools.staff.clone(), pulse.clone(), stop.clone()));
        let rules = Arc::clone(&campaign);
        let queue = (policy, telephony.routing());
        let console = Console::new(accounts.clone(), live.clone(), queue, config.console.clone(), rules, pulse);
        let supervision = Supervision::new(accounts.clone(), live, wall, policy.strategy);
        let figures = Statistics { accounts: accounts.clone(), thresholds: config.statistics };
        let foresight = Staffing { accounts: accounts.clone(), settings: config.staffing.clone() };
        let router = Router::new()
            .merge(accounts::http::routes(accounts))
            .merge(console::ws::routes(console))
            .merge(supervision::http::routes(supervision.clone()))
            .merge(supervision::ws::routes(supervision))
            .merge(statistics::http::routes(figures))
            .merge(staffing::http::routes(foresight))
            .merge(print::http::routes(Print { db: pools.staff.clone(), post: config.correspondence.post.clone() }))
            .merge(pages::routes())
            .layer(middleware::from_fn_with_state(alive, once_alive));
        let router = limited(router, config.staff.requests, PATIENCE).merge(health::routes(health));
        tasks.keep("staff", bound.serve(router, config.staff.connections, stop.clone()));
    }
    if planes.work {
        tasks.keep("reconciling", telephony.reconcile(stop.clone()));
        tasks.keep("housekeeping", housekeeping::run(pools.work.clone(), config.events, stop.clone()));
        tasks.keep("reservations", appointments::worker::run(pools.work.clone(), stop.clone()));
        tasks.keep("queue monitor", queue::monitor::worker::run(pools.work.clone(), stop.clone()));
        tasks.keep("monitor", monitor::worker::run(pools.work.clone(), campaign, node, stop.clone()));
        tasks.keep("print", print::worker::run(pools.work.clone(), config.correspondence.post.clone(), stop.clone()));
        tasks.keep("letters", letters(tasks.clone(), pools.work.clone(), config.correspondence.clone()));
    }
    tracing::info!(%node, hooks = ?running.hooks, staff = ?running.staff, "vaxline is at work");
    Ok(running)
}

/// Proves the templates, finds the key of the seal, and then makes letters and sends mails. It takes seconds, for which
/// no caller waits.
async fn letters(tasks: Tasks, db: Db, settings: correspondence::settings::Settings) {
    let stop = tasks.stopping().clone();
    let source = Arc::new(AppointmentsNow::new(db.clone()));
    let opened = tokio::select! {
        opened = Correspondence::open(db.clone(), source, settings) => opened,
        () = stop.cancelled() => return,
    };
    match opened {
        Ok(correspondence) => {
            for worker in correspondence.workers() {
                tasks.keep(worker.kind(), jobs::run(db.clone(), worker, stop.clone()));
            }
            stop.cancelled().await;
        }
        Err(fault) => tasks.fail(fault),
    }
}

/// Does the work of a leader, and then gives the lease up, so that another process leads at once.
async fn while_leading(db: Db, lease: String, node: Uuid, work: impl Future<Output = ()>) {
    work.await;
    let given_up: Result<(), Fault> = in_tx!(&db, "give up a lease", |tx| leases::give_up(tx, &lease, node));
    if let Err(fault) = given_up {
        tracing::warn!(lease, fault = fault.chain(), "stop: could not give up a lease, others wait for its end");
    }
}

/// Says that this process lives until its sockets have said goodbye. Its first word opens the staff listener.
async fn live_until(drained: impl Future<Output = ()>, db: Db, node: Uuid, alive: Arc<SetOnce<()>>) {
    let over = CancellationToken::new();
    let living = async {
        while let Err(fault) = dispatcher::say_alive(&db, node).await {
            tracing::warn!(fault = fault.chain(), "node: could not say that it lives, staff has to wait");
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(200)) => {}
                () = over.cancelled() => return,
            }
        }
        // Nobody else sets it.
        let _ = alive.set(());
        dispatcher::keep_alive(db.clone(), node, over.clone()).await;
    };
    let draining = async {
        drained.await;
        over.cancel();
    };
    let until_drained = async {
        tokio::join!(living, draining);
    };
    while_leading(db.clone(), node_lease(node), node, until_drained).await;
}

/// A desk on a process of which nobody has heard would be taken for lost: requests wait for the process's first word.
async fn once_alive(State(alive): State<Arc<SetOnce<()>>>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(ALIVE_WITHIN, alive.wait()).await {
        Ok(&()) => next.run(request).await,
        Err(_) => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "starting", "the database is not there yet").into_response()
        }
    }
}
