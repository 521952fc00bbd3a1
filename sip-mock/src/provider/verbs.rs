//! The documents that a service answers with, parsed into verbs that can be executed.
//!
//! A document is an array and is checked whole (`schema.rs`) before any of it is used: one unknown property spoils it all.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Map, Value};

use super::schema;

/// One verb of a list.
#[derive(Debug, Clone)]
pub(crate) struct Instruction {
    pub(crate) id: Option<String>,
    pub(crate) verb: Verb,
}

/// What the simulation can do. Verbs that the real server has beyond these are refused by name.
#[derive(Debug, Clone)]
pub(crate) enum Verb {
    Answer,
    Say(Say),
    Play(Play),
    Gather(Box<Gather>),
    Pause(Duration),
    Dial(Box<Dial>),
    Redirect(Hook),
    Hangup,
    Decline { status: u16, reason: Option<String> },
    Tag(Value),
    Config,
}

/// A webhook that a verb names.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) url: String,
    pub(crate) get: bool,
    pub(crate) basic: Option<(String, String)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Say {
    pub(crate) text: String,
    pub(crate) times: Times,
    pub(crate) early: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Play {
    pub(crate) urls: Vec<String>,
    pub(crate) times: Times,
    pub(crate) at_most: Option<Duration>,
    pub(crate) action: Option<Hook>,
    pub(crate) early: bool,
}

/// How often something is repeated.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Times {
    N(u32),
    Forever,
}

#[derive(Debug, Clone)]
pub(crate) enum Prompt {
    Say(Say),
    Play(Play),
}

#[derive(Debug, Clone)]
pub(crate) struct Gather {
    pub(crate) prompt: Option<Prompt>,
    pub(crate) action: Option<Hook>,
    pub(crate) takes_keys: bool,
    pub(crate) listen_during_prompt: bool,
    pub(crate) num_digits: Option<usize>,
    pub(crate) min_digits: Option<usize>,
    pub(crate) max_digits: Option<usize>,
    pub(crate) finish_on_key: Option<char>,
    /// `None`: no time limit at all.
    pub(crate) timeout: Option<Duration>,
    pub(crate) inter_digit_timeout: Option<Duration>,
}

#[derive(Debug, Clone)]
pub(crate) struct Dial {
    pub(crate) targets: Vec<Target>,
    pub(crate) action: Option<Hook>,
    pub(crate) confirm: Option<Hook>,
    pub(crate) ring: Duration,
    pub(crate) limit: Option<Duration>,
    pub(crate) answer_on_bridge: bool,
    pub(crate) caller_id: Option<String>,
    pub(crate) music: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// What the `to` of the leg says.
    pub(crate) to: String,
    /// The name under which the phone book knows the phone: the user, the number, or the user of the SIP address.
    pub(crate) phone: String,
    pub(crate) confirm: Option<Hook>,
}

impl Verb {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Say(_) => "say",
            Self::Play(_) => "play",
            Self::Gather(_) => "gather",
            Self::Pause(_) => "pause",
            Self::Dial(_) => "dial",
            Self::Redirect(_) => "redirect",
            Self::Hangup => "hangup",
            Self::Decline { .. } => "sip:decline",
            Self::Tag(_) => "tag",
            Self::Config => "config",
        }
    }

    /// What the caller hears in it, for the journal and for scripts that wait for a prompt.
    pub(crate) fn hears(&self) -> Option<String> {
        let prompt = match self {
            Self::Say(say) => return Some(say.text.clone()),
            Self::Play(play) => return Some(play.urls.join(" ")),
            Self::Dial(dial) => return dial.music.clone(),
            Self::Gather(gather) => gather.prompt.as_ref()?,
            Self::Answer
            | Self::Pause(_)
            | Self::Redirect(_)
            | Self::Hangup
            | Self::Decline { .. }
            | Self::Tag(_)
            | Self::Config => return None,
        };
        match prompt {
            Prompt::Say(say) => Some(say.text.clone()),
            Prompt::Play(play) => Some(play.urls.join(" ")),
        }
    }

    /// Whether it only makes sound.
    pub(crate) fn is_announcement(&self) -> bool {
        matches!(self, Self::Say(_) | Self::Play(_) | Self::Pause(_))
    }

    fn music(&self) -> Option<&str> {
        match self {
            Self::Gather(gather) => match &gather.prompt {
                Some(Prompt::Play(play)) => play.urls.first().map(String::as_str),
                Some(Prompt::Say(_)) | None => None,
            },
            Self::Answer
            | Self::Say(_)
            | Self::Play(_)
            | Self::Pause(_)
            | Self::Dial(_)
            | Self::Redirect(_)
            | Self::Hangup
            | Self::Decline { .. }
            | Self::Tag(_)
            | Self::Config => None,
        }
    }
}

