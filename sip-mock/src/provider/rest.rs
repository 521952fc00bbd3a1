//! Live call control: the REST interface of the account's calls.
//!
//! In: requests of the service. Out: effects on sessions, asynchronous where the real one's are (202 says "heard", not "done").
//! What must hold: exactly one thing is asked for in an update; a call that nobody knows is 404, one that is over 422; and an
//! answer may say 500 although the request took effect (faults), which a client must survive.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::{Call, CallStatus};
use super::hooks::{Answer, Kind};
use super::limit::{Limiter, Quota};
use super::session::Switch;
use super::{messages, originate, verbs};
use crate::journal::Happening;

/// What the handlers share.
#[derive(Clone)]
pub(super) struct Rest {
    pub(super) switch: Arc<Switch>,
    pub(super) limiter: Arc<Limiter>,
}

/// An update asks for exactly one of these.
const ONE_OF: [&str; 16] = [
    "call_hook",
    "child_call_hook",
    "call_status",
    "mute_status",
    "conf_mute_status",
    "conf_hold_status",
    "listen_status",
    "transcribe_status",
    "record",
    "tag",
    "dtmf",
    "conferenceParticipantAction",
    "dub",
    "sip_request",
    "boostAudioSignal",
    "media_path",
];

pub(super) fn routes(rest: Rest) -> Router {
    Router::new()
        .route("/v1/Accounts/{account}/Calls", get(list).post(create))
        .route("/v1/Accounts/{account}/Calls/{call}", get(one).put(update).post(update).delete(forget))
        .layer(DefaultBodyLimit::max(1 << 20))
        .layer(middleware::from_fn_with_state(rest.clone(), door))
        .with_state(rest)
}

fn refusal(status: StatusCode, msg: &str) -> Response {
    (status, axum::Json(json!({"msg": msg}))).into_response()
}

fn gone() -> Response {
    refusal(StatusCode::UNPROCESSABLE_ENTITY, "call is gone or in the wrong state")
}

fn unknown() -> Response {
    refusal(StatusCode::NOT_FOUND, "call not found")
}

/// Key, quota and faults, before and after every request.
async fn door(State(rest): State<Rest>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let answer = guarded(&rest, request, next).await;
    rest.switch.journal.note(Happening::RestAnswered { method, path, http: answer.status().as_u16() });
    answer
}

