//! Neutral call control: what the provider tells us and what we tell it, in no dialect.
//!
//! The provider module translates both ways. A document that was sent is stored in these words, so that a repeated hook
//! is answered as before, whatever dialect it speaks.

use crate::foundation::ids::{CallId, OfferId};
use crate::foundation::phone::PhoneNumber;
use crate::hotline::queue::model::Language;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use time::OffsetDateTime;

/// A call that arrives.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The provider's name for the call.
    pub sid: String,
    /// When it rang, if it was answered without the database before; none: now.
    pub rang: Option<OffsetDateTime>,
    /// The caller's number, when shown and readable.
    pub from: Option<PhoneNumber>,
    /// The number that was dialled, as the provider sends it: it is ours, and no personal data.
    pub to: String,
}

/// How far a leg has come. It only goes forward: reports arrive late, twice and in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Progress {
    /// The provider knows of it.
    Trying,
    /// It rings.
    Ringing,
    /// It was answered.
    Answered,
    /// It is over.
    Ended,
}

impl Progress {
    /// The name in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Trying => "trying",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Ended => "ended",
        }
    }

    /// The progress of a stored name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Trying, Self::Ringing, Self::Answered, Self::Ended].into_iter().find(|it| it.code() == code)
    }
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndedBy {
    /// The caller hung up.
    Caller,
    /// The provider ended it, at our word or because its list ran out.
    System,
    /// Nobody told us: it was gone when we looked.
    Unknown,
}

impl EndedBy {
    /// The name in the database and in the event log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::System => "system",
            Self::Unknown => "unknown",
        }
    }
}

/// What a report says of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegNews {
    /// Its progress, before the end.
    Progress(Progress),
    /// It is over.
    Ended {
        /// By whom.
        by: EndedBy,
        /// Whether it had been answered: a report of the answer may be missing.
        answered: bool,
    },
}

impl LegNews {
    /// How far the leg has come at least.
    #[must_use]
    pub const fn progress(self) -> Progress {
        match self {
            Self::Progress(progress) => progress,
            Self::Ended { .. } => Progress::Ended,
        }
    }
}

/// A report about a leg.
#[derive(Clone, Debug)]
pub struct LegReport {
    /// The provider's name for the leg.
    pub sid: String,
    /// The provider's name for the caller's leg, when this leg was dialled from it.
    pub parent: Option<String>,
    /// Whether the leg came from outside.
    pub inbound: bool,
    /// The call that we asked for, when the leg is ours: how it is known whose name was never told.
    pub ours: Option<CallId>,
    /// What it says.
    pub news: LegNews,
}

/// A point of a call at which the provider asks what to do next. It names itself in the URL it asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A question of the menu was answered, or nobody answered.
    Menu {
        /// The number of the question in this call.
        number: u16,
        /// Which of its prompts was playing, from 1.
        part: u8,
        /// How many prompts it has: silence counts only after the last.
        parts: u8,
    },
    /// A piece of music has ended.
    Tick(Tick),
    /// The call is to be connected, under an accepted offer.
    Connect {
        /// The offer.
        offer: OfferId,
        /// Which attempt to fetch the call out of its music asks: the first that asks is the one that rings.
        attempt: u32,
    },
    /// Connecting has ended: with a talk, or without.
    Connected(OfferId),
    /// Whoever waits has said whether they want to be rung.
    CallBack,
    /// Somebody whom we ring has answered, under an accepted offer.
    Called(OfferId),
    /// They have said whether it is them.
    Reached(OfferId),
    /// The call was taken out of whatever it did, to be told anew.
    Resume,
}

/// A piece of a park list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tick {
    /// The list it belongs to.
    pub park: Park,
    /// Its place in the list, from 0.
    pub index: u16,
}

/// The label of the script that rings an agent's phone, and so of the music behind the dial: whoever hears that music
/// proves that the dial is over. The offer's last digits, which are random, tell it from others.
#[must_use]
pub fn dial_label(offer: OfferId) -> String {
    offer_label('c', offer)
}

/// A label of an offer's script; the letter tells what the script is for.
pub(super) fn offer_label(letter: char, offer: OfferId) -> String {
    let id = offer.0.simple().to_string();
    format!("{letter}{}", id.get(20..).unwrap_or(&id))
}

