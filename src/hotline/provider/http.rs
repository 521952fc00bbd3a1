//! The routes of the provider's hooks.
//!
//! Every hook is admitted (size, signature, form) before anything is believed, and answered within the deadline: what
//! cannot be decided in time is answered with music, because a caller whose hook fails hears the rest of an old list, and
//! a caller whose call hook fails hears nothing at all.

use super::settings::Secret;
use super::signature;
use super::steps::BASE;
use super::verbs::Dialect;
use super::wire::{self, Hook};
use crate::accounts::commands as accounts;
use crate::foundation::clock::Clock;
use crate::foundation::db::Db;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, OfferId};
use crate::foundation::problem::Problem;
use crate::hotline::calls::callback;
use crate::hotline::calls::commands::{self as calls, CallError, Setup};
use crate::hotline::calls::decide::{OnTick, on_tick};
use crate::hotline::calls::model::{Action, Park, Reply, Script, Spoken, Step, Tick, Whose};
use crate::hotline::ivr::decide::Input;
use crate::hotline::queue::commands::{self as queue, Announcement, Standing};
use crate::in_tx;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// How long a body may take. The provider sends it in one piece.
const BODY_WITHIN: Duration = Duration::from_secs(2);

/// How long an answer may take before the safe one is given. Longer makes callers hear silence; shorter gives music to
/// callers whose answer was just coming.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// More calls than this are not remembered between two writes: the next tick tells of them again.
const MOST_HEARD: usize = 20_000;

/// What the routes work with.
#[derive(Clone, Debug)]
pub struct Hooks {
    /// The pool of the hooks' plane.
    pub db: Db,
    /// What the use cases must know.
    pub setup: Setup,
    /// How scripts become verbs.
    pub dialect: Dialect,
    /// What hooks are signed with.
    pub secrets: Vec<Secret>,
    /// The clock, for the signatures' age: the provider's clock knows nothing of an offset of ours.
    pub clock: Clock,
    /// Which calls asked for music lately.
    pub heard: Heard,
}

/// The calls that asked for music since somebody last looked.
#[derive(Clone, Debug, Default)]
pub struct Heard(Arc<Mutex<HashSet<Uuid>>>);

impl Heard {
    fn note(&self, call: CallId) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() < MOST_HEARD {
            calls.insert(call.0);
        }
    }

    /// Takes what was heard.
    #[must_use]
    pub fn take(&self) -> Vec<Uuid> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

/// The routes below `/providers/jambonz/`.
pub fn routes(hooks: Hooks) -> Router {
    Router::new()
        .route("/providers/jambonz/call", post(call))
        .route("/providers/jambonz/call/{*rang}", post(call_again))
        .route("/providers/jambonz/status", post(status))
        .route("/providers/jambonz/registration", post(registration))
        .route("/providers/jambonz/step/{*step}", post(step))
        .with_state(Arc::new(hooks))
}

/// Reads a request about a call that may be believed.
async fn admit(hooks: &Hooks, request: Request) -> Result<Hook, Problem> {
    wire::read(&believed(hooks, request).await?).map_err(unreadable)
}

fn unreadable(why: wire::Unreadable) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, why.code(), why.to_string())
}

/// The body of a request that the provider has signed.
async fn believed(hooks: &Hooks, request: Request) -> Result<Bytes, Problem> {
    let headers = request.headers().clone();
    if headers.get(signature::HEADER).is_none() {
        // Before a byte of the body is read.
        return Err(unbelieved(signature::Unbelieved::Missing));
    }
    let body = read_body(&headers, request.into_body()).await?;
    let given = headers.get(signature::HEADER).and_then(|value| value.to_str().ok());
    signature::verify(given, &body, &hooks.secrets, hooks.clock.now() - hooks.clock.offset()).map_err(unbelieved)?;
    Ok(body)
}

fn unbelieved(why: signature::Unbelieved) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, why.code(), why.to_string())
}

async fn read_body(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let too_large =
        || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", format!("at most {} bytes", wire::LARGEST));
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()).and_then(|it| it.parse().ok());
    if announced.is_some_and(|bytes: usize| bytes > wire::LARGEST) {
        return Err(too_large());
    }
    match tokio::time::timeout(BODY_WITHIN, axum::body::to_bytes(body, wire::LARGEST)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", "the body did not come in time")),
    }
}

