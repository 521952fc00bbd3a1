//! The provider's hooks from outside: signed requests against the routes, on a real database.

mod admission;
mod callback;
mod connecting;
mod histories;
mod hold;
mod outages;
mod redialling;
mod registration;
mod repeats;
mod waiting;
mod way;
mod witnessed;

use crate::support::World;
use crate::support::hotline::{SHIPPED as POLICY, routing};
use crate::support::staff::{accounts, add_user};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::sync::Arc;
use time::Duration;
use tower::ServiceExt;
use uuid::Uuid;
use vaxline::accounts::model::Role;
use vaxline::foundation::clock::Clock;
use vaxline::foundation::fault::Fault;
use vaxline::foundation::ids::{CallId, EntryId, OfferId, SessionId, UserId};
use vaxline::hotline::agents::commands::{self as agents, Wish};
use vaxline::hotline::agents::store::{DeskState, desk_state};
use vaxline::hotline::calls::commands::Setup;
use vaxline::hotline::calls::model::Step;
use vaxline::hotline::ivr::flow::Flow;
use vaxline::hotline::ivr::library::Library;
use vaxline::hotline::provider::JAMBONZ;
use vaxline::hotline::provider::http::{self, Heard, Hooks};
use vaxline::hotline::provider::settings::{DEFAULT_FLOW, Park, Secret, Voice, Voices};
use vaxline::hotline::provider::steps::Steps;
use vaxline::hotline::provider::verbs::Dialect;
use vaxline::hotline::queue::commands::{self as queue, Standing};
use vaxline::hotline::queue::decide::{Report, Watch};
use vaxline::hotline::queue::dispatcher;
use vaxline::hotline::queue::store::node_lease;
use vaxline::{foundation, in_tx};

const SECRET: &str = "whsec_test_0123456789";
const SECRET_BEFORE: &str = "whsec_before_0123456789";
const BASE: &str = "https://hooks.vaxline.example";
const NODE: Uuid = Uuid::from_u128(1);
const CALL: &str = "/providers/jambonz/call";
const STATUS: &str = "/providers/jambonz/status";
const PIECES: u16 = 8;

/// An answer to a hook.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    status: StatusCode,
    body: Value,
}

impl Answer {
    /// The code of a refusal.
    fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    fn verbs(&self) -> &[Value] {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body.as_array().unwrap()
    }

    fn verb(&self, name: &str) -> Option<&Value> {
        self.verbs().iter().find(|verb| verb["verb"] == name)
    }

    /// The hook of the verb whose id begins so, as a path.
    fn hook(&self, id: &str) -> String {
        let verb = self.verbs().iter().find(|verb| verb["id"].as_str().unwrap().starts_with(id));
        let verb = verb.unwrap_or_else(|| panic!("no verb {id} in {:?}", self.ids()));
        let url = verb["actionHook"].as_str().unwrap();
        let url = url.strip_prefix(BASE).unwrap();
        url.split_once('#').unwrap().0.to_owned()
    }

    fn ids(&self) -> Vec<&str> {
        self.verbs().iter().map(|verb| verb["id"].as_str().unwrap()).collect()
    }

    fn is_park(&self) -> bool {
        let asks = |verb: &Value| {
            let is_music = ["park.", "invite."].iter().any(|id| verb["id"].as_str().unwrap().starts_with(id));
            verb["input"] == json!(["digits"]) && !is_music
        };
        self.ids().iter().filter(|id| id.starts_with("park.")).count() == usize::from(PIECES)
            && !self.verbs().iter().any(|verb| verb["verb"] == "dial" || asks(verb))
    }

    fn says(&self, words: &str) -> bool {
        self.verbs().iter().any(|verb| verb["text"].as_str().is_some_and(|text| text.contains(words)))
    }
}

/// A hotline whose provider is the test.
struct Line {
    world: World,
    hooks: Hooks,
    router: Router,
}

impl Line {
    async fn new() -> Self {
        Self::with(World::new().await)
    }

