//! A service under the tests' control: it answers each path as told and remembers what it heard.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use futures_util::StreamExt;
use serde_json::{Value, json};
use sip_mock::provider::signature;
use sip_mock::{CallerScript, Provider, ProviderConfig};
use tokio::sync::{Notify, watch};

/// How long a test waits for what must happen. When it happens this costs nothing, and a busy machine may need it.
pub const SOON: Duration = Duration::from_secs(60);
/// Long enough for something to happen that must not.
pub const A_WHILE: Duration = Duration::from_millis(150);
const SECRET: &str = "whsec_test_0123456789";

/// Holds an answer back until the test has seen what comes before it.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<Notify>);

impl Gate {
    pub fn open(&self) {
        self.0.notify_one();
    }
}

#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    content_type: Option<&'static str>,
    body: String,
    /// What the answer waits for.
    until: Option<Gate>,
    /// Between the first byte of the body and the rest.
    stalls: Duration,
    /// Break the connection instead of answering.
    reset: bool,
}

impl Reply {
    #[expect(clippy::needless_pass_by_value, reason = "a document is written where it is used")]
    pub fn verbs(list: Value) -> Self {
        Self::json(list.to_string())
    }

    pub fn json(body: impl Into<String>) -> Self {
        Self {
            status: 200,
            content_type: Some("application/json"),
            body: body.into(),
            until: None,
            stalls: Duration::ZERO,
            reset: false,
        }
    }

    pub fn plain(body: &str) -> Self {
        Self { content_type: Some("text/plain"), ..Self::json(body) }
    }

    pub fn status(status: u16) -> Self {
        Self { status, content_type: None, body: String::new(), until: None, stalls: Duration::ZERO, reset: false }
    }

    pub fn reset() -> Self {
        Self { reset: true, ..Self::status(200) }
    }

    /// Comes when the gate is opened.
    pub fn at(self, gate: &Gate) -> Self {
        Self { until: Some(gate.clone()), ..self }
    }

    /// Is never given: for what happens when the provider's patience is over.
    pub fn never() -> Self {
        Self::status(200).at(&Gate::default())
    }

    pub fn stalls(self, wait: Duration) -> Self {
        Self { stalls: wait, ..self }
    }
}

#[derive(Clone, Debug)]
pub struct Heard {
    pub path: String,
    pub uri: String,
    pub headers: HeaderMap,
    pub raw: Bytes,
    pub body: Value,
}

#[derive(Default)]
struct Inner {
    replies: HashMap<String, VecDeque<Reply>>,
    heard: Vec<Heard>,
}

#[derive(Clone)]
pub struct Service {
    inner: Arc<Mutex<Inner>>,
    count: Arc<watch::Sender<usize>>,
    pub base: String,
}

