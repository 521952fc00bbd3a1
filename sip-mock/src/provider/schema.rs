//! Which verbs and properties the real server accepts, and of which types. It checks a document whole before it runs any of it.
//!
//! Types are JavaScript's: an array or `null` passes where an object is asked for.

use serde_json::{Map, Value};

/// What a property may hold.
enum Kind {
    Str,
    Num,
    Bool,
    Arr,
    Obj,
    StrOrNum,
    StrOrArr,
    /// A webhook or a voice: a string or an object.
    StrOrObj,
    OneOf(&'static [&'static str]),
    /// Another definition, nested.
    A(&'static str),
    /// A list of another definition.
    Each(&'static str),
    /// A definition of speech recognition or media forking, which a hotline by keys has no use for: its inside is not checked.
    Unchecked,
}

use Kind::{A, Arr, Bool, Each, Num, Obj, OneOf, Str, StrOrArr, StrOrNum, StrOrObj, Unchecked};

type Properties = &'static [(&'static str, Kind)];

/// The properties of a definition and those that must be there.
#[expect(clippy::too_many_lines, reason = "one table, read at a glance")]
fn definition(name: &str) -> Option<(Properties, &'static [&'static str])> {
    Some(match name {
        "answer" | "leave" => (&[("id", Str)], &[]),
        "say" => (
            &[
                ("id", Str),
                ("text", StrOrArr),
                ("instructions", Str),
                ("stream", Bool),
                ("loop", StrOrNum),
                ("synthesizer", A("synthesizer")),
                ("earlyMedia", Bool),
                ("disableTtsCache", Bool),
                ("closeStreamOnEmpty", Bool),
            ],
            &[],
        ),
        "play" => (
            &[
                ("id", Str),
                ("url", StrOrArr),
                ("loop", StrOrNum),
                ("earlyMedia", Bool),
                ("seekOffset", StrOrNum),
                ("timeoutSecs", StrOrNum),
                ("actionHook", StrOrObj),
            ],
            &["url"],
        ),
        "gather" => (
            &[
                ("id", Str),
                ("actionHook", StrOrObj),
                ("finishOnKey", Str),
                ("input", Arr),
                ("numDigits", Num),
                ("minDigits", Num),
                ("maxDigits", Num),
                ("interDigitTimeout", Num),
                ("partialResultHook", StrOrObj),
                ("speechTimeout", Num),
                ("listenDuringPrompt", Bool),
                ("dtmfBargein", Bool),
                ("bargein", Bool),
                ("minBargeinWordCount", Num),
                ("timeout", Num),
                ("recognizer", Unchecked),
                ("play", A("play")),
                ("say", A("say")),
                ("fillerNoise", Unchecked),
                ("actionHookDelayAction", A("actionHookDelayAction")),
            ],
            &[],
        ),
        "pause" => (&[("id", Str), ("length", Num)], &["length"]),
        "dial" => (
            &[
                ("id", Str),
                ("actionHook", StrOrObj),
                ("onHoldHook", StrOrObj),
                ("answerOnBridge", Bool),
                ("callerId", Str),
                ("callerName", Str),
                ("confirmHook", StrOrObj),
                ("referHook", StrOrObj),
                ("dialMusic", Str),
                ("dtmfCapture", Obj),
                ("dtmfHook", StrOrObj),
                ("headers", Obj),
                ("anchorMedia", Bool),
                ("exitMediaPath", Bool),
                ("boostAudioSignal", StrOrNum),
                ("listen", Unchecked),
                ("stream", Unchecked),
                ("target", Each("target")),
                ("timeLimit", Num),
                ("timeout", Num),
                ("proxy", Str),
                ("transcribe", Unchecked),
                ("amd", Unchecked),
                ("dub", Unchecked),
                ("tag", Obj),
                ("forwardPAI", Bool),
                ("srtpEncryption", OneOf(&["sdes", "dtls"])),
            ],
            &["target"],
        ),
        "target" => (
            &[
                ("type", OneOf(&["phone", "sip", "user", "teams"])),
                ("confirmHook", StrOrObj),
                ("method", OneOf(&["GET", "POST"])),
                ("headers", Obj),
                ("from", Unchecked),
                ("name", Str),
                ("number", Str),
                ("sipUri", Str),
                ("auth", A("auth")),
                ("vmail", Bool),
                ("tenant", Str),
                ("trunk", Str),
                ("overrideTo", Str),
                ("proxy", Str),
            ],
            &["type"],
        ),
        "auth" => (&[("username", Str), ("password", Str)], &["username", "password"]),
        "redirect" => (&[("id", Str), ("actionHook", StrOrObj), ("statusHook", StrOrObj)], &["actionHook"]),
        "hangup" => (&[("id", Str), ("headers", Obj)], &[]),
        "sip:decline" => (&[("id", Str), ("status", Num), ("reason", Str), ("headers", Obj)], &["status"]),
        "tag" => (&[("id", Str), ("data", Obj)], &["data"]),
        "config" => (
            &[
                ("id", Str),
                ("synthesizer", A("synthesizer")),
                ("recognizer", Unchecked),
                ("bargeIn", Unchecked),
                ("ttsStream", Unchecked),
                ("record", Unchecked),
                ("listen", Unchecked),
                ("stream", Unchecked),
                ("transcribe", Unchecked),
                ("amd", Unchecked),
                ("fillerNoise", Unchecked),
                ("notifyEvents", Bool),
                ("notifySttLatency", Bool),
                ("reset", StrOrArr),
                ("onHoldMusic", Str),
                ("actionHookDelayAction", A("actionHookDelayAction")),
                ("sipRequestWithinDialogHook", StrOrObj),
                ("boostAudioSignal", StrOrNum),
                ("vad", Unchecked),
                ("referHook", StrOrObj),
                ("earlyMedia", Bool),
                ("autoStreamTts", Bool),
                ("disableTtsCache", Bool),
                ("trackTtsPlayout", Bool),
                ("noiseIsolation", Unchecked),
                ("turnTaking", Unchecked),
            ],
            &[],
        ),
        "synthesizer" => (
            &[
                ("vendor", Str),
                ("label", Str),
                ("language", Str),
                ("voice", StrOrObj),
                ("fallbackVendor", Str),
                ("fallbackLabel", Str),
                ("fallbackLanguage", Str),
                ("fallbackVoice", StrOrObj),
                ("engine", OneOf(&["standard", "neural", "generative", "long-form"])),
                ("gender", OneOf(&["MALE", "FEMALE", "NEUTRAL"])),
                ("options", Obj),
            ],
            &["vendor"],
        ),
        "actionHookDelayAction" => (
            &[
                ("enabled", Bool),
                ("noResponseTimeout", Num),
                ("noResponseGiveUpTimeout", Num),
                ("retries", Num),
                ("actions", Arr),
                ("giveUpActions", Arr),
            ],
            &[],
        ),
        _ => return None,
    })
}

