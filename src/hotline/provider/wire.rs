//! What jambonz sends, read leniently: keys we do not know are ignored, keys of another type are as if absent.

use crate::accounts::phone::Proof;
use crate::foundation::phone::PhoneNumber;
use crate::hotline::calls::model::{Arrival, EndedBy, LegNews, LegReport, Progress};
use crate::hotline::ivr::decide::Input;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use time::OffsetDateTime;

/// The largest body that is read.
pub const LARGEST: usize = 64 * 1024;

/// How deep a body may nest. More than any INVITE does; less than what exhausts a stack.
pub const DEEPEST: usize = 32;

/// The longest name of a call.
const LONGEST_SID: usize = 128;

/// More keys than any question takes are garbage.
const MOST_KEYS: usize = 32;

/// Why a body is no hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON object.
    #[error("the body is not a JSON object")]
    NotJson,
    /// It nests deeper than allowed.
    #[error("the body nests too deep")]
    TooDeep,
    /// It does not name a call.
    #[error("the body names no call")]
    NoCall,
    /// It brings no phone's answer to a challenge.
    #[error("the body brings no phone's answer to a challenge")]
    NoProof,
}

impl Unreadable {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotJson => "body_not_json",
            Self::TooDeep => "body_too_deep",
            Self::NoCall => "body_names_no_call",
            Self::NoProof => "body_brings_no_proof",
        }
    }
}

/// Everything that we read of a hook.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Hook {
    #[serde(deserialize_with = "text")]
    call_sid: Option<String>,
    #[serde(deserialize_with = "text")]
    parent_call_sid: Option<String>,
    #[serde(deserialize_with = "text")]
    direction: Option<String>,
    #[serde(deserialize_with = "text")]
    from: Option<String>,
    #[serde(deserialize_with = "text")]
    to: Option<String>,
    #[serde(deserialize_with = "text")]
    call_status: Option<String>,
    #[serde(deserialize_with = "text")]
    call_termination_by: Option<String>,
    #[serde(deserialize_with = "text")]
    reason: Option<String>,
    #[serde(deserialize_with = "text")]
    digits: Option<String>,
    #[serde(deserialize_with = "text")]
    dial_call_status: Option<String>,
    #[serde(deserialize_with = "text")]
    error: Option<String>,
    #[serde(rename = "customerData")]
    customer_data: Value,
}

/// A hook holds numbers of people: it shows what it is about and nothing else.
impl std::fmt::Debug for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hook")
            .field("call_sid", &self.call_sid)
            .field("status", &self.call_status)
            .finish_non_exhaustive()
    }
}

/// Texts and numbers are read as text, everything else as if it were absent.
fn text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(input)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}

/// Reads a body.
///
/// # Errors
/// Why it is no hook.
pub fn read(body: &[u8]) -> Result<Hook, Unreadable> {
    if depth(body) > DEEPEST {
        return Err(Unreadable::TooDeep);
    }
    // An array would be read too, its items as the keys in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Unreadable::NotJson);
    }
    let hook: Hook = serde_json::from_slice(body).map_err(|_| Unreadable::NotJson)?;
    let is_name = |sid: &str| {
        (1..=LONGEST_SID).contains(&sid.len())
            && sid.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    match (hook.call_sid.as_deref(), hook.parent_call_sid.as_deref()) {
        (Some(sid), None) if is_name(sid) => Ok(hook),
        (Some(sid), Some(parent)) if is_name(sid) && is_name(parent) => Ok(hook),
        _ => Err(Unreadable::NoCall),
    }
}

/// How deep brackets nest, outside of strings. Looked at before parsing, so that no parser ever recurses that deep.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Reads what a registration hook brings: a phone's answer to the provider's challenge.
///
/// # Errors
/// Why it is none.
pub fn read_registration(body: &[u8]) -> Result<Proof, Unreadable> {
    if depth(body) > DEEPEST {
        return Err(Unreadable::TooDeep);
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| Unreadable::NotJson)?;
    let known = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let must = |key: &str| known(key).ok_or(Unreadable::NoProof);
    Ok(Proof {
        username: must("username")?,
        realm: must("realm")?,
        method: must("method")?,
        uri: must("uri")?,
        nonce: must("nonce")?,
        qop: known("qop"),
        nc: known("nc").unwrap_or_default(),
        cnonce: known("cnonce").unwrap_or_default(),
        algorithm: known("algorithm"),
        response: must("response")?.into(),
    })
}

