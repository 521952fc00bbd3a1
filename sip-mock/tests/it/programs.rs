//! The control interface, and a scenario run against a service that parks everybody.

use serde_json::{Value, json};
use sip_mock::judge::{Rules, hear};
use sip_mock::load::Load;
use sip_mock::scenario::Scenario;
use sip_mock::{Happening, Provider};

use super::service::{Reply, SOON, Service, question, say, stay};

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().build().unwrap()
}

#[tokio::test]
async fn a_caller_can_be_made_to_ring_and_press_keys_from_outside() {
    let service = Service::start().await;
    let mut asking = question("q", &service.url("/keys"));
    asking["timeout"] = json!(3600);
    service.begins_with(json!([asking, stay()]));
    service.answers("/keys", Reply::verbs(json!([say("danke"), stay()])));
    let mut config = service.config();
    config.control = true;
    let provider = Provider::start(config).await.unwrap();
    let (client, control) = (client(), provider.control_url());
    let rung: Value = client
        .post(format!("{control}/calls"))
        .json(&json!({"number": "+493023125001"}))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let call = provider.calls().into_iter().find(|c| rung["call"] == c.sid()).unwrap();
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.listens)).await);
    let one = format!("{control}/calls/{}", call.sid());
    assert_eq!(client.post(format!("{one}/keys")).json(&json!({"press": "1"})).send().await.unwrap().status(), 204);
    service.hears("/keys", 1).await;
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.name == "pause")).await);
    let seen: Value = client.get(&one).send().await.unwrap().json().await.unwrap();
    assert_eq!((&seen["seen"]["status"], &seen["heard"]), (&json!("in-progress"), &json!(["danke"])));
    assert_eq!(client.delete(&one).send().await.unwrap().status(), 204);
    assert_eq!(call.ended(SOON).await.unwrap().by, "caller");
    let phone = client
        .put(format!("{control}/phones/agent-1"))
        .json(&json!({"on_ring": "busy", "ring_delay": 0.5}))
        .send()
        .await
        .unwrap();
    assert_eq!(phone.status(), 204);
    let journal = client.get(format!("{control}/journal?after=2")).send().await.unwrap().text().await.unwrap();
    assert!(journal.lines().all(|line| serde_json::from_str::<Value>(line).unwrap()["seq"].as_u64().unwrap() > 2));
    provider.shutdown().await;
}

#[tokio::test]
async fn the_control_interface_is_closed_unless_asked_for() {
    let service = Service::start().await;
    let provider = service.provider().await;
    assert_eq!(client().get(format!("{}/journal", provider.control_url())).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_scenario_rings_its_callers_and_sums_them_up() {
    let service = Service::start().await;
    let text = format!(
        r#"
        about = "Everybody waits and gives up."
        speed = 200.0
        [provider]
        listen = "127.0.0.1:0"
        base = "{}"
        secret = "whsec_test_0123456789"
        account_sid = "a"
        api_key = "k"
        [arrivals]
        at_once = 10
        curve = [{{ seconds = 60, per_minute = 30 }}]
        [callers]
        patience = 30
        gives_up_early = 0.0
        redials = 0.0
        "#,
        service.base
    );
    let mut load = Load::start(Scenario::parse(&text).unwrap()).await.unwrap();
    let music = format!("{}/hold-300s.wav", load.provider.media_url());
    let hold = json!({"verb": "gather", "input": [], "timeout": 1, "play": {"url": music}, "actionHook": service.url("/tick")});
    service.answers("/providers/jambonz/call", Reply::verbs(json!([hold, hold])));
    let mut lines = Vec::new();
    tokio::time::timeout(SOON * 2, load.run(|progress, _| lines.push(progress.to_string()))).await.unwrap();
    let last = lines.last().unwrap().clone();
    let journal = load.end().await.unwrap();
    let rang = journal.iter().filter(|e| matches!(e.what, Happening::CallArrived { .. })).count();
    assert!((20..80).contains(&rang), "{rang}");
    assert!(last.contains(&format!("rang {rang}")) && last.contains("waiting 0"), "{last}");
    assert!(!last.contains("+49"), "no number leaves the journal");
    let report = hear(&journal, &Rules::default());
    assert_eq!((report.figures.waited, report.figures.abandoned), (rang, rang));
    assert!(report.is_clean());
    assert!(report.to_string().contains("dropped by us"));
}
