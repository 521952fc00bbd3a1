//! A tick of a parked call: the provider asks, with a signed hook, whether the music goes on. The routes, the signature
//! and the database are the program's; the socket is left out.

use crate::hotline::{Hotline, SECRET};
use crate::load::{self, Work};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;
use vaxline::app::telephony::Telephony;
use vaxline::foundation::clock::Clock;

/// How many callers wait.
const WAITING: usize = 5_000;

/// How many are led into the queue at once.
const AT_ONCE: usize = 16;

/// A call that waits: where the provider asks for it, and with which body.
#[derive(Clone)]
pub struct Parked {
    path: String,
    body: String,
}

/// Leads callers through the menu into the queue.
pub async fn fill(hotline: &Hotline) -> Arc<Vec<Parked>> {
    let router = router(hotline);
    let mut parked = Vec::with_capacity(WAITING);
    for first in (0..WAITING).step_by(AT_ONCE) {
        let callers = (first..WAITING.min(first + AT_ONCE)).map(|number| join(router.clone(), number));
        parked.extend(futures_util::future::join_all(callers).await);
        if first % (AT_ONCE * 64) == 0 {
            eprintln!("  {} of {WAITING} callers wait", parked.len());
        }
    }
    Arc::new(parked)
}

/// Ticks as fast as `clients` can; each tick is another call's.
pub async fn measure(hotline: &Hotline, waiting: &Arc<Vec<Parked>>, clients: usize, each: Duration) -> Work {
    let (router, waiting) = (router(hotline), Arc::clone(waiting));
    load::run(clients, each, move |_, number| {
        let (router, parked) = (router.clone(), waiting[number % waiting.len()].clone());
        async move {
            let (status, _) = post(router, &parked.path, parked.body).await;
            assert_eq!(status, StatusCode::NO_CONTENT, "the music goes on");
        }
    })
    .await
}

fn router(hotline: &Hotline) -> Router {
    let policy = hotline.config.queue.policy(&hotline.config.staffing).unwrap();
    Telephony::of(&hotline.config, &hotline.pools, &hotline.clock, policy).unwrap().routes()
}

/// One caller rings, chooses German and "book", and is parked.
async fn join(router: Router, number: usize) -> Parked {
    let sid = format!("benchmark-{number}");
    let mut call = fixture("call-hook");
    call["call_sid"] = json!(sid);
    call["from"] = json!(format!("+4930{:08}", 23_000_000 + number));
    let mut later = fixture("interrupt-hook");
    later["call_sid"] = json!(sid);
    later["from"] = call["from"].clone();
    let (_, greeting) = post(router.clone(), "/providers/jambonz/call", call.to_string()).await;
    let mut list = greeting;
    for question in ["language", "reason"] {
        let mut pressed = later.clone();
        pressed["reason"] = json!("dtmfDetected");
        pressed["digits"] = json!("1");
        list = post(router.clone(), &hook(&list, question).1, pressed.to_string()).await.1;
    }
    let (verb, path) = hook(&list, "park.");
    later["reason"] = json!("timeout");
    later["verb_id"] = json!(verb);
    Parked { path, body: later.to_string() }
}

/// The first verb whose id begins so: its id, and the path of its hook.
fn hook(list: &Value, id: &str) -> (String, String) {
    let verbs = list.as_array().unwrap_or_else(|| panic!("not a list of verbs: {list}"));
    let verb = verbs.iter().find(|verb| verb["id"].as_str().is_some_and(|found| found.starts_with(id)));
    let verb = verb.unwrap_or_else(|| panic!("no verb {id} in {list}"));
    let url = verb["actionHook"].as_str().unwrap().split('#').next().unwrap();
    let path = url.find("/providers/").map(|at| url[at..].to_owned()).unwrap();
    (verb["id"].as_str().unwrap().to_owned(), path)
}

async fn post(router: Router, path: &str, body: String) -> (StatusCode, Value) {
    let moment = Clock::system().now().unix_timestamp();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{moment}.{body}").as_bytes());
    let request = Request::post(path)
        .header("content-type", "application/json")
        .header("content-length", body.len())
        .header("jambonz-signature", format!("t={moment},v1={}", hex::encode(mac.finalize().into_bytes())))
        .body(Body::from(body))
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1_000_000).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/provider/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