    fn with(world: World) -> Self {
        let voice = || Voice { vendor: "microsoft".into(), language: "de-DE".into(), voice: String::new() };
        let secrets: Vec<Secret> = [SECRET, SECRET_BEFORE].map(|text| Secret::new(text.to_owned())).into();
        let hooks = Hooks {
            db: world.pools.hooks.clone(),
            setup: Setup {
                provider: JAMBONZ,
                flows: Arc::new(Library::new(Flow::load(DEFAULT_FLOW).unwrap(), BTreeMap::new())),
                policy: POLICY,
                routing: Arc::new(routing()),
                always_open: true,
            },
            dialect: Dialect {
                steps: Steps::new(BASE.to_owned(), secrets.clone()),
                voices: Voices { de: voice(), en: voice() },
                music: Park {
                    music_url: "https://media.vaxline.example/hold.wav".into(),
                    music_seconds: 20,
                    pieces: PIECES,
                    announce_every: 3,
                },
                sip_realm: "vaxline.example".into(),
                caller_id: String::new(),
            },
            secrets,
            clock: world.clock.clone(),
            heard: Heard::default(),
        };
        Self { router: http::routes(hooks.clone()), world, hooks }
    }

    /// The same line after a restart of its process.
    fn restarted(self) -> Self {
        Self::with(self.world)
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        if body.is_empty() {
            // An empty body that says it is JSON drops calls at the provider.
            assert_eq!(kind, None);
        }
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Answer { status, body }
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let signature = sign(SECRET, now(), body.as_bytes());
        self.send(request(path, Some(&signature), body.into())).await
    }

    /// A call arrives.
    async fn ring(&self, sid: &str) -> Answer {
        self.post(CALL, &call_hook(sid)).await
    }

    /// A key is pressed at the question of `answer`.
    async fn press(&self, sid: &str, answer: &Answer, question: &str, key: &str) -> Answer {
        let mut body = base(sid);
        body["reason"] = json!("dtmfDetected");
        body["digits"] = json!(key);
        self.post(&answer.hook(question), &body).await
    }

    /// Rings and presses the caller's way into the queue.
    async fn join(&self, sid: &str) -> Answer {
        let greeting = self.ring(sid).await;
        let reason = self.press(sid, &greeting, "language", "1").await;
        let park = self.press(sid, &reason, "reason", "1").await;
        assert!(park.is_park(), "{:?}", park.ids());
        park
    }

    async fn tick(&self, sid: &str, park: &Answer, index: u16) -> Answer {
        let id =
            park.ids().into_iter().find(|id| id.starts_with("park.") && id.ends_with(&format!(".{index}"))).unwrap();
        let mut body = base(sid);
        body["reason"] = json!("timeout");
        body["verb_id"] = json!(id);
        self.post(&park.hook(id), &body).await
    }

    async fn status(&self, sid: &str, status: &str, more: &Value) -> Answer {
        let mut body = base(sid);
        body["call_status"] = json!(status);
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.post(STATUS, &body).await
    }

    async fn hang_up(&self, sid: &str) -> Answer {
        self.status(sid, "completed", &json!({ "call_termination_by": "caller", "duration": 12 })).await
    }

    /// Where the provider asks about a step of a call.
    fn path(&self, call: CallId, step: &Step) -> String {
        let url = self.hooks.dialect.steps.url(call, step);
        url.strip_prefix(BASE).unwrap().split_once('#').unwrap().0.to_owned()
    }

    /// A report of the agent's leg.
    async fn leg(&self, leg: &str, parent: &str, status: &str) -> Answer {
        self.status(leg, status, &json!({ "parent_call_sid": parent, "direction": "outbound" })).await
    }

