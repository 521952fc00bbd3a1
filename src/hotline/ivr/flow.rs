//! The form of a flow file.

use super::hours::Hours;
use crate::hotline::queue::decide::Told;
use crate::hotline::queue::model::{Language, Topic};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::time::Duration;

/// The largest file that is read at all.
pub const LARGEST_FILE: usize = 256 * 1024;

/// A flow that has been checked, with the version that its calls are noted under.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The SHA-256 of the file, in hex.
    pub version: String,
    /// The file itself, kept so that a restarted process still knows the versions of running calls.
    pub source: String,
    /// What it says.
    pub plan: Plan,
}

impl Flow {
    /// Reads a flow file and checks it whole.
    ///
    /// # Errors
    /// Everything that is wrong with it, a line each.
    pub fn load(source: &str) -> Result<Self, Vec<String>> {
        if source.len() > LARGEST_FILE {
            return Err(vec![format!("the file is larger than {LARGEST_FILE} bytes")]);
        }
        let plan: Plan = toml::from_str(source).map_err(|error| vec![error.to_string().trim_end().to_owned()])?;
        let findings = super::check::check(&plan);
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Self { version: hex::encode(Sha256::digest(source)), source: source.to_owned(), plan })
    }
}

/// What a flow file says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name, in the record of every call.
    pub name: String,
    /// Where a call begins.
    pub start: String,
    /// The language of a caller who has chosen none. Before the choice, everything is said in every language.
    pub language: Language,
    /// How long and how often callers are asked.
    pub limits: Limits,
    /// What is said before a question is repeated.
    pub again: Again,
    /// What waiting callers hear.
    pub waiting: Waiting,
    /// What is said to who wants to be rung instead of waiting on the line; none: nobody can want that.
    #[serde(default)]
    pub callback: Option<Callback>,
    /// When the hotline is open.
    pub hours: Hours,
    /// The places of the menu.
    pub nodes: BTreeMap<String, Node>,
}

/// How long and how often callers are asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// How often a question is put before its `otherwise` is taken.
    pub tries: u8,
    /// How many questions a call is asked in all, repetitions included.
    pub questions: u16,
    /// Where a call goes that was asked as many.
    pub exhausted: String,
    /// How long a caller may think after a question.
    pub patience_seconds: u8,
}

impl Limits {
    /// How long a caller may think after a question.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(u64::from(self.patience_seconds))
    }
}

/// What is said before a question is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// After a key that means nothing here.
    pub wrong_key: Texts,
    /// After silence.
    pub silence: Texts,
}

/// What waiting callers hear besides music.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// Whoever joins will be served at once.
    pub soon: Texts,
    /// How long it will take: from {low} to {high} minutes.
    pub estimate: Texts,
    /// It takes longer than was said: from {low} to {high} minutes from now on.
    pub longer: Texts,
    /// Between the music.
    pub announcement: Texts,
    /// When the music ends because nobody could be reached for long.
    pub apology: Texts,
    /// Between the music of a call of which no place in line is known: it is promised none.
    pub moment: Texts,
    /// When the music of such a call ends.
    pub sorry: Texts,
    /// After the talk, when the agent has hung up first.
    pub goodbye: Texts,
}

/// What is said about being rung instead of waiting on the line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// Between the music: 1 is the key.
    pub invitation: Texts,
    /// Before the caller hangs up: whether the number is right that ends in {number}. 1 means yes.
    pub question: Texts,
    /// It is agreed; the call ends.
    pub agreed: Texts,
    /// To who answers the phone: 1 means that it is them.
    pub greeting: Texts,
    /// To who has not pressed it; the call ends.
    pub later: Texts,
}

/// A text in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// German.
    #[serde(default)]
    pub de: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