/// The letter that begins the labels of the music for a caller on hold.
pub(super) const HELD: char = 'h';

/// A list of music.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Park {
    /// What made the list: it tells the lists of one call apart.
    pub label: String,
    /// How often it was renewed.
    pub round: u32,
    /// The language of the announcements between the music.
    pub language: Language,
    /// The caller was told to be served by then, in seconds of the epoch. It travels in the URLs of the list, so that
    /// telling it again needs no memory.
    #[serde(default)]
    pub promised: Option<i64>,
    /// The caller may have themselves rung instead: 1 is the key.
    #[serde(default)]
    pub callback: bool,
}

impl Park {
    /// The first list of a label.
    #[must_use]
    pub const fn new(label: String, language: Language) -> Self {
        Self { label, round: 0, language, promised: None, callback: false }
    }

    /// The same list for a caller who was told to be served by then.
    #[must_use]
    pub fn promising(self, by: OffsetDateTime) -> Self {
        Self { promised: Some(by.unix_timestamp()), ..self }
    }

    /// By when the caller was told to be served.
    #[must_use]
    pub fn promise(&self) -> Option<OffsetDateTime> {
        self.promised.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
    }

    /// Whether whoever hears this list is on hold, as far as whoever made it knew.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.label.starts_with(HELD)
    }

    /// Whether whoever hears this list has a place in line, as far as whoever made it knew. The music behind a question and
    /// the list that is given without the database do not know of one.
    #[must_use]
    pub fn has_place(&self) -> bool {
        self.label.starts_with(['q', 'r', 'f', 'c', 'k', 'o'])
    }

    /// The same list for a caller who may, or may not, have themselves rung.
    #[must_use]
    pub fn with_callback(self, callback: bool) -> Self {
        Self { callback, ..self }
    }

    /// The list that takes this one's place before it burns down.
    #[must_use]
    pub fn renewed(&self) -> Self {
        Self { round: self.round.saturating_add(1), ..self.clone() }
    }
}

/// A sentence to be spoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// Its language: the deployment has a voice for each.
    pub language: Language,
    /// The words.
    pub text: String,
}

/// A question to be answered with one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The question's name in the flow.
    pub name: String,
    /// Its number in this call.
    pub number: u16,
    /// What is spoken; a key ends it. More than one: the question in several languages.
    pub prompts: Vec<Spoken>,
    /// How long the caller may think after the last prompt.
    pub patience: Duration,
    /// What it is about.
    #[serde(default)]
    pub about: About,
}

/// What a question is about: whose answer it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The menu's.
    #[default]
    Menu,
    /// Whether who waits wants to be rung.
    CallBack,
    /// Whether who is rung under an offer is the one who asked for it.
    Reached(OfferId),
}

/// What the provider shall do, in no dialect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Speak.
    Say(Spoken),
    /// Ask for a key.
    Ask(Ask),
    /// Keep the caller in music.
    Park(Park),
    /// Ring an agent's phone and connect.
    Connect {
        /// Under which offer.
        offer: OfferId,
        /// The agent's phone.
        phone_user: String,
        /// How long it may ring.
        ring: Duration,
        /// The caller's language, for the music if it fails.
        language: Language,
    },
    /// End the call.
    HangUp,
}

/// What a hook is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Go on with the list you have.
    GoOn,
    /// Do this instead.
    Do(Script),
}

/// A list of actions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The call.
    pub call: Whose,
    /// Tells the scripts of one call apart; names their verbs.
    pub label: String,
    /// What to do, in this order.
    pub actions: Vec<Action>,
}

impl Script {
    /// Actions of a call under a label.
    #[must_use]
    pub fn new(call: CallId, label: impl Into<String>, actions: Vec<Action>) -> Self {
        Self { call: Whose::Call(call), label: label.into(), actions }
    }
}

/// Whose script it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Whose {
    /// A call's.
    Call(CallId),
    /// That of a call which could not be written down, because the database is away. When it rang travels in its URLs, so
    /// that those who ring while it comes back do not stand before it.
    Newcomer {
        /// When it rang.
        #[serde(with = "time::serde::rfc3339")]
        rang: OffsetDateTime,
    },
}
