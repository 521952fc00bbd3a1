//! What is sent has the keys and types of the golden messages, and nothing else.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use sip_mock::{OnRing, PhoneScript, Provider};

use super::rest::{send, url};
use super::service::{Reply, SOON, Service, caller, question, stay};

fn golden(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/provider").join(format!("{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Keys and types, without values; the inside of what keeps its own spelling is not compared.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(m) => {
            m.iter().map(|(k, v)| (k.clone(), if k == "customerData" { json!("object") } else { shape(v) })).collect()
        }
        Value::Array(list) => list.iter().map(shape).collect(),
        Value::Null => json!("null"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("string"),
    }
}

fn same(sent: &Value, name: &str) {
    assert_eq!(shape(sent), shape(&golden(name)), "{name}");
}

/// The same shape, and the same words where they mean something.
fn same_meaning(sent: &Value, name: &str) {
    same(sent, name);
    let golden = golden(name);
    for key in [
        "call_status",
        "sip_status",
        "sip_reason",
        "direction",
        "reason",
        "digits",
        "error",
        "call_termination_by",
        "dial_call_status",
        "dial_sip_status",
    ] {
        assert_eq!(sent.get(key), golden.get(key), "{name}: {key}");
    }
}

#[tokio::test]
async fn a_call_and_its_states() {
    let service = Service::start().await;
    service.begins_with(json!([question("q", &service.url("/keys")), {"verb": "hangup"}]));
    let provider = service.provider().await;
    provider.ring(caller()).ended(SOON).await.unwrap();
    same_meaning(&service.heard("/call")[0].body, "call-hook");
    same_meaning(&service.status(|s| s["call_status"] == "trying").await, "status-trying");
    same_meaning(&service.status(|s| s["call_status"] == "in-progress").await, "status-in-progress");
    same_meaning(&service.status(|s| s["call_status"] == "completed").await, "status-completed-by-provider");
    same_meaning(&service.heard("/keys")[0].body, "gather-timeout");

    let mut hidden = caller();
    hidden.number = "anonymous".to_owned();
    let call = provider.ring(hidden);
    same_meaning(&service.hears("/call", 2).await[1].body, "call-hook-anonymous");
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.listens)).await);
    call.hang_up();
    same_meaning(
        &service.status(|s| s["call_termination_by"] == "caller" && s["call_status"] == "completed").await,
        "status-completed-by-caller",
    );
}

#[tokio::test]
async fn calls_that_never_began() {
    let service = Service::start().await;
    service.begins_with(json!([{"verb": "sip:decline", "status": 486}]));
    service.begins_with(json!([{"verb": "sip:decline", "status": 603}]));
    service.begins_with(json!([stay()]));
    let provider = service.provider().await;
    provider.ring(caller()).ended(SOON).await.unwrap();
    same_meaning(&service.status(|s| s["sip_status"] == 486).await, "status-declined");
    provider.ring(caller()).ended(SOON).await.unwrap();
    same_meaning(&service.status(|s| s["sip_status"] == 603).await, "status-never-answered");
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.is_some()).await);
    call.hang_up();
    same_meaning(&service.status(|s| s["sip_status"] == 487).await, "status-abandoned-before-answer");
}