async fn call(State(hooks): State<Arc<Hooks>>, request: Request) -> Response {
    match admit(&hooks, request).await {
        Ok(hook) => hooks.arrived(&hook, None).await,
        Err(problem) => refuse("call", problem),
    }
}

/// A call that was answered without the database asks again.
async fn call_again(State(hooks): State<Arc<Hooks>>, request: Request) -> Response {
    let named = request.uri().path().strip_prefix(BASE).and_then(|rest| rest.strip_prefix("/call/"));
    let rang = named.and_then(|text| hooks.dialect.steps.read_arrival(text));
    match admit(&hooks, request).await {
        Ok(_) if rang.is_none() => refuse("call", unknown_step()),
        Ok(hook) => hooks.arrived(&hook, rang).await,
        Err(problem) => refuse("call", problem),
    }
}

async fn status(State(hooks): State<Arc<Hooks>>, request: Request) -> Response {
    let hook = match admit(&hooks, request).await {
        Ok(hook) => hook,
        Err(problem) => return refuse("status", problem),
    };
    if hook.complaint().is_some() {
        // All that is ever heard of an answer that the provider could not use.
        count("status", "complaint");
        tracing::warn!(provider_call = hook.sid(), "hooks: the provider could not use an answer");
    }
    let Some(report) = hook.report() else {
        count("status", "ignored");
        return StatusCode::NO_CONTENT.into_response();
    };
    let work = async { in_tx!(&hooks.db, "leg report", |tx| calls::report(tx, &hooks.setup, &report)) };
    match in_time(work).await {
        Ok(()) => {
            count("status", "taken");
            StatusCode::NO_CONTENT.into_response()
        }
        // The provider repeats what fails with 5xx; nobody waits for this answer.
        Err(error) => refuse("status", Problem::of(&error, StatusCode::NOT_FOUND)),
    }
}

/// A phone wants to register, or a phone that is registered to ring. The provider has challenged it; whether the answer is
/// right only we can say, because only we know the password.
async fn registration(State(hooks): State<Arc<Hooks>>, request: Request) -> Response {
    let proof = match believed(&hooks, request).await {
        Ok(body) => match wire::read_registration(&body) {
            Ok(proof) => proof,
            Err(why) => return refuse("registration", unreadable(why)),
        },
        Err(problem) => return refuse("registration", problem),
    };
    let work = async {
        // A password holds for one realm: nobody of another one is looked for.
        if proof.realm != hooks.dialect.sip_realm {
            return Ok(false);
        }
        in_tx!(&hooks.db, "phone registers", |tx| accounts::may_register(tx, &proof)).map_err(CallError::from)
    };
    match in_time(work).await {
        Ok(true) => {
            count("registration", "taken");
            axum::Json(json!({ "status": "ok" })).into_response()
        }
        Ok(false) => {
            count("registration", "refused");
            axum::Json(json!({ "status": "fail", "msg": "user, realm or password is wrong" })).into_response()
        }
        Err(error) => refuse("registration", Problem::of(&error, StatusCode::FORBIDDEN)),
    }
}

