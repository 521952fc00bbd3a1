//! Webhooks going out: signed, with the real one's time-outs, retries and reading of answers.
//!
//! In: a hook and its body. Out: what the answer means, or why there is none.
//! What must hold: the signature covers the bytes that are sent; a retry sends the same header and the same bytes; redirects are
//! not followed; an answer that is not JSON by its own words is no answer, and an empty one that claims to be is an error.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::signature;
use super::verbs::Hook;
use crate::faults::{Dice, Faults};
use crate::journal::{Happening, Journal};

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

/// What an answer says.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Nothing usable: 204, no JSON, or JSON that is no array.
    Nothing,
    /// An array; it may be empty.
    List(Vec<Value>),
}

/// Why a hook failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection.
    Refused,
    /// The connection broke before the answer was there.
    Broken,
    /// No answer in time.
    TimedOut,
    /// An answer outside 200, 202 and 204.
    Status(u16),
    /// Announced as JSON and none.
    BadJson,
    /// A document that does not pass.
    BadDocument(String),
    /// An address that cannot be called.
    BadUrl,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("refused"),
            Self::Broken => f.write_str("broken"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Status(code) => write!(f, "status {code}"),
            Self::BadJson => f.write_str("broken json"),
            Self::BadDocument(why) => write!(f, "bad document: {why}"),
            Self::BadUrl => f.write_str("bad address"),
        }
    }
}

/// The `#rc=…&rp=…` of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RetryRule {
    times: u32,
    on: Vec<String>,
}

impl RetryRule {
    fn parse(fragment: &str) -> Self {
        let mut rule = Self { times: 0, on: vec!["ct".to_owned()] };
        for part in fragment.split('&') {
            match part.split_once('=') {
                Some(("rc", n)) => rule.times = n.parse().map_or(0, |n: u32| n.min(5)),
                Some(("rp", kinds)) => rule.on = kinds.split(',').map(str::to_owned).collect(),
                _ => {}
            }
        }
        rule
    }