#[tokio::test]
async fn questions_and_their_failures() {
    let service = Service::start().await;
    let provider = service.provider().await;
    service.begins_with(json!([
        {"verb": "gather", "id": "a", "minDigits": 0, "timeout": 1, "actionHook": service.url("/nothing")},
        {"verb": "play", "id": "b", "url": format!("{}/a-1s.wav", provider.media_url()), "actionHook": service.url("/played")},
        {"verb": "play", "id": "c", "url": format!("{}/missing.wav", provider.media_url()), "actionHook": service.url("/failed")},
        {"verb": "redirect", "id": "d", "actionHook": service.url("/again")},
        {"verb": "tag", "data": {"entryId": "e-1"}},
        {"verb": "gather", "id": "e", "numDigits": 1, "timeout": 60, "actionHook": service.url("/keys")}]));
    service.answers("/nothing", Reply::status(500));
    let call = provider.ring(caller());
    assert!(
        call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.id.as_deref() == Some("e") && v.listens)).await
    );
    assert!(call.press('2'));
    same_meaning(&service.hears("/nothing", 1).await[0].body, "gather-no-digits");
    same_meaning(&service.status(|s| s.get("error").is_some()).await, "status-hook-error");
    same(&service.hears("/played", 1).await[0].body, "play-completed");
    same_meaning(&service.hears("/failed", 1).await[0].body, "play-failed");
    same_meaning(&service.hears("/again", 1).await[0].body, "redirect-hook");
    let mut keys = service.hears("/keys", 1).await[0].body.clone();
    same_meaning(&keys, "gather-tagged");
    keys.as_object_mut().unwrap().remove("customerData");
    same(&keys, "gather-digits");
}

async fn dialled(on_ring: OnRing, faults: sip_mock::Faults) -> (Service, Provider, Value) {
    rung(PhoneScript::does(on_ring), faults, json!([])).await
}

/// A dial of a phone, what the confirm hook answers, and what the dial came to.
async fn rung(phone: PhoneScript, faults: sip_mock::Faults, confirm: Value) -> (Service, Provider, Value) {
    let service = Service::start().await;
    let mut config = service.config();
    config.faults = faults;
    let provider = Provider::start(config).await.unwrap();
    provider.phone("agent-017").set(PhoneScript { talk: Some(Duration::from_secs(2)), ..phone });
    service.begins_with(json!([{"verb": "dial", "id": "connect", "timeout": 100, "callerId": "08000899089", "actionHook": service.url("/done"),
        "target": [{"type": "user", "name": "agent-017@vaxline.example", "confirmHook": service.url("/confirm")}]}]));
    service.answers("/confirm", Reply::verbs(confirm));
    let _call = provider.ring(caller());
    let told = service.hears("/done", 1).await[0].body.clone();
    (service, provider, told)
}

#[tokio::test]
async fn dials_and_their_legs() {
    let calm = sip_mock::Faults::default;
    let (service, _provider, told) = dialled(OnRing::Answer { after: Duration::from_secs(1) }, calm()).await;
    same_meaning(&told, "dial-completed");
    same(&service.heard("/confirm")[0].body, "confirm-hook");
    for (status, name) in [
        ("trying", "status-leg-trying"),
        ("ringing", "status-leg-ringing"),
        ("in-progress", "status-leg-in-progress"),
        ("completed", "status-leg-completed"),
    ] {
        same_meaning(&service.status(|s| s.get("parent_call_sid").is_some() && s["call_status"] == status).await, name);
    }
    let (_service, _provider, told) = dialled(OnRing::Silence, calm()).await;
    same_meaning(&told, "dial-ring-timeout");
    let (service, _provider, told) =
        dialled(OnRing::Silence, sip_mock::Faults { cancelled_leg_speaks: 1.0, ..calm() }).await;
    same_meaning(&told, "dial-no-answer");
    same_meaning(&service.status(|s| s["call_status"] == "no-answer").await, "status-leg-no-answer");
    let late = PhoneScript { ring_delay: Duration::from_secs(3_600), ..PhoneScript::answers() };
    let (_service, _provider, told) = rung(late, calm(), json!([])).await;
    same_meaning(&told, "dial-ring-timeout-before-ringing");
    let (_service, _provider, told) = rung(PhoneScript::answers(), calm(), json!([{"verb": "hangup"}])).await;
    same_meaning(&told, "dial-declined-by-confirm");
    let (service, _provider, told) = dialled(OnRing::Busy, calm()).await;
    same_meaning(&told, "dial-busy");
    same_meaning(&service.status(|s| s["call_status"] == "busy").await, "status-leg-busy");
    let (service, _provider, told) = dialled(OnRing::NotRegistered, calm()).await;
    same_meaning(&told, "dial-failed");
    same_meaning(&service.status(|s| s["call_status"] == "failed").await, "status-leg-failed");
}