impl Waiting {
    /// What a caller is told of the wait.
    #[must_use]
    pub fn told(&self, told: Told, language: Language) -> String {
        let (text, low, high) = match told {
            Told::Soon => return self.soon.of(language).to_owned(),
            Told::Between(low, high) => (&self.estimate, low, high),
            Told::Longer(low, high) => (&self.longer, low, high),
        };
        text.of(language).replace("{low}", &low.to_string()).replace("{high}", &high.to_string())
    }
}

/// The languages that every text has, in the order in which they are spoken when none is chosen.
pub const LANGUAGES: [Language; 2] = [Language::De, Language::En];

impl Texts {
    /// The text in one language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::De => &self.de,
            Language::En => &self.en,
        }
    }
}

/// A place of the menu.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Node {
    /// Something is said.
    Say {
        /// The words.
        text: Texts,
        /// What comes after it.
        next: String,
    },
    /// One key is asked for.
    Ask {
        /// The question.
        text: Texts,
        /// How often it is put, when not as often as the others.
        tries: Option<u8>,
        /// What the keys mean.
        keys: BTreeMap<String, Choice>,
        /// What is done when the caller has said nothing useful as often as that.
        otherwise: Choice,
    },
    /// Parts ways by the opening hours.
    Hours {
        /// Within them.
        open: String,
        /// Outside.
        closed: String,
    },
    /// Parts ways by whether the caller's number has a place in line that can be taken up.
    Redial {
        /// It has.
        known: String,
        /// It has none, or the number is not shown.
        new: String,
    },
    /// What the supervisors want every caller to hear just now, if anything.
    Notice {
        /// What comes after it.
        next: String,
    },
    /// The caller joins the queue.
    Queue {
        /// What is said before the music.
        text: Texts,
        /// The topic of a caller who has chosen none.
        topic: Topic,
        /// The queue of the configuration; none: the first.
        queue: Option<String>,
        /// The priority class of the configuration; none: no bonus.
        class: Option<String>,
        /// Where callers go when the wait would be longer than is admitted; none: everybody joins.
        full: Option<String>,
    },
    /// The caller takes the place up that a redial has found.
    TakeUp {
        /// What is said before the music.
        text: Texts,
    },
    /// The call ends.
    HangUp {
        /// What is said before.
        text: Texts,
    },
}

/// What a key means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Where it leads.
    pub next: String,
    /// The language it chooses.
    pub language: Option<Language>,
    /// The topic it chooses.
    pub topic: Option<Topic>,
}

impl Node {
    /// Every place that comes after this one.
    #[must_use]
    pub fn ways(&self) -> Vec<&str> {
        match self {
            Self::Say { next, .. } => vec![next],
            Self::Ask { keys, otherwise, .. } => {
                let mut ways: Vec<&str> = keys.values().map(|choice| choice.next.as_str()).collect();
                ways.push(&otherwise.next);
                ways
            }
            Self::Hours { open, closed } => vec![open, closed],
            Self::Redial { known, new } => vec![known, new],
            Self::Notice { next } => vec![next],
            Self::Queue { full, .. } => full.iter().map(String::as_str).collect(),
            Self::TakeUp { .. } | Self::HangUp { .. } => Vec::new(),
        }
    }

    /// The places that come after this one for a caller who does nothing.
    #[must_use]
    pub fn ways_without_a_key(&self) -> Vec<&str> {
        match self {
            Self::Ask { otherwise, .. } => vec![&otherwise.next],
            Self::Say { .. }
            | Self::Hours { .. }
            | Self::Redial { .. }
            | Self::Notice { .. }
            | Self::Queue { .. }
            | Self::TakeUp { .. }
            | Self::HangUp { .. } => self.ways(),
        }
    }

    /// The words spoken here.
    #[must_use]
    pub const fn text(&self) -> Option<&Texts> {
        match self {
            Self::Say { text, .. }
            | Self::Ask { text, .. }
            | Self::Queue { text, .. }
            | Self::TakeUp { text }
            | Self::HangUp { text } => Some(text),
            Self::Hours { .. } | Self::Redial { .. } | Self::Notice { .. } => None,
        }
    }
}
