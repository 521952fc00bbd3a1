//! The facts that statistics are made of, as they are read from the log.

use super::End;
use crate::foundation::events::Published;
use crate::foundation::ids::{CallId, EntryId, OfferId, UserId};
use serde::{Deserialize, Serialize};

/// The queue of an entry whose fact names none: facts of the time when there was one.
const ONLY_QUEUE: &str = "hotline";

/// A fact that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// A call arrived.
    Arrived(CallId),
    /// A call is over.
    CallEnded(CallId),
    /// A caller joined a queue.
    Joined {
        /// The place.
        entry: EntryId,
        /// The call.
        call: Option<CallId>,
        /// Which queue.
        queue: &'a str,
        /// What was chosen.
        language: &'a str,
        /// What was chosen.
        topic: &'a str,
    },
    /// Something happened to an entry.
    Entry(EntryId, News),
    /// An agent does something else now.
    Agent {
        /// Who.
        agent: UserId,
        /// What.
        to: Doing,
        /// The entry on the desk.
        entry: Option<EntryId>,
    },
}

/// What happens to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Its place is taken up again.
    Redeemed,
    /// Its caller wants to be rung instead of waiting on the line.
    Callback,
    /// An agent has accepted.
    Connecting,
    /// Agent and caller talk.
    Talking,
    /// The agent comes back to it from a hold, under an offer of its own.
    Resumed(OfferId),
    /// The agent has handed it on.
    Transferred,
    /// It is over.
    Ended(End),
    /// Something happens to an offer of it.
    Offer(OfferId, OfferNews),
}

/// What happens to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferNews {
    /// It was made to an agent.
    Made(UserId),
    /// The page shows it.
    Painted,
    /// The agent accepts.
    Accepted,
    /// The agent declines.
    Declined,
    /// It was not shown or not answered in time.
    Expired,
    /// It was taken back.
    Withdrawn,
    /// No talk came about.
    Failed,
}

/// What an agent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Not signed in.
    Offline,
    /// Waits for a caller.
    Ready,
    /// Has an open offer.
    Offered,
    /// Waits for the phone.
    Connecting,
    /// Talks.
    Talking,
    /// Is busy with the last call.
    WrapUp,
    /// Takes no callers.
    NotReady,
}

impl Doing {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Ready, Self::Offered, Self::Connecting, Self::Talking, Self::WrapUp, Self::NotReady, Self::Offline];

    /// The name in events and in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Ready => "ready",
            Self::Offered => "offered",
            Self::Connecting => "connecting",
            Self::Talking => "talking",
            Self::WrapUp => "wrap_up",
            Self::NotReady => "not_ready",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doing| doing.code() == code)
    }
}

/// A fact of a kind that counts lacks what it must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl<'a> Fact<'a> {
    /// Reads a fact; `None` for one that does not count.
    ///
    /// # Errors
    /// When it counts and cannot be read.
    pub fn of(event: &'a Published) -> Result<Option<Self>, Unreadable> {
        let about = &event.about;
        let text = |key: &str| event.data.get(key).and_then(serde_json::Value::as_str);
        let call = || about.call.ok_or(Unreadable);
        let entry = |news: News| Ok(Self::Entry(about.entry.ok_or(Unreadable)?, news));
        let offer = |news: OfferNews| entry(News::Offer(about.offer.ok_or(Unreadable)?, news));
        let fact = match event.kind.as_str() {
            "call.arrived" => Self::Arrived(call()?),
            "call.ended" => Self::CallEnded(call()?),
            "entry.joined" => Self::Joined {
                entry: about.entry.ok_or(Unreadable)?,
                call: about.call,
                queue: text("queue").unwrap_or(ONLY_QUEUE),
                language: text("language").ok_or(Unreadable)?,
                topic: text("topic").ok_or(Unreadable)?,
            },
            "entry.redeemed" => entry(News::Redeemed)?,
            "entry.callback" => entry(News::Callback)?,
            "entry.connecting" => entry(News::Connecting)?,
            "entry.talking" => entry(News::Talking)?,
            "entry.resumed" => entry(News::Resumed(about.offer.ok_or(Unreadable)?))?,
            "entry.transferred" => entry(News::Transferred)?,
            "entry.ended" => entry(News::Ended(text("reason").and_then(End::from_code).ok_or(Unreadable)?))?,
            "offer.made" => offer(OfferNews::Made(about.agent.ok_or(Unreadable)?))?,
            "offer.painted" => offer(OfferNews::Painted)?,
            "offer.accepted" => offer(OfferNews::Accepted)?,
            "offer.declined" => offer(OfferNews::Declined)?,
            "offer.expired" => offer(OfferNews::Expired)?,
            "offer.withdrawn" => offer(OfferNews::Withdrawn)?,
            "offer.failed" => offer(OfferNews::Failed)?,
            "agent.state" => Self::Agent {
                agent: about.agent.ok_or(Unreadable)?,
                to: text("to").and_then(Doing::from_code).ok_or(Unreadable)?,
                entry: about.entry,
            },
            _ => return Ok(None),
        };
        Ok(Some(fact))
    }
}