    /// `rt` is accepted and matches nothing: the real one compares it with an error name that its client never reports.
    fn covers(&self, failure: &Failure) -> bool {
        let named = |kind: &str| self.on.iter().any(|on| on == kind || on == "all");
        match failure {
            Failure::Refused => named("ct"),
            Failure::Broken | Failure::TimedOut => named("all"),
            Failure::Status(400..=499) => named("4xx"),
            Failure::Status(500..=599) => named("5xx"),
            Failure::Status(_) => named("all"),
            Failure::BadJson | Failure::BadDocument(_) | Failure::BadUrl => false,
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

/// Where the service is: the base it has now, and those it had before it moved.
#[derive(Debug, Default)]
pub(crate) struct Bases {
    pub(crate) now: String,
    pub(crate) before: Vec<String>,
}

impl Hooks {
    /// The address to call: absolute, at the place where the service is now, with its retry rule taken off.
    fn address(&self, url: &str) -> (String, RetryRule) {
        let bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        let (plain, fragment) = url.split_once('#').unwrap_or((url, ""));
        let rule = RetryRule::parse(fragment);
        if url.starts_with('/') {
            // A fragment on a relative address travels in the request line, as raw as it stands.
            return (format!("{}{}", bases.now, url.replace('#', "%23")), rule);
        }
        let moved =
            bases.before.iter().find_map(|old| plain.strip_prefix(old.as_str()).filter(|rest| rest.starts_with('/')));
        (moved.map_or_else(|| plain.to_owned(), |rest| format!("{}{rest}", bases.now)), rule)
    }

    /// The service has moved.
    pub(crate) fn set_base(&self, base: &str) {
        let base = base.trim_end_matches('/').to_owned();
        let mut bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut bases.now, base.clone());
        bases.before.push(old);
        bases.before.retain(|earlier| *earlier != base);
    }

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

    fn journal_time(&self) -> i64 {
        self.journal.moment().wall.unix_timestamp()
    }

    #[expect(clippy::too_many_arguments, reason = "one attempt of one hook: everything that goes into it, once")]
    async fn attempt(
        &self,
        call: &str,
        kind: Kind,
        hook: &Hook,
        url: &str,
        signed: &str,
        bytes: &[u8],
        faults: &Faults,
    ) -> Result<(u16, Answer), Failure> {
        if self.throw(call, "refuse", faults.refuse) {
            return Err(Failure::Refused);
        }
        let copies = if kind.is_action() {
            faults.action_duplicate
        } else if kind == Kind::Status {
            faults.status_duplicate
        } else {
            0.0
        };
        if self.throw(call, "duplicate", copies) {
            let copy = self.request(hook, url, signed, bytes);
            let (patience, closing) = (self.patience, self.closing.clone());
            self.tasks.spawn(async move {
                tokio::select! {
                    () = closing.cancelled() => {}
                    // Only the first answer counts.
                    _ = tokio::time::timeout(patience, copy.send()) => {}
                }
            });
        }
        let exchange = async {
            let request = self.request(hook, url, signed, bytes).send();
            let answer = tokio::time::timeout(self.patience, request)
                .await
                .map_err(|_| Failure::TimedOut)?
                .map_err(|e| if e.is_connect() { Failure::Refused } else { Failure::Broken })?;
            let status = answer.status().as_u16();
            if ![200, 202, 204].contains(&status) {
                return Err(Failure::Status(status));
            }
            let json = answer
                .headers()
                .get(CONTENT_TYPE)
                .and_then(|v| v.to_str().ok())
                .is_some_and(|v| v.contains("application/json"));
            let body = tokio::time::timeout(self.body_patience, answer.bytes())
                .await
                .map_err(|_| Failure::TimedOut)?
                .map_err(|_| Failure::Broken)?;
            if !json {
                return Ok((status, Answer::Nothing));
            }
            match serde_json::from_slice(&body).map_err(|_| Failure::BadJson)? {
                Value::Array(list) => Ok((status, Answer::List(list))),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                    Ok((status, Answer::Nothing))
                }
            }
        };
        let result = exchange.await?;
        if self.throw(call, "answer_lost", faults.answer_lost) {
            return Err(Failure::Broken);
        }
        Ok(result)
    }

    fn request(&self, hook: &Hook, url: &str, signed: &str, bytes: &[u8]) -> reqwest::RequestBuilder {
        let request = if hook.get {
            self.client.get(url)
        } else {
            self.client.post(url).header(CONTENT_TYPE, "application/json").body(bytes.to_vec())
        };
        let request = request.header(signature::HEADER, signed).header(reqwest::header::USER_AGENT, "jambonz");
        match &hook.basic {
            Some((user, password)) => request.basic_auth(user, Some(password)),
            None => request,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_retried_without_being_told_so() {
        let rule = RetryRule::parse("");
        assert_eq!(rule.times, 0);
    }

    #[test]
    fn a_time_out_is_retried_by_all_and_never_by_rt() {
        assert!(!RetryRule::parse("rc=3&rp=rt").covers(&Failure::TimedOut));
        assert!(!RetryRule::parse("rc=3&rp=ct,5xx").covers(&Failure::TimedOut));
        assert!(RetryRule::parse("rc=3&rp=all").covers(&Failure::TimedOut));
    }

    #[test]
    fn a_refused_connection_and_an_error_of_the_service_are_retried_when_asked_for() {
        let rule = RetryRule::parse("rc=3&rp=ct,5xx");
        assert!(rule.covers(&Failure::Refused));
        assert!(rule.covers(&Failure::Status(503)));
        assert!(!rule.covers(&Failure::Status(404)));
        assert!(!rule.covers(&Failure::Broken));
        assert_eq!(RetryRule::parse("rc=99").times, 5);
    }
}
