//! What the fold remembers of calls, entries and agents until nothing about them can change any more.

use super::{Cell, Doing};
use crate::foundation::ids::{CallId, EntryId, OfferId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// How long after its end an entry may still be taken up again or given back. Much longer than a redial or the look at a
/// phone can take; what comes later counts no more.
const SETTLED_AFTER: Duration = Duration::days(2);

/// How much longer it is remembered: the times of facts do not grow strictly with their positions.
pub const FORGOTTEN_AFTER: Duration = Duration::hours(50);

/// All that the fold remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carry {
    /// When calls arrived that are in the menu.
    pub calls: BTreeMap<CallId, OffsetDateTime>,
    /// Entries that are open, or that ended some days ago at most.
    pub entries: BTreeMap<EntryId, EntryCard>,
    /// Every agent ever heard of.
    pub agents: BTreeMap<UserId, AgentCard>,
}

impl Carry {
    /// Forgets entries about which nothing can count any more at `now`.
    pub fn forget(&mut self, now: OffsetDateTime) {
        let before = now - FORGOTTEN_AFTER;
        self.entries.retain(|_, entry| entry.ended_at().is_none_or(|at| at >= before));
    }
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryCard {
    /// Where it counts.
    pub cell: Cell,
    /// When it joined: every wait begins here, also of a place that was left and taken up again.
    #[serde(with = "time::serde::rfc3339")]
    pub joined_at: OffsetDateTime,
    /// Where it stands.
    pub place: Place,
    /// Whether it was ever offered.
    pub was_offered: bool,
    /// Whether it was left and taken up again.
    pub is_redeemed: bool,
    /// Whether the caller wanted to be rung instead of waiting on the line.
    #[serde(default)]
    pub is_callback: bool,
    /// Its latest offer, unless that came to nothing.
    pub offer: Option<OfferCard>,
    /// Its talk, or its latest one.
    pub answer: Option<Answer>,
    /// The part of the talk before the agent came back from a hold, which took place however coming back ends.
    #[serde(default)]
    pub held: Option<Talk>,
    /// Talks before it, whose agents have handed the caller on.
    #[serde(default)]
    pub earlier: Vec<Talk>,
}

/// A talk whose agent has handed the caller on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Under which offer.
    pub offer: OfferCard,
    /// The talk itself.
    pub answer: Answer,
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Place {
    /// In line, with an offer or without.
    Waiting,
    /// On its way to an agent.
    Connecting,
    /// With an agent.
    Talking,
    /// Over.
    Ended {
        /// How.
        how: End,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

/// How an entry ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// After a talk.
    Served,
    /// The caller hung up.
    Abandoned,
    /// The call was lost.
    Lost,
    /// The caller has an older place again.
    Merged,
    /// The caller was to be rung, and was rung in vain.
    Unreached,
}

impl End {
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "served" => Self::Served,
            "abandoned" => Self::Abandoned,
            "lost" => Self::Lost,
            "merged" => Self::Merged,
            "unreached" => Self::Unreached,
            _ => return None,
        })
    }
}

/// An offer of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferCard {
    /// Id.
    pub id: OfferId,
    /// To whom.
    pub agent: UserId,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// When the page showed it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub painted_at: Option<OffsetDateTime>,
    /// When it was accepted.
    #[serde(with = "time::serde::rfc3339::option")]
    pub accepted_at: Option<OffsetDateTime>,
}

/// The talk of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// When it began; when it ended, if nobody told of its beginning.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Whether somebody told of its beginning.
    pub is_known: bool,
    /// How long it lasted, once it is over.
    pub talk_ms: Option<i64>,
    /// How long the wrap-up lasted, once it is over.
    pub wrap_up_ms: Option<i64>,
}

/// An agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentCard {
    /// What they do.
    pub doing: Doing,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// The entry that is wrapped up.
    pub wraps_up: Option<EntryId>,
}

impl EntryCard {
    /// When it ended.
    #[must_use]
    pub const fn ended_at(&self) -> Option<OffsetDateTime> {
        match self.place {
            Place::Ended { at, .. } => Some(at),
            Place::Waiting | Place::Connecting | Place::Talking => None,
        }
    }

    /// Whether it ended so long before `at` that nothing counts any more, remembered or not.
    #[must_use]
    pub fn is_settled(&self, at: OffsetDateTime) -> bool {
        self.ended_at().is_some_and(|ended| at - ended > SETTLED_AFTER)
    }
}
