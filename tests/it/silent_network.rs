//! A network that falls silent is worse than a database that is down: nothing says that nothing will come.

use crate::support::proxy::Proxy;
use crate::support::{SIZES, World, eventually};
use std::time::Duration;
use tokio::task::JoinSet;
use vaxline::foundation::db::{Db, Tx};
use vaxline::foundation::fault::Fault;
use vaxline::in_tx;

/// How soon every connection must be free again. Half of it is what the deadlines of a transaction and of its door allow;
/// the other half is for a machine that has other things to do.
const FREE_WITHIN: Duration = Duration::from_secs(20);

async fn wait_for(tx: &mut Tx, seconds: f64) -> Result<(), Fault> {
    sqlx::query("select pg_sleep($1)").bind(seconds).execute(tx.conn()).await?;
    Ok(())
}

/// As many transactions at once as the plane has connections, of so many seconds each; how many succeed.
async fn fill(db: &Db, seconds: f64) -> usize {
    let mut tasks = JoinSet::new();
    for _ in 0..SIZES.work {
        let db = db.clone();
        tasks.spawn(async move {
            let outcome: Result<(), Fault> = in_tx!(&db, "wait", |tx| wait_for(tx, seconds));
            outcome.is_ok()
        });
    }
    tasks.join_all().await.into_iter().filter(|succeeded| *succeeded).count()
}

/// How many of them are in the middle.
async fn sleeping(world: &World) -> i64 {
    sqlx::query_scalar(
        "select count(*) from pg_stat_activity
          where datname = current_database() and state = 'active' and query like 'select pg_sleep%'",
    )
    .fetch_one(world.staff().pool())
    .await
    .unwrap()
}

#[tokio::test]
async fn a_database_that_falls_silent_frees_every_connection_in_time() {
    let world = World::new().await;
    let proxy = Proxy::start().await;
    let all = usize::try_from(SIZES.work).unwrap();
    let db = world.process_at(&proxy.url_of(world.url())).work;
    assert_eq!(fill(&db, 0.5).await, all, "all connections are open, and the way carries");

    // Almost as long as a statement may take: the silence comes in the middle of all of them.
    let filled = tokio::spawn({
        let db = db.clone();
        async move { fill(&db, 4.5).await }
    });
    eventually("all are in the middle", async || sleeping(&world).await == i64::from(SIZES.work)).await;
    proxy.fall_silent();
    let freed = async {
        assert_eq!(filled.await.unwrap(), 0, "nobody is told that all is well");
        proxy.heal();
        // The old connections stay silent: only new ones can succeed.
        while fill(&db, 0.5).await < all {}
    };
    tokio::time::timeout(FREE_WITHIN, freed).await.expect("every connection is free again");
}

#[tokio::test]
async fn a_read_from_a_silent_database_ends() {
    let world = World::new().await;
    let proxy = Proxy::start().await;
    let db = world.process_at(&proxy.url_of(world.url())).work;
    let mut connection = db.pool().acquire().await.unwrap();
    proxy.fall_silent();
    let one = db.read("read one", sqlx::query_scalar::<_, i32>("select 1").fetch_one(&mut *connection));
    let read = tokio::time::timeout(FREE_WITHIN, one).await.expect("the read has a deadline of its own");
    assert!(read.is_err());
}
