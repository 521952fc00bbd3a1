//! Connecting a caller with an agent's phone.

use std::time::Duration;

use serde_json::{Value, json};
use sip_mock::{CallHandle, Happening, OnRing, PhoneScript, Provider};

use super::service::{A_WHILE, Reply, SOON, Service, caller, say, stay};

async fn dialling(extra: Value, prepare: impl FnOnce(&Provider)) -> (Service, Provider, CallHandle) {
    let service = Service::start().await;
    let provider = service.provider().await;
    prepare(&provider);
    let mut dial = json!({"verb": "dial", "id": "connect.1", "answerOnBridge": true, "timeout": 100, "actionHook": service.url("/done"),
        "target": [{"type": "user", "name": "agent-1@vaxline.example"}]});
    dial.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    service.begins_with(json!([{"verb": "answer"}, dial, say("zurück"), stay()]));
    let call = provider.ring(caller());
    (service, provider, call)
}

fn with_phone(script: PhoneScript) -> impl FnOnce(&Provider) {
    move |provider| provider.phone("agent-1").set(script)
}

async fn result(service: &Service) -> Value {
    service.hears("/done", 1).await[0].body.clone()
}

#[tokio::test]
async fn a_phone_that_answers_is_bridged_and_its_hanging_up_completes_the_dial() {
    let (service, provider, call) = dialling(json!({}), with_phone(PhoneScript::answers())).await;
    assert_eq!(call.bridged(SOON).await.as_deref(), Some("agent-1"));
    let leg = service.status(|s| s["parent_call_sid"] == call.sid() && s["call_status"] == "in-progress").await;
    assert_eq!(leg["direction"], "outbound");
    assert!(provider.phone("agent-1").hang_up());
    let told = result(&service).await;
    assert_eq!(told["dial_call_status"], "completed");
    assert_eq!(told["dial_sip_status"], 200);
    assert_eq!(told["dial_call_sid"], leg["call_sid"]);
    assert_eq!(told["verb_id"], "connect.1");
    service
        .status(|s| s["call_sid"] == leg["call_sid"] && s["call_status"] == "completed" && s["duration"].is_u64())
        .await;
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.hears.as_deref() == Some("zurück"))).await);
    assert!(!provider.phone("agent-1").is_taken());
}

#[tokio::test]
async fn a_ring_time_that_runs_out_leaves_ringing_in_the_result_and_the_leg_silent() {
    let (service, provider, call) = dialling(json!({}), with_phone(PhoneScript::does(OnRing::Silence))).await;
    let told = result(&service).await;
    assert_eq!(told["dial_call_status"], "ringing");
    assert_eq!(told["dial_sip_status"], 180);
    assert!(!provider.phone("agent-1").is_taken());
    tokio::time::sleep(A_WHILE).await;
    assert!(
        !service
            .heard("/status")
            .iter()
            .any(|s| s.body["parent_call_sid"] == call.sid() && s.body["call_status"] == "no-answer")
    );
}

#[tokio::test]
async fn a_cancelled_leg_can_be_made_to_speak() {
    let service = Service::start().await;
    let mut config = service.config();
    config.faults.cancelled_leg_speaks = 1.0;
    let provider = Provider::start(config).await.unwrap();
    provider.phone("agent-1").set(PhoneScript::does(OnRing::Silence));
    service.begins_with(json!([{"verb": "dial", "timeout": 100, "actionHook": service.url("/done"), "target": [{"type": "user", "name": "agent-1"}]}]));
    let _call = provider.ring(caller());
    assert_eq!(result(&service).await["dial_call_status"], "no-answer");
    service.status(|s| s["call_status"] == "no-answer" && s["sip_status"] == 487).await;
}

#[tokio::test]
async fn busy_declining_and_unknown_phones_are_told_apart() {
    for (script, status, sip) in
        [(OnRing::Busy, "busy", 486), (OnRing::Decline, "failed", 603), (OnRing::NotRegistered, "failed", 404)]
    {
        let (service, _provider, _call) = dialling(json!({}), with_phone(PhoneScript::does(script))).await;
        let told = result(&service).await;
        assert_eq!(
            (told["dial_call_status"].as_str().unwrap(), told["dial_sip_status"].as_u64().unwrap()),
            (status, sip)
        );
        service.status(|s| s["call_status"] == status && s["sip_status"] == sip).await;
    }
}

