//! What a caller hears when the service fails: the table that the hold list rests on.

use serde_json::{Value, json};

use sip_mock::Happening;

use super::service::{A_WHILE, Reply, SOON, Service, caller, nowhere, question, say, stay};

/// Rings, lets the first question run into its time limit and its hook answer so, and says whether the next verb ran.
async fn goes_on(reply: Option<Reply>) -> (bool, Service) {
    let service = Service::start().await;
    let hook = match reply {
        Some(reply) => {
            service.answers("/tick", reply);
            service.url("/tick")
        }
        None => nowhere(),
    };
    service.begins_with(json!([question("tick", &hook), say("weiter"), stay()]));
    let provider = service.impatient_provider().await;
    let call = provider.ring(caller());
    let went_on =
        call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.hears.as_deref() == Some("weiter"))).await;
    provider.shutdown().await;
    (went_on, service)
}

#[tokio::test]
async fn a_gather_whose_hook_fails_goes_on_with_the_next_verb() {
    let failures = [
        ("refused", None),
        ("500", Some(Reply::status(500))),
        ("404", Some(Reply::status(404))),
        ("a redirect", Some(Reply::status(302))),
        ("reset", Some(Reply::reset())),
        ("time-out", Some(Reply::never())),
        ("broken json", Some(Reply::json("[{"))),
        ("empty with a json type", Some(Reply::json(""))),
        ("unknown verb", Some(Reply::verbs(json!([{"verb": "dance"}])))),
        ("unknown property", Some(Reply::verbs(json!([{"verb": "say", "text": "a", "volume": 11}])))),
    ];
    for (name, reply) in failures {
        let (went_on, service) = goes_on(reply).await;
        assert!(went_on, "{name}");
        let told = service.status(|s| s["error"] == "invalid actionHook response").await;
        assert_eq!(told["call_status"], "in-progress", "{name}");
    }
}

#[tokio::test]
async fn an_answer_without_a_list_lets_the_list_go_on_without_an_error() {
    let answers = [
        ("object", Reply::json("{}")),
        ("text", Reply::plain("[{\"verb\":\"hangup\"}]")),
        ("empty list", Reply::json("[]")),
        ("204", Reply::status(204)),
        ("empty without a json type", Reply::status(200)),
    ];
    for (name, reply) in answers {
        let (went_on, service) = goes_on(Some(reply)).await;
        assert!(went_on, "{name}");
        assert!(!service.heard("/status").iter().any(|s| s.body.get("error").is_some()), "{name}");
    }
}

#[tokio::test]
async fn an_array_replaces_the_rest_of_the_list() {
    let service = Service::start().await;
    service.begins_with(json!([question("tick", &service.url("/tick")), say("nie"), stay()]));
    service.answers("/tick", Reply::verbs(json!([say("neu"), stay()])));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.hears.as_deref() == Some("neu"))).await);
    assert_eq!(call.heard(), ["neu"]);
    provider.shutdown().await;
}

async fn after_redirect(reply: Option<Reply>, answered: bool) -> (Option<String>, Service) {
    let service = Service::start().await;
    let hook = match reply {
        Some(reply) => {
            service.answers("/again", reply);
            service.url("/again")
        }
        None => nowhere(),
    };
    let first = if answered { json!({"verb": "answer"}) } else { json!({"verb": "config"}) };
    service.begins_with(json!([first, {"verb": "redirect", "actionHook": hook}, stay()]));
    let provider = service.impatient_provider().await;
    let call = provider.ring(caller());
    let stays = call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.name == "pause")).await;
    let end =
        if stays { None } else { call.ended(SOON).await.map(|end| format!("{} {} {}", end.by, end.cause, end.sip)) };
    if end.is_some() && answered {
        service.status(|s| s["call_status"] == "completed").await;
    }
    provider.shutdown().await;
    (end, service)
}

#[tokio::test]
async fn a_redirect_that_fails_drops_the_call() {
    let failures = [
        ("refused", None),
        ("500", Some(Reply::status(500))),
        ("time-out", Some(Reply::never())),
        ("bad verb", Some(Reply::verbs(json!([{"verb": "dance"}])))),
        ("empty with a json type", Some(Reply::json(""))),
    ];
    for (name, reply) in failures {
        let (end, service) = after_redirect(reply, true).await;
        assert_eq!(end.as_deref(), Some("jambonz redirect failed 200"), "{name}");
        let told = service.status(|s| s["call_status"] == "completed").await;
        assert_eq!(told["call_termination_by"], "jambonz", "{name}");
    }
    let (end, service) = after_redirect(Some(Reply::status(500)), false).await;
    assert_eq!(end.as_deref(), Some("jambonz redirect failed 603"), "never answered");
    assert_eq!(service.statuses(), ["trying"], "603 is told to the carrier, not to the service");
}