/// Brings both spellings of a verb (`{"verb": "say", …}` and `{"say": {…}}`) to a name and its properties.
pub(super) fn normalise(item: &Value) -> Result<(String, Map<String, Value>), String> {
    let object = item.as_object().ok_or("malformed payload: must be an array of objects")?;
    if let Some(name) = object.get("verb") {
        let name = name.as_str().ok_or("malformed payload: the verb is not a string")?;
        let data = object.iter().filter(|(key, _)| *key != "verb").map(|(k, v)| (k.clone(), v.clone())).collect();
        return Ok((name.to_owned(), data));
    }
    match object.iter().next() {
        Some((name, data)) if object.len() == 1 => Ok((name.clone(), data.as_object().cloned().unwrap_or_default())),
        _ => Err("malformed payload: missing verb property".to_owned()),
    }
}

/// Checks one definition as the real server does: first error wins.
pub(super) fn check(name: &str, data: &Map<String, Value>) -> Result<(), String> {
    let (properties, required) = definition(name).ok_or_else(|| format!("invalid instruction: {name}"))?;
    for (key, value) in data {
        if key == "_" {
            continue;
        }
        let Some((_, kind)) = properties.iter().find(|(known, _)| known == key) else {
            return Err(format!("{name}: unknown property {key}"));
        };
        check_value(name, key, kind, value)?;
    }
    match required.iter().find(|key| !data.contains_key(**key)) {
        Some(missing) => Err(format!("{name}: missing value for {missing}")),
        None => Ok(()),
    }
}

fn check_value(name: &str, key: &str, kind: &Kind, value: &Value) -> Result<(), String> {
    let object = value.is_object() || value.is_array() || value.is_null();
    let fits = match kind {
        Str => value.is_string(),
        Num => value.is_number(),
        Bool => value.is_boolean(),
        Arr => value.is_array(),
        Obj => object,
        StrOrNum => value.is_string() || value.is_number(),
        StrOrArr => value.is_string() || value.is_array(),
        StrOrObj => value.is_string() || object,
        OneOf(allowed) => value.as_str().is_some_and(|s| allowed.contains(&s)),
        A(nested) => {
            return check(nested, value.as_object().ok_or_else(|| format!("{name}: property {key} is not an object"))?);
        }
        Each(nested) => {
            let list = value.as_array().ok_or_else(|| format!("{name}: property {key} is not a list"))?;
            for item in list {
                check(
                    nested,
                    item.as_object()
                        .ok_or_else(|| format!("{name}: property {key} holds something else than objects"))?,
                )?;
            }
            true
        }
        Unchecked => true,
    };
    if fits { Ok(()) } else { Err(format!("{name}: property {key} has an invalid value")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(json: &str) -> Result<(), String> {
        let (name, data) = normalise(&serde_json::from_str(json).unwrap())?;
        check(&name, &data)
    }

    #[test]
    fn both_spellings_of_a_verb_are_one() {
        assert_eq!(verdict(r#"{"verb":"say","text":"Guten Tag"}"#), Ok(()));
        assert_eq!(verdict(r#"{"say":{"text":"Guten Tag"}}"#), Ok(()));
    }

    #[test]
    fn what_the_real_server_refuses_is_refused() {
        for (document, complaint) in [
            (r#"{"verb":"dance"}"#, "invalid instruction: dance"),
            (r#"{"verb":"say","text":"a","volume":3}"#, "say: unknown property volume"),
            (r#"{"verb":"pause"}"#, "pause: missing value for length"),
            (r#"{"verb":"pause","length":"1"}"#, "pause: property length has an invalid value"),
            (r#"{"verb":"sip:decline","status":"486"}"#, "sip:decline: property status has an invalid value"),
            (r#"{"verb":"gather","play":{"loop":2}}"#, "play: missing value for url"),
            (r#"{"verb":"dial","target":[{"type":"fax"}]}"#, "target: property type has an invalid value"),
            (r#"{"verb":"dial","target":[{"type":"user","user":"a"}]}"#, "target: unknown property user"),
            (r#"{"text":"a","loop":1}"#, "malformed payload: missing verb property"),
        ] {
            assert_eq!(verdict(document), Err(complaint.to_owned()), "{document}");
        }
    }

    #[test]
    fn types_are_javascripts_own() {
        assert_eq!(verdict(r#"{"verb":"gather","actionHook":null}"#), Ok(()));
        assert_eq!(verdict(r#"{"verb":"tag","data":[]}"#), Ok(()));
    }
}