#[tokio::test]
async fn a_caller_who_leaves_ends_the_talk_and_the_hook_is_sent_all_the_same() {
    let (service, provider, call) = dialling(json!({}), with_phone(PhoneScript::answers())).await;
    call.bridged(SOON).await.unwrap();
    call.hang_up();
    let end = service.status(|s| s["call_sid"] == call.sid() && s["call_status"] == "completed").await;
    assert_eq!(end["call_termination_by"], "caller");
    let told = result(&service).await;
    assert_eq!((&told["dial_call_status"], &told["call_status"]), (&json!("completed"), &json!("completed")));
    assert!(call.seen().served);
    assert!(!provider.phone("agent-1").is_taken());
}

#[tokio::test]
async fn the_hook_of_a_replaced_dial_is_sent_and_its_answer_ignored() {
    let (service, provider, call) = dialling(json!({}), with_phone(PhoneScript::answers())).await;
    service.answers("/done", Reply::verbs(json!([say("aus dem Haken"), stay()])));
    service.answers("/new", Reply::verbs(json!([say("aus REST"), stay()])));
    call.bridged(SOON).await.unwrap();
    super::rest::update(&provider, call.sid(), &json!({"call_hook": service.url("/new")})).await;
    assert!(
        call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.hears.as_deref() == Some("aus REST"))).await
    );
    assert_eq!(result(&service).await["dial_call_status"], "completed");
    tokio::time::sleep(A_WHILE).await;
    assert!(!call.heard().contains(&"aus dem Haken".to_owned()));
}

#[tokio::test]
async fn the_time_limit_and_the_phones_own_script_end_a_talk() {
    let (service, _provider, _call) = dialling(json!({"timeLimit": 5}), with_phone(PhoneScript::answers())).await;
    assert_eq!(result(&service).await["dial_call_status"], "completed");
    let (service, provider, call) = dialling(json!({}), with_phone(PhoneScript::talks(Duration::from_secs(5)))).await;
    assert_eq!(result(&service).await["dial_call_status"], "completed");
    let parted =
        |h: &Happening| matches!(h, Happening::Unbridged { call: c, by, .. } if c == call.sid() && by == "agent");
    assert_eq!(provider.journal().count(parted), 1);
}

#[tokio::test]
async fn a_phone_can_be_asked_before_the_bridge() {
    let confirm = |service: &Service| json!({"confirmHook": service.url("/confirm")});
    for (keys, status) in [("1", "completed"), ("", "in-progress")] {
        let service = Service::start().await;
        let provider = service.provider().await;
        provider.phone("agent-1").set(PhoneScript { keys: keys.to_owned(), ..PhoneScript::answers() });
        service.answers(
            "/confirm",
            Reply::verbs(
                json!([{"verb": "gather", "numDigits": 1, "timeout": 50, "actionHook": service.url("/accepted")}]),
            ),
        );
        service.answers(
            "/accepted",
            if keys.is_empty() { Reply::verbs(json!([{"verb": "hangup"}])) } else { Reply::status(204) },
        );
        let mut dial = json!({"verb": "dial", "actionHook": service.url("/done"), "timeLimit": 3, "target": [{"type": "user", "name": "agent-1"}]});
        dial.as_object_mut().unwrap().extend(confirm(&service).as_object().unwrap().clone());
        service.begins_with(json!([dial, stay()]));
        let call = provider.ring(caller());
        assert_eq!(result(&service).await["dial_call_status"], status);
        let asked = &service.heard("/confirm")[0].body;
        assert_eq!(asked["parent_call_sid"], call.sid());
        assert_eq!(call.seen().served, status == "completed");
    }
}

#[tokio::test]
async fn the_first_of_several_phones_wins_and_the_others_stop_ringing() {
    let service = Service::start().await;
    let provider = service.provider().await;
    provider.phone("slow").set(PhoneScript::does(OnRing::Answer { after: Duration::from_secs(300) }));
    provider.phone("fast").set(PhoneScript::answers());
    service.begins_with(
        json!([{"verb": "dial", "target": [{"type": "user", "name": "slow"}, {"type": "user", "name": "fast"}]}]),
    );
    let call = provider.ring(caller());
    assert_eq!(call.bridged(SOON).await.as_deref(), Some("fast"));
    tokio::time::sleep(A_WHILE).await;
    assert!(!provider.phone("slow").is_taken());
    assert!(provider.phone("fast").is_taken());
}

#[tokio::test]
async fn a_failing_hook_goes_on_with_the_next_verb() {
    let (service, _provider, call) = dialling(json!({}), with_phone(PhoneScript::does(OnRing::Busy))).await;
    service.answers("/done", Reply::status(500));
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.hears.as_deref() == Some("zurück"))).await);
}