async fn step(State(hooks): State<Arc<Hooks>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let hook = match admit(&hooks, request).await {
        Ok(hook) => hook,
        Err(problem) => return refuse("step", problem),
    };
    let named = path.strip_prefix(BASE).and_then(|rest| rest.strip_prefix("/step/"));
    let Some((id, step)) = named.and_then(|text| hooks.dialect.steps.read(text)) else {
        return refuse("step", unknown_step());
    };
    let setup = &hooks.setup;
    match step {
        // Who does not want to be rung, or is asked already, hears the music go on.
        Step::Tick(tick) if tick.park.callback && hook.input() == Input::Keys(callback::YES.to_owned()) => {
            let work = async { in_tx!(&hooks.db, "callback wished", |tx| callback::wished(tx, setup, id)) };
            hooks.answer("tick", Whose::Call(id), in_time(work).await)
        }
        Step::Tick(tick) => hooks.tick(id, &tick).await,
        Step::CallBack => {
            let input = hook.input();
            let work = async { in_tx!(&hooks.db, "callback answered", |tx| callback::agreed(tx, setup, id, &input)) };
            hooks.answer("callback", Whose::Call(id), in_time(work).await)
        }
        Step::Called(offer) => {
            let sid = hook.sid();
            let work = async { in_tx!(&hooks.db, "callee answers", |tx| callback::called(tx, setup, id, offer, sid)) };
            hooks.answer("called", Whose::Call(id), in_time(work).await)
        }
        Step::Reached(offer) => {
            let input = hook.input();
            let work = async { in_tx!(&hooks.db, "callee keys", |tx| callback::reached(tx, setup, id, offer, &input)) };
            hooks.answer("reached", Whose::Call(id), in_time(work).await)
        }
        Step::Menu { number, part, parts } => {
            let input = hook.input();
            if input == Input::Silence && part < parts {
                // The next prompt says the same in another language.
                return go_on("menu");
            }
            let work =
                async { in_tx!(&hooks.db, "menu answered", |tx| calls::answered(tx, setup, id, number, &input)) };
            hooks.answer("menu", Whose::Call(id), in_time(work).await)
        }
        Step::Connect { offer, attempt } => {
            let work = async { in_tx!(&hooks.db, "connect asked", |tx| calls::connect(tx, setup, id, offer, attempt)) };
            hooks.interrupted("connect", id, in_time(work).await)
        }
        Step::Connected(offer) => hooks.dial_over("connected", id, offer, hook.has_talked()).await,
        Step::Resume => {
            let work = async { in_tx!(&hooks.db, "call resumed", |tx| calls::begin_again(tx, setup, id)) };
            hooks.interrupted("resume", id, in_time(work).await)
        }
    }
}

/// Waits for work until the deadline.
async fn in_time<T>(work: impl Future<Output = Result<T, CallError>>) -> Result<T, CallError> {
    match tokio::time::timeout(ANSWER_WITHIN, work).await {
        Ok(done) => done,
        Err(_) => Err(Fault::plain("answer a hook in time").into()),
    }
}

fn unknown_step() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "unknown_step", "this step was never handed out")
}

fn unknown_call() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "unknown_call", CallError::UnknownCall.to_string())
}

fn refuse(hook: &'static str, problem: Problem) -> Response {
    count(hook, problem.code);
    problem.into_response()
}

/// "Go on with the list you have": no body at all, because an empty JSON body is an error to the provider.
fn go_on(hook: &'static str) -> Response {
    count(hook, "go_on");
    StatusCode::NO_CONTENT.into_response()
}

fn count(hook: &'static str, outcome: &'static str) {
    metrics::counter!("vaxline_hooks_total", "hook" => hook, "outcome" => outcome).increment(1);
}

impl Hooks {
    /// A call arrives, now or for the first time when it rang.
    async fn arrived(&self, hook: &Hook, rang: Option<OffsetDateTime>) -> Response {
        let since = rang.unwrap_or_else(|| self.clock.now());
        if !hook.is_inbound() {
            return refuse("call", unknown_call());
        }
        let arrival = hook.arrival(rang);
        let work = async { in_tx!(&self.db, "call arrives", |tx| calls::arrive(tx, &self.setup, &arrival)) };
        self.answer("call", Whose::Newcomer { rang: since }, in_time(work).await)
    }

    /// A tick reads where the call stands, and nothing else.
    async fn tick(&self, call: CallId, tick: &Tick) -> Response {
        self.heard.note(call);
        let look = async {
            let mut conn = self.db.pool().acquire().await.map_err(Fault::from)?;
            queue::standing(&mut conn, call).await
        };
        let standing = match tokio::time::timeout(ANSWER_WITHIN, look).await {
            Ok(Ok(standing)) => Some(standing),
            Ok(Err(fault)) => {
                tracing::warn!(%call, fault = fault.chain(), "hooks: a tick is answered without the database");
                None
            }
            Err(_) => None,
        };
        match on_tick(standing, tick, self.dialect.music.pieces) {
            OnTick::GoOn => go_on("tick"),
            OnTick::Renew => {
                let mut park = tick.park.renewed();
                let label = format!("{}.{}", park.label, park.round);
                let mut actions = Vec::new();
                if let Some(Announcement { saying, callback }) = self.wait_of(call, &park, standing).await {
                    let language = park.language;
                    let text = self.setup.flows.current().plan.waiting.told(saying.told, language);
                    actions.push(Action::Say(Spoken { language, text }));
                    park = park.promising(saying.by).with_callback(callback);
                }
                actions.push(Action::Park(park));
                self.send("tick", "renewed", &Script::new(call, label, actions))
            }
            OnTick::Resume => {
                let work = async {
                    in_tx!(&self.db, "call resumed by a tick", |tx| calls::begin_again(tx, &self.setup, call))
                };
                self.answer("tick", Whose::Call(call), in_time(work).await)
            }
            OnTick::DialOver { offer, talked } => self.dial_over("tick", call, offer, talked).await,
        }
    }

