//! A caller who was cut off rings again, and stands where they stood.

use super::*;

async fn key(line: &Line) -> (time::OffsetDateTime, i64) {
    sqlx::query_as("select key_at, key_seq from queue_entry order by joined_at, key_seq limit 1")
        .fetch_one(line.world.work().pool())
        .await
        .unwrap()
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
async fn a_redial_that_overtakes_the_report_of_the_old_calls_end_has_the_old_place_in_the_end() {
    let line = Line::new().await;
    line.join("cut-off").await;
    line.join("later").await;
    let before = key(&line).await;
    // Nobody knows yet that the old call is over: the new one goes through the menu and joins behind everybody.
    let greeting = line.post(CALL, &from_the_number_of("cut-off", "back")).await;
    let reason = line.press("back", &greeting, "language", "1").await;
    let park = line.press("back", &reason, "reason", "1").await;
    assert_eq!(line.count("queue_entry").await, 3);

    line.hang_up("cut-off").await;
    assert_eq!(line.standing("back").await, Standing::Waiting);
    assert_eq!(line.tick("back", &park, 0).await.status, StatusCode::NO_CONTENT);
    let first: (Uuid, time::OffsetDateTime, i64) = sqlx::query_as(
        "select call_id, key_at, key_seq from queue_entry where state = 'waiting' order by key_at, key_seq limit 1",
    )
    .fetch_one(line.world.work().pool())
    .await
    .unwrap();
    assert_eq!(first, (line.call_of("back").await.0, before.0, before.1));
    let ended: Vec<String> = sqlx::query_scalar("select ending from queue_entry where state = 'ended'")
        .fetch_all(line.world.work().pool())
        .await
        .unwrap();
    assert_eq!(ended, ["merged"]);
}

#[tokio::test]
async fn a_report_that_comes_while_the_caller_is_in_the_menu_is_in_time_for_the_old_place() {
    let line = Line::new().await;
    line.join("cut-off").await;
    let before = key(&line).await;
    let greeting = line.post(CALL, &from_the_number_of("cut-off", "back")).await;
    let reason = line.press("back", &greeting, "language", "1").await;
    line.hang_up("cut-off").await;
    assert!(line.press("back", &reason, "reason", "1").await.is_park());
    assert_eq!((line.count("queue_entry").await, key(&line).await), (1, before));
    assert_eq!(line.standing("back").await, Standing::Waiting);
}

#[tokio::test]
async fn who_chose_english_hears_english_after_a_redial() {
    let line = Line::new().await;
    let greeting = line.ring("english").await;
    let reason = line.press("english", &greeting, "language", "2").await;
    line.press("english", &reason, "reason", "1").await;
    line.hang_up("english").await;
    let park = line.post(CALL, &from_the_number_of("english", "back")).await;
    assert!(park.says("You keep your place in the queue") && !park.says("Sie behalten Ihren Platz"));
    assert!(line.tick("back", &park, PIECES / 2).await.says("You keep your place in the queue"));
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
