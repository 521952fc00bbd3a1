//! What every command needs before it begins: configuration, logs, the database, the runtime.

use crate::accounts::Accounts;
use crate::app::config::Config;
use crate::app::telemetry;
use crate::foundation::clock::Clock;
use crate::foundation::db::launcher::{self, Cluster, Wanted};
use crate::foundation::db::{Pools, migrations};
use anyhow::Context as _;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Connections that an embedded cluster takes beyond the pools': listeners, commands, a person with psql.
const SPARE_CONNECTIONS: u32 = 20;

/// The configuration, with logs that follow it. Commands that need no database go no further.
#[derive(Debug)]
pub(super) struct Start {
    /// The configuration.
    pub(super) config: Config,
}

/// What a command works with.
#[derive(Debug)]
pub(super) struct Context {
    /// The configuration.
    pub(super) config: Config,
    /// The database.
    pub(super) pools: Pools,
    /// The clock.
    pub(super) clock: Clock,
}

impl Context {
    /// The accounts, on the staff plane.
    pub(super) fn accounts(&self) -> Accounts {
        Accounts::new(self.pools.staff.clone(), self.config.accounts.clone())
    }
}

impl Start {
    /// Loads the configuration; `fixed` settings win over the environment's.
    pub(super) fn prepare(file: Option<&Path>, fixed: Vec<(String, String)>) -> anyhow::Result<Self> {
        let mut environment: BTreeMap<String, String> = std::env::vars().collect();
        environment.extend(fixed);
        let config = Config::load(file, environment)?;
        telemetry::start_logs(&config.telemetry)?;
        // Another library may have installed the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self { config })
    }

    /// Starts the private cluster, where the configuration wants one and names no other database.
    fn cluster(&self) -> anyhow::Result<Option<Cluster>> {
        let database = &self.config.database;
        match (database.url.is_empty(), database.embedded) {
            (false, _) => Ok(None),
            (true, true) => launch(&self.config).map(Some),
            (true, false) => anyhow::bail!(
                "no database: set DATABASE_URL, or database.embedded = true for a private cluster in {}",
                database.folder.display()
            ),
        }
    }

    /// Runs a command to its end. Called on the main thread, before any runtime: a private cluster ends with the thread
    /// that started it.
    pub(super) fn block_on<F, Fut>(self, command: F) -> anyhow::Result<()>
    where
        F: FnOnce(Context) -> Fut,
        Fut: Future<Output = anyhow::Result<()>>,
    {
        let cluster = self.cluster()?;
        let url = cluster.as_ref().map_or_else(|| self.config.database.url.clone(), |cluster| cluster.url().to_owned());
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the runtime")?;
        let outcome = runtime.block_on(async {
            let clock = Clock::system();
            let mut chance = StdRng::from_rng(&mut rand::rng());
            let pools = Pools::open(&url, self.config.database.connections, &clock, &mut chance)?;
            if cluster.is_some() {
                // A private cluster is always this program's own: its schema follows the program.
                migrations::run(pools.work.pool()).await?;
            }
            command(Context { config: self.config, pools, clock }).await
        });
        // The cluster ends after everything that used it.
        runtime.shutdown_timeout(std::time::Duration::from_secs(5));
        drop(cluster);
        outcome
    }
}

/// Starts the embedded cluster in the configured folder.
fn launch(config: &Config) -> anyhow::Result<Cluster> {
    let sizes = config.database.connections;
    #[expect(clippy::disallowed_methods, reason = "PG_BIN is the packagers' word for where PostgreSQL is")]
    let programs = std::env::var("PG_BIN").ok().map(PathBuf::from);
    let wanted = Wanted {
        folder: config.database.folder.clone(),
        programs,
        durable: true,
        dies_with_us: true,
        connections: sizes.hooks + sizes.staff + sizes.work + SPARE_CONNECTIONS,
    };
    Ok(launcher::start(&wanted)?)
}
