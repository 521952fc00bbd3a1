//! Why is nobody served? Asked over HTTP, by a supervisor alone.

use crate::support::eventually;
use crate::support::hotline::Hotline;
use crate::support::page::Page;
use crate::support::staff::Browser;
use reqwest::StatusCode;
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
