//! A hotline at work: the real program on a real database, a simulated provider with waiting callers, agents on sockets.

use crate::service::{self, Ports, Postgres, Service};
use sip_mock::agents::{Habits, RobotConfig, Robots};
use sip_mock::judge::{self, Report, Rules};
use sip_mock::{CallHandle, CallerScript, Journal, Keys, PhoneScript, Provider, ProviderConfig};
use std::path::PathBuf;
use std::time::{Duration, Instant};

const SECRET: &str = "whsec-of-the-fault-tests";
const API_KEY: &str = "key-of-the-fault-tests";
const PASSWORD: &str = "korrekt Pferd Batterie";

/// How much faster than life music and people are. The queue's own times are real.
const SPEED: f64 = 4.0;

/// A hotline with agents and callers.
pub struct Scene {
    pub postgres: Postgres,
    pub service: Option<Service>,
    pub provider: Provider,
    pub robots: Robots,
    pub pool: sqlx::PgPool,
    settings: Vec<(String, String)>,
    ports: Ports,
    folder: PathBuf,
    callers: Vec<CallHandle>,
    agents: usize,
}

impl Scene {
    /// Sets everything up; nobody works or rings yet.
    pub async fn set(name: &str, agents: usize) -> Self {
        // An error only says that another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = std::env::temp_dir().join(format!("vaxline-scene-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let postgres = Postgres::start(name);
        let ports = Ports::free();
        let mut config = ProviderConfig::new(&format!("http://127.0.0.1:{}", ports.hooks));
        config.secret = SECRET.to_owned();
        config.api_key = API_KEY.to_owned();
        config.speed = SPEED;
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
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        service::run(&settings, &["migrate"], "");
        let roster = folder.join("roster.csv");
        let rows: String = (1..=agents).map(|n| format!("agent{n},Platz {n},agent,agent{n},{PASSWORD}\n")).collect();
        std::fs::write(&roster, format!("login,display_name,role,phone_user,password\n{rows}")).unwrap();
        service::run(&settings, &["users", "import", roster.to_str().unwrap()], "");
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(4).connect_lazy(&postgres.url()).unwrap();
        let robots = Robots::new(provider.pace(), provider.dice());
        let mut scene = Self {
            postgres,
            service: None,
            provider,
            robots,
            pool,
            settings,
            ports,
            folder,
            callers: Vec::new(),
            agents,
        };
        scene.start().await;
        scene
    }

    /// Starts the program, and says how long it took to be ready.
    pub async fn start(&mut self) -> Duration {
        let began = Instant::now();
        let log = self.folder.join("vaxline.log");
        self.service = Some(Service::start(&self.settings, self.ports, &log).await);
        began.elapsed()
    }

    /// kill -9 of the program.
    pub fn kill(&mut self) {
        self.service.take().unwrap().kill();
    }

    /// So many callers ring, go through the menu and wait.
    pub async fn fill(&mut self, callers: usize) {
        for number in 0..callers {
            let script = CallerScript {
                number: format!("+49302312{number:04}"),
                keys: vec![Keys::at_id("language", "1"), Keys::at_id("reason", "1")],
                ..CallerScript::default()
            };
            self.callers.push(self.provider.ring(script));
            // Twenty-five a second: a busy evening, on a machine that runs other tests as well.
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        self.until("every caller waits", Duration::from_secs(120), async |scene| {
            scene.count("select count(*) from queue_entry where state <> 'ended'").await >= callers
        })
        .await;
    }

    /// Agents come to work: they look at an offer for `reaction` (in life's time) before they accept.
    pub fn hire(&self, reaction: Duration) {
        for number in 1..=self.agents {
            let config = RobotConfig {
                console: format!("http://127.0.0.1:{}", self.ports.staff),
                login: format!("agent{number}"),
                password: PASSWORD.to_owned(),
                habits: Habits {
                    reaction: reaction.mul_f64(SPEED),
                    talk: Duration::from_secs(6),
                    wrap_up: Duration::from_secs(4),
                    spread: 0.2,
                    pauses: 0.0,
                    books: 0.0,
                    ..Habits::default()
                },
            };
            self.robots.hire(config, Duration::from_millis(20)).unwrap();
        }
    }

    /// A figure of the database.
    pub async fn count(&self, sql: &'static str) -> usize {
        let counted: Result<i64, sqlx::Error> = sqlx::query_scalar(sql).fetch_one(&self.pool).await;
        counted.map_or(0, |count| usize::try_from(count).unwrap())
    }

    /// Waits for a condition.
    pub async fn until(&self, what: &str, patience: Duration, holds: impl AsyncFn(&Self) -> bool) {
        let deadline = Instant::now() + patience;
        while !holds(self).await {
            assert!(Instant::now() < deadline, "not within {patience:?}: {what}; {:?}", self.robots.tally());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until everybody who waits has been served.
    pub async fn drained(&self, patience: Duration) {
        self.until("everybody is served", patience, async |scene| {
            scene.count("select count(*) from queue_entry where state <> 'ended'").await == 0
        })
        .await;
    }

    /// How long after `since` the first offer was made.
    pub async fn first_offer_after(&self, since: time::OffsetDateTime) -> Duration {
        self.until("an offer after the restart", Duration::from_secs(30), async |scene| {
            let made: Result<i64, sqlx::Error> =
                sqlx::query_scalar("select count(*) from event where kind = 'offer.made' and at > $1")
                    .bind(since)
                    .fetch_one(&scene.pool)
                    .await;
            made.is_ok_and(|made| made > 0)
        })
        .await;
        let at: time::OffsetDateTime =
            sqlx::query_scalar("select min(at) from event where kind = 'offer.made' and at > $1")
                .bind(since)
                .fetch_one(&self.pool)
                .await
                .unwrap();
        Duration::try_from(at - since).unwrap()
    }

    /// What the independent judge says of the exported log and the provider's journal.
    pub fn judge(&self) -> Report {
        let exported = self.folder.join("events.jsonl");
        service::run(&self.settings, &["events", "export", "--to", exported.to_str().unwrap()], "");
        let events = judge::read_events(std::io::BufReader::new(std::fs::File::open(exported).unwrap())).unwrap();
        let journal: &Journal = self.provider.journal();
        judge::judge(&events, &journal.entries(), &Rules::default())
    }

    /// The program's own words, for a test that failed.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.join("vaxline.log")).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(40).collect();
        last.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Everybody goes home.
    pub async fn end(self) {
        self.robots.dismiss().await;
        drop(self.service);
        self.provider.shutdown().await;
        let _ = std::fs::remove_dir_all(self.folder);
    }
}

/// The database's clock and this machine's are the same here.
pub fn now() -> time::OffsetDateTime {
    vaxline::foundation::clock::Clock::system().now()
}
