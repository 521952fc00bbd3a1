//! Webhooks: addresses, retries, moving services, the order of states.

use std::time::Duration;

use serde_json::json;
use sip_mock::Happening;

use super::service::{A_WHILE, Gate, Reply, SOON, Service, caller, nowhere, question, say, stay};

async fn attempts(fragment: &str, first: Reply) -> usize {
    let service = Service::start().await;
    service.answers("/tick", first);
    service.answers("/tick", Reply::verbs(json!([say("wieder da"), stay()])));
    service.begins_with(json!([
        question("t", &format!("{}{fragment}", service.url("/tick?call=1"))),
        say("weiter"),
        stay()
    ]));
    let provider = service.impatient_provider().await;
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.hears.is_some())).await);
    let heard = service.heard("/tick");
    for again in &heard {
        assert_eq!(
            (&again.raw, &again.headers["jambonz-signature"]),
            (&heard[0].raw, &heard[0].headers["jambonz-signature"]),
            "a retry is the same, byte for byte"
        );
        assert_eq!(again.uri, "/tick?call=1", "the fragment is not sent");
    }
    heard.len()
}

#[tokio::test]
async fn a_retry_happens_only_when_the_address_asks_for_it() {
    assert_eq!(attempts("", Reply::status(503)).await, 1);
    assert_eq!(attempts("#rc=3", Reply::status(503)).await, 1);
    assert_eq!(attempts("#rc=3&rp=ct,5xx", Reply::status(503)).await, 2);
    assert_eq!(attempts("#rc=3&rp=4xx", Reply::status(503)).await, 1);
    assert_eq!(attempts("#rc=3&rp=ct,5xx", Reply::reset()).await, 1);
}

#[tokio::test]
async fn a_time_out_is_retried_by_all_and_not_by_rt() {
    assert_eq!(attempts("#rc=2&rp=rt", Reply::never()).await, 1);
    assert_eq!(attempts("#rc=2&rp=all", Reply::never()).await, 2);
}

#[tokio::test]
async fn a_relative_address_works_and_sends_its_fragment_raw() {
    let service = Service::start().await;
    service.begins_with(json!([question("t", "/tick?call=1#rc=3&rp=ct"), stay()]));
    let provider = service.provider().await;
    let _call = provider.ring(caller());
    let heard = service.hears("/tick", 1).await;
    assert!(heard[0].uri.contains("%23rc=3"), "{}", heard[0].uri);
    provider.shutdown().await;
}

#[tokio::test]
async fn a_service_that_moved_is_found_at_its_new_base() {
    let old = Service::start().await;
    let new = Service::start().await;
    old.begins_with(json!([question("t", &old.url("/tick")), question("t2", &old.url("/tick")), stay()]));
    new.answers("/tick", Reply::verbs(json!([say("neue Adresse"), stay()])));
    let mut config = old.config();
    config.speed = 5.0;
    let provider = sip_mock::Provider::start(config).await.unwrap();
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.is_some()).await);
    provider.set_base(&new.base);
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.hears.is_some())).await);
    assert!(old.heard("/tick").is_empty());
    provider.shutdown().await;
}

#[tokio::test]
async fn the_first_status_follows_the_answer_to_the_call_hook() {
    let service = Service::start().await;
    let answer = Gate::default();
    service.answers("/call", Reply::verbs(json!([say("Guten Tag")])).at(&answer));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    service.hears("/call", 1).await;
    tokio::time::sleep(A_WHILE).await;
    assert!(service.statuses().is_empty());
    answer.open();
    call.ended(SOON).await.unwrap();
    service.status(|s| s["call_status"] == "completed").await;
    let mut statuses = service.statuses();
    statuses.sort();
    assert_eq!(statuses, ["completed", "in-progress", "trying"]);
}

#[tokio::test]
async fn a_caller_who_leaves_before_the_first_answer_is_told_about_afterwards() {
    let service = Service::start().await;
    let answer = Gate::default();
    service.answers("/call", Reply::verbs(json!([stay()])).at(&answer));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    service.hears("/call", 1).await;
    call.hang_up();
    assert!(call.ended(SOON).await.is_some());
    answer.open();
    let told = service.status(|s| s["call_status"] == "no-answer").await;
    assert_eq!((&told["sip_status"], &told["call_termination_by"]), (&json!(487), &json!("caller")));
    service.status(|s| s["call_status"] == "trying").await;
    provider.shutdown().await;
}

#[tokio::test]
async fn a_caller_who_leaves_during_early_media_is_reported_twice() {
    let service = Service::start().await;
    service.begins_with(json!([{"verb": "say", "text": "früh".repeat(1000), "earlyMedia": true}]));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    service.status(|s| s["call_status"] == "early-media").await;
    call.hang_up();
    service.status(|s| s["call_status"] == "no-answer").await;
    let second = service.status(|s| s["call_status"] == "completed").await;
    assert_eq!(second["duration"], 0);
    provider.shutdown().await;
}

#[tokio::test]
async fn nothing_is_executed_after_the_end() {
    let service = Service::start().await;
    service.begins_with(json!([question("t", &service.url("/tick")), stay()]));
    let answer = Gate::default();
    service.answers("/tick", Reply::verbs(json!([say("zu spät"), question("u", &nowhere())])).at(&answer));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    service.hears("/tick", 1).await;
    call.hang_up();
    assert!(call.ended(SOON).await.is_some());
    answer.open();
    let answered = |what: &Happening| matches!(what, Happening::HookAnswered { hook, .. } if hook == "gather");
    assert!(provider.journal().wait_for(1, SOON, answered).await);
    tokio::time::sleep(A_WHILE).await;
    assert!(call.heard().is_empty());
    assert_eq!(call.seen().ended.unwrap().by, "caller");
    provider.shutdown().await;
}

#[tokio::test]
async fn a_body_that_stalls_is_waited_for_far_longer_than_an_answer_that_does_not_begin() {
    let heard = async |reply: Reply| {
        let service = Service::start().await;
        service.begins_with(json!([question("t", &service.url("/tick")), say("weiter")]));
        service.answers("/tick", reply);
        let provider = service.impatient_provider().await;
        let call = provider.ring(caller());
        call.ended(SOON).await.unwrap();
        call.heard()
    };
    let new = || Reply::verbs(json!([say("neu")]));
    assert_eq!(heard(new().stalls(Duration::from_secs(2))).await, ["neu"]);
    assert_eq!(heard(Reply::never()).await, ["weiter"]);
}
