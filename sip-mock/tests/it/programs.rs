//! The control interface, and a scenario run against a service that parks everybody.

use serde_json::{Value, json};
use sip_mock::Provider;
use sip_mock::judge::{Rules, testimony};
use sip_mock::load::Load;
use sip_mock::scenario::Scenario;

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
        curve = [{{ seconds = 60, per_second = 0.5 }}]
        [callers]
        patience = {{ exponential = 30 }}
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
    let report = testimony(&load.end().await.unwrap(), &Rules::default());
    let rang = report.figures.calls;
    assert!((20..80).contains(&rang), "{rang}");
    assert!(last.contains(&format!("rang {rang}")) && last.contains("waiting 0"), "{last}");
    assert!(!last.contains("+49"), "no number leaves the journal");
    assert_eq!((report.figures.waited, report.figures.abandoned), (rang, rang));
    assert!(report.is_clean());
    assert!(report.to_string().contains("dropped by us"));
}

/// Two callers wait and an agent is offered one of them; the verdict of the program, and whether it was content.
fn judged(first_offered: &str) -> (bool, Value) {
    let folder = std::env::temp_dir().join(format!("sip-mock-judge-{}-{first_offered}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let fact = |position: u32, second: u32, kind: &str, more: Value| {
        let mut fact = json!({"position": position, "at": format!("2021-05-03T18:00:{second:02}Z"), "kind": kind});
        fact.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        format!("{fact}\n")
    };
    let events = [
        fact(1, 0, "entry.joined", json!({"entry": "e1"})),
        fact(2, 1, "entry.joined", json!({"entry": "e2"})),
        fact(3, 1, "agent.state", json!({"agent": "a", "data": {"to": "ready"}})),
        fact(4, 2, "offer.made", json!({"offer": "o", "entry": first_offered, "agent": "a"})),
    ];
    let path = |name: &str| folder.join(name);
    std::fs::write(path("events.jsonl"), events.concat()).unwrap();
    std::fs::write(path("journal.jsonl"), "").unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_sip-mock"))
        .arg("judge")
        .args([std::ffi::OsStr::new("--events"), path("events.jsonl").as_os_str()])
        .args([std::ffi::OsStr::new("--journal"), path("journal.jsonl").as_os_str()])
        .args([std::ffi::OsStr::new("--json"), path("verdict.json").as_os_str()])
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    let verdict = serde_json::from_slice(&std::fs::read(path("verdict.json")).unwrap()).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    (status.success(), verdict)
}

#[test]
fn the_judge_fails_when_a_promise_was_broken_and_says_which_for_programs() {
    let (content, verdict) = judged("e1");
    assert!(content, "{verdict}");
    assert_eq!(verdict["broken_promises"]["order"], 0);
    let (content, verdict) = judged("e2");
    assert!(!content);
    assert_eq!((&verdict["broken_promises"]["order"], &verdict["clean"]), (&json!(1), &json!(false)));
    assert_eq!(verdict["broken"][0]["rule"], "order");
    assert!(verdict["measures"]["told"].is_null(), "nothing was announced");
}
