//! A node's staff plane at work: relay, feed, dispatcher, consoles; and callers who only exist as calls.

use super::World;
use super::campaign::riesa;
use super::page::Page;
use super::staff::{self, Browser};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use time::Duration;
use time::macros::{date, datetime};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;
use vaxline::accounts::Accounts;
use vaxline::accounts::model::Role;
use vaxline::app::config::Config;
use vaxline::foundation::events::feed::Feed;
use vaxline::foundation::events::relay;
use vaxline::foundation::ids::{CallId, EntryId, OfferId, UserId};
use vaxline::foundation::pii::Pii;
use vaxline::hotline::console::pulse::Pulse;
use vaxline::hotline::console::{self, Console};
use vaxline::hotline::live::Node;
use vaxline::hotline::queue::commands::{self as queue, Join};
use vaxline::hotline::queue::decide::Gone;
use vaxline::hotline::queue::dispatcher;
use vaxline::hotline::queue::model::{Callbacks, Language, Policy, Strategy, Topic};
use vaxline::hotline::queue::routing::Routing;
use vaxline::hotline::staffing::{self, http::Staffing};
use vaxline::hotline::statistics::{self, http::Statistics};
use vaxline::hotline::supervision::{self, Supervision, Wall};
use vaxline::scheduling::Campaign;
use vaxline::scheduling::capacity::release_days;
use vaxline::supply::catalogue::Catalogue;
use vaxline::supply::commands::import;
use vaxline::{accounts, in_tx};

/// As configured by default, except that everybody is admitted.
pub const SHIPPED: Policy = Policy {
    offer: Duration::seconds(15),
    paint: Duration::milliseconds(1_500),
    connect: Duration::seconds(20),
    wrap_up: Duration::seconds(30),
    extensions: 2,
    hold: Duration::seconds(180),
    back_off: Duration::seconds(60),
    missed_limit: 2,
    link_grace: Duration::seconds(60),
    redeem: Duration::minutes(10),
    strategy: Strategy::LongestIdle,
    handling: Duration::minutes(5),
    patience: Some(Duration::minutes(10)),
    admit: None,
    most_waiting: 5_000,
    callback: Callbacks {
        from: Some(Duration::minutes(5)),
        ring: Duration::seconds(30),
        answer: Duration::seconds(20),
        tries: 3,
        pause: Duration::minutes(10),
    },
};

/// The same with more time: this machine is busy with other tests.
pub const POLICY: Policy = Policy {
    offer: Duration::seconds(60),
    paint: Duration::seconds(20),
    connect: Duration::seconds(60),
    wrap_up: Duration::seconds(60),
    ..SHIPPED
};

/// The queues as configured by default.
pub fn routing() -> Routing {
    Config::load(None, []).unwrap().routing.routing().unwrap()
}

pub struct Hotline {
    pub world: World,
    pub accounts: Accounts,
    pub console: Console,
    pub server: SocketAddr,
    calls: AtomicU64,
    _stop: DropGuard,
}

impl Hotline {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A hotline whose console is changed before it serves.
    pub async fn with(change: impl FnOnce(&mut Console)) -> Self {
        Self::on(World::with_connections(8).await, change).await
    }

    /// A hotline on a Saturday in March, with some days of Comirnaty at Riesa.
    pub async fn in_saxony() -> Self {
        let world = World::with_connections(8).await;
        world.travel_to(datetime!(2021-03-20 08:00 UTC));
        let catalogue = Catalogue::saxony().unwrap();
        in_tx!(world.staff(), "import", |tx| import(tx, &catalogue)).unwrap();
        let release = riesa("monday", date!(2021 - 03 - 29), date!(2021 - 03 - 31), 1);
        release_days(world.work(), &Campaign::shipped().unwrap(), &release).await.unwrap();
        Self::on(world, |_| {}).await
    }

    /// A hotline in this world.
    pub async fn on(world: World, change: impl FnOnce(&mut Console)) -> Self {
        let accounts = staff::accounts(&world);
        let (console, server, stop) = start(&world, &accounts, change).await;
        Self { world, accounts, console, server, calls: AtomicU64::new(0), _stop: stop }
    }

    /// Another process on the same database: where it is reached, for as long as the guard lives.
    pub async fn another_node(&self) -> (SocketAddr, DropGuard) {
        let (_, server, stop) = start(&self.world, &self.accounts, |_| {}).await;
        (server, stop)
    }

