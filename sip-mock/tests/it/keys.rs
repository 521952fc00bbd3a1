//! Keys at a question.

use serde_json::{Value, json};
use sip_mock::{CallHandle, Provider};

use super::service::{A_WHILE, SOON, Service, caller, stay};

async fn asked(question: Value) -> (Service, Provider, CallHandle) {
    let service = Service::start().await;
    let provider = service.provider().await;
    let mut question = question;
    question["verb"] = json!("gather");
    question["actionHook"] = json!(service.url("/keys"));
    let text = json!([question, stay()]).to_string().replace("M/", &format!("{}/", provider.media_url()));
    service.begins_with(serde_json::from_str(&text).unwrap());
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.name == "gather")).await);
    (service, provider, call)
}

async fn press(call: &CallHandle, keys: &str) {
    for key in keys.chars() {
        assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.listens)).await);
        assert!(call.press(key));
    }
}

async fn result(service: &Service) -> Value {
    service.hears("/keys", 1).await[0].body.clone()
}

#[tokio::test]
async fn the_number_of_digits_ends_a_question_at_once() {
    let (service, _provider, call) = asked(json!({"numDigits": 2, "timeout": 3600})).await;
    press(&call, "42").await;
    let told = result(&service).await;
    assert_eq!((&told["reason"], &told["digits"]), (&json!("dtmfDetected"), &json!("42")));
}

#[tokio::test]
async fn the_finish_key_ends_it_and_is_not_a_digit() {
    let (service, _provider, call) = asked(json!({"finishOnKey": "#", "timeout": 3600})).await;
    press(&call, "123#").await;
    assert_eq!(result(&service).await["digits"], "123");
}

#[tokio::test]
async fn a_pause_between_digits_ends_it_only_when_a_least_number_is_set() {
    let (service, _provider, call) = asked(json!({"minDigits": 2, "interDigitTimeout": 2, "timeout": 3600})).await;
    press(&call, "123").await;
    assert_eq!(result(&service).await["digits"], "123");

    let (service, _provider, call) = asked(json!({"interDigitTimeout": 2, "timeout": 3600})).await;
    press(&call, "123").await;
    tokio::time::sleep(A_WHILE).await;
    assert!(service.heard("/keys").is_empty());
}

#[tokio::test]
async fn any_key_ends_the_music_and_without_a_number_of_digits_it_is_lost() {
    for bargein in [Value::Null, json!({"dtmfBargein": false})] {
        let mut question = json!({"timeout": 1, "play": {"url": "M/hold-300s.wav"}});
        if let Value::Object(more) = bargein {
            question.as_object_mut().unwrap().extend(more);
        }
        let (service, _provider, call) = asked(question).await;
        press(&call, "5").await;
        let told = result(&service).await;
        assert_eq!(told["reason"], "timeout");
        assert!(told.get("digits").is_none());
    }
}

#[tokio::test]
async fn keys_during_music_can_be_ignored_in_two_ways() {
    for question in [
        json!({"timeout": 1, "listenDuringPrompt": false, "play": {"url": "M/hold-10s.wav"}}),
        json!({"timeout": 1, "input": [], "play": {"url": "M/hold-10s.wav"}}),
    ] {
        let (service, _provider, call) = asked(question).await;
        assert!(!call.press('5'));
        assert_eq!(result(&service).await["reason"], "timeout");
    }
}

#[tokio::test]
async fn silence_counts_as_keys_when_none_are_needed() {
    let (service, _provider, _call) = asked(json!({"minDigits": 0, "timeout": 1})).await;
    let told = result(&service).await;
    assert_eq!((&told["reason"], &told["digits"]), (&json!("dtmfDetected"), &json!("")));
}

#[tokio::test]
async fn a_key_while_nobody_listens_is_lost() {
    let service = Service::start().await;
    service.begins_with(json!([stay()]));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.is_some()).await);
    assert!(!call.press('1'));
    assert!(provider.journal().wait_for(1, SOON, |h| matches!(h, sip_mock::Happening::Key { taken: false, .. })).await);
}