async fn guarded(rest: &Rest, request: Request, next: Next) -> Response {
    let switch = &rest.switch;
    let expected = format!("Bearer {}", switch.api_key);
    if request.headers().get("authorization").and_then(|v| v.to_str().ok()) != Some(expected.as_str()) {
        return refusal(StatusCode::UNAUTHORIZED, "unauthorised");
    }
    if request.uri().path().split('/').nth(3) != Some(switch.account.sid.as_str()) {
        return refusal(StatusCode::FORBIDDEN, "this key belongs to another account");
    }
    let faults = switch.faults();
    let quota = rest.limiter.count(Instant::now());
    let burst = rest.limiter.refuses(switch.dice.happens(faults.rest_too_many), faults.rest_too_many_burst);
    if burst || quota.is_some_and(|q| q.exceeded) {
        let told = quota.unwrap_or(Quota { limit: 600, remaining: 0, reset_seconds: 1, exceeded: true });
        let mut answer = refusal(StatusCode::TOO_MANY_REQUESTS, "Too many requests, please try again later.");
        tell_quota(answer.headers_mut(), &told);
        answer.headers_mut().insert("retry-after", told.reset_seconds.min(if burst { 1 } else { u64::MAX }).into());
        return answer;
    }
    let thrown = |fault: &str, chance: f64| {
        let thrown = switch.dice.happens(chance);
        if thrown {
            switch.journal.note(Happening::Fault { fault: fault.to_owned(), call: None });
        }
        thrown
    };
    if thrown("rest_fails", faults.rest_fails) {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong");
    }
    let after = thrown("rest_fails_after_effect", faults.rest_fails_after_effect);
    let mut answer = next.run(request).await;
    if after {
        answer = refusal(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong");
    }
    if let Some(quota) = quota {
        tell_quota(answer.headers_mut(), &quota);
    }
    answer
}

fn tell_quota(headers: &mut HeaderMap, quota: &Quota) {
    for (name, value) in [
        ("ratelimit-limit", u64::from(quota.limit)),
        ("ratelimit-remaining", u64::from(quota.remaining)),
        ("ratelimit-reset", quota.reset_seconds),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    direction: Option<String>,
    call_status: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

async fn list(State(rest): State<Rest>, Query(filter): Query<Filter>) -> Response {
    let switch = &rest.switch;
    note(switch, "GET", None, Vec::new());
    let fits = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|w| w == is);
    let records: Vec<Value> = switch
        .calls
        .live()
        .iter()
        .filter(|call| {
            let status = call.state().status;
            fits(&filter.direction, if call.inbound { "inbound" } else { "outbound" })
                && fits(&filter.call_status, status.word())
                && fits(&filter.from, &call.from)
                && fits(&filter.to, &call.to)
        })
        .map(|call| messages::record(&switch.account, call))
        .collect();
    axum::Json(records).into_response()
}

async fn one(State(rest): State<Rest>, Path((_, sid)): Path<(String, String)>) -> Response {
    note(&rest.switch, "GET", Some(&sid), Vec::new());
    match rest.switch.calls.get(&sid) {
        Some(call) => axum::Json(messages::record(&rest.switch.account, &call)).into_response(),
        None => unknown(),
    }
}

async fn forget(State(rest): State<Rest>, Path((_, sid)): Path<(String, String)>) -> Response {
    note(&rest.switch, "DELETE", Some(&sid), Vec::new());
    if rest.switch.calls.forget(&sid) { StatusCode::NO_CONTENT.into_response() } else { unknown() }
}

async fn create(State(rest): State<Rest>, body: Bytes) -> Response {
    let body = match object(&body) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    note(&rest.switch, "POST", None, body.keys().cloned().collect());
    match originate::parse(&rest.switch, &body) {
        Ok(order) => {
            let call = originate::start(&rest.switch, order);
            (StatusCode::CREATED, axum::Json(json!({"sid": call.sid, "callId": call.sip_call_id}))).into_response()
        }
        Err(why) => refusal(StatusCode::BAD_REQUEST, &why),
    }
}

async fn update(State(rest): State<Rest>, Path((_, sid)): Path<(String, String)>, body: Bytes) -> Response {
    let switch = &rest.switch;
    let body = match object(&body) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let asks: Vec<String> =
        ONE_OF.iter().filter(|key| body.get(**key).is_some_and(truthy)).map(|key| (*key).to_owned()).collect();
    note(switch, "PUT", Some(&sid), asks.clone());
    let pair = asks.len() == 2 && asks.iter().all(|a| a == "call_hook" || a == "child_call_hook");
    if !(asks.len() == 1 || pair || (asks.is_empty() && body.contains_key("whisper"))) {
        return refusal(StatusCode::BAD_REQUEST, "exactly one of the live call control properties must be given");
    }
    if body.contains_key("call_status_hook") && !body.contains_key("call_hook") {
        return refusal(StatusCode::BAD_REQUEST, "call_status_hook can be changed only together with call_hook");
    }
    if !allowed(&body, "call_status", &["completed", "no-answer"])
        || !allowed(&body, "mute_status", &["mute", "unmute"])
    {
        return refusal(StatusCode::BAD_REQUEST, "invalid value");
    }
    let Some(call) = switch.calls.get(&sid) else { return unknown() };
    let Some(call) = session_of(switch, call) else { return gone() };
    match body.get("call_status").and_then(Value::as_str) {
        Some("completed") if call.state().answered_at.is_none() => return gone(),
        Some("completed") => switch.end(&call, "jambonz", "rest", (CallStatus::Failed, 603, "Decline"), false),
        Some(_) if call.state().answered_at.is_some() => return gone(),
        // Refused before an answer: 503 to the carrier, and no status hook.
        Some(_) => switch.end(&call, "jambonz", "rest", (CallStatus::NoAnswer, 503, "Service Unavailable"), true),
        None => {}
    }
    if let Some(tag) = body.get("tag") {
        call.state().tag = Some(tag.clone());
    }
    if let Some(hook) = verbs::hook(&body, "call_hook") {
        if let Some(status_hook) = verbs::hook(&body, "call_status_hook") {
            call.state().status_hook = Some(status_hook);
        }
        let work = Arc::clone(switch);
        switch.spawn(async move { interrupt(&work, &call, &hook).await });
    }
    StatusCode::ACCEPTED.into_response()
}

/// Asks the service for a new list in the middle of a call. An empty list hangs up, no list at all kills the running verb and
/// lets the old list go on, and a failure leaves everything as it was.
async fn interrupt(switch: &Arc<Switch>, call: &Arc<Call>, hook: &verbs::Hook) {
    let body = messages::with(&switch.account, call, json!({}));
    match switch.hooks.send(&call.sid, Kind::Interrupt, hook, &body).await {
        Ok(Answer::List(list)) => {
            if let Ok(list) = switch.document(call, Kind::Interrupt, &list) {
                switch.replace(call, Kind::Interrupt, list);
            }
        }
        Ok(Answer::Nothing) => call.kill_running(),
        Err(_) => {}
    }
}

/// The session that answers for a leg: its own, or once it is answered the one of the call that dialled it.
fn session_of(switch: &Switch, call: Arc<Call>) -> Option<Arc<Call>> {
    let session = match &call.parent {
        Some(parent) if call.state().answered_at.is_some() => switch.calls.get(parent)?,
        Some(_) => return None,
        None => call,
    };
    if session.is_gone() { None } else { Some(session) }
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(n) => n.as_f64() != Some(0.0),
        Value::String(s) => !s.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn allowed(body: &Map<String, Value>, key: &str, values: &[&str]) -> bool {
    body.get(key).is_none_or(|v| v.as_str().is_some_and(|v| values.contains(&v)))
}

fn object(body: &Bytes) -> Result<Map<String, Value>, Box<Response>> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) | Err(_) => Err(Box::new(refusal(StatusCode::BAD_REQUEST, "the body must be a JSON object"))),
    }
}

fn note(switch: &Switch, method: &str, call: Option<&str>, asks: Vec<String>) {
    let path = if call.is_some() { "Calls/{call}" } else { "Calls" };
    switch.journal.note(Happening::RestReceived {
        method: method.to_owned(),
        path: path.to_owned(),
        call: call.map(str::to_owned),
        asks,
    });
}
