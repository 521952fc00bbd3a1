//! The way of a caller through the menu into the queue.

use super::*;
use vaxline::hotline::calls::commands as calls;

#[tokio::test]
async fn a_caller_hears_the_menu_and_comes_into_the_queue() {
    let line = Line::new().await;
    let greeting = line.ring("one").await;
    assert_eq!(greeting.ids().into_iter().filter(|id| id.starts_with("language")).count(), 2, "German, then English");

    let reason = line.press("one", &greeting, "language", "2").await;
    assert!(reason.says("A note on privacy"));
    let park = line.press("one", &reason, "reason", "2").await;
    assert!(park.is_park());
    assert!(park.says("One moment please") && park.says("Please stay on the line"));

    assert_eq!(line.entry_of("one").await.unwrap().1, "waiting");
    let (language, topic): (String, String) =
        sqlx::query_as("select language, topic from queue_entry").fetch_one(line.world.work().pool()).await.unwrap();
    assert_eq!((language.as_str(), topic.as_str()), ("en", "change"));
    assert_eq!((line.events("call.arrived").await, line.events("entry.joined").await), (1, 1));
}

#[tokio::test]
async fn the_arrival_is_recorded_with_the_providers_name_and_the_menus_version_and_no_number() {
    let line = Line::new().await;
    line.ring("recorded").await;
    let data: Value = sqlx::query_scalar("select data from event where kind = 'call.arrived'")
        .fetch_one(line.world.work().pool())
        .await
        .unwrap();
    assert_eq!(data["provider_call_sid"], "recorded");
    assert_eq!(data["flow_version"], Flow::load(DEFAULT_FLOW).unwrap().version);
    assert_eq!(data["number_shown"], true);
    assert!(!data.to_string().contains(&number_of("recorded")[3..]));
    let stored: String =
        sqlx::query_scalar("select from_number from call").fetch_one(line.world.work().pool()).await.unwrap();
    assert_eq!(stored, number_of("recorded"));
}

#[tokio::test]
async fn silence_in_one_language_goes_on_in_the_next_and_writes_nothing() {
    let line = Line::new().await;
    let greeting = line.ring("silent").await;
    let mut body = base("silent");
    body["reason"] = json!("timeout");
    let german = line.post(&greeting.hook("language.1.1"), &body).await;
    assert_eq!(german.status, StatusCode::NO_CONTENT);
    assert_eq!(line.count("hook_reply").await, 0);
    let english = line.post(&greeting.hook("language.1.2"), &body).await;
    assert!(english.says("Wir haben keine Eingabe erhalten") && english.says("We have not received an answer"));
    assert!(english.ids().contains(&"language.2.1"));
}

#[tokio::test]
async fn an_anonymous_caller_is_served_like_everybody() {
    let line = Line::new().await;
    let mut hook = fixture("call-hook-anonymous");
    hook["call_sid"] = json!("hidden");
    let greeting = line.post(CALL, &hook).await;
    let reason = line.press("hidden", &greeting, "language", "1").await;
    assert!(line.press("hidden", &reason, "reason", "1").await.is_park());
}

#[tokio::test]
async fn outside_the_hours_a_caller_hears_them_and_is_not_queued() {
    let mut line = Line::new().await;
    line.hooks.setup.always_open = false;
    line.router = http::routes(line.hooks.clone());
    line.world.travel_to(time::macros::datetime!(2031-04-28 21:00 UTC));
    let answer = line.ring("late").await;
    assert!(answer.says("außerhalb unserer Zeiten") && answer.says("outside our hours"));
    assert_eq!(answer.verbs().last().unwrap()["verb"], "hangup");
    assert_eq!(line.entry_of("late").await, None);
    let again = line.ring("late").await;
    assert!(again.says("außerhalb unserer Zeiten"), "a repeated hook hears the same");
}

