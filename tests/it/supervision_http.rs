//! What supervisors ask and switch over HTTP: why nobody is served, and what every caller hears.

use crate::support::eventually;
use crate::support::hotline::Hotline;
use crate::support::page::Page;
use crate::support::staff::{Browser, ORIGIN};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use vaxline::hotline::queue::commands as queue;
use vaxline::hotline::queue::model::Language;
use vaxline::in_tx;

async fn why(browser: &Browser) -> Value {
    browser.get("/supervision/why").await.json().await.unwrap()
}

#[tokio::test]
async fn a_supervisor_learns_why_callers_wait_and_agents_are_idle() {
    let hotline = Hotline::new().await;
    let (agent, browser) = hotline.agent("ana").await;
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    let english = hotline.ring_in("+493510000001", Language::En).await.1;

    let supervisor = hotline.supervisor("leitung").await;
    eventually("the dispatcher and the relay lead", async || {
        why(&supervisor).await["entries"][0]["why"] == "nobody_can"
    })
    .await;
    let answer = why(&supervisor).await;
    assert_eq!(answer["waiting"], 1);
    let (entry, idle) = (&answer["entries"][0], &answer["agents"][0]);
    assert_eq!((&entry["entry"], &entry["ahead"]), (&json!(english), &json!(0)));
    assert_eq!(entry["lacking"], json!({ "en": 1 }));
    assert_eq!(
        entry["changes_ms"].as_i64().unwrap() - entry["joined_ms"].as_i64().unwrap(),
        240_000,
        "then nobody needs English any more"
    );
    assert_eq!((&idle["why"], &idle["lacks"]), (&json!("nobody_fits"), &json!({ "en": 1 })));
    assert!(!answer.to_string().contains("3510000001"), "callers are their places");

    // With the skill the reason is gone, and so is the wait.
    let skills = "en:1".parse().unwrap();
    in_tx!(hotline.world.staff(), "skills", |tx| queue::set_skills(tx, agent, &skills)).unwrap();
    page.until_offer().await;
    let answer = why(&supervisor).await;
    assert_eq!((&answer["waiting"], &answer["agents"][0]["why"]), (&json!(0), &json!("busy")));
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_by_name() {
    let hotline = Hotline::new().await;
    let supervisor = hotline.supervisor("leitung").await;
    for query in ["entries=501", "entries=-1", "entries=many", "caller=1"] {
        let answer = supervisor.get(&format!("/supervision/why?{query}")).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "bad_query", "{query}");
    }
    let (_, agent) = hotline.agent("ana").await;
    assert_eq!(agent.get("/supervision/why").await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_supervisor_lets_every_caller_hear_something_and_takes_it_away_again() {
    let hotline = Hotline::new().await;
    let supervisor = hotline.supervisor("leitung").await;
    let path = "/supervision/notice";
    let words = json!({ "de": "Heute keine Termine in Riesa.", "en": "No appointments in Riesa today." });
    let heard = async || supervisor.get(path).await.json::<Value>().await.unwrap();
    assert_eq!(heard().await, Value::Null);

    let foreign = supervisor.change(Method::PUT, path, Some("https://evil.example"), words.to_string()).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let set = supervisor.change(Method::PUT, path, Some(ORIGIN), words.to_string()).await;
    assert_eq!(set.status(), StatusCode::NO_CONTENT);
    assert_eq!(heard().await, words);

    let half = json!({ "de": "Nur das." }).to_string();
    let refused = supervisor.change(Method::PUT, path, Some(ORIGIN), half).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "bad_text");
    assert_eq!(heard().await, words, "a refusal changes nothing");

    assert_eq!(supervisor.change(Method::DELETE, path, Some(ORIGIN), String::new()).await.status(), 204);
    assert_eq!(heard().await, Value::Null);
    assert_eq!(hotline.count("select count(*) from event where kind = 'notice.set'").await, 2);
}
