//! Where tests' databases come from: one cluster, one template per state of `migrations/`, one clone per test.

use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;
use vaxline::foundation::db::launcher::{self, Wanted};
use vaxline::foundation::db::migrations;

/// The name of the migrated template, once it exists.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// Numbers this process's databases.
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// Any number of our own: only tests use advisory locks of sessions, on connections of their own.
const LOCK: i64 = 0x7661_786c;

/// A database of one test.
pub struct Database {
    name: String,
    url: String,
}

impl Database {
    /// Clones the template; makes the template first when this state of `migrations/` has none.
    pub async fn create() -> Self {
        let template = TEMPLATE.get_or_init(make_template).await;
        let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut admin = connect("postgres").await;
        run(&mut admin, &format!("drop database if exists {name} with (force)")).await;
        run(&mut admin, &format!("create database {name} template {template}")).await;
        let url = url_of(&name);
        Self { name, url }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("drop database if exists {} with (force)", self.name);
        // The test's own runtime may be going down: a thread with a runtime of its own drops the database.
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { run(&mut connect("postgres").await, &drop).await });
        })
        .join();
    }
}

/// The cluster that tests use: the one that `TEST_CLUSTER_URL` or `DATABASE_URL` names (the database's name in it does
/// not matter), else a private one of this run.
pub fn cluster() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    #[expect(clippy::disallowed_methods, reason = "a test's environment may name a cluster")]
    let named = || ["TEST_CLUSTER_URL", "DATABASE_URL"].iter().find_map(|name| std::env::var(name).ok());
    URL.get_or_init(|| named().unwrap_or_else(private_cluster))
}

/// Starts a private cluster without durability, shared by all runs of this checkout. It ends with this process.
fn private_cluster() -> String {
    let checkout = hex::encode(&Sha256::digest(env!("CARGO_MANIFEST_DIR"))[..4]);
    let wanted = Wanted {
        folder: std::env::temp_dir().join(format!("vaxline-tests-{checkout}")),
        programs: programs(),
        durable: false,
        dies_with_us: true,
        connections: 300,
    };
    let (tell, told) = std::sync::mpsc::channel();
    // The server ends with the thread that starts it: this one lives as long as the process.
    std::thread::spawn(move || {
        let cluster = launcher::start(&wanted).unwrap_or_else(|fault| panic!("{}", fault.chain()));
        tell.send(cluster.url().to_owned()).unwrap();
        loop {
            std::thread::park();
        }
    });
    told.recv().expect("the private cluster starts")
}

/// Where PostgreSQL's programs are, when they are not on PATH.
pub fn programs() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "PG_BIN is the packagers' word for where PostgreSQL is")]
    std::env::var("PG_BIN").ok().map(PathBuf::from)
}

/// The cluster's URL with another database's name.
fn url_of(database: &str) -> String {
    let cluster = cluster();
    let (place, options) = cluster.split_once('?').unwrap_or((cluster, ""));
    let server = place.rsplit_once('/').map_or(place, |(server, _)| server);
    format!("{server}/{database}?{options}")
}

async fn connect(database: &str) -> PgConnection {
    PgConnection::connect(&url_of(database)).await.unwrap()
}

async fn run(connection: &mut PgConnection, statement: &str) {
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(connection).await.unwrap();
}

async fn make_template() -> String {
    let name = format!("template_{}", hex::encode(&fingerprint()[..6]));
    let mut admin = connect("postgres").await;
    // Other test processes may want the same template: one makes it, the others wait.
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut admin).await.unwrap();
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(&name)
        .fetch_one(&mut admin)
        .await
        .unwrap();
    if !exists {
        // Under another name until it is whole: a run that was stopped half-way leaves no half template.
        let draft = format!("{name}_draft");
        run(&mut admin, &format!("drop database if exists {draft} with (force)")).await;
        run(&mut admin, &format!("create database {draft}")).await;
        let pool = sqlx::PgPool::connect(&url_of(&draft)).await.unwrap();
        migrations::run(&pool).await.unwrap();
        pool.close().await;
        run(&mut admin, &format!("alter database {draft} rename to {name}")).await;
    }
    admin.close().await.unwrap();
    name
}

/// A digest of every migration's name and text.
fn fingerprint() -> [u8; 32] {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        digest.update(file.file_name().unwrap().as_encoded_bytes());
        digest.update(std::fs::read(file).unwrap());
    }
    digest.finalize().into()
}
