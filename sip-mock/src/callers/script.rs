//! The script of a caller.

use std::time::Duration;

use serde::Deserialize;

use crate::lengths::seconds;
use crate::phones::PhoneScript;
use crate::provider::CallView;

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
    pub(super) fn matches(&self, view: &CallView) -> bool {
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
    /// The pause before each time; as many times as there are pauses.
    #[serde(deserialize_with = "pauses")]
    pub pauses: Vec<Duration>,
    /// Also after hanging up in impatience.
    pub after_giving_up: bool,
    /// Also after a busy tone.
    pub when_busy: bool,
}

impl Redial {
    /// Rings again so often after being cut off or finding the line busy, after the same pause each time.
    #[must_use]
    pub fn times(times: usize, pause: Duration) -> Self {
        Self { pauses: vec![pause; times], after_giving_up: false, when_busy: true }
    }
}

fn pauses<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Duration>, D::Error> {
    #[derive(Deserialize)]
    struct Pause(#[serde(with = "seconds")] Duration);
    Ok(Vec::<Pause>::deserialize(from)?.into_iter().map(|Pause(pause)| pause).collect())
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
    /// What the caller's phone does when it is rung; without it nobody can be reached there.
    pub rung: Option<PhoneScript>,
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
            rung: None,
        }
    }
}

impl CallerScript {
    /// A patient caller of this number who does nothing by themselves: a test acts for them.
    #[must_use]
    pub fn from(number: &str) -> Self {
        Self { number: number.to_owned(), ..Self::default() }
    }

    /// How long this caller waits, and whether from ringing on or from the first music.
    pub(crate) fn waits(&self) -> Option<(Duration, bool)> {
        match &self.hang_up {
            Some(HangUp::After(limit)) => Some((*limit, true)),
            Some(HangUp::At(_) | HangUp::WhileConnecting | HangUp::WhenBridged) | None => {
                self.patience.map(|patience| (patience, false))
            }
        }
    }
}
