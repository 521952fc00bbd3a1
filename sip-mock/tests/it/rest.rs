//! Live call control.

use serde_json::{Value, json};
use sip_mock::provider::RateLimit;
use sip_mock::{Faults, Happening, PhoneScript, Provider};

use super::service::{A_WHILE, Gate, Reply, SOON, Service, caller, question, say, stay};

pub const ACCOUNT: &str = "3f0e7b52-6f0a-4b1e-9b58-5a3c8a1d0001";

pub fn url(provider: &Provider, path: &str) -> String {
    format!("{}/Accounts/{ACCOUNT}/Calls{path}", provider.base_url())
}

pub async fn send(method: reqwest::Method, url: &str, body: Option<&Value>) -> reqwest::Response {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build().unwrap();
    let mut request = client.request(method, url).header("authorization", "Bearer test-api-key");
    if let Some(body) = body {
        request = request.json(body);
    }
    request.send().await.unwrap()
}

/// Sends an update and answers with its status.
pub async fn update(provider: &Provider, sid: &str, body: &Value) -> u16 {
    send(reqwest::Method::PUT, &url(provider, &format!("/{sid}")), Some(body)).await.status().as_u16()
}

async fn get(provider: &Provider, path: &str) -> (u16, Value) {
    let answer = send(reqwest::Method::GET, &url(provider, path), None).await;
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn staying(service: &Service) -> (Provider, sip_mock::CallHandle) {
    service.begins_with(json!([{"verb": "answer"}, stay(), say("alte Liste"), stay()]));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.name == "pause")).await);
    (provider, call)
}

fn hears(text: &'static str) -> impl Fn(&sip_mock::CallView) -> bool {
    move |seen| seen.verb.as_ref().is_some_and(|v| v.hears.as_deref() == Some(text))
}

#[tokio::test]
async fn a_new_call_hook_kills_the_verb_and_replaces_the_list() {
    let service = Service::start().await;
    let (provider, call) = staying(&service).await;
    service.answers("/new", Reply::verbs(json!([say("neu"), stay()])));
    assert_eq!(update(&provider, call.sid(), &json!({"call_hook": service.url("/new")})).await, 202);
    assert!(call.wait_for(SOON, hears("neu")).await);
    assert_eq!(service.heard("/new")[0].body["call_status"], "in-progress");
}

#[tokio::test]
async fn a_killed_gather_calls_no_hook() {
    let service = Service::start().await;
    let mut asking = question("q", &service.url("/keys"));
    asking["timeout"] = json!(3600);
    service.begins_with(json!([asking, say("nie")]));
    service.answers("/new", Reply::verbs(json!([say("neu"), stay()])));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.listens)).await);
    update(&provider, call.sid(), &json!({"call_hook": service.url("/new")})).await;
    assert!(call.wait_for(SOON, hears("neu")).await);
    assert!(service.heard("/keys").is_empty());
}

#[tokio::test]
async fn a_list_that_comes_late_from_a_gather_overwrites_the_one_given_by_rest() {
    let service = Service::start().await;
    service.begins_with(json!([question("q", &service.url("/keys")), stay()]));
    let answer = Gate::default();
    service.answers("/keys", Reply::verbs(json!([say("spät aus dem Haken"), stay()])).at(&answer));
    service.answers("/new", Reply::verbs(json!([say("aus REST"), stay()])));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    service.hears("/keys", 1).await;
    update(&provider, call.sid(), &json!({"call_hook": service.url("/new")})).await;
    let given = |what: &Happening| matches!(what, Happening::ListReplaced { by, .. } if by == "interrupt");
    assert!(provider.journal().wait_for(1, SOON, given).await);
    answer.open();
    assert!(call.wait_for(SOON, hears("spät aus dem Haken")).await);
    assert_eq!(call.heard(), ["spät aus dem Haken"], "the list given by REST is never heard");
}

