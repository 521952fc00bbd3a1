//! The client of the provider's REST interface: against the golden bodies, and against the simulated provider.

use crate::support::PATIENCE as SOON;
use crate::support::staff::{install_tls, serve};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use sip_mock::{Faults, Happening, ProviderConfig};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vaxline::app::config::Config;
use vaxline::foundation::phone::PhoneNumber;
use vaxline::hotline::provider::client::Client;
use vaxline::hotline::provider::settings::{Secret, Settings};
use vaxline::hotline::provider::{Leg, Origination, Provider, ProviderError};

/// The account and the call of the golden messages.
const ACCOUNT: &str = "3f0e7b52-6f0a-4b1e-9b58-5a3c8a1d0001";
const CALL: &str = "11111111-2222-4333-8444-555555555555";

fn golden(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/provider/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn settings(api_url: String) -> Settings {
    let mut settings = Config::load(None, []).unwrap().provider;
    settings.api_url = api_url;
    settings.account_sid = ACCOUNT.to_owned();
    settings.api_key = Secret::new("test-api-key".to_owned());
    settings.caller_id = "08000899089".to_owned();
    settings.requests_per_minute = 6_000;
    settings
}

/// A provider that gives one answer and writes down what it was asked.
#[derive(Clone)]
struct Desk {
    answer: (StatusCode, Value),
    asked: Arc<Mutex<Vec<(Method, String, Value)>>>,
}

async fn write_down(State(desk): State<Desk>, method: Method, uri: Uri, body: Bytes) -> impl IntoResponse {
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    desk.asked.lock().unwrap().push((method, uri.path().to_owned(), body));
    (desk.answer.0, [(header::CONTENT_TYPE, "application/json")], desk.answer.1.to_string())
}

/// A client of a provider that answers so, and what the provider hears.
async fn answered(status: u16, answer: Value) -> (Client, Arc<Mutex<Vec<(Method, String, Value)>>>) {
    install_tls();
    let desk = Desk { answer: (StatusCode::from_u16(status).unwrap(), answer), asked: Arc::default() };
    let address = serve(Router::new().fallback(write_down).with_state(desk.clone())).await;
    (Client::new(&settings(format!("http://{address}/v1"))).unwrap(), desk.asked)
}

/// The keys and types of a body; what a tag holds is the asker's business.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(key, v)| (key.clone(), if key == "tag" { json!("tag") } else { shape(v) })).collect()
        }
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Null => json!("null"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("string"),
    }
}

#[tokio::test]
async fn what_is_asked_has_the_keys_and_types_of_the_golden_requests() {
    let (client, asked) = answered(201, golden("rest-create-call.response")).await;
    client.interrupt(CALL, "https://vaxline.example/x").await.unwrap();
    client.hang_up(CALL).await.unwrap();
    let wish = Origination {
        to: PhoneNumber::parse("+4915228817386").unwrap(),
        hook: "https://vaxline.example/hook".to_owned(),
        status_hook: "https://vaxline.example/status".to_owned(),
        ring: Duration::from_secs(45),
        tag: "cb-0815".to_owned(),
    };
    assert_eq!(client.originate(&wish).await.unwrap(), "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff");

    let asked = asked.lock().unwrap().clone();
    let calls = format!("/v1/Accounts/{ACCOUNT}/Calls");
    let expected = [
        (Method::PUT, format!("{calls}/{CALL}"), "rest-update-call-hook.request"),
        (Method::PUT, format!("{calls}/{CALL}"), "rest-update-hang-up.request"),
        (Method::POST, calls, "rest-create-call.request"),
    ];
    assert_eq!(asked.len(), expected.len());
    for ((method, path, body), (golden_method, golden_path, name)) in asked.iter().zip(expected) {
        assert_eq!((method, path), (&golden_method, &golden_path), "{name}");
        assert_eq!(shape(body), shape(&golden(name)), "{name}");
        // Exactly one thing is asked for; the golden request that asks for two is one that we never make.
        assert_ne!(shape(body), shape(&golden("rest-update-two-things.request")));
    }
}

#[tokio::test]
async fn what_is_answered_is_understood() {
    let leg = Leg { sid: CALL.to_owned(), parent: None, inbound: true, answered: true };
    let (client, _) = answered(200, golden("rest-get-call.response")).await;
    assert_eq!(client.leg(CALL).await.unwrap(), Some(leg.clone()));
    let (client, _) = answered(200, golden("rest-list-calls.response")).await;
    assert!(client.legs().await.unwrap().contains(&leg));
}

#[tokio::test]
async fn each_refusal_has_its_meaning() {
    let refused = async |status: u16, name: &str| {
        let (client, _) = answered(status, golden(name)).await;
        client.hang_up(CALL).await.unwrap_err()
    };
    assert!(matches!(refused(404, "rest-unknown-call.response").await, ProviderError::Gone));
    assert!(matches!(refused(422, "rest-call-gone.response").await, ProviderError::Gone));
    assert!(matches!(refused(401, "rest-unauthorised.response").await, ProviderError::Refused(401)));
    assert!(matches!(refused(400, "rest-not-exactly-one.response").await, ProviderError::Refused(400)));
    assert!(matches!(refused(429, "rest-too-many-requests.response").await, ProviderError::Busy(_)));
}

#[tokio::test]
async fn too_many_requests_close_the_door_until_the_provider_wants_to_be_asked_again() {
    install_tls();
    let mut config = ProviderConfig::new("http://127.0.0.1:9");
    config.account_sid = ACCOUNT.to_owned();
    config.faults = Faults { rest_too_many: 1.0, rest_too_many_burst: 1, ..Faults::default() };
    let provider = sip_mock::Provider::start(config).await.unwrap();
    let client = Client::new(&settings(provider.base_url())).unwrap();
    let asked = || provider.journal().count(|what| matches!(what, Happening::RestAnswered { .. }));

    let ProviderError::Busy(pause) = client.legs().await.unwrap_err() else { panic!("not busy") };
    assert_eq!((pause, asked()), (Duration::from_secs(1), 1));
    provider.set_faults(Faults::default());
    // Whoever asks too early is told so here, and the provider hears nothing of it.
    let ProviderError::Busy(rest) = client.legs().await.unwrap_err() else { panic!("not busy") };
    assert!(rest <= pause);
    assert_eq!(asked(), 1);
    let again = async {
        loop {
            match client.legs().await {
                Err(ProviderError::Busy(wait)) => tokio::time::sleep(wait).await,
                other => return other,
            }
        }
    };
    assert_eq!(tokio::time::timeout(SOON, again).await.unwrap().unwrap(), Vec::new());
    assert_eq!(asked(), 2);
    provider.shutdown().await;
}
