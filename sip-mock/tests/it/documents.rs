//! Single verbs that need no table.

use serde_json::json;

use super::service::{Reply, SOON, Service, caller, question, say, stay};

#[tokio::test]
async fn a_declined_call_fails_with_the_status_given() {
    let service = Service::start().await;
    service.begins_with(json!([{"verb": "sip:decline", "status": 486, "reason": "Busy Here"}]));
    let provider = service.provider().await;
    let end = provider.ring(caller()).ended(SOON).await.unwrap();
    assert_eq!((end.cause, end.sip), ("sip:decline", 486));
    assert_eq!(service.status(|s| s["call_status"] == "failed").await["sip_status"], 486);
}

#[tokio::test]
async fn an_answered_call_cannot_be_declined_and_an_unanswered_one_not_hung_up() {
    let service = Service::start().await;
    service.begins_with(json!([{"verb": "hangup"}, {"verb": "answer"}, {"verb": "sip:decline", "status": 486}, say("noch da"), {"verb": "hangup"}]));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    assert_eq!(call.ended(SOON).await.unwrap().cause, "hangup");
    assert_eq!(call.heard(), ["noch da"]);
}

#[tokio::test]
async fn a_pause_does_not_answer_and_speech_does() {
    let service = Service::start().await;
    service.begins_with(json!([{"verb": "pause", "length": 1}, say("Guten Tag"), stay()]));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.is_some()).await);
    assert!(!service.statuses().contains(&"in-progress".to_owned()));
    service.status(|s| s["call_status"] == "in-progress").await;
}

#[tokio::test]
async fn a_tag_comes_back_in_later_hooks_in_its_own_spelling() {
    let service = Service::start().await;
    service.begins_with(
        json!([{"verb": "tag", "data": {"entryId": "e-1"}}, question("q", &service.url("/keys")), stay()]),
    );
    let provider = service.provider().await;
    let _call = provider.ring(caller());
    assert_eq!(service.hears("/keys", 1).await[0].body["customerData"], json!({"entryId": "e-1"}));
}

#[tokio::test]
async fn playing_a_file_reports_how_long_and_a_missing_one_fails_and_goes_on() {
    let service = Service::start().await;
    let provider = service.provider().await;
    let media = provider.media_url();
    service.begins_with(json!([
        {"verb": "play", "id": "a", "url": format!("{media}/ansage-3s.wav"), "actionHook": service.url("/played")},
        {"verb": "play", "id": "b", "url": format!("{media}/missing.wav"), "actionHook": service.url("/played")},
        say("weiter"), stay()]));
    let call = provider.ring(caller());
    let told = service.hears("/played", 2).await;
    assert_eq!(told[0].body["reason"], "playCompleted");
    assert!(told[0].body["playback_seconds"].as_u64().unwrap() >= 3);
    assert_eq!(told[1].body["reason"], "playFailed");
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.hears.as_deref() == Some("weiter"))).await);
    provider.shutdown().await;
}

#[tokio::test]
async fn the_music_is_served_as_a_wav_file() {
    let service = Service::start().await;
    service.answers("/call", Reply::status(204));
    let provider = service.provider().await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build().unwrap();
    let answer = client.get(format!("{}/hold.wav", provider.media_url())).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "audio/wav");
    assert_eq!(answer.bytes().await.unwrap().len(), 44 + 20 * 16_000);
    assert_eq!(client.get(format!("{}/missing.wav", provider.media_url())).send().await.unwrap().status(), 404);
}