#[tokio::test]
async fn what_the_call_hook_of_an_update_answers_decides() {
    for (reply, expected) in [
        (Reply::json("[]"), "hung up"),
        (Reply::status(204), "old list"),
        (Reply::status(200), "old list"),
        (Reply::json("{}"), "old list"),
        (Reply::status(500), "undisturbed"),
        (Reply::json(""), "undisturbed"),
        (Reply::verbs(json!([{"verb": "dance"}])), "undisturbed"),
    ] {
        let service = Service::start().await;
        let (provider, call) = staying(&service).await;
        service.answers("/new", reply);
        assert_eq!(update(&provider, call.sid(), &json!({"call_hook": service.url("/new")})).await, 202);
        service.hears("/new", 1).await;
        match expected {
            "hung up" => assert_eq!(call.ended(SOON).await.unwrap().cause, "list exhausted"),
            "old list" => assert!(call.wait_for(SOON, hears("alte Liste")).await),
            _ => {
                tokio::time::sleep(A_WHILE).await;
                assert_eq!(call.seen().verb.unwrap().number, 2);
            }
        }
    }
}

#[tokio::test]
async fn exactly_one_thing_is_asked_for() {
    let service = Service::start().await;
    let (provider, call) = staying(&service).await;
    let hook = service.url("/new");
    for bad in [
        json!({}),
        json!({"call_hook": hook, "call_status": "completed"}),
        json!({"tag": {"a": 1}, "mute_status": "mute"}),
        json!({"call_status": "gone"}),
        json!({"call_status_hook": hook, "tag": {"a": 1}}),
    ] {
        assert_eq!(update(&provider, call.sid(), &bad).await, 400, "{bad}");
    }
    let not_json = send(reqwest::Method::PUT, &url(&provider, &format!("/{}", call.sid())), None).await;
    assert_eq!(not_json.status(), 400);
    assert_eq!(update(&provider, call.sid(), &json!({"tag": {"entry": "e-1"}})).await, 202);
    assert_eq!(get(&provider, &format!("/{}", call.sid())).await.1["customerData"], json!({"entry": "e-1"}));
}

#[tokio::test]
async fn hanging_up_an_unknown_call_is_404_and_one_that_is_over_422() {
    let service = Service::start().await;
    let (provider, call) = staying(&service).await;
    let over = json!({"call_status": "completed"});
    assert_eq!(update(&provider, "nobody", &over).await, 404);
    assert_eq!(update(&provider, call.sid(), &over).await, 202);
    assert_eq!(call.ended(SOON).await.unwrap().cause, "rest");
    assert_eq!(service.status(|s| s["call_status"] == "completed").await["call_termination_by"], "jambonz");
    assert_eq!(update(&provider, call.sid(), &over).await, 422);
    assert_eq!(get(&provider, &format!("/{}", call.sid())).await.1["call_status"], "completed");
    assert_eq!(send(reqwest::Method::DELETE, &url(&provider, &format!("/{}", call.sid())), None).await.status(), 204);
    assert_eq!(get(&provider, &format!("/{}", call.sid())).await.0, 404);
}

#[tokio::test]
async fn a_call_that_is_not_answered_cannot_be_completed_and_an_answered_one_not_refused() {
    let service = Service::start().await;
    service.begins_with(json!([stay()]));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.is_some()).await);
    assert_eq!(update(&provider, call.sid(), &json!({"call_status": "completed"})).await, 422);
    assert_eq!(update(&provider, call.sid(), &json!({"call_status": "no-answer"})).await, 202);
    assert_eq!(call.ended(SOON).await.unwrap().sip, 503);
}

#[tokio::test]
async fn the_list_knows_callers_and_agents_legs_and_is_filtered() {
    let service = Service::start().await;
    service.begins_with(json!([{"verb": "dial", "target": [{"type": "user", "name": "agent-1"}]}]));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    call.bridged(SOON).await.unwrap();
    let (_, all) = get(&provider, "").await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    let (_, legs) = get(&provider, "?direction=outbound").await;
    assert_eq!(legs[0]["parent_call_sid"], call.sid());
    assert_eq!(legs[0]["to"], "agent-1@vaxline.example");
    assert_eq!(get(&provider, "?callStatus=ringing").await.1, json!([]));
    assert_eq!(get(&provider, "?callStatus=in-progress").await.1.as_array().unwrap().len(), 2);
    // Ending the agent's leg ends the session that dialled it.
    let leg = legs[0]["call_sid"].as_str().unwrap();
    assert_eq!(update(&provider, leg, &json!({"call_status": "completed"})).await, 202);
    assert_eq!(call.ended(SOON).await.unwrap().cause, "rest");
    assert_eq!(get(&provider, "").await.1, json!([]));
}

