//! One fact, typed.

use super::{Event, Id, Key};
use crate::judge::Micros;

/// A fact of the log.
#[derive(Debug, Clone)]
pub(in crate::judge) struct Fact {
    pub(in crate::judge) position: i64,
    pub(in crate::judge) at: Micros,
    pub(in crate::judge) call: Option<Id>,
    pub(in crate::judge) entry: Option<Id>,
    pub(in crate::judge) offer: Option<Id>,
    pub(in crate::judge) agent: Option<Id>,
    pub(in crate::judge) what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::judge) enum What {
    /// A call, with the provider's id of it.
    Arrived {
        sid: Id,
    },
    Joined {
        key: Key,
        needs: Id,
        prefers: Option<Preference>,
    },
    /// Overflowed into another queue: other needs.
    Moved {
        needs: Id,
    },
    Preferred(Preference),
    Redeemed,
    /// The caller has hung up and wants to be rung.
    Callback,
    /// They were rung in vain, and are to be left in peace until then.
    Unreached {
        until: Option<Micros>,
    },
    /// They are on the line again: were rung and said that it is them, or rang first.
    Reached,
    /// The caller was told how long it takes, in milliseconds.
    Told {
        low: i64,
        high: i64,
    },
    Offered {
        deadline: Option<Micros>,
    },
    Painted,
    Accepted,
    GivenBack(GivenBack),
    Talking,
    /// The agent has put the caller on hold.
    Held,
    /// The agent comes back, under an offer of its own.
    Resumed,
    /// Handed on by the agent: in line again, at the same place.
    Transferred {
        needs: Id,
        prefers: Option<Preference>,
    },
    Ended(Ending),
    State(Doing),
    Extended,
    Link {
        up: bool,
    },
    Skills(Id),
}

/// For whom alone an entry is, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) struct Preference {
    pub(in crate::judge) agent: Id,
    pub(in crate::judge) until: Micros,
}

/// How an offer came back without a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) struct GivenBack {
    /// The agent let nothing pass: who lost the link or the caller, or whose phone the provider never came to ring.
    pub(in crate::judge) blameless: bool,
    pub(in crate::judge) keeps_turn: bool,
    /// The caller is gone.
    pub(in crate::judge) hung_up: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum Ending {
    Served,
    Abandoned,
    Otherwise,
}

/// What an agent does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum Doing {
    Offline,
    NotReady,
    Ready,
    Offered,
    Connecting,
    Talking,
    WrapUp,
    /// A state that this judge does not know.
    Other,
}

impl Doing {
    pub(super) fn of(word: &str) -> Self {
        match word {
            "offline" => Self::Offline,
            "not_ready" => Self::NotReady,
            "ready" => Self::Ready,
            "offered" => Self::Offered,
            "connecting" => Self::Connecting,
            "talking" => Self::Talking,
            "wrap_up" => Self::WrapUp,
            _ => Self::Other,
        }
    }
}

impl What {
    /// The facts of one transaction share its time, and their order among each other says nothing: what ends comes before
    /// what begins.
    pub(in crate::judge) fn rank(&self) -> u8 {
        match self {
            Self::Arrived { .. } => 0,
            Self::Joined { .. } => 1,
            Self::Link { .. } | Self::Skills(_) => 2,
            Self::GivenBack(_) => 3,
            Self::Moved { .. }
            | Self::Preferred(_)
            | Self::Told { .. }
            | Self::Painted
            | Self::Extended
            | Self::Unreached { .. }
            | Self::Reached => 4,
            Self::Offered { .. } => 5,
            Self::Accepted => 6,
            Self::Talking | Self::Held | Self::Resumed => 7,
            Self::Ended(_) | Self::Transferred { .. } => 8,
            // A call that is found to be gone gives its place to the redial that is there already.
            Self::Redeemed => 9,
            Self::Callback => 10,
            Self::State(_) => 11,
        }
    }
}

impl GivenBack {
    /// Of the facts that say so.
    pub(super) fn of(event: &Event) -> Option<Self> {
        let (kind, reason) = (event.kind.as_str(), event.text("reason"));
        if !matches!(kind, "offer.declined" | "offer.expired" | "offer.withdrawn" | "offer.failed") {
            return None;
        }
        let blameless = matches!(
            (kind, reason),
            ("offer.withdrawn", Some("hung_up" | "link")) | ("offer.failed", Some("not_dialled" | "unreached"))
        );
        let hung_up = kind == "offer.withdrawn" && reason == Some("hung_up");
        Some(Self { blameless, keeps_turn: blameless || kind == "offer.withdrawn", hung_up })
    }
}