#[tokio::test]
async fn a_tick_changes_and_stores_nothing_until_half_of_the_list_is_gone() {
    let line = Line::new().await;
    let park = line.join("parked").await;
    let (replies, events) = (line.count("hook_reply").await, line.count("event").await);
    for index in 0..PIECES / 2 {
        assert_eq!(line.tick("parked", &park, index).await.status, StatusCode::NO_CONTENT);
    }
    let fresh = line.tick("parked", &park, PIECES / 2).await;
    assert!(fresh.is_park());
    assert!(fresh.ids().iter().all(|id| !park.ids().contains(id)), "a fresh list has names of its own");
    assert_eq!((line.count("hook_reply").await, line.count("event").await), (replies, events));
    assert_eq!(line.tick("parked", &fresh, 0).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_music_behind_a_question_leads_back_to_the_question() {
    let line = Line::new().await;
    let greeting = line.ring("unanswered").await;
    let reason = line.press("unanswered", &greeting, "language", "2").await;
    // The hook of the question failed, the list went on, and its first piece of music asks.
    let again = line.tick("unanswered", &reason, 0).await;
    assert_eq!(again.hook("reason"), reason.hook("reason"));
    assert!(line.press("unanswered", &again, "reason", "1").await.is_park());
}

#[tokio::test]
async fn a_caller_in_music_without_a_place_is_given_one() {
    let line = Line::new().await;
    let park = line.join("placeless").await;
    sqlx::query("delete from queue_entry").execute(line.world.work().pool()).await.unwrap();
    assert_eq!(line.standing("placeless").await, Standing::Unknown);
    let again = line.tick("placeless", &park, 0).await;
    assert!(again.is_park(), "nobody who waits is told goodbye");
    assert_eq!(line.standing("placeless").await, Standing::Waiting);
    line.tick("placeless", &park, 1).await;
    assert_eq!(line.count("queue_entry").await, 1);
}

#[tokio::test]
async fn a_call_that_was_taken_for_gone_and_asks_for_music_has_its_place_again() {
    let line = Line::new().await;
    let park = line.join("unlisted").await;
    let call = line.call_of("unlisted").await;
    let setup = &line.hooks.setup;
    sqlx::query("update call set missing_since = arrived_at").execute(line.world.work().pool()).await.unwrap();
    in_tx!(line.world.work(), "vanish", |tx| calls::vanished(tx, setup, call)).unwrap();
    assert_eq!(line.standing("unlisted").await, Standing::Over);
    assert!(line.tick("unlisted", &park, 0).await.is_park());
    assert_eq!(line.standing("unlisted").await, Standing::Waiting);
    assert_eq!(line.count("queue_entry").await, 1);
    // Its real end is its end.
    line.hang_up("unlisted").await;
    assert_eq!(line.entry_of("unlisted").await.unwrap().1, "ended");
}

#[tokio::test]
async fn a_hang_up_ends_the_call_and_its_place() {
    let line = Line::new().await;
    line.join("leaving").await;
    assert_eq!(line.hang_up("leaving").await.status, StatusCode::NO_CONTENT);
    assert_eq!(line.entry_of("leaving").await.unwrap().1, "ended");
    let by: Value = sqlx::query_scalar("select data from event where kind = 'call.ended'")
        .fetch_one(line.world.work().pool())
        .await
        .unwrap();
    assert_eq!(by["by"], "caller");
}

#[tokio::test]
async fn a_running_call_stays_in_its_version_of_the_menu_even_after_a_restart() {
    let line = Line::new().await;
    let greeting = line.ring("loyal").await;
    let changed = DEFAULT_FLOW.replace("drücken Sie bitte die Eins. Um Termine", "drücken Sie die 1. Um Termine");
    assert_ne!(changed, DEFAULT_FLOW);
    let line = line.restarted();
    // The restarted process knows the new file alone.
    line.hooks.setup.flows.replace(Flow::load(&changed).unwrap());
    let line = {
        let mut line = line;
        line.hooks.setup.flows = Arc::new(Library::new(Flow::load(&changed).unwrap(), BTreeMap::new()));
        line.router = http::routes(line.hooks.clone());
        line
    };
    let said = |answer: &Answer| answer.body.to_string().contains("drücken Sie bitte die Eins. Um Termine");
    assert!(said(&line.press("loyal", &greeting, "language", "1").await));
    // The control: a new call begins in the new version.
    let newer = line.ring("newer").await;
    assert!(!said(&line.press("newer", &newer, "language", "1").await));
}

#[tokio::test]
async fn a_call_whose_version_is_lost_is_led_to_an_agent() {
    let line = Line::new().await;
    let greeting = line.ring("orphan").await;
    sqlx::query("update ivr_flow set source = 'of another time'").execute(line.world.work().pool()).await.unwrap();
    let changed = DEFAULT_FLOW.replace("patience_seconds = 6", "patience_seconds = 7");
    let mut line = line.restarted();
    line.hooks.setup.flows = Arc::new(Library::new(Flow::load(&changed).unwrap(), BTreeMap::new()));
    line.router = http::routes(line.hooks.clone());
    assert!(line.press("orphan", &greeting, "language", "1").await.is_park());
    assert_eq!(line.entry_of("orphan").await.unwrap().1, "waiting");
}
