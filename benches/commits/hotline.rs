//! A durable PostgreSQL of this run's own, with the program's schema, and its connections.

use rand::SeedableRng;
use rand::rngs::StdRng;
use std::path::PathBuf;
use vaxline::app::config::Config;
use vaxline::foundation::clock::Clock;
use vaxline::foundation::db::launcher::{self, Wanted};
use vaxline::foundation::db::{Pools, Sizes, migrations};

/// What hooks are signed with here.
pub const SECRET: &str = "secret-of-the-benchmark";

/// The database, and where its programs are.
pub struct Cluster {
    running: launcher::Cluster,
    folder: PathBuf,
    programs: PathBuf,
}

impl Cluster {
    /// The database of this name.
    pub fn url_of(&self, database: &str) -> String {
        self.running.url_of(database)
    }

    /// One of PostgreSQL's programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// Where files of this run may be put.
    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Starts it.
pub fn cluster() -> Cluster {
    let programs = PathBuf::from(std::env::var("PG_BIN").expect("run it as `make bench`, which finds PostgreSQL"));
    let folder = std::env::temp_dir().join(format!("vaxline-bench-{}", std::process::id()));
    let wanted = Wanted {
        folder: folder.clone(),
        programs: Some(programs.clone()),
        durable: true,
        dies_with_us: true,
        connections: 200,
    };
    let running = launcher::start(&wanted).unwrap_or_else(|fault| panic!("{}", fault.chain()));
    Cluster { running, folder, programs }
}

/// The program's view of it.
pub struct Hotline {
    /// The pools; hooks and staff have a connection for each client.
    pub pools: Pools,
    /// The machine's clock.
    pub clock: Clock,
    /// The defaults, with a provider.
    pub config: Config,
}

impl Hotline {
    /// Connects and migrates.
    pub async fn open(cluster: &Cluster, clients: usize) -> Self {
        let clock = Clock::system();
        let size = u32::try_from(clients).unwrap();
        let sizes = Sizes { hooks: size, staff: size, work: 4 };
        let pools = Pools::open(&cluster.url_of("postgres"), sizes, &clock, &mut StdRng::seed_from_u64(1)).unwrap();
        migrations::run(pools.work.pool()).await.unwrap();
        let settings = [
            ("VAXLINE__PROVIDER__WEBHOOK_SECRET", SECRET),
            ("VAXLINE__PROVIDER__API_KEY", "key-of-the-benchmark"),
            ("VAXLINE__PROVIDER__ACCOUNT_SID", "benchmark"),
            ("VAXLINE__PROVIDER__API_URL", "http://127.0.0.1:9"),
            ("VAXLINE__PROVIDER__PARK__MUSIC_URL", "http://127.0.0.1:9/music.wav"),
            ("VAXLINE__MENU__ALWAYS_OPEN", "true"),
        ];
        let config = Config::load(None, settings.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
        Self { pools, clock, config }
    }
}
