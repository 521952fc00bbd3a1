//! Webhooks going out: signed, with the real one's time-outs, retries and reading of answers.
//!
//! In: a hook and its body. Out: what the answer means, or why there is none.
//! What must hold: the signature covers the bytes that are sent; a retry sends the same header and the same bytes; redirects are
//! not followed; an answer that is not JSON by its own words is no answer, and an empty one that claims to be is an error.

mod address;
mod answer;
mod attempt;
mod retry;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::signature;
use super::verbs::Hook;
use crate::faults::{Dice, Faults};
use crate::journal::{Happening, Journal};
pub(crate) use address::Bases;
pub(crate) use answer::{Answer, Failure};

/// What a webhook is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Call,
    Status,
    /// The action hook of a verb.
    Action(&'static str),
    Confirm,
    /// Because REST asked for a new list.
    Interrupt,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Status => "status",
            Self::Action(verb) => verb,
            Self::Confirm => "confirm",
            Self::Interrupt => "interrupt",
        }
    }

    fn is_action(self) -> bool {
        match self {
            Self::Action(_) | Self::Confirm | Self::Interrupt => true,
            Self::Call | Self::Status => false,
        }
    }
}

/// Sends webhooks.
#[derive(Debug)]
pub(crate) struct Hooks {
    pub(crate) client: reqwest::Client,
    pub(crate) secret: String,
    /// How long an answer may take to begin, in real time.
    pub(crate) patience: Duration,
    /// And how long its body may then take: far longer, so a body that stalls leaves the caller in silence.
    pub(crate) body_patience: Duration,
    /// The pause before the first retry; it doubles. Real time.
    pub(crate) retry_pause: Duration,
    pub(crate) journal: Journal,
    pub(crate) dice: Arc<Dice>,
    pub(crate) faults: Arc<Mutex<Faults>>,
    pub(crate) bases: Mutex<Bases>,
    pub(crate) tasks: TaskTracker,
    pub(crate) closing: CancellationToken,
}

impl Hooks {
    fn faults(&self) -> Faults {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn throw(&self, call: &str, fault: &str, chance: f64) -> bool {
        let thrown = self.dice.happens(chance);
        if thrown {
            self.journal.note(Happening::Fault { fault: fault.to_owned(), call: Some(call.to_owned()) });
        }
        thrown
    }

    /// Sends a hook and reads its answer. Retries follow the address; nothing is retried without being told so.
    pub(crate) async fn send(&self, call: &str, kind: Kind, hook: &Hook, body: &Value) -> Result<Answer, Failure> {
        let faults = self.faults();
        if kind.is_action() && self.throw(call, "action_delay", faults.action_delay) {
            tokio::time::sleep(self.dice.up_to(Duration::from_millis(faults.action_delay_ms))).await;
        }
        let (url, rule) = self.address(&hook.url);
        let bytes = serde_json::to_vec(body).map_err(|_| Failure::BadJson)?;
        let at = self.journal_time() + faults.clock_skew_seconds;
        let signed = signature::sign(&self.secret, at, if hook.get { b"null" } else { &bytes });
        let path = reqwest::Url::parse(&url).map_err(|_| Failure::BadUrl)?.path().to_owned();
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        let status = if kind == Kind::Status { text("call_status") } else { None };
        let mut pause = self.retry_pause;
        for attempt in 1.. {
            self.journal.note(Happening::HookSent {
                call: call.to_owned(),
                hook: kind.word().to_owned(),
                path: path.clone(),
                attempt,
                id: text("verb_id"),
                status: status.clone(),
            });
            let began = Instant::now();
            let result = self.attempt(call, kind, hook, &url, &signed, &bytes, &faults).await;
            let failure = match result {
                Ok((http, answer)) => {
                    let verbs = match &answer {
                        Answer::Nothing => Vec::new(),
                        Answer::List(list) => list.iter().map(verb_name).collect(),
                    };
                    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                    self.journal.note(Happening::HookAnswered {
                        call: call.to_owned(),
                        hook: kind.word().to_owned(),
                        http,
                        ms,
                        verbs,
                        status,
                    });
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            let again = attempt <= rule.times && rule.covers(&failure);
            self.journal.note(Happening::HookFailed {
                call: call.to_owned(),
                hook: kind.word().to_owned(),
                attempt,
                why: failure.to_string(),
                again,
            });
            if !again {
                return Err(failure);
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(Failure::Broken)
    }

    /// Asks something about no call, once; what is answered, if it is.
    pub(crate) async fn ask(&self, url: &str, body: &Value) -> Option<Value> {
        let bytes = serde_json::to_vec(body).ok()?;
        let signed = signature::sign(&self.secret, self.journal_time(), &bytes);
        let asked = self.client.post(self.address(url).0).header("content-type", "application/json");
        let asked = asked.header(signature::HEADER, signed).body(bytes).timeout(self.patience);
        asked.send().await.ok()?.error_for_status().ok()?.json().await.ok()
    }

    fn journal_time(&self) -> i64 {
        self.journal.moment().wall.unix_timestamp()
    }

    /// Sends a status hook: one try, nobody waits for it, and faults may drop, double or delay it.
    pub(crate) async fn send_status(&self, call: String, hook: Hook, body: Value) {
        let faults = self.faults();
        if self.throw(&call, "status_drop", faults.status_drop) {
            return;
        }
        if self.throw(&call, "status_delay", faults.status_delay) {
            tokio::time::sleep(self.dice.up_to(Duration::from_millis(faults.status_delay_ms))).await;
        }
        // Its answer means nothing, and its failure is in the journal.
        let _ = self.send(&call, Kind::Status, &hook, &body).await;
    }
}

/// The name of a verb in either spelling, for the journal.
pub(crate) fn verb_name(item: &Value) -> String {
    super::schema::normalise(item).map_or_else(|_| "?".to_owned(), |(name, _)| name)
}
