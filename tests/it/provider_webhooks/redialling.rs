//! A caller who was cut off rings again, and stands where they stood.

use super::*;

async fn key(line: &Line) -> (time::OffsetDateTime, i64) {
    sqlx::query_as("select key_at, key_seq from queue_entry order by joined_at, key_seq limit 1")
        .fetch_one(line.world.work().pool())
        .await
        .unwrap()
}

/// A call hook from the number of another call.
fn from_the_number_of(first: &str, sid: &str) -> Value {
    let mut hook = call_hook(sid);
    hook["from"] = json!(number_of(first));
    hook
}

#[tokio::test]
async fn a_redial_goes_straight_to_the_old_place() {
    let line = Line::new().await;
    line.join("cut-off").await;
    line.join("later").await;
    let before = key(&line).await;
    line.hang_up("cut-off").await;

    let welcome = line.post(CALL, &from_the_number_of("cut-off", "back")).await;
    assert!(welcome.is_park());
    assert!(welcome.says("Ihr Platz in der Warteschlange ist noch da"));
    assert_eq!(key(&line).await, before);
    assert_eq!(line.standing("back").await, Standing::Waiting);
    assert_eq!((line.count("queue_entry").await, line.events("entry.redeemed").await), (2, 1));
}

#[tokio::test]
async fn somebody_with_another_number_begins_anew() {
    let line = Line::new().await;
    line.join("cut-off").await;
    line.hang_up("cut-off").await;
    assert!(line.ring("stranger").await.ids().contains(&"language.1.1"));
}

#[tokio::test]
async fn a_place_is_taken_up_once() {
    let line = Line::new().await;
    line.join("cut-off").await;
    line.hang_up("cut-off").await;
    line.post(CALL, &from_the_number_of("cut-off", "back")).await;
    let second = line.post(CALL, &from_the_number_of("cut-off", "double")).await;
    assert!(second.ids().contains(&"language.1.1"), "the place is taken, so the second phone is a new caller");
}

#[tokio::test]
async fn when_the_time_has_passed_a_redial_begins_anew() {
    let line = Line::new().await;
    line.join("cut-off").await;
    line.hang_up("cut-off").await;
    line.world.pass(POLICY.redeem + Duration::SECOND);
    assert!(line.post(CALL, &from_the_number_of("cut-off", "slow")).await.ids().contains(&"language.1.1"));
}

#[tokio::test]
async fn a_late_report_of_the_old_call_does_not_end_the_place_that_was_taken_up() {
    let line = Line::new().await;
    line.join("cut-off").await;
    line.hang_up("cut-off").await;
    line.post(CALL, &from_the_number_of("cut-off", "back")).await;
    line.hang_up("cut-off").await;
    assert_eq!(line.standing("back").await, Standing::Waiting);
}
