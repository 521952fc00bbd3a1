//! The world of a test: a database of its own, cloned from a template that holds every migration, and a clock to move.

pub mod campaign;
pub mod cluster;
pub mod findings;
pub mod hotline;
pub mod logs;
pub mod mail_server;
pub mod page;
pub mod proxy;
pub mod staff;

use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::{Connection, PgConnection};
use std::time::Duration as Wait;
use time::{Duration, OffsetDateTime};
use vaxline::foundation::clock::Clock;
use vaxline::foundation::db::{Db, Pools, Sizes};

/// Everything a test acts on. Dropping it drops the database.
pub struct World {
    /// The three pools, on this test's database.
    pub pools: Pools,
    /// Added to the database's clock in every transaction.
    pub clock: Clock,
    database: cluster::Database,
}

impl World {
    /// A world at the machine's time, with few connections.
    pub async fn new() -> Self {
        Self::with_connections(SIZES.staff).await
    }

    /// A world at the machine's time; the staff plane gets `staff` connections.
    pub async fn with_connections(staff: u32) -> Self {
        Self::with(Sizes { staff, ..SIZES }).await
    }

    async fn with(sizes: Sizes) -> Self {
        let database = cluster::Database::create().await;
        let clock = Clock::system();
        let pools = pools(database.url(), sizes, &clock);
        Self { pools, clock, database }
    }

    /// A world for a race. Its connections are open: who races waits for rows, and not for a connection to be made.
    pub async fn for_a_race(sizes: Sizes) -> Self {
        let world = Self::with(sizes).await;
        for db in [&world.pools.hooks, &world.pools.staff, &world.pools.work] {
            open_all(db.pool()).await;
        }
        world
    }

    /// A world in which it is `moment` now.
    pub async fn at(moment: OffsetDateTime) -> Self {
        let world = Self::new().await;
        world.travel_to(moment);
        world
    }

    /// Moves the clock to `moment`.
    pub fn travel_to(&self, moment: OffsetDateTime) {
        self.clock.advance(moment - self.clock.now());
    }

    /// Moves the clock forward.
    pub fn pass(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// How many effects of this kind were ever promised.
    pub async fn jobs(&self, kind: &str) -> i64 {
        sqlx::query_scalar("select count(*) from job where kind = $1")
            .bind(kind)
            .fetch_one(self.work().pool())
            .await
            .unwrap()
    }

    /// The pools of another process on the same database, which shares nothing with this one but the clock.
    pub fn another_process(&self) -> Pools {
        self.process_at(self.url())
    }

    /// The pools of a process that reaches this database by another way.
    pub fn process_at(&self, url: &str) -> Pools {
        pools(url, SIZES, &self.clock)
    }

    /// The pool of the console.
    pub const fn staff(&self) -> &Db {
        &self.pools.staff
    }

    /// The pool of the workers.
    pub const fn work(&self) -> &Db {
        &self.pools.work
    }

    /// Somebody else's connection, for a transaction that holds what others want for as long as the test likes: the
    /// product's own connections end one that idles.
    pub async fn holder(&self) -> PgConnection {
        PgConnection::connect(self.url()).await.unwrap()
    }

    /// The URL of this test's database, for programs and for connections of one's own.
    pub fn url(&self) -> &str {
        self.database.url()
    }
}

/// Opens every connection of a pool.
async fn open_all(pool: &sqlx::PgPool) {
    let mut all = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        all.push(pool.acquire().await.unwrap());
    }
    let opened = all.len();
    drop(all);
    eventually("every connection is given back", async || pool.num_idle() == opened).await;
}

/// Few connections: many tests share one cluster.
pub const SIZES: Sizes = Sizes { hooks: 2, staff: 4, work: 4 };

fn pools(url: &str, sizes: Sizes, clock: &Clock) -> Pools {
    Pools::open(url, sizes, clock, &mut StdRng::seed_from_u64(1)).unwrap()
}

/// How long a test waits for what must happen. When it happens this costs nothing, and a busy machine may need it.
pub const PATIENCE: Wait = Wait::from_secs(60);

/// Waits until `holds` is true.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "did not happen within {PATIENCE:?}: {what}");
        tokio::time::sleep(Wait::from_millis(10)).await;
    }
}