/// Parses and checks a document.
pub(crate) fn parse(document: &[Value]) -> Result<VecDeque<Instruction>, String> {
    let mut list = VecDeque::with_capacity(document.len());
    let named: Vec<_> = document.iter().map(schema::normalise).collect::<Result<_, _>>()?;
    for (name, data) in &named {
        schema::check(name, data)?;
    }
    for (name, data) in named {
        list.push_back(Instruction { id: text(&data, "id"), verb: verb(&name, &data)? });
    }
    Ok(list)
}

/// Whether a list holds a caller: at least two gathers with the same music.
pub(crate) fn is_hold_list(list: &VecDeque<Instruction>) -> bool {
    let music: Vec<&str> = list.iter().filter_map(|i| i.verb.music()).collect();
    music.iter().any(|a| music.iter().filter(|b| *b == a).count() > 1)
}

/// Whether this verb of a hold list is music.
pub(crate) fn is_hold_music(verb: &Verb) -> bool {
    verb.music().is_some()
}

fn verb(name: &str, data: &Map<String, Value>) -> Result<Verb, String> {
    Ok(match name {
        "answer" => Verb::Answer,
        "say" => Verb::Say(say(data)),
        "play" => Verb::Play(play(data)),
        "gather" => Verb::Gather(Box::new(gather(data))),
        "pause" => Verb::Pause(seconds(data, "length").unwrap_or_default()),
        "dial" => Verb::Dial(Box::new(dial(data)?)),
        "redirect" => Verb::Redirect(hook(data, "actionHook").ok_or("redirect: no actionHook")?),
        "hangup" => Verb::Hangup,
        "sip:decline" => Verb::Decline {
            status: data.get("status").and_then(Value::as_u64).and_then(|n| u16::try_from(n).ok()).unwrap_or(603),
            reason: text(data, "reason"),
        },
        "tag" => Verb::Tag(data.get("data").cloned().unwrap_or_default()),
        "config" => Verb::Config,
        other => return Err(format!("{other}: the simulation does not have this verb")),
    })
}

