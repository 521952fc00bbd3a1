//! When the database is away or slow: every caller is answered with music, in time, and nothing is lost by it.

use super::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::time::{Duration as Wait, Instant};
use vaxline::foundation::db::{Db, Pools, Sizes};

/// Longer than the deadline of an answer, shorter than a provider's patience.
const IN_TIME: Wait = Wait::from_secs(8);

impl Line {
    fn serve_from(&mut self, db: Db) {
        self.hooks.db = db;
        self.router = http::routes(self.hooks.clone());
    }

    /// The hooks' plane loses its database; the test keeps its own way to it.
    pub(super) fn cut_off(&mut self) {
        let sizes = Sizes { hooks: 2, staff: 1, work: 4 };
        let nowhere = "postgresql://postgres@127.0.0.1:1/nowhere";
        let pools = Pools::open(nowhere, sizes, &self.world.clock, &mut StdRng::seed_from_u64(1)).unwrap();
        self.serve_from(pools.hooks);
    }

    pub(super) fn reconnect(&mut self) {
        self.serve_from(self.world.pools.hooks.clone());
    }
}

#[tokio::test]
async fn a_call_that_arrives_without_a_database_hears_music_and_is_taken_when_it_is_back() {
    let mut line = Line::new().await;
    line.cut_off();
    let began = Instant::now();
    let safe = line.ring("early").await;
    assert!(began.elapsed() < IN_TIME);
    assert!(safe.is_park() && safe.says("Bitte bleiben Sie am Apparat"));
    assert!(!safe.says("Platz"), "nobody is promised a place who has none");
    assert!(safe.hook("park.").starts_with(CALL), "a call without an id asks where calls arrive");

    line.reconnect();
    let greeting = line.tick("early", &safe, 0).await;
    assert!(greeting.ids().contains(&"language.1.1"));
    assert_eq!(line.events("call.arrived").await, 1);
}

#[tokio::test]
async fn who_rang_without_a_database_stands_before_those_who_ring_when_it_is_back() {
    let mut line = Line::new().await;
    line.cut_off();
    let safe = line.ring("early").await;
    line.world.clock.advance(Duration::SECOND);
    line.reconnect();
    let _prompt = line.join("late").await;
    // Its music asks again only now, and it takes its time with the menu.
    line.cut_off();
    let still_safe = line.tick("early", &safe, 0).await;
    line.reconnect();
    let greeting = line.tick("early", &still_safe, 0).await;
    let reason = line.press("early", &greeting, "language", "1").await;
    assert!(line.press("early", &reason, "reason", "1").await.is_park());
    let order: Vec<String> = sqlx::query_scalar(
        "select provider_call_sid from queue_entry as entry join call on call.id = entry.call_id order by key_at, key_seq",
    )
    .fetch_all(line.world.work().pool())
    .await
    .unwrap();
    assert_eq!(order, ["early", "late"]);
}

#[tokio::test]
async fn nobody_stands_before_others_by_a_url_that_was_never_handed_out() {
    let line = Line::new().await;
    let path = format!("{CALL}/1619625600000000/00112233445566778899aabbccddeeff");
    let refused = line.post(&path, &call_hook("forger")).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::NOT_FOUND, "unknown_step"));
    assert_eq!(line.count("call").await, 0);
}

#[tokio::test]
async fn a_key_pressed_without_a_database_is_asked_for_again() {
    let mut line = Line::new().await;
    let greeting = line.ring("unlucky").await;
    let reason = line.press("unlucky", &greeting, "language", "2").await;
    line.cut_off();
    let safe = line.press("unlucky", &reason, "reason", "1").await;
    assert!(safe.is_park());
    assert_eq!(line.count("queue_entry").await, 0);

    line.reconnect();
    let again = line.tick("unlucky", &safe, 0).await;
    assert!(line.press("unlucky", &again, "reason", "1").await.is_park());
    assert_eq!(line.count("queue_entry").await, 1);
}

#[tokio::test]
async fn waiting_callers_go_on_waiting_without_a_database() {
    let mut line = Line::new().await;
    let park = line.join("patient").await;
    line.cut_off();
    for index in 0..PIECES - 2 {
        assert_eq!(line.tick("patient", &park, index).await.status, StatusCode::NO_CONTENT, "{index}");
    }
    let fresh = line.tick("patient", &park, PIECES - 2).await;
    assert!(fresh.is_park(), "the list is renewed before it ends");
    line.reconnect();
    assert_eq!(line.standing("patient").await, Standing::Waiting);
}

#[tokio::test]
async fn a_report_that_cannot_be_written_is_refused_so_that_it_is_repeated() {
    let mut line = Line::new().await;
    line.join("reported").await;
    line.cut_off();
    let refused = line.hang_up("reported").await;
    assert_eq!((refused.status, refused.code()), (StatusCode::SERVICE_UNAVAILABLE, "fault"));
    line.reconnect();
    assert_eq!(line.hang_up("reported").await.status, StatusCode::NO_CONTENT);
    assert_eq!(line.entry_of("reported").await.unwrap().1, "ended");
}

#[tokio::test]
async fn a_database_that_does_not_answer_in_time_is_not_waited_for() {
    let line = Line::new().await;
    let greeting = line.ring("slow").await;
    // Somebody holds the call's row, as a partitioned process would.
    let mut holder = line.world.holder().await;
    sqlx::raw_sql("begin; select from call for update").execute(&mut holder).await.unwrap();
    let began = Instant::now();
    let safe = line.press("slow", &greeting, "language", "1").await;
    assert!(safe.is_park());
    assert!(began.elapsed() < IN_TIME, "{:?}", began.elapsed());

    sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
    // The control: the same hook, with nobody in the way.
    assert!(line.press("slow", &greeting, "language", "1").await.ids().contains(&"reason.2.1"));
}

#[tokio::test]
async fn when_every_connection_is_taken_callers_hear_music_in_time() {
    let line = Line::new().await;
    let park = line.join("crowded").await;
    let pool = line.world.pools.hooks.pool();
    let _all = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    let began = Instant::now();
    assert!(line.ring("newcomer").await.is_park());
    assert_eq!(line.tick("crowded", &park, 0).await.status, StatusCode::NO_CONTENT);
    assert!(began.elapsed() < IN_TIME * 2);
}
