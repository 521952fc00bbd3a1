//! A hotline at work: the real program on a real database, a simulated provider with waiting callers, agents on sockets.

use crate::front::Front;
use crate::patience;
use crate::season;
use crate::service::{self, Ports, Postgres, Service};
use sip_mock::agents::{Habits, RobotConfig, Robots};
use sip_mock::judge::{self, Report, Rules};
use sip_mock::{CallerScript, Happening, Keys, Length, PhoneScript, Provider, ProviderConfig};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const SECRET: &str = "whsec-of-the-fault-tests";
const RETRIES: &str = "#rc=3&rp=ct,5xx";
const API_KEY: &str = "key-of-the-fault-tests";
const PASSWORD: &str = "korrekt Pferd Batterie";

/// How many call, and how many work.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub callers: usize,
    /// More than offers that must be open: they do not all come to work in the same second.
    pub agents: usize,
    /// How many of them come to work first, while the others' callers still wait.
    pub first: usize,
    /// How many processes of the program there are.
    pub nodes: usize,
    /// How many agents look at an offer when it happens.
    pub open_offers: usize,
    /// How long they look at it, in real time.
    pub reaction: Duration,
    /// The share of talks that end in a booking.
    pub books: f64,
    /// The longest that callers wait for the first new offer after a restart.
    pub first_offer: Duration,
    /// By what the judge goes.
    pub rules: fn() -> Rules,
    /// How much faster than life music and people are. The queue's own times are real.
    pub speed: f64,
    /// How long agents and callers talk, as long as life.
    pub talk: Duration,
    /// How many may be on their way into line at once. They call as fast as they are taken in, on any machine.
    pub on_the_way: usize,
}

/// Shows what happens, and takes seconds, beside other tests on a busy machine.
pub const SMALL: Size = Size {
    callers: 40,
    agents: 12,
    nodes: 1,
    first: 2,
    open_offers: 6,
    reaction: Duration::from_secs(4),
    books: 0.0,
    first_offer: Duration::from_secs(15),
    rules: patience::on_a_busy_machine,
    speed: 4.0,
    talk: Duration::from_secs(6),
    on_the_way: 5,
};

/// A hotline in earnest, with the machine to itself: times are held to what is promised.
pub const LARGE: Size = Size {
    callers: 200,
    agents: 36,
    first: 6,
    open_offers: 20,
    reaction: Duration::from_secs(5),
    first_offer: Duration::from_secs(5),
    rules: Rules::default,
    ..SMALL
};

/// A process of the program, or the place of one that was killed.
pub struct Node {
    ports: Ports,
    log: PathBuf,
    pub service: Option<Service>,
}

/// A hotline with agents and callers.
pub struct Scene {
    pub postgres: Postgres,
    pub provider: Provider,
    pub robots: Robots,
    pub pool: sqlx::PgPool,
    pub nodes: Vec<Node>,
    /// Where the world reaches the nodes.
    front: Ports,
    fronts: Vec<Front>,
    settings: Vec<(String, String)>,
    folder: PathBuf,
    size: Size,
    /// How many have called.
    rung: usize,
}

impl Scene {
    /// Sets everything up; nobody works or rings yet.
    pub async fn set(name: &str, size: Size) -> Self {
        Self::on(Postgres::start(name), name, size).await
    }

