//! A network that falls silent is worse than a database that is down: nothing says that nothing will come.

use crate::support::proxy::Proxy;
use crate::support::{SIZES, World, eventually};
use std::time::Duration;
use tokio::task::JoinSet;
use vaxline::foundation::db::{Db, Tx};
use vaxline::foundation::fault::Fault;
use vaxline::in_tx;

async fn wait_a_moment(tx: &mut Tx) -> Result<(), Fault> {
    sqlx::query("select pg_sleep(0.5)").execute(tx.conn()).await?;
    Ok(())
}

/// As many transactions at once as the plane has connections; how many succeed.
async fn fill(db: &Db) -> usize {
    let mut tasks = JoinSet::new();
    for _ in 0..SIZES.work {
        let db = db.clone();
        tasks.spawn(async move {
            let outcome: Result<(), Fault> = in_tx!(&db, "wait a moment", |tx| wait_a_moment(tx));
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
async fn a_database_that_falls_silent_frees_every_connection_within_ten_seconds() {
    let world = World::new().await;
    let proxy = Proxy::start().await;
    let all = usize::try_from(SIZES.work).unwrap();
    let db = world.process_at(&proxy.url_of(world.url())).work;
    assert_eq!(fill(&db).await, all, "all connections are open, and the way carries");

    let freed = async {
        let ((), succeeded) = tokio::join!(
            async {
                eventually("all are in the middle", async || sleeping(&world).await == i64::from(SIZES.work)).await;
                proxy.fall_silent();
            },
            fill(&db)
        );
        assert_eq!(succeeded, 0, "nobody is told that all is well");
        proxy.heal();
        // The old connections stay silent: only new ones can succeed.
        while fill(&db).await < all {}
    };
    tokio::time::timeout(Duration::from_secs(10), freed).await.expect("every connection is free again");
}

#[tokio::test]
async fn a_read_from_a_silent_database_ends() {
    let world = World::new().await;
    let proxy = Proxy::start().await;
    let db = world.process_at(&proxy.url_of(world.url())).work;
    let mut connection = db.pool().acquire().await.unwrap();
    proxy.fall_silent();
    let one = db.read("read one", sqlx::query_scalar::<_, i32>("select 1").fetch_one(&mut *connection));
    let read = tokio::time::timeout(Duration::from_secs(8), one).await.expect("the read has a deadline of its own");
    assert!(read.is_err());
}