impl Hook {
    /// The provider's name for the call.
    #[must_use]
    pub fn sid(&self) -> &str {
        self.call_sid.as_deref().unwrap_or_default()
    }

    /// Whether the call came from outside.
    #[must_use]
    pub fn is_inbound(&self) -> bool {
        self.direction.as_deref() != Some("outbound")
    }

    /// What the provider complains of: that it could not use an answer of ours.
    #[must_use]
    pub fn complaint(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The arrival that a call hook reports.
    #[must_use]
    pub fn arrival(&self, rang: Option<OffsetDateTime>) -> Arrival {
        Arrival {
            rang,
            sid: self.sid().to_owned(),
            from: self.from.as_deref().and_then(PhoneNumber::of_caller),
            to: self.to.as_deref().unwrap_or_default().chars().take(64).filter(|sign| !sign.is_control()).collect(),
        }
    }

    /// What a status hook reports; nothing when it speaks of a status that we do not know.
    #[must_use]
    pub fn report(&self) -> Option<LegReport> {
        let by = match self.call_termination_by.as_deref() {
            Some("caller") => EndedBy::Caller,
            Some("jambonz") => EndedBy::System,
            _ => EndedBy::Unknown,
        };
        let news = match self.call_status.as_deref()? {
            "trying" | "queued" => LegNews::Progress(Progress::Trying),
            "ringing" | "early-media" => LegNews::Progress(Progress::Ringing),
            "in-progress" => LegNews::Progress(Progress::Answered),
            "completed" => LegNews::Ended { by, answered: true },
            "failed" | "busy" | "no-answer" => LegNews::Ended { by, answered: false },
            _ => return None,
        };
        Some(LegReport {
            sid: self.sid().to_owned(),
            parent: self.parent_call_sid.clone(),
            inbound: self.is_inbound(),
            ours: self.customer_data.get("vaxline").and_then(Value::as_str).and_then(|tag| tag.parse().ok()),
            news,
        })
    }

    /// What was pressed at the end of a gather. Anything but keys is silence.
    #[must_use]
    pub fn input(&self) -> Input {
        match (self.reason.as_deref(), self.digits.as_deref()) {
            (Some("dtmfDetected"), Some(keys)) if !keys.is_empty() => {
                Input::Keys(keys.chars().take(MOST_KEYS).collect())
            }
            _ => Input::Silence,
        }
    }

    /// Whether a dial has ended in a talk. After a ring timeout the status may still say `ringing`: only one word means yes.
    #[must_use]
    pub fn has_talked(&self) -> bool {
        self.dial_call_status.as_deref() == Some("completed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fixture(name: &str) -> Hook {
        let path = format!("{}/tests/fixtures/provider/{name}.json", env!("CARGO_MANIFEST_DIR"));
        read(&std::fs::read(path).unwrap()).unwrap()
    }

    #[test]
    fn an_arriving_call_is_read() {
        let arrival = fixture("call-hook").arrival(None);
        assert_eq!(arrival.sid, "11111111-2222-4333-8444-555555555555");
        assert_eq!(arrival.to, "08000899089");
        assert_eq!(arrival.from.unwrap().expose(), "+4915228817386");
        assert!(fixture("call-hook-anonymous").arrival(None).from.is_none());
        assert!(!fixture("call-hook-outbound").is_inbound());
    }

    #[test]
    fn every_status_of_the_callers_leg_is_understood() {
        let news = |name: &str| fixture(name).report().unwrap().news;
        let ended = |by, answered| LegNews::Ended { by, answered };
        assert_eq!(news("status-trying"), LegNews::Progress(Progress::Trying));
        assert_eq!(news("status-in-progress"), LegNews::Progress(Progress::Answered));
        assert_eq!(news("status-completed-by-caller"), ended(EndedBy::Caller, true));
        assert_eq!(news("status-completed-by-provider"), ended(EndedBy::System, true));
        assert_eq!(news("status-abandoned-before-answer"), ended(EndedBy::Caller, false));
        assert_eq!(news("status-never-answered"), ended(EndedBy::System, false));
        assert_eq!(news("status-unknown-keys"), LegNews::Progress(Progress::Answered));
        assert!(matches!(news("status-declined"), LegNews::Ended { answered: false, .. }));
    }

    #[test]
    fn every_status_of_an_agents_leg_names_its_parent() {
        for (name, progress) in [
            ("status-leg-trying", Progress::Trying),
            ("status-leg-ringing", Progress::Ringing),
            ("status-leg-early-media", Progress::Ringing),
            ("status-leg-in-progress", Progress::Answered),
            ("status-leg-completed", Progress::Ended),
            ("status-leg-busy", Progress::Ended),
            ("status-leg-failed", Progress::Ended),
            ("status-leg-no-answer", Progress::Ended),
        ] {
            let report = fixture(name).report().unwrap();
            assert_eq!(report.parent.as_deref(), Some("11111111-2222-4333-8444-555555555555"), "{name}");
            assert_eq!(report.news.progress(), progress, "{name}");
            assert!(!report.inbound);
        }
    }

    #[test]
    fn keys_are_keys_and_everything_else_is_silence() {
        assert_eq!(fixture("gather-digits").input(), Input::Keys("1".to_owned()));
        assert_eq!(fixture("gather-timeout").input(), Input::Silence);
        assert_eq!(fixture("gather-no-digits").input(), Input::Silence);
    }

    #[test]
    fn only_completed_means_that_they_talked() {
        assert!(fixture("dial-completed").has_talked());
        for name in [
            "dial-busy",
            "dial-declined-by-confirm",
            "dial-failed",
            "dial-no-answer",
            "dial-nothing-dialled",
            "dial-ring-timeout",
            "dial-ring-timeout-before-ringing",
        ] {
            assert!(!fixture(name).has_talked(), "{name}");
        }
    }

    #[test]
    fn a_complaint_about_our_answer_is_heard() {
        assert!(fixture("status-hook-error").complaint().is_some());
    }

    #[test]
    fn deep_and_empty_bodies_are_refused_by_name() {
        let nested = |depth: usize| format!("{{\"call_sid\":\"a\",\"x\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(DEEPEST - 1).as_bytes()).is_ok());
        assert_eq!(read(nested(DEEPEST).as_bytes()).unwrap_err(), Unreadable::TooDeep);
        assert_eq!(read("[".repeat(60_000).as_bytes()).unwrap_err(), Unreadable::TooDeep);
        assert_eq!(read(b"").unwrap_err(), Unreadable::NotJson);
        assert_eq!(read(b"[]").unwrap_err(), Unreadable::NotJson);
        assert_eq!(read(b"{}").unwrap_err(), Unreadable::NoCall);
        assert_eq!(read(br#"{"call_sid":"../etc"}"#).unwrap_err(), Unreadable::NoCall);
        assert_eq!(read(br#"{"call_sid":null}"#).unwrap_err(), Unreadable::NoCall);
        assert!(read(br#"{"call_sid":"a","x":"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}"#).is_ok());
    }

    #[test]
    fn keys_of_another_type_are_as_if_absent() {
        let hook = read(br#"{"call_sid":"a","from":{"x":1},"to":7,"direction":[],"call_status":true}"#).unwrap();
        assert!(hook.arrival(None).from.is_none());
        assert_eq!(hook.arrival(None).to, "7");
        assert!(hook.report().is_none());
    }

    #[test]
    fn a_debug_print_shows_no_number() {
        assert!(!format!("{:?}", fixture("call-hook")).contains("4915228817386"));
    }

    proptest! {
        #[test]
        fn no_body_stops_the_program(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&body);
        }
    }
}
