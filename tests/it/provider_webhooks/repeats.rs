//! The same hook twice has its effect once, and is answered the same.

use super::*;
use crate::support::SIZES;
use vaxline::foundation::db::Sizes;

/// A line on which so many hooks at once are each carried out at once.
async fn race(hooks: u32) -> Line {
    Line::with(World::for_a_race(Sizes { hooks, ..SIZES }).await)
}

#[tokio::test]
async fn every_hook_of_a_caller_twice_is_as_if_once() {
    let line = Line::new().await;
    let greeting = line.ring("twice").await;
    assert_eq!(line.ring("twice").await.ids(), greeting.ids());
    let reason = line.press("twice", &greeting, "language", "1").await;
    assert_eq!(line.press("twice", &greeting, "language", "1").await, reason);
    let park = line.press("twice", &reason, "reason", "1").await;
    assert_eq!(line.press("twice", &reason, "reason", "1").await, park);
    line.hang_up("twice").await;
    line.hang_up("twice").await;

    assert_eq!(line.count("call").await, 1);
    assert_eq!(line.count("queue_entry").await, 1);
    for kind in ["call.arrived", "entry.joined", "entry.ended", "call.ended"] {
        assert_eq!(line.events(kind).await, 1, "{kind}");
    }
}

#[tokio::test]
async fn the_first_answer_to_a_question_counts_whatever_comes_under_the_same_name_later() {
    let line = Line::new().await;
    let greeting = line.ring("first").await;
    let reason = line.press("first", &greeting, "language", "2").await;
    assert_eq!(line.press("first", &greeting, "language", "1").await, reason);
    // And from the other language's prompt of the same question.
    let mut body = base("first");
    body["reason"] = json!("timeout");
    assert_eq!(line.post(&greeting.hook("language.1.2"), &body).await, reason);
    assert!(line.press("first", &reason, "reason", "1").await.says("One moment please"));
}

#[tokio::test]
async fn the_same_hook_at_the_same_time_has_its_effect_once() {
    let line = Arc::new(race(6).await);
    let greeting = line.ring("race").await;
    let reason = line.press("race", &greeting, "language", "1").await;
    let mut together = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (line, reason) = (Arc::clone(&line), reason.clone());
        together.spawn(async move { line.press("race", &reason, "reason", "1").await });
    }
    let answers = together.join_all().await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!((line.count("queue_entry").await, line.events("entry.joined").await), (1, 1));
}

#[tokio::test]
async fn the_same_call_arriving_at_the_same_time_is_one_call() {
    let line = Arc::new(race(6).await);
    let mut together = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let line = Arc::clone(&line);
        together.spawn(async move { line.ring("herd").await });
    }
    let answers = together.join_all().await;
    assert!(answers.iter().all(|answer| answer.ids() == answers[0].ids()));
    assert_eq!((line.count("call").await, line.events("call.arrived").await), (1, 1));
}

#[tokio::test]
async fn a_call_hook_of_a_call_that_waits_is_told_to_wait_on() {
    let line = Line::new().await;
    line.join("again").await;
    assert!(line.ring("again").await.is_park());
    assert_eq!(line.events("entry.joined").await, 1);
}

#[tokio::test]
async fn without_stored_answers_the_same_hook_would_act_twice() {
    // The control: it is the memory of answers that makes a repeated step harmless.
    let line = Line::new().await;
    let greeting = line.ring("control").await;
    let mut body = base("control");
    body["reason"] = json!("timeout");
    let hook = greeting.hook("language.1.2");
    let first = line.post(&hook, &body).await;
    sqlx::query("delete from hook_reply").execute(line.world.work().pool()).await.unwrap();
    let second = line.post(&hook, &body).await;
    assert_ne!(first.ids(), second.ids(), "the state alone does not remember what was said with the question");
}