impl Service {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let service = Self { inner: Arc::default(), count: Arc::new(watch::Sender::new(0)), base };
        let app = Router::new().fallback(answer).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        service
    }

    /// The next answer of this path; the last one given stays.
    pub fn answers(&self, path: &str, reply: Reply) -> &Self {
        self.inner.lock().unwrap().replies.entry(path.to_owned()).or_default().push_back(reply);
        self
    }

    /// The document that calls begin with.
    pub fn begins_with(&self, list: Value) -> &Self {
        self.answers("/call", Reply::verbs(list))
    }

    pub fn heard(&self, path: &str) -> Vec<Heard> {
        self.inner.lock().unwrap().heard.iter().filter(|h| h.path == path).cloned().collect()
    }

    pub async fn hears(&self, path: &str, times: usize) -> Vec<Heard> {
        let mut count = self.count.subscribe();
        let wait = async {
            while self.heard(path).len() < times {
                count.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(SOON, wait).await.is_err() {
            panic!("{path} was heard {} times, not {times}", self.heard(path).len());
        }
        self.heard(path)
    }

    /// Waits for a status hook that fulfils a condition.
    pub async fn status(&self, holds: impl Fn(&Value) -> bool) -> Value {
        let mut count = self.count.subscribe();
        let wait = async {
            loop {
                if let Some(found) = self.heard("/status").into_iter().find(|h| holds(&h.body)) {
                    return found.body;
                }
                count.changed().await.unwrap();
            }
        };
        tokio::time::timeout(SOON, wait).await.unwrap_or_else(|_| panic!("no such status in {:?}", self.statuses()))
    }

    pub fn statuses(&self) -> Vec<String> {
        self.heard("/status").iter().map(|h| h.body["call_status"].as_str().unwrap_or("?").to_owned()).collect()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub fn config(&self) -> ProviderConfig {
        let mut config = ProviderConfig::new(&self.base);
        config.call_hook = self.url("/call");
        config.status_hook = Some(self.url("/status"));
        config.secret = SECRET.to_owned();
        config.speed = 100.0;
        // As the real one: a busy machine answers in time.
        config.hook_timeout = Duration::from_secs(10);
        config.retry_pause = Duration::from_millis(10);
        config
    }

    pub async fn provider(&self) -> Provider {
        Provider::start(self.config()).await.unwrap()
    }

    /// A provider that soon gives up waiting for an answer, but gives a busy machine the time for those that come.
    pub async fn impatient_provider(&self) -> Provider {
        let mut config = self.config();
        config.hook_timeout = Duration::from_secs(1);
        Provider::start(config).await.unwrap()
    }
}

async fn answer(
    State(service): State<Service>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    raw: Bytes,
) -> Response<Body> {
    let path = uri.path().to_owned();
    if method == Method::POST {
        let given = headers[signature::HEADER].to_str().unwrap().to_owned();
        let seconds: i64 = given[2..given.find(',').unwrap()].parse().unwrap();
        assert_eq!(given, signature::sign(SECRET, seconds, &raw), "signed over the raw bytes");
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["user-agent"], "jambonz");
    }
    let reply = {
        let mut inner = service.inner.lock().unwrap();
        let body = serde_json::from_slice(&raw).unwrap_or(Value::Null);
        inner.heard.push(Heard { path: path.clone(), uri: uri.to_string(), headers, raw, body });
        match inner.replies.get_mut(&path) {
            Some(replies) if replies.len() > 1 => replies.pop_front(),
            Some(replies) => replies.front().cloned(),
            None => None,
        }
    };
    service.count.send_modify(|n| *n += 1);
    let reply = reply.unwrap_or_else(|| Reply::status(204));
    if let Some(Gate(gate)) = &reply.until {
        gate.notified().await;
    }
    if reply.reset {
        // A body that breaks off: the client sees the connection die.
        let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("reset")) });
        return Response::builder().header("content-type", "application/json").body(Body::from_stream(broken)).unwrap();
    }
    let mut response = Response::builder().status(reply.status);
    if let Some(kind) = reply.content_type {
        response = response.header("content-type", kind);
    }
    if reply.stalls.is_zero() {
        return response.body(Body::from(reply.body)).unwrap();
    }
    let body = Bytes::from(reply.body);
    let (first, rest) = (body.slice(..1), body.slice(1..));
    let rest = async move {
        tokio::time::sleep(reply.stalls).await;
        Ok::<Bytes, std::io::Error>(rest)
    };
    let pieces = futures_util::stream::once(async { Ok(first) }).chain(futures_util::stream::once(rest));
    response.body(Body::from_stream(pieces)).unwrap()
}

/// A caller of whom the test decides everything.
pub fn caller() -> CallerScript {
    CallerScript::from("+4915228817386")
}

/// An address that refuses connections.
pub fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    format!("http://{address}/nobody")
}

/// A question without a prompt that ends after one simulated second.
pub fn question(id: &str, hook: &str) -> Value {
    json!({"verb": "gather", "id": id, "input": ["digits"], "numDigits": 1, "timeout": 1, "actionHook": hook})
}

pub fn say(text: &str) -> Value {
    json!({"verb": "say", "text": text})
}

/// Keeps the call up for longer than any test.
pub fn stay() -> Value {
    json!({"verb": "pause", "length": 3600})
}