fn say(data: &Map<String, Value>) -> Say {
    let text = match data.get("text") {
        Some(Value::String(text)) => text.clone(),
        // The real one takes any of them; the first keeps runs repeatable.
        Some(Value::Array(texts)) => texts.first().and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    Say { text, times: times(data), early: flag(data, "earlyMedia") == Some(true) }
}

fn play(data: &Map<String, Value>) -> Play {
    let urls = match data.get("url") {
        Some(Value::String(url)) => vec![url.clone()],
        Some(Value::Array(urls)) => urls.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let at_most = seconds(data, "timeoutSecs").filter(|limit| !limit.is_zero());
    Play {
        urls,
        times: times(data),
        at_most,
        action: hook(data, "actionHook"),
        early: flag(data, "earlyMedia") == Some(true),
    }
}

fn gather(data: &Map<String, Value>) -> Gather {
    let nested = |key: &str| data.get(key).and_then(Value::as_object);
    let prompt = nested("say").map(|d| Prompt::Say(say(d))).or_else(|| nested("play").map(|d| Prompt::Play(play(d))));
    let takes_keys =
        data.get("input").and_then(Value::as_array).is_none_or(|kinds| kinds.iter().any(|k| k == "digits"));
    let timeout = match seconds(data, "timeout") {
        Some(Duration::ZERO) => None,
        Some(limit) => Some(limit),
        None => Some(Duration::from_secs(15)),
    };
    Gather {
        prompt,
        action: hook(data, "actionHook"),
        takes_keys,
        listen_during_prompt: flag(data, "listenDuringPrompt") != Some(false),
        num_digits: count(data, "numDigits"),
        min_digits: count(data, "minDigits"),
        max_digits: count(data, "maxDigits"),
        finish_on_key: text(data, "finishOnKey").and_then(|s| s.chars().next()),
        timeout,
        inter_digit_timeout: seconds(data, "interDigitTimeout").filter(|limit| !limit.is_zero()),
    }
}

fn dial(data: &Map<String, Value>) -> Result<Dial, String> {
    let mut targets = Vec::new();
    for item in data.get("target").and_then(Value::as_array).into_iter().flatten() {
        let item = item.as_object().ok_or("dial: a target is not an object")?;
        let need = |key: &str| text(item, key).ok_or_else(|| format!("dial: a target without {key}"));
        let to = match item.get("type").and_then(Value::as_str) {
            Some("user") => need("name")?,
            Some("sip") => need("sipUri")?,
            _ => need("number")?,
        };
        let phone = to.trim_start_matches("sip:").split('@').next().unwrap_or_default().to_owned();
        if !targets.iter().any(|t: &Target| t.to == to) {
            targets.push(Target { to, phone, confirm: hook(item, "confirmHook") });
        }
    }
    targets.truncate(10);
    Ok(Dial {
        targets,
        action: hook(data, "actionHook"),
        confirm: hook(data, "confirmHook"),
        ring: seconds(data, "timeout").filter(|t| !t.is_zero()).unwrap_or(Duration::from_mins(1)),
        limit: seconds(data, "timeLimit").filter(|t| !t.is_zero()),
        answer_on_bridge: flag(data, "answerOnBridge") == Some(true),
        caller_id: text(data, "callerId"),
        music: text(data, "dialMusic"),
    })
}

fn text(data: &Map<String, Value>, key: &str) -> Option<String> {
    data.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn flag(data: &Map<String, Value>, key: &str) -> Option<bool> {
    data.get(key).and_then(Value::as_bool)
}

fn count(data: &Map<String, Value>, key: &str) -> Option<usize> {
    data.get(key).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok())
}

fn number(data: &Map<String, Value>, key: &str) -> Option<f64> {
    match data.get(key)? {
        Value::Number(n) => n.as_f64(),
        Value::String(s) => s.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn seconds(data: &Map<String, Value>, key: &str) -> Option<Duration> {
    // Longer than a day is for ever, and `Duration` would refuse a negative.
    number(data, key).map(|n| Duration::from_secs_f64(n.clamp(0.0, 86_400.0)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range before")]
fn times(data: &Map<String, Value>) -> Times {
    if data.get("loop").and_then(Value::as_str) == Some("forever") {
        return Times::Forever;
    }
    Times::N(number(data, "loop").map_or(1, |n| n.clamp(1.0, 1000.0) as u32))
}

/// A webhook of a verb: a string, or an object with method and credentials.
pub(crate) fn hook(data: &Map<String, Value>, key: &str) -> Option<Hook> {
    match data.get(key)? {
        Value::String(url) => Some(Hook { url: url.clone(), get: false, basic: None }),
        Value::Object(o) => {
            let basic = o.get("basicAuth").and_then(Value::as_object).unwrap_or(o);
            Some(Hook {
                url: text(o, "url")?,
                get: text(o, "method").is_some_and(|m| m == "GET"),
                basic: text(basic, "username").zip(text(basic, "password")),
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn list(document: &Value) -> VecDeque<Instruction> {
        parse(document.as_array().unwrap()).unwrap()
    }

    fn gather_of(properties: &Value) -> Box<Gather> {
        let Verb::Gather(gather) = list(&json!([{"gather": properties}])).pop_front().unwrap().verb else {
            panic!("not a gather")
        };
        gather
    }

    #[test]
    fn one_bad_verb_spoils_the_whole_document() {
        assert!(
            parse(json!([{"verb":"say","text":"a"},{"verb":"conference","name":"x"}]).as_array().unwrap()).is_err()
        );
        assert!(parse(json!([{"verb":"say","text":"a"},{"verb":"enqueue","name":"x"}]).as_array().unwrap()).is_err());
    }

    #[test]
    fn a_gather_without_a_timeout_waits_fifteen_seconds_and_with_zero_for_ever() {
        assert_eq!(gather_of(&json!({})).timeout, Some(Duration::from_secs(15)));
        assert_eq!(gather_of(&json!({"timeout":0})).timeout, None);
        assert_eq!(gather_of(&json!({"timeout":2.5})).timeout, Some(Duration::from_millis(2500)));
    }

    #[test]
    fn keys_are_taken_unless_the_input_says_otherwise() {
        assert!(gather_of(&json!({})).takes_keys);
        assert!(gather_of(&json!({"input":["digits"]})).takes_keys);
        assert!(!gather_of(&json!({"input":[]})).takes_keys);
        assert!(!gather_of(&json!({"input":["dtmf"]})).takes_keys);
    }

    #[test]
    fn a_phone_is_known_by_its_user() {
        let mut list = list(&json!([{"verb":"dial","target":[
            {"type":"user","name":"agent-7@vaxline.example"},
            {"type":"sip","sipUri":"sip:agent-8@192.0.2.1"},
            {"type":"phone","number":"+4930"},
            {"type":"user","name":"agent-7@vaxline.example"}]}]));
        let Verb::Dial(dial) = list.pop_front().unwrap().verb else { panic!("not a dial") };
        assert_eq!(dial.targets.iter().map(|t| t.phone.as_str()).collect::<Vec<_>>(), ["agent-7", "agent-8", "+4930"]);
    }

    #[test]
    fn a_list_with_the_same_music_twice_holds_a_caller() {
        let music = json!({"verb":"gather","play":{"url":"http://m/a.wav"},"timeout":1});
        assert!(is_hold_list(&list(&json!([music, music, {"verb":"hangup"}]))));
        assert!(!is_hold_list(&list(&json!([music, {"verb":"hangup"}]))));
    }
}
