//! What a caller does: which keys, how much patience, when to hang up, whether to ring again.
//!
//! In: what the caller hears (the call's view). Out: keys and hanging up, through the same doors that tests use.
//! What must hold: a caller presses keys only while somebody listens, and never acts on a call that is over.

use std::time::Duration;

use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::phones::seconds;
use crate::provider::{CallHandle, CallView};

/// Which prompt a caller reacts to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cue {
    /// The verb's id begins with this.
    Id(String),
    /// The n-th question of the call, from 1.
    Question(u32),
    /// What is said or played contains this.
    Hears(String),
    /// Every question.
    Any,
}

impl Cue {
    fn matches(&self, view: &CallView) -> bool {
        let Some(verb) = &view.verb else { return false };
        match self {
            Self::Id(prefix) => verb.id.as_ref().is_some_and(|id| id.starts_with(prefix.as_str())),
            Self::Question(number) => verb.question == *number && verb.listens,
            Self::Hears(part) => verb.hears.as_ref().is_some_and(|heard| heard.contains(part.as_str())),
            Self::Any => true,
        }
    }
}

/// Keys that a caller presses at a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// At which prompt.
    pub at: Cue,
    /// Which keys.
    pub press: String,
    /// How long the caller thinks.
    #[serde(default, with = "seconds")]
    pub after: Duration,
    /// Whether the same keys serve again when the prompt comes back.
    #[serde(default)]
    pub again: bool,
}

impl Keys {
    /// Presses keys at a prompt whose id begins so, after half a second.
    #[must_use]
    pub fn at_id(prefix: &str, press: &str) -> Self {
        Self {
            at: Cue::Id(prefix.to_owned()),
            press: press.to_owned(),
            after: Duration::from_millis(500),
            again: false,
        }
    }

    /// Presses keys at the n-th question, after half a second.
    #[must_use]
    pub fn at_question(number: u32, press: &str) -> Self {
        Self { at: Cue::Question(number), press: press.to_owned(), after: Duration::from_millis(500), again: false }
    }
}

/// A point at which a caller hangs up, besides running out of patience.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangUp {
    /// This long after ringing.
    After(#[serde(with = "seconds")] Duration),
    /// At a prompt.
    At(Cue),
    /// While an agent's phone rings for this caller.
    WhileConnecting,
    /// As soon as the agent is heard.
    WhenBridged,
}

/// Ringing again after a call that came to nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redial {
    /// How often.
    pub times: u32,
    /// After how long.
    #[serde(with = "seconds")]
    pub pause: Duration,
    /// Also after hanging up in impatience.
    pub after_giving_up: bool,
}

/// The script of a caller.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallerScript {
    /// The caller's number; invented. Without a leading `+` the caller hides it.
    pub number: String,
    /// The number that was dialled.
    pub dialled: String,
    /// Hangs up after this much waiting, counted from the first music.
    #[serde(with = "seconds::maybe")]
    pub patience: Option<Duration>,
    /// Keys, each used once unless it says otherwise.
    pub keys: Vec<Keys>,
    /// Hangs up after this much talk; without it the agent's side ends the call.
    #[serde(with = "seconds::maybe")]
    pub talk: Option<Duration>,
    /// Hangs up at this point.
    pub hang_up: Option<HangUp>,
    /// Rings again after a loss.
    pub redial: Redial,
}

impl Default for CallerScript {
    fn default() -> Self {
        Self {
            number: "+4915228817386".to_owned(),
            dialled: "08000899089".to_owned(),
            patience: None,
            keys: Vec::new(),
            talk: None,
            hang_up: None,
            redial: Redial::default(),
        }
    }
}

impl CallerScript {
    /// A patient caller of this number who does nothing by themselves: a test acts for them.
    #[must_use]
    pub fn from(number: &str) -> Self {
        Self { number: number.to_owned(), ..Self::default() }
    }
}

/// Lives a caller's call to its end.
pub(crate) async fn live(call: &CallHandle, script: &CallerScript) {
    let mut view = call.watch();
    let since = Instant::now();
    let mut unused: Vec<&Keys> = script.keys.iter().collect();
    let mut parked_since: Option<Instant> = None;
    let mut bridged_since: Option<Instant> = None;
    let pace = call.pace();
    loop {
        let seen = view.borrow_and_update().clone();
        if seen.ended.is_some() {
            return;
        }
        let now = Instant::now();
        if seen.parked {
            parked_since.get_or_insert(now);
        }
        if seen.bridged.is_some() {
            bridged_since.get_or_insert(now);
        }
        if leaves(script, &seen) {
            call.hang_up();
            return;
        }
        if let Some(at) =
            unused.iter().position(|keys| keys.at.matches(&seen) && seen.verb.as_ref().is_some_and(|v| v.listens))
        {
            let keys = unused[at];
            if press(call, &mut view, &seen, keys).await && !keys.again {
                unused.remove(at);
            }
            continue;
        }
        let deadline = match (&script.hang_up, bridged_since, parked_since) {
            (Some(HangUp::After(limit)), _, _) => Some(since + pace.real(*limit)),
            (_, Some(from), _) if seen.bridged.is_some() => script.talk.map(|talk| from + pace.real(talk)),
            (_, None, Some(from)) => script.patience.map(|patience| from + pace.real(patience)),
            _ => None,
        };
        tokio::select! {
            changed = view.changed() => if changed.is_err() { return },
            () = until(deadline) => {
                call.hang_up();
                return;
            }
        }
    }
}

fn leaves(script: &CallerScript, seen: &CallView) -> bool {
    match &script.hang_up {
        Some(HangUp::At(cue)) => cue.matches(seen),
        Some(HangUp::WhileConnecting) => seen.bridged.is_none() && seen.verb.as_ref().is_some_and(|v| v.name == "dial"),
        Some(HangUp::WhenBridged) => seen.bridged.is_some(),
        Some(HangUp::After(_)) | None => false,
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Thinks, then presses; false when the prompt went away meanwhile.
async fn press(call: &CallHandle, view: &mut watch::Receiver<CallView>, seen: &CallView, keys: &Keys) -> bool {
    let pace = call.pace();
    let number = seen.verb.as_ref().map(|v| v.number);
    let same = |view: &CallView| {
        view.ended.is_none() && view.verb.as_ref().is_some_and(|v| Some(v.number) == number && v.listens)
    };
    let moved_on = async {
        // An error means that the call is forgotten: it moved on, too.
        let _ = view.wait_for(|now| !same(now)).await;
    };
    tokio::select! {
        () = moved_on => return false,
        () = pace.sleep(keys.after) => {}
    }
    for key in keys.press.chars() {
        if !call.press(key) {
            break;
        }
        pace.sleep(Duration::from_millis(150)).await;
    }
    // The last key ends the question; without this the same keys could be pressed again before the verb has noticed.
    let _ = tokio::time::timeout(
        pace.real(Duration::from_millis(300)).max(Duration::from_millis(20)),
        view.wait_for(|now| !same(now)),
    )
    .await;
    true
}

/// Whether the caller rings again after this end.
pub(crate) fn rings_again(script: &CallerScript, last: &CallView) -> bool {
    let Some(end) = &last.ended else { return false };
    script.redial.times > 0 && !last.served && (end.by != "caller" || script.redial.after_giving_up)
}
