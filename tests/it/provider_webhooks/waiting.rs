//! What callers hear of the wait, and what supervisors let everybody hear.

use super::*;
use vaxline::hotline::ivr::commands::set_notice;
use vaxline::hotline::ivr::flow::Texts;

/// Three callers wait, one agent is at work; the fourth joins.
async fn fourth(line: &Line) -> Answer {
    line.agent("ana").await;
    for sid in ["one", "two", "three"] {
        line.join(sid).await;
    }
    line.join("four").await
}

#[tokio::test]
async fn who_joins_is_told_how_long_it_will_take_and_the_log_keeps_it() {
    let line = Line::new().await;
    let park = fourth(&line).await;
    assert!(park.says("Ihre Wartezeit beträgt voraussichtlich zwischen 7 und 25 Minuten."), "{}", park.body);
    let told: Value = sqlx::query_scalar("select data from event where kind = 'entry.told' order by seq desc limit 1")
        .fetch_one(line.world.work().pool())
        .await
        .unwrap();
    assert_eq!(told, json!({ "low_s": 420, "high_s": 1_500 }));
}

#[tokio::test]
async fn nobody_is_told_a_time_while_nobody_is_at_work() {
    let line = Line::new().await;
    let park = line.join("early").await;
    assert!(!park.says("Ihre Wartezeit") && !park.says("gleich an der Reihe"), "{}", park.body);
    assert_eq!(line.events("entry.told").await, 0);
}

#[tokio::test]
async fn a_fresh_list_tells_the_wait_again_and_never_more_than_was_promised() {
    let line = Line::new().await;
    let park = fourth(&line).await;
    // Half of the list is gone, and nobody in front has been served.
    line.world.pass(Duration::minutes(10));
    let fresh = line.tick("four", &park, PIECES / 2).await;
    assert!(fresh.is_park());
    assert!(fresh.says("voraussichtlich zwischen 7 und 15 Minuten"), "{}", fresh.body);

    // The promise is broken: it is named.
    line.world.pass(Duration::minutes(15));
    let late = line.tick("four", &fresh, PIECES / 2).await;
    assert!(late.says("Es dauert leider länger als angesagt."), "{}", late.body);
}

#[tokio::test]
async fn when_it_would_take_too_long_the_caller_hears_the_truth_and_joins_no_line() {
    let mut line = Line::new().await;
    line.hooks.setup.policy.admit = Some(Duration::minutes(10));
    line.router = http::routes(line.hooks.clone());
    line.agent("ana").await;
    for sid in ["one", "two"] {
        line.join(sid).await;
    }
    let greeting = line.ring("three").await;
    let reason = line.press("three", &greeting, "language", "1").await;
    let refused = line.press("three", &reason, "reason", "1").await;
    assert!(!refused.is_park() && refused.says("unzumutbar lang"), "{}", refused.body);
    assert_eq!(line.entry_of("three").await, None);

    // Who has a place keeps it, however full it is.
    line.hang_up("two").await;
    let mut again = call_hook("again");
    again["from"] = json!(number_of("two"));
    let back = line.post(CALL, &again).await;
    assert!(back.is_park() && back.says("Willkommen zurück"), "{}", back.body);
}

#[tokio::test]
async fn a_notice_is_heard_by_the_next_call_and_no_more_when_it_is_taken_away() {
    let line = Line::new().await;
    let words = Texts { de: "Heute keine Termine in Riesa.".to_owned(), en: "No appointments in Riesa.".to_owned() };
    let set = async |words: Option<&Texts>| in_tx!(line.world.staff(), "notice", |tx| set_notice(tx, words, None));
    set(Some(&words)).await.unwrap();
    let heard = line.ring("one").await;
    assert!(heard.says(&words.de) && heard.says(&words.en), "{}", heard.body);
    set(None).await.unwrap();
    assert!(!line.ring("two").await.says(&words.de));

    let mute = Texts { de: "Nur <b>deutsch</b>".to_owned(), en: " ".to_owned() };
    let refused = set(Some(&mute)).await.unwrap_err().to_string();
    assert!(refused.contains("de: ") && refused.contains("en: missing"), "{refused}");
}
