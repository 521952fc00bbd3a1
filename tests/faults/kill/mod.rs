//! kill -9 of the program, and of PostgreSQL, with 200 callers waiting and 20 offers open.

use crate::scene::{Scene, now};
use std::time::Duration;

const CALLERS: usize = 200;
/// More agents than offers that must be open: they do not all come to work in the same second.
const AGENTS: usize = 36;

const OPEN_OFFERS: usize = 20;

/// Callers wait, and twenty agents look at an offer.
async fn crowded(name: &str) -> Scene {
    let mut scene = Scene::set(name, AGENTS).await;
    scene.fill(CALLERS).await;
    scene.hire(Duration::from_secs(5));
    scene
        .until("twenty offers are open", Duration::from_secs(60), async |scene| {
            scene.count("select count(*) from offer where state = 'open'").await >= OPEN_OFFERS
        })
        .await;
    scene
}

async fn must_be_clean(scene: Scene) {
    scene.drained(Duration::from_secs(240)).await;
    let report = scene.judge();
    assert!(report.is_clean(), "{report}\n{}", scene.log());
    assert_eq!(report.figures.served, CALLERS);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_loses_no_place_drops_no_call_and_offers_again_within_five_seconds() {
    let mut scene = crowded("program").await;
    scene.kill();
    let restart = now();
    scene.start().await;
    let first = scene.first_offer_after(restart).await;
    assert!(first <= Duration::from_secs(5), "the first offer came {first:?} after the restart\n{}", scene.log());
    must_be_clean(scene).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_loses_no_place_drops_no_call_and_the_program_heals_by_itself() {
    let mut scene = crowded("database").await;
    scene.postgres.kill();
    scene.postgres.restart();
    let restart = now();
    let first = scene.first_offer_after(restart).await;
    assert!(first <= Duration::from_secs(5), "the first offer came {first:?} after the restart\n{}", scene.log());
    must_be_clean(scene).await;
}

/// The control: a queue that is kept only in memory loses every place with its process, and the judge must see it.
#[tokio::test(flavor = "multi_thread")]
async fn a_place_kept_only_in_memory_is_found_to_be_lost() {
    let mut scene = crowded("control").await;
    scene.kill();
    // What the memory held is gone; who waits is new when the program hears of them again.
    sqlx::query("truncate back_off, offer, agent, queue_entry").execute(&scene.pool).await.unwrap();
    scene.start().await;
    scene.first_offer_after(now()).await;
    scene
        .until("some are served", Duration::from_secs(60), async |scene| {
            scene.count("select count(*) from queue_entry where ending = 'served'").await >= OPEN_OFFERS
        })
        .await;
    let report = scene.judge();
    assert!(report.count("lost place") > 0, "the judge noticed nothing: {report}");
    scene.end().await;
}