    /// An agent who has logged in in a browser.
    pub async fn agent(&self, login: &str) -> (UserId, Browser) {
        let agent = staff::add_user(&self.accounts, login, Role::Agent).await;
        let mut browser = Browser::at(self.server);
        browser.log_in(login).await;
        (agent, browser)
    }

    /// An agent who talks with a caller: the page, and the call.
    pub async fn talk(&self, login: &str, number: &str) -> (Page, CallId, Browser) {
        let (_, browser) = self.agent(login).await;
        let mut page = Page::open(&browser, self.server).await;
        page.must(json!({ "t": "ready" })).await;
        let (call, _) = self.ring(number).await;
        let offer = page.until_offer().await;
        page.must(json!({ "t": "accept", "offer": offer })).await;
        self.answer(&offer).await;
        page.until_state("talking").await;
        (page, call, browser)
    }

    /// A supervisor who has logged in in a browser.
    pub async fn supervisor(&self, login: &str) -> Browser {
        staff::add_user(&self.accounts, login, Role::Supervisor).await;
        let mut browser = Browser::at(self.server);
        browser.log_in(login).await;
        browser
    }

    /// Somebody rings and joins the queue.
    pub async fn ring(&self, number: &str) -> (CallId, EntryId) {
        self.ring_in(number, Language::De).await
    }

    /// Somebody rings, and wants to speak this language.
    pub async fn ring_in(&self, number: &str, language: Language) -> (CallId, EntryId) {
        let call = CallId(Uuid::from_u64_pair(self.calls.fetch_add(1, Ordering::Relaxed), rand::random()));
        let number = Some(Pii::new(number.to_owned()));
        let rang = self.world.clock.now();
        let join = Join { call, number, rang, language, topic: Topic::Book, queue: None, class: None };
        let entry = in_tx!(&self.world.pools.hooks, "join", |tx| queue::join(tx, &routing(), &join)).unwrap();
        (call, entry)
    }

    /// The caller hangs up.
    pub async fn hang_up(&self, call: CallId) {
        in_tx!(&self.world.pools.hooks, "gone", |tx| queue::caller_gone(tx, call, Gone::HungUp, &POLICY)).unwrap();
    }

    /// The agent's phone answers.
    pub async fn answer(&self, offer: &str) {
        let offer: OfferId = offer.parse().unwrap();
        let answered = in_tx!(&self.world.pools.hooks, "answered", |tx| queue::agent_answered(tx, offer, &POLICY));
        assert!(answered.unwrap());
    }

    /// One number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.world.work().pool()).await.unwrap()
    }
}

/// Starts a process's staff plane.
async fn start(
    world: &World,
    accounts: &Accounts,
    change: impl FnOnce(&mut Console),
) -> (Console, SocketAddr, DropGuard) {
    let (id, stop, feed) = (Uuid::from_u128(rand::random()), CancellationToken::new(), Feed::default());
    let (pulse, work, wall) = (Pulse::default(), world.work().clone(), Wall::default());
    let node = Node::new(id, feed.clone(), stop.clone());
    tokio::spawn(relay::run(work.clone(), id, stop.clone()));
    tokio::spawn(feed.clone().run(work.clone(), stop.clone()));
    tokio::spawn(dispatcher::keep_alive(work.clone(), id, stop.clone()));
    tokio::spawn(dispatcher::run(work.clone(), feed.clone(), id, POLICY, stop.clone()));
    tokio::spawn(node.watch.clone().run(work.clone(), feed.clone(), stop.clone()));
    tokio::spawn(pulse.clone().run(work.clone(), stop.clone()));
    tokio::spawn(wall.clone().run(work, pulse.clone(), stop.clone()));
    let settings = Config::load(None, []).unwrap().console;
    let campaign = Arc::new(Campaign::shipped().unwrap());
    let mut console =
        Console::new(accounts.clone(), node.clone(), (POLICY, Arc::new(routing())), settings, campaign, pulse);
    change(&mut console);
    let mut supervision = Supervision::new(accounts.clone(), node, wall, POLICY.strategy);
    supervision.timing = console.timing;
    let shipped = Config::load(None, []).unwrap();
    let figures = Statistics { accounts: accounts.clone(), thresholds: shipped.statistics };
    let foresight = Staffing { accounts: accounts.clone(), settings: shipped.staffing };
    let router = accounts::http::routes(accounts.clone())
        .merge(console::ws::routes(console.clone()))
        .merge(supervision::http::routes(supervision.clone()))
        .merge(supervision::ws::routes(supervision))
        .merge(statistics::http::routes(figures))
        .merge(staffing::http::routes(foresight));
    let server = staff::serve(router).await;
    (console, server, stop.drop_guard())
}