#[tokio::test]
async fn without_the_key_or_for_another_account_nothing_is_told() {
    let service = Service::start().await;
    let provider = service.provider().await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build().unwrap();
    assert_eq!(client.get(url(&provider, "")).send().await.unwrap().status(), 401);
    assert_eq!(
        client.get(url(&provider, "")).header("authorization", "Bearer other").send().await.unwrap().status(),
        401
    );
    let other = format!("{}/Accounts/other/Calls", provider.base_url());
    assert_eq!(send(reqwest::Method::GET, &other, None).await.status(), 403);
}

#[tokio::test]
async fn the_quota_is_told_and_then_refused() {
    let service = Service::start().await;
    let mut config = service.config();
    config.rate_limit = Some(RateLimit { requests: 2, window_seconds: 60 });
    let provider = Provider::start(config).await.unwrap();
    let first = send(reqwest::Method::GET, &url(&provider, ""), None).await;
    assert_eq!(first.headers()["ratelimit-remaining"], "1");
    send(reqwest::Method::GET, &url(&provider, ""), None).await;
    let third = send(reqwest::Method::GET, &url(&provider, ""), None).await;
    assert_eq!(third.status(), 429);
    assert_eq!(third.headers()["ratelimit-limit"], "2");
    assert!(third.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn an_error_may_be_told_although_the_request_took_effect() {
    let service = Service::start().await;
    let (provider, call) = staying(&service).await;
    provider.set_faults(Faults { rest_fails_after_effect: 1.0, ..Faults::default() });
    assert_eq!(update(&provider, call.sid(), &json!({"call_status": "completed"})).await, 500);
    assert!(call.ended(SOON).await.is_some());

    let service = Service::start().await;
    let (provider, call) = staying(&service).await;
    provider.set_faults(Faults { rest_fails: 1.0, ..Faults::default() });
    assert_eq!(update(&provider, call.sid(), &json!({"call_status": "completed"})).await, 500);
    assert!(call.seen().ended.is_none());
    provider.set_faults(Faults { rest_too_many: 1.0, rest_too_many_burst: 2, ..Faults::default() });
    assert_eq!(update(&provider, call.sid(), &json!({"call_status": "completed"})).await, 429);
}

fn order(service: &Service) -> Value {
    json!({"from": "08000899089", "to": {"type": "phone", "number": "+4915228817386"}, "call_hook": service.url("/out"),
        "speech_synthesis_vendor": "microsoft", "speech_synthesis_language": "de-DE", "speech_synthesis_voice": "de-DE-KatjaNeural",
        "speech_recognizer_vendor": "microsoft", "speech_recognizer_language": "de-DE", "timeout": 5, "tag": {"callback": "cb-1"}})
}

#[tokio::test]
async fn a_call_can_be_made_and_asks_what_to_do_when_it_is_answered() {
    let service = Service::start().await;
    service.answers("/out", Reply::verbs(json!([say("Sie wollten zurückgerufen werden"), stay()])));
    let provider = service.provider().await;
    provider.phone("+4915228817386").set(PhoneScript::answers());
    let answer = send(reqwest::Method::POST, &url(&provider, ""), Some(&order(&service))).await;
    assert_eq!(answer.status(), 201);
    let made: Value = answer.json().await.unwrap();
    let asked = &service.hears("/out", 1).await[0].body;
    assert_eq!((&asked["direction"], &asked["call_sid"]), (&json!("outbound"), &made["sid"]));
    assert_eq!(asked["customerData"], json!({"callback": "cb-1"}));
    service.status(|s| s["call_status"] == "ringing").await;
    assert!(provider.phone("+4915228817386").hang_up());
    service.status(|s| s["call_status"] == "completed" && s["call_termination_by"] == "caller").await;
}

#[tokio::test]
async fn an_incomplete_order_is_refused_and_a_phone_that_does_not_answer_is_reported() {
    let service = Service::start().await;
    let provider = service.provider().await;
    for missing in ["from", "to", "call_hook", "speech_recognizer_vendor"] {
        let mut body = order(&service);
        body.as_object_mut().unwrap().remove(missing);
        assert_eq!(send(reqwest::Method::POST, &url(&provider, ""), Some(&body)).await.status(), 400, "{missing}");
    }
    provider.phone("+4915228817386").set(PhoneScript::does(sip_mock::OnRing::Silence));
    send(reqwest::Method::POST, &url(&provider, ""), Some(&order(&service))).await;
    service.status(|s| s["call_status"] == "no-answer" && s["sip_status"] == 487).await;
    assert!(service.heard("/out").is_empty());
}