#[tokio::test]
async fn rest_records() {
    let service = Service::start().await;
    service.begins_with(
        json!([{"verb": "dial", "callerId": "08000899089", "target": [{"type": "user", "name": "agent-017"}]}]),
    );
    let provider = service.provider().await;
    let call = provider.ring(caller());
    call.bridged(SOON).await.unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build().unwrap();
    let get = async |path: String| {
        let url = format!("{}/Accounts/3f0e7b52-6f0a-4b1e-9b58-5a3c8a1d0001/Calls{path}", provider.base_url());
        client
            .get(url)
            .header("authorization", "Bearer test-api-key")
            .send()
            .await
            .unwrap()
            .json::<Value>()
            .await
            .unwrap()
    };
    same(&get(String::new()).await, "rest-list-calls.response");
    same(&get(format!("/{}", call.sid())).await, "rest-get-call.response");
}

#[tokio::test]
async fn rest_requests_and_their_answers() {
    let service = Service::start().await;
    service.begins_with(json!([{"verb": "answer"}, stay()]));
    service.answers("/new", Reply::verbs(json!([stay()])));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.name == "pause")).await);
    let one = url(&provider, &format!("/{}", call.sid()));
    // The golden requests, at a service that is really there.
    let request = |name: &str| {
        let mut body = golden(name);
        for (key, path) in [("call_hook", "/new"), ("call_status_hook", "/status")] {
            if body.get(key).is_some() {
                body[key] = json!(service.url(path));
            }
        }
        body
    };
    let asks = async |method: reqwest::Method, url: &str, name: &str| {
        let answer = send(method, url, Some(&request(name))).await;
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    let put = || reqwest::Method::PUT;

    let (status, created) = asks(reqwest::Method::POST, &url(&provider, ""), "rest-create-call.request").await;
    assert_eq!(status, 201);
    same(&created, "rest-create-call.response");
    same_meaning(&service.hears("/new", 1).await[0].body, "call-hook-outbound");

    assert_eq!(asks(put(), &one, "rest-update-call-hook.request").await.0, 202);
    same_meaning(&service.hears("/new", 2).await[1].body, "interrupt-hook");
    let (status, refused) = asks(put(), &one, "rest-update-two-things.request").await;
    assert_eq!(status, 400);
    same(&refused, "rest-not-exactly-one.response");
    let (status, refused) = asks(put(), &url(&provider, "/nobody"), "rest-update-hang-up.request").await;
    assert_eq!(status, 404);
    same(&refused, "rest-unknown-call.response");
    assert_eq!(asks(put(), &one, "rest-update-hang-up.request").await.0, 202);
    call.ended(SOON).await.unwrap();
    let (status, refused) = asks(put(), &one, "rest-update-hang-up.request").await;
    assert_eq!(status, 422);
    same(&refused, "rest-call-gone.response");

    provider.set_faults(sip_mock::Faults { rest_too_many: 1.0, rest_too_many_burst: 1, ..Default::default() });
    let (status, refused) = asks(put(), &one, "rest-update-hang-up.request").await;
    assert_eq!(status, 429);
    same(&refused, "rest-too-many-requests.response");
    let stranger = reqwest::Client::builder().build().unwrap().get(&one).send().await.unwrap();
    assert_eq!(stranger.status(), 401);
    same(&stranger.json().await.unwrap(), "rest-unauthorised.response");
}

/// Messages that the real provider sends and the simulated one does not: the service's tests read them.
const NEVER_SENT: [&str; 3] = ["dial-nothing-dialled", "status-leg-early-media", "status-unknown-keys"];

#[test]
fn every_golden_message_is_compared_or_known_never_to_be_sent() {
    let compared = include_str!("shapes.rs");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/provider");
    let mut known = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let Some(name) = file.strip_suffix(".json") else { continue };
        assert!(compared.contains(&format!("\"{name}\"")), "{name}.json is compared with nothing that is sent");
        known.push(name.to_owned());
    }
    for name in NEVER_SENT {
        assert!(known.iter().any(|known| known == name), "{name}.json is gone");
    }
}
