//! The world itself: databases are apart, and its clock is the transactions' clock.

use crate::support::{World, eventually};
use time::macros::datetime;
use vaxline::foundation::db::Tx;
use vaxline::foundation::events::{self, About};
use vaxline::foundation::fault::Fault;
use vaxline::in_tx;

async fn note(tx: &mut Tx) -> Result<time::OffsetDateTime, Fault> {
    events::record(tx, "test.noted", About::default(), serde_json::json!({})).await?;
    Ok(tx.now())
}

async fn facts(world: &World) -> i64 {
    sqlx::query_scalar("select count(*) from event").fetch_one(world.work().pool()).await.unwrap()
}

#[tokio::test]
async fn two_worlds_do_not_see_each_other() {
    let (one, other) = (World::new().await, World::new().await);
    let noted: Result<_, Fault> = in_tx!(one.staff(), "note", |tx| note(tx));
    noted.unwrap();
    eventually("the fact is in its own world", async || facts(&one).await == 1).await;
    assert_eq!(facts(&other).await, 0);
    assert_ne!(one.url(), other.url());
}

#[tokio::test]
async fn a_transaction_happens_at_the_worlds_time() {
    let world = World::at(datetime!(2021-04-28 16:00 UTC)).await;
    world.pass(time::Duration::HOUR);
    let now: Result<_, Fault> = in_tx!(world.staff(), "note", |tx| note(tx));
    let late = now.unwrap() - datetime!(2021-04-28 17:00 UTC);
    assert!(late < time::Duration::MINUTE, "{late}");
}