    /// What the caller is told of the wait with a fresh list. A list without it is better than none.
    async fn wait_of(&self, call: CallId, park: &Park, standing: Option<Standing>) -> Option<Announcement> {
        standing.filter(|standing| *standing == Standing::Waiting)?;
        let now = self.clock.now();
        let reading = async {
            let mut conn = self.db.pool().acquire().await.map_err(Fault::from)?;
            queue::announcement(&mut conn, call, park.promise(), &self.setup.policy, now).await
        };
        match self.db.read("tell the wait", reading).await {
            Ok(announcement) => announcement,
            Err(fault) => {
                tracing::warn!(%call, fault = fault.chain(), "hooks: a waiting caller is not told how long");
                None
            }
        }
    }

    /// A dial is over: it says so itself, or the music behind it does.
    async fn dial_over(&self, hook: &'static str, call: CallId, offer: OfferId, talked: bool) -> Response {
        let setup = &self.setup;
        let work =
            async { in_tx!(&self.db, "connecting ended", |tx| calls::connected(tx, setup, call, offer, talked)) };
        self.answer(hook, Whose::Call(call), in_time(work).await)
    }

    /// Answers a hook that only an interrupt of ours asks. Any answer but a refusal ends what the call is doing, and that
    /// may be a talk: what is not a list must be an error.
    fn interrupted(&self, hook: &'static str, call: CallId, reply: Result<Reply, CallError>) -> Response {
        match reply {
            Ok(Reply::Do(script)) => self.send(hook, "answered", &script),
            Ok(Reply::GoOn) => refuse(
                hook,
                Problem::new(StatusCode::CONFLICT, "undisturbed", "the call goes on with what it is doing"),
            ),
            Err(error) => {
                if let CallError::Fault(fault) = &error {
                    tracing::error!(hook, %call, fault = fault.chain(), "hooks: an interrupt could not be answered");
                }
                refuse(hook, Problem::of(&error, StatusCode::NOT_FOUND))
            }
        }
    }

    /// Answers what was decided, or the safe list when nothing could be.
    fn answer(&self, hook: &'static str, call: Whose, reply: Result<Reply, CallError>) -> Response {
        match reply {
            Ok(Reply::GoOn) => go_on(hook),
            Ok(Reply::Do(script)) => self.send(hook, "answered", &script),
            Err(CallError::UnknownCall) => refuse(hook, unknown_call()),
            Err(CallError::Fault(fault)) => {
                tracing::error!(hook, ?call, fault = fault.chain(), "hooks: safe answer");
                self.send(hook, "safe", &self.safe(call))
            }
        }
    }

    fn send(&self, hook: &'static str, outcome: &'static str, script: &Script) -> Response {
        count(hook, outcome);
        let flow = self.setup.flows.current();
        axum::Json(self.dialect.verbs(script, &flow.plan)).into_response()
    }

    /// The list that needs no database: a sentence that promises nothing, then music that asks again. It changes nothing,
    /// so whatever the hook was about is decided when the database is back.
    fn safe(&self, call: Whose) -> Script {
        let plan = &self.setup.flows.current().plan;
        let language = plan.language;
        let text = plan.waiting.moment.of(language).to_owned();
        let park = Park::new("safe".to_owned(), language);
        let actions = vec![Action::Say(Spoken { language, text }), Action::Park(park)];
        Script { call, label: "safe".to_owned(), actions }
    }
}
