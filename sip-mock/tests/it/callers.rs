//! Scripted callers.

use std::time::Duration;

use serde_json::json;
use sip_mock::{CallerScript, Cue, HangUp, Keys, PhoneScript, Redial};

use super::service::{Reply, SOON, Service, caller, question, say, stay};

#[tokio::test]
async fn a_caller_presses_the_keys_of_each_prompt() {
    let service = Service::start().await;
    let ask = |id: &str| {
        let mut q = question(id, &service.url("/keys"));
        q["timeout"] = json!(30);
        q
    };
    service.begins_with(json!([ask("language.1"), stay()]));
    service.answers("/keys", Reply::verbs(json!([ask("reason.1"), stay()])));
    service.answers("/keys", Reply::verbs(json!([ask("again.1"), stay()])));
    service.answers("/keys", Reply::verbs(json!([say("danke"), stay()])));
    let provider = service.provider().await;
    let keys = vec![
        Keys::at_id("reason", "2"),
        Keys::at_question(1, "1"),
        Keys { at: Cue::Any, press: "9".into(), after: Duration::ZERO, again: true },
    ];
    let _call = provider.ring(CallerScript { keys, ..caller() });
    let pressed: Vec<_> = service.hears("/keys", 3).await.iter().map(|h| h.body["digits"].clone()).collect();
    assert_eq!(pressed, ["1", "2", "9"]);
}

fn hold_list(service: &Service, media: &str) -> serde_json::Value {
    let music = |n: u32| json!({"verb": "gather", "id": format!("park.{n}"), "timeout": 1, "actionHook": service.url("/tick"), "play": {"url": format!("{media}/hold.wav")}});
    json!([music(1), music(2), music(3)])
}

#[tokio::test]
async fn patience_runs_out_in_the_queue() {
    let service = Service::start().await;
    let provider = service.provider().await;
    service.begins_with(hold_list(&service, &provider.media_url()));
    let call = provider.ring(CallerScript { patience: Some(Duration::from_secs(10)), ..caller() });
    assert!(call.parked(SOON).await);
    assert_eq!(call.ended(SOON).await.unwrap().by, "caller");
    assert!(call.redialled(Duration::from_millis(50)).await.is_none());
}

#[tokio::test]
async fn a_caller_who_was_dropped_rings_again_with_the_same_number() {
    let service = Service::start().await;
    service.begins_with(json!([say("Entschuldigung")]));
    service.begins_with(json!([{"verb": "answer"}, stay()]));
    let provider = service.provider().await;
    let call = provider.ring(CallerScript { redial: Redial::times(1, Duration::from_secs(2)), ..caller() });
    let again = call.redialled(SOON).await.unwrap();
    assert!(again.wait_for(SOON, |seen| seen.verb.is_some()).await);
    let hooks = service.heard("/call");
    assert_eq!(hooks[0].body["from"], hooks[1].body["from"]);
    assert_ne!(hooks[0].body["call_sid"], hooks[1].body["call_sid"]);
    again.hang_up();
    again.ended(SOON).await.unwrap();
    assert!(again.redialled(Duration::from_millis(50)).await.is_none(), "whoever hangs up does not ring again");
}

#[tokio::test]
async fn a_busy_tone_is_a_reason_of_its_own_to_ring_again() {
    for (when_busy, rings_again) in [(true, true), (false, false)] {
        let service = Service::start().await;
        service.begins_with(json!([{"verb": "sip:decline", "status": 486}]));
        service.begins_with(json!([{"verb": "answer"}, stay()]));
        let provider = service.provider().await;
        let redial = Redial { when_busy, ..Redial::times(1, Duration::from_secs(2)) };
        let call = provider.ring(CallerScript { redial, ..caller() });
        assert_eq!(call.ended(SOON).await.unwrap().cause, "sip:decline");
        let wait = if rings_again { SOON } else { Duration::from_millis(300) };
        assert_eq!(call.redialled(wait).await.is_some(), rings_again);
    }
}

#[tokio::test]
async fn a_caller_can_leave_at_any_point() {
    for (point, verbs) in [
        (HangUp::After(Duration::from_secs(1)), json!([stay()])),
        (HangUp::At(Cue::Hears("Datenschutz".into())), json!([say("Datenschutz, sehr lang".repeat(100).as_str())])),
        (HangUp::WhileConnecting, json!([{"verb": "dial", "target": [{"type": "user", "name": "silent"}]}])),
        (HangUp::WhenBridged, json!([{"verb": "dial", "target": [{"type": "user", "name": "agent"}]}, stay()])),
    ] {
        let service = Service::start().await;
        service.begins_with(verbs);
        let provider = service.provider().await;
        provider.phone("silent").set(PhoneScript::does(sip_mock::OnRing::Silence));
        let call = provider.ring(CallerScript { hang_up: Some(point.clone()), ..caller() });
        assert_eq!(call.ended(SOON).await.unwrap().by, "caller", "{point:?}");
    }
}

#[tokio::test]
async fn a_caller_ends_the_talk_after_its_time() {
    let service = Service::start().await;
    service.begins_with(json!([{"verb": "dial", "target": [{"type": "user", "name": "agent"}]}, stay()]));
    let provider = service.provider().await;
    let call = provider.ring(CallerScript {
        talk: Some(Duration::from_secs(20)),
        patience: Some(Duration::from_secs(1)),
        ..caller()
    });
    call.bridged(SOON).await.unwrap();
    let end = call.ended(SOON).await.unwrap();
    assert_eq!(end.by, "caller");
    assert!(
        service.status(|s| s["call_status"] == "completed" && s.get("parent_call_sid").is_none()).await["duration"]
            .as_u64()
            .unwrap()
            >= 20
    );
}