    /// Sets everything up on this database.
    pub async fn on(postgres: Postgres, name: &str, size: Size) -> Self {
        // An error only says that another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = std::env::temp_dir().join(format!("vaxline-scene-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let nodes: Vec<Node> = (1..=size.nodes)
            .map(|n| Node { ports: Ports::free(), log: folder.join(format!("node{n}.log")), service: None })
            .collect();
        let (front, fronts) = front(&nodes).await;
        let mut config = ProviderConfig::new(&format!("http://127.0.0.1:{}", front.hooks));
        // As the README asks for: what nobody answered is asked again.
        config.call_hook += RETRIES;
        config.status_hook = config.status_hook.map(|hook| hook + RETRIES);
        config.secret = SECRET.to_owned();
        config.api_key = API_KEY.to_owned();
        config.speed = size.speed;
        config.rate_limit = None;
        config.other_phones = Some(PhoneScript::answers());
        let account = config.account_sid.clone();
        let provider = Provider::start(config).await.unwrap();
        let settings: Vec<(String, String)> = [
            ("VAXLINE__DATABASE__URL", postgres.url()),
            ("VAXLINE__PROVIDER__WEBHOOK_SECRET", SECRET.to_owned()),
            ("VAXLINE__PROVIDER__API_KEY", API_KEY.to_owned()),
            ("VAXLINE__PROVIDER__ACCOUNT_SID", account),
            ("VAXLINE__PROVIDER__API_URL", provider.base_url()),
            ("VAXLINE__PROVIDER__PARK__MUSIC_URL", format!("{}/hold-music.wav", provider.media_url())),
            ("VAXLINE__PROVIDER__REQUESTS_PER_MINUTE", "60000".to_owned()),
            ("VAXLINE__PROVIDER__RECONCILE_SECONDS", "5".to_owned()),
            ("VAXLINE__MENU__ALWAYS_OPEN", "true".to_owned()),
            // A database that is made unsafe on purpose must be used all the same.
            ("VAXLINE__DATABASE__ACCEPT_UNSAFE_DURABILITY", "true".to_owned()),
            // What is tried here is the program, not how fast a robot paints on a busy machine.
            ("VAXLINE__QUEUE__PAINT_MILLISECONDS", "10000".to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        service::run(&settings, &["migrate"], "");
        let roster = folder.join("roster.csv");
        let rows: String =
            (1..=size.agents + 1).map(|n| format!("agent{n},Platz {n},agent,agent{n},{PASSWORD}\n")).collect();
        std::fs::write(&roster, format!("login,display_name,role,phone_user,password\n{rows}")).unwrap();
        service::run(&settings, &["users", "import", roster.to_str().unwrap()], "");
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(4).connect_lazy(&postgres.url()).unwrap();
        let robots = Robots::new(provider.pace(), provider.dice());
        let mut scene =
            Self { postgres, provider, robots, pool, nodes, front, fronts, settings, folder, size, rung: 0 };
        for node in 0..size.nodes {
            scene.start(node).await;
        }
        scene
    }

    /// Callers wait, and as many agents as the size wants look at an offer.
    pub async fn crowded(name: &str, size: Size) -> Self {
        let mut scene = Self::set(name, size).await;
        if size.books > 0.0 {
            season::open(&scene.postgres.url()).await;
        }
        scene.fill(size.callers).await;
        scene.hire(1..=size.first);
        scene.offering(1).await;
        // Everything that is found later was broken by what comes now. However long the judge takes, the few who work
        // meanwhile leave callers for those who come then.
        let report = scene.judge().await;
        assert!(report.is_clean(), "before anything happened: {report}\n{}", scene.log());
        scene.hire(size.first + 1..=size.agents);
        scene.offering(size.open_offers).await;
        scene
    }

    async fn offering(&self, enough: usize) {
        self.until("enough offers are open", Duration::from_secs(60), async |scene| {
            scene.open_offers().await.is_some_and(|open| open >= enough)
        })
        .await;
    }

    /// Offers that agents look at.
    pub async fn open_offers(&self) -> Option<usize> {
        self.count("select count(*) from offer where state = 'open'").await
    }

    /// Starts a node and waits until it is ready.
    async fn start(&mut self, node: usize) {
        let Node { ports, log, service } = &mut self.nodes[node];
        *service = Some(Service::start_behind(&self.settings, *ports, self.front, log).await);
    }

    /// The node that leads the dispatcher.
    pub async fn leader(&self) -> usize {
        self.found("a node that leads", Duration::from_secs(20), async |scene| {
            let leads = "select holder::text from lease where name = 'dispatcher' and expires_at > clock_timestamp()";
            let holder: Option<String> = sqlx::query_scalar(leads).fetch_optional(&scene.pool).await.ok().flatten();
            let holder = holder?;
            // A process says its id when it is at work, and every start of one has another.
            let said = |node: &Node| std::fs::read_to_string(&node.log).is_ok_and(|log| log.contains(&holder));
            scene.nodes.iter().position(|node| node.service.is_some() && said(node))
        })
        .await
    }

    /// kill -9 of the program while as many offers are open as the size wants: it is stopped before they are counted, so
    /// that none is answered in between.
    pub async fn kill_while_offering(&mut self) {
        loop {
            self.offering(self.size.open_offers).await;
            let service = self.nodes[0].service.as_ref().unwrap();
            service.pause();
            if self.open_offers().await.is_some_and(|open| open >= self.size.open_offers) {
                return self.kill(0);
            }
            service.go_on();
        }
    }

    /// kill -9 of a node. What it held in memory is gone.
    pub fn kill(&mut self, node: usize) {
        self.mark("crash");
        self.nodes[node].service.take().unwrap().kill();
    }

    /// Starts a node after [`Self::kill`].
    pub async fn restart(&mut self, node: usize) {
        self.start(node).await;
        self.mark("restart");
    }

    /// kill -9 of every process of the database, which then recovers. The program stays.
    pub fn crash_database(&mut self) {
        self.mark("crash");
        self.postgres.kill();
        self.postgres.restart();
        self.mark("restart");
    }

    /// Commits are not flushed any more.
    pub async fn do_not_flush(&self) {
        for change in ["alter system set fsync = off", "select pg_reload_conf()"] {
            sqlx::query(change).execute(&self.pool).await.unwrap();
        }
        self.until("commits are not flushed", Duration::from_secs(10), async |scene| {
            let fsync: Result<String, _> = sqlx::query_scalar("show fsync").fetch_one(&scene.pool).await;
            fsync.is_ok_and(|fsync| fsync == "off")
        })
        .await;
    }

    /// Stops the program and the database where they are, as if the power went.
    pub fn stop_everything(&self) {
        self.postgres.pause();
        for service in self.nodes.iter().filter_map(|node| node.service.as_ref()) {
            service.pause();
        }
    }

    /// The journal is told of what the test does, so that the judge knows when the service was down.
    fn mark(&self, text: &str) {
        self.provider.journal().note(Happening::Mark { text: text.to_owned() });
    }

    /// Callers ring, go through the menu and wait.
    pub async fn fill(&mut self, callers: usize) {
        for number in 0..callers {
            self.ring(1);
            self.in_line((number + 1).saturating_sub(self.size.on_the_way)).await;
        }
        self.in_line(callers).await;
    }

    /// So many ring, and nobody looks whether they come into line.
    pub fn ring(&mut self, callers: usize) {
        for _ in 0..callers {
            let script = CallerScript {
                number: format!("+49302312{:04}", self.rung),
                keys: vec![Keys::at_id("language", "1"), Keys::at_id("reason", "1")],
                ..CallerScript::default()
            };
            // A caller lives by themselves.
            let _ = self.provider.ring(script);
            self.rung += 1;
        }
    }

    /// Waits until so many have come into line.
    async fn in_line(&self, enough: usize) {
        self.until("callers come into line", Duration::from_secs(60), async |scene| {
            scene.count("select count(*) from queue_entry").await.is_some_and(|came| came >= enough)
        })
        .await;
    }

    /// Agents come to work: they look at an offer for a while before they accept.
    pub fn hire(&self, numbers: RangeInclusive<usize>) {
        for number in numbers {
            self.hire_one(number, self.size.reaction);
        }
    }

    /// One more agent comes to work, and does not think for long. The others may still be looking at offers from before:
    /// whoever wants to know whether callers are offered again needs somebody who is free.
    pub fn relieve(&self) {
        self.hire_one(self.size.agents + 1, Duration::from_millis(100));
    }

    fn hire_one(&self, number: usize, reaction: Duration) {
        let config = RobotConfig {
            console: format!("http://127.0.0.1:{}", self.front.staff),
            login: format!("agent{number}"),
            password: PASSWORD.to_owned(),
            habits: Habits {
                reaction: Length::around(reaction.mul_f64(self.size.speed), 0.2),
                talk: Length::around(self.size.talk, 0.2),
                wrap_up: Length::around(Duration::from_secs(4), 0.2),
                pauses: 0.0,
                books: self.size.books,
                ..Habits::default()
            },
        };
        self.robots.hire(config, Duration::from_millis(20)).unwrap();
    }

    /// Places in line that are not over.
    pub async fn unserved(&self) -> Option<usize> {
        self.count("select count(*) from queue_entry where state <> 'ended'").await
    }

    /// A figure of the database; nothing while the database is away, which is not zero.
    pub async fn count(&self, sql: &'static str) -> Option<usize> {
        let counted: Result<i64, sqlx::Error> = sqlx::query_scalar(sql).fetch_one(&self.pool).await;
        counted.ok().map(|count| usize::try_from(count).unwrap())
    }

    /// Waits for a condition.
    pub async fn until(&self, what: &str, patience: Duration, holds: impl AsyncFn(&Self) -> bool) {
        self.found(what, patience, async |scene| holds(scene).await.then_some(())).await;
    }

    /// Waits for something to be there.
    async fn found<T>(&self, what: &str, patience: Duration, look: impl AsyncFn(&Self) -> Option<T>) -> T {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(found) = look(self).await {
                return found;
            }
            assert!(Instant::now() < deadline, "not within {patience:?}: {what}; {:?}", self.robots.tally());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until everybody who waits has been served, and has put the phone down.
    pub async fn drained(&self, patience: Duration) {
        self.until("everybody is served", patience, async |scene| {
            scene.unserved().await == Some(0) && scene.provider.calls().is_empty()
        })
        .await;
    }

    /// How long after `since` an agent saw the first new offer.
    pub async fn first_offer_after(&self, since: time::OffsetDateTime) -> Duration {
        let painted = "select min(painted.at) from event painted join event made using (offer_id) \
                       where painted.kind = 'offer.painted' and made.kind = 'offer.made' and made.at > $1";
        let patience = Duration::from_secs(60);
        let first: time::OffsetDateTime = self
            .found("an agent sees an offer after the restart", patience, async |scene| {
                sqlx::query_scalar(painted).bind(since).fetch_one(&scene.pool).await.ok().flatten()
            })
            .await;
        Duration::try_from(first - since).unwrap()
    }

    /// What happened after `since`, by kind: when first, and how often. For a test that failed.
    pub async fn milestones(&self, since: time::OffsetDateTime) -> String {
        let kinds = "select kind, extract(epoch from min(at) - $1)::float8, count(*) from event where at > $1 \
                     group by kind order by 2";
        let rows: Vec<(String, f64, i64)> =
            sqlx::query_as(kinds).bind(since).fetch_all(&self.pool).await.unwrap_or_default();
        rows.iter().map(|(kind, first, times)| format!("  {first:6.2} s  {kind} ({times} times)\n")).collect()
    }

    /// What the independent judge says of the exported log and the provider's journal.
    pub async fn judge(&self) -> Report {
        // First the journal, then the log: what the journal tells of, the log must know.
        let journal = self.provider.journal().entries();
        self.until("every fact is published", Duration::from_secs(60), async |scene| {
            scene.count("select count(*) from event where position is null").await == Some(0)
        })
        .await;
        let exported = self.folder.join("events.jsonl");
        service::run(&self.settings, &["events", "export", "--to", exported.to_str().unwrap()], "");
        let events = judge::read_events(std::io::BufReader::new(std::fs::File::open(exported).unwrap())).unwrap();
        judge::judge(&events, &journal, &(self.size.rules)())
    }

    /// Everybody is served, and every promise was kept.
    pub async fn must_be_clean(&self) {
        self.drained(Duration::from_secs(240)).await;
        let report = self.judge().await;
        assert!(report.is_clean(), "{report}\n{}", self.log());
        assert_eq!(report.figures.served, self.rung);
    }

    /// The program's own words, for a test that failed.
    pub fn log(&self) -> String {
        let end = |node: &Node| {
            let log = std::fs::read_to_string(&node.log).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(40).collect();
            last.into_iter().rev().collect::<Vec<_>>().join("\n")
        };
        self.nodes.iter().map(end).collect::<Vec<_>>().join("\n\n")
    }

    /// Everybody goes home.
    pub async fn end(self) {
        self.robots.dismiss().await;
        drop(self.nodes);
        self.provider.shutdown().await;
        drop(self.fronts);
        let _ = std::fs::remove_dir_all(self.folder);
    }
}

/// Where the world reaches these nodes: a single one directly, several by proxies.
async fn front(nodes: &[Node]) -> (Ports, Vec<Front>) {
    if let [only] = nodes {
        return (only.ports, Vec::new());
    }
    let hooks = Front::before(nodes.iter().map(|node| node.ports.hooks).collect()).await;
    let staff = Front::before(nodes.iter().map(|node| node.ports.staff).collect()).await;
    (Ports { hooks: hooks.port, staff: staff.port }, vec![hooks, staff])
}

/// The database's clock and this machine's are the same here.
pub fn now() -> time::OffsetDateTime {
    vaxline::foundation::clock::Clock::system().now()
}