    async fn count(&self, table: &str) -> i64 {
        let statement = format!("select count(*) from {table}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(self.world.work().pool()).await.unwrap()
    }

    async fn events(&self, kind: &str) -> i64 {
        sqlx::query_scalar("select count(*) from event where kind = $1")
            .bind(kind)
            .fetch_one(self.world.work().pool())
            .await
            .unwrap()
    }

    async fn call_of(&self, sid: &str) -> CallId {
        let id: Uuid = sqlx::query_scalar("select id from call where provider_call_sid = $1")
            .bind(sid)
            .fetch_one(self.world.work().pool())
            .await
            .unwrap();
        CallId(id)
    }

    async fn entry_of(&self, sid: &str) -> Option<(EntryId, String)> {
        let call = self.call_of(sid).await;
        let row: Option<(Uuid, String)> = sqlx::query_as("select id, state from queue_entry where call_id = $1")
            .bind(call.0)
            .fetch_optional(self.world.work().pool())
            .await
            .unwrap();
        row.map(|(id, state)| (EntryId(id), state))
    }

    async fn standing(&self, sid: &str) -> Standing {
        let call = self.call_of(sid).await;
        queue::standing(&mut self.world.work().pool().acquire().await.unwrap(), call).await.unwrap()
    }

    async fn agent(&self, login: &str) -> UserId {
        let agent = add_user(&accounts(&self.world), login, Role::Agent).await;
        self.live().await;
        let session = SessionId(Uuid::from_u128(1));
        in_tx!(self.world.staff(), "link", |tx| agents::link(tx, agent, session, NODE, &POLICY)).unwrap();
        self.wish(agent, Wish::Ready).await;
        agent
    }

    async fn wish(&self, agent: UserId, wish: Wish) {
        in_tx!(self.world.staff(), "wish", |tx| agents::carry_out_wish(tx, agent, wish.clone(), &POLICY)).unwrap();
    }

    async fn desk(&self, agent: UserId) -> DeskState {
        desk_state(&mut self.world.staff().pool().acquire().await.unwrap(), agent).await.unwrap().unwrap()
    }

    async fn live(&self) {
        for name in [node_lease(NODE), "relay".to_owned()] {
            let alive: Result<Option<i64>, Fault> =
                in_tx!(self.world.work(), "live", |tx| foundation::db::leases::lead(tx, &name, NODE));
            alive.unwrap();
        }
    }

    async fn dispatch(&self) {
        self.live().await;
        let round: Result<Option<Report>, Fault> =
            in_tx!(self.world.work(), "dispatch", |tx| dispatcher::round(tx, NODE, &POLICY, Watch::default()));
        round.unwrap().expect("nobody else leads");
    }

    /// The head of the queue is offered to the agent, who accepts; the URL at which the provider will ask whom to ring.
    async fn accept(&self, agent: UserId, sid: &str) -> (OfferId, String) {
        self.dispatch().await;
        let (offer, _) = self.desk(agent).await.open_offer.expect("an offer");
        self.wish(agent, Wish::Accept(offer)).await;
        let call = self.call_of(sid).await;
        (offer, self.path(call, &Step::Connect { offer, attempt: 1 }))
    }
}

/// The machine's time: what a provider signs with.
fn now() -> i64 {
    Clock::system().now().unix_timestamp()
}

fn sign(secret: &str, moment: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{moment}.").as_bytes());
    mac.update(body);
    format!("t={moment},v1={}", hex::encode(mac.finalize().into_bytes()))
}

fn request(path: &str, signature: Option<&str>, body: Bytes) -> Request<Body> {
    let mut request = Request::post(path)
        .header("content-type", "application/json")
        .header("content-length", body.len())
        .header("user-agent", "jambonz");
    if let Some(signature) = signature {
        request = request.header("Jambonz-Signature", signature);
    }
    request.body(Body::from(body)).unwrap()
}

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/provider/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The call hook of a caller whose number is as unlike others' as the name of the call.
fn call_hook(sid: &str) -> Value {
    let mut body = fixture("call-hook");
    body["call_sid"] = json!(sid);
    body["from"] = json!(number_of(sid));
    body
}

/// A call hook from the number of another call.
fn from_the_number_of(first: &str, sid: &str) -> Value {
    let mut hook = call_hook(sid);
    hook["from"] = json!(number_of(first));
    hook
}

fn number_of(sid: &str) -> String {
    let digits: u32 = sid.bytes().fold(0, |sum, byte| (sum * 31 + u32::from(byte)) % 10_000);
    format!("+4915228{digits:06}")
}

/// What every hook but the first has.
fn base(sid: &str) -> Value {
    let mut body = fixture("interrupt-hook");
    body["call_sid"] = json!(sid);
    body["from"] = json!(number_of(sid));
    body
}
