//! What a crash must leave as it was, for a crowd of any size; and two queues that would not, for the judge to find.

use crate::scene::{Scene, Size, now};
use std::time::Duration;

async fn goes_on(scene: &Scene, size: Size, restart: time::OffsetDateTime) {
    let first = scene.first_offer_after(restart).await;
    let milestones = scene.milestones(restart).await;
    assert!(first <= size.first_offer, "the first offer came {first:?} after the restart\n{milestones}{}", scene.log());
}

/// The program is killed while offers are open, and started again.
pub async fn of_the_program(size: Size) {
    let mut scene = Scene::crowded("program", size).await;
    scene.kill_while_offering().await;
    let restart = now();
    scene.restart(0).await;
    scene.relieve();
    goes_on(&scene, size, restart).await;
    scene.must_be_clean().await;
    scene.end().await;
}

/// The database is killed while offers are open, and recovers; the program finds it again by itself.
pub async fn of_the_database(size: Size) {
    let mut scene = Scene::crowded("database", size).await;
    scene.crash_database();
    let restart = now();
    scene.relieve();
    goes_on(&scene, size, restart).await;
    scene.must_be_clean().await;
    scene.end().await;
}

/// The control for order: everybody is served after the restart, but in an order that somebody made up.
pub async fn that_scrambles_the_line(size: Size) {
    let mut scene = Scene::crowded("scrambled", size).await;
    scene.kill(0);
    let scrambled = "update queue_entry set key_at = key_at + random() * interval '10 min' where state <> 'ended'";
    sqlx::query(scrambled).execute(&scene.pool).await.unwrap();
    scene.restart(0).await;
    scene.drained(Duration::from_secs(240)).await;
    let report = scene.judge().await;
    assert!(report.count("order") > 0, "the judge noticed nothing: {report}");
    assert_eq!(report.figures.served, size.callers);
    scene.end().await;
}

/// The control for places: a queue that is kept only in memory loses them with its process. Who waits is new when the program
/// hears of them again, and stands where chance puts them.
pub async fn that_forgets_the_line(size: Size) {
    let mut scene = Scene::crowded("forgotten", size).await;
    scene.kill(0);
    sqlx::query("truncate back_off, draft, offer, agent, queue_entry cascade").execute(&scene.pool).await.unwrap();
    scene.restart(0).await;
    scene
        .until("most are in line again", Duration::from_secs(60), async |scene| {
            scene.unserved().await.is_some_and(|waiting| waiting >= size.callers / 2)
        })
        .await;
    let report = scene.judge().await;
    assert!(report.count("lost place") >= size.callers / 2, "the judge noticed too little: {report}");
    scene.end().await;
}

/// With two nodes the one that leads is killed, then the other; each time the one that is left goes on.
pub async fn of_either_node(size: Size) {
    let mut scene = Scene::crowded("either", Size { nodes: 2, ..size }).await;
    let first = scene.leader().await;
    scene.kill(first);
    let killed = now();
    scene.relieve();
    goes_on(&scene, size, killed).await;
    assert_ne!(scene.leader().await, first);
    scene.restart(first).await;
    scene.kill(1 - first);
    let killed = now();
    goes_on(&scene, size, killed).await;
    assert_eq!(scene.leader().await, first);
    scene.restart(1 - first).await;
    scene.must_be_clean().await;
    scene.end().await;
}