#[tokio::test]
async fn a_redirect_without_a_list_goes_on() {
    for (name, reply) in [("object", Reply::json("{}")), ("empty list", Reply::json("[]")), ("204", Reply::status(204))]
    {
        assert_eq!(after_redirect(Some(reply), true).await.0, None, "{name}");
    }
}

#[tokio::test]
async fn an_exhausted_list_hangs_up() {
    let service = Service::start().await;
    service.begins_with(json!([say("Auf Wiederhören")]));
    let provider = service.provider().await;
    let end = provider.ring(caller()).ended(SOON).await.unwrap();
    assert_eq!((end.by, end.cause), ("jambonz", "list exhausted"));
    service.status(|s| s["call_status"] == "completed" && s["duration"].is_u64()).await;
    provider.shutdown().await;
}

#[tokio::test]
async fn a_call_hook_that_fails_costs_the_call_and_no_status_is_sent() {
    for reply in [
        Reply::status(500),
        Reply::json("[]"),
        Reply::status(204),
        Reply::json("{}"),
        Reply::verbs(json!([{"verb": "dance"}])),
    ] {
        let service = Service::start().await;
        service.answers("/call", reply);
        let provider = service.provider().await;
        let end = provider.ring(caller()).ended(SOON).await.unwrap();
        assert_eq!((end.cause, end.sip), ("call hook failed", 480));
        tokio::time::sleep(A_WHILE).await;
        assert!(service.statuses().is_empty());
        provider.shutdown().await;
    }
}

fn music(id: &str, url: &str, hook: &str) -> Value {
    json!({"verb": "gather", "id": id, "input": ["digits"], "timeout": 1, "actionHook": hook, "play": {"url": url}})
}

#[tokio::test]
async fn a_hold_list_ticks_one_second_after_each_piece_and_carries_a_caller_through_an_outage() {
    let service = Service::start().await;
    let tick = service.url("/tick");
    let provider = service.provider().await;
    let piece = format!("{}/hold-20s.wav", provider.media_url());
    service.answers("/tick", Reply::status(503));
    service.begins_with(json!([music("p.1", &piece, &tick), music("p.2", &piece, &tick), music("p.3", &piece, &tick), say("leider"), {"verb": "hangup"}]));
    let began = std::time::Instant::now();
    let call = provider.ring(caller());
    assert!(call.parked(SOON).await);
    let ticks = service.hears("/tick", 1).await;
    let simulated = began.elapsed().as_secs_f64() * 100.0;
    assert!(simulated >= 21.0, "the tick came after {simulated} s");
    assert_eq!(ticks[0].body["reason"], "timeout");
    assert!(ticks[0].body.get("digits").is_none());
    assert_eq!(ticks[0].body["verb_id"], "p.1");
    let ids: Vec<_> = service.hears("/tick", 3).await.iter().map(|t| t.body["verb_id"].clone()).collect();
    assert_eq!(ids, ["p.1", "p.2", "p.3"]);
    assert_eq!(call.ended(SOON).await.unwrap().cause, "hangup");
    assert_eq!(call.heard().last().map(String::as_str), Some("leider"));
    provider.shutdown().await;
}

#[tokio::test]
async fn a_missing_piece_ticks_after_a_second_and_burns_the_list_down() {
    let service = Service::start().await;
    let provider = service.provider().await;
    let piece = format!("{}/missing.wav", provider.media_url());
    let tick = service.url("/tick");
    service.begins_with(json!([music("p.1", &piece, &tick), music("p.2", &piece, &tick)]));
    let began = std::time::Instant::now();
    let call = provider.ring(caller());
    assert_eq!(call.ended(SOON).await.unwrap().cause, "list exhausted");
    let simulated = began.elapsed().as_secs_f64() * 100.0;
    assert!(simulated >= 2.0, "the list was over after {simulated} s");
    let ticks: Vec<_> = service.heard("/tick").iter().map(|t| t.body["reason"].clone()).collect();
    assert_eq!(ticks, ["timeout", "timeout"]);
    let missed = provider.journal().count(|what| matches!(what, Happening::Audio { ok: false, .. }));
    assert_eq!(missed, 2, "no music was waited for");
    provider.shutdown().await;
}

#[tokio::test]
async fn music_for_ever_and_a_time_limit_of_zero_never_tick() {
    for verb in [
        json!({"verb": "gather", "timeout": 1, "play": {"url": "M/hold-1s.wav", "loop": "forever"}}),
        json!({"verb": "gather", "timeout": 0, "play": {"url": "M/hold-1s.wav"}}),
    ] {
        let service = Service::start().await;
        let provider = service.provider().await;
        let verb = verb.to_string().replace("M/", &format!("{}/", provider.media_url()));
        service.answers("/call", Reply::json(format!("[{verb}]")));
        let call = provider.ring(caller());
        tokio::time::sleep(A_WHILE).await;
        assert!(call.seen().ended.is_none());
        provider.shutdown().await;
    }
}
