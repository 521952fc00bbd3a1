//! Entries, offers and agents as the queue sees them. States carry their data; what is not in a state cannot be read
//! from it.

use super::decide::Told;
use super::routing::Overflow;
use super::skills::{Needs, Skills};
use crate::foundation::ids::{CallId, EntryId, OfferId, SessionId, UserId};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The static key of a place: when the caller rang, less the bonus of its class; then the order of joining. Nothing
/// changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey {
    /// When the caller rang, less the bonus.
    pub at: OffsetDateTime,
    /// Decides between calls of the same microsecond.
    pub seq: i64,
}

/// The language a caller chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// German.
    De,
    /// English.
    En,
}

impl Language {
    /// `de` or `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }
}

/// Why a caller rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// To book appointments.
    Book,
    /// To change or cancel them.
    Change,
    /// To ask something.
    Information,
}

impl Topic {
    /// `book`, `change` or `information`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Book => "book",
            Self::Change => "change",
            Self::Information => "information",
        }
    }
}

/// A place in line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Id.
    pub id: EntryId,
    /// Its place.
    pub order: OrderKey,
    /// The call that waits on it.
    pub call: CallId,
    /// In which queue, and for whom.
    pub wants: Wants,
    /// Where it stands.
    pub state: EntryState,
    /// Where its caller is to be had.
    pub reach: Reach,
}

impl Entry {
    /// The same place of a caller who is on the line, or of nobody any more.
    #[must_use]
    pub fn on_the_line(&self) -> Self {
        Self { reach: Reach::Line, wants: Wants { pause: None, ..self.wants.clone() }, ..self.clone() }
    }
}

/// Where the caller of a place is to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On the line of the entry's call, as long as the place is not over.
    Line,
    /// At home: they are rung when an agent has taken them on, and keep the place until then.
    Callback {
        /// How often they were rung in vain.
        tries: u8,
        /// Whether the entry's call is the one by which they are being rung.
        rung: bool,
    },
}

impl Reach {
    /// Somebody who has not been rung yet.
    pub const CALLBACK: Self = Self::Callback { tries: 0, rung: false };

    /// How often the caller was rung in vain.
    #[must_use]
    pub const fn tries(self) -> u8 {
        match self {
            Self::Line => 0,
            Self::Callback { tries, .. } => tries,
        }
    }

    /// Whether the caller has to be rung.
    #[must_use]
    pub const fn is_callback(self) -> bool {
        matches!(self, Self::Callback { .. })
    }
}

/// For whom a caller waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wants {
    /// The queue.
    pub queue: String,
    /// When the caller joined: needs fall from then on.
    pub joined: OffsetDateTime,
    /// What an agent must be able to do.
    pub needs: Needs,
    /// The one agent who may take the caller for now.
    pub preferred: Option<Preferred>,
    /// Where the place goes when it takes too long.
    pub overflow: Option<Overflow>,
    /// Nobody may take the caller before: they were rung in vain.
    pub pause: Option<OffsetDateTime>,
}

/// A caller waits for one agent alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferred {
    /// For whom.
    pub agent: UserId,
    /// Until then; after that, everybody may take the caller.
    pub until: OffsetDateTime,
}

/// Why an agent may not take a caller now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The caller was rung in vain, and is left in peace for a while.
    Paused,
    /// The caller waits for another agent.
    Preferred,
    /// A skill is missing.
    Skill,
}

impl Wants {
    /// Whether this agent may take the caller now. Who is kept apart from whom is not asked here.
    ///
    /// # Errors
    /// Why not.
    pub fn fit(&self, agent: UserId, skills: &Skills, now: OffsetDateTime) -> Result<(), Unfit> {
        if self.pause.is_some_and(|until| now < until) {
            return Err(Unfit::Paused);
        }
        if self.preferred.is_some_and(|one| one.agent != agent && now < one.until) {
            return Err(Unfit::Preferred);
        }
        if self.needs.met_by(skills, now - self.joined) { Ok(()) } else { Err(Unfit::Skill) }
    }

    /// When more agents may take the caller than now.
    #[must_use]
    pub fn next_change(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let alone = self.preferred.map(|one| one.until);
        let later = alone.into_iter().chain(self.pause).filter(|at| now < *at);
        later.chain(self.needs.next_fall(self.joined, now)).min()
    }

    /// When the place goes to another queue.
    #[must_use]
    pub fn overflows_at(&self) -> Option<OffsetDateTime> {
        self.overflow.as_ref().map(|overflow| self.joined + overflow.after)
    }
}

/// Exactly one of these (Q1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// In line: parked at the provider, in music, or at home.
    Waiting,
    /// Shown to one agent.
    Offered {
        /// The offer.
        offer: OfferId,
    },
    /// An agent has accepted; the phones are being connected.
    Connecting {
        /// The offer.
        offer: OfferId,
    },
    /// With an agent.
    Talking {
        /// The offer.
        offer: OfferId,
        /// Since when.
        since: OffsetDateTime,
    },
    /// The agent has put the caller on hold: in music, and no longer in line. The agent's phone is free meanwhile.
    Held {
        /// The offer under which they talked.
        offer: OfferId,
        /// Since when they had talked.
        since: OffsetDateTime,
        /// The agent's phone is rung by then, asked for or not.
        until: OffsetDateTime,
    },
    /// The agent comes back to the caller on hold: their phone is being rung.
    Resuming {
        /// The offer under which they will talk on.
        offer: OfferId,
        /// Since when they had talked.
        since: OffsetDateTime,
    },
    /// Over.
    Ended {
        /// How.
        how: Ending,
        /// Until when a redial of the same number takes the place up again.
        redeem_until: Option<OffsetDateTime>,
    },
}

impl EntryState {
    /// The offer that binds the entry.
    #[must_use]
    pub const fn offer(&self) -> Option<OfferId> {
        match self {
            Self::Offered { offer }
            | Self::Connecting { offer }
            | Self::Talking { offer, .. }
            | Self::Held { offer, .. }
            | Self::Resuming { offer, .. } => Some(*offer),
            Self::Waiting | Self::Ended { .. } => None,
        }
    }

    /// The offer under which caller and agent have talked and are not done: with each other, on hold, or on the way back.
    #[must_use]
    pub const fn talk(&self) -> Option<OfferId> {
        match self {
            Self::Talking { offer, .. } | Self::Held { offer, .. } | Self::Resuming { offer, .. } => Some(*offer),
            Self::Waiting | Self::Offered { .. } | Self::Connecting { .. } | Self::Ended { .. } => None,
        }
    }
}

/// How a place in line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The caller talked with an agent.
    Served,
    /// The caller hung up.
    Abandoned,
    /// The call was lost without the caller's doing.
    Lost,
    /// The caller had an older place, and has that one again.
    Merged,
    /// The caller wanted to be rung, and was rung in vain as often as is tried.
    Unreached,
}

impl Ending {
    /// `served`, `abandoned`, `lost`, `merged` or `unreached`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Abandoned => "abandoned",
            Self::Lost => "lost",
            Self::Merged => "merged",
            Self::Unreached => "unreached",
        }
    }
}

/// An entry offered to one agent: a lease with a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Id.
    pub id: OfferId,
    /// What is offered.
    pub entry: EntryId,
    /// To whom.
    pub agent: UserId,
    /// Where it stands.
    pub state: OfferState,
}

/// The life of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferState {
    /// Shown, or on its way to the page.
    Open {
        /// The agent must have answered by then.
        deadline: OffsetDateTime,
        /// The page must have painted it by then; none when it has.
        paint_by: Option<OffsetDateTime>,
    },
    /// Accepted; the provider is asked to connect, or to ring the caller first.
    Accepted {
        /// The agent's phone, or the caller who is rung, must have answered by then.
        deadline: OffsetDateTime,
    },
    /// The provider rings the agent's phone.
    Connecting {
        /// The agent's phone must have answered by then.
        deadline: OffsetDateTime,
    },
    /// Both talk, or talked.
    Connected,
    /// They talked until the agent put the caller on hold: who is fetched back is connected under an offer of its own, so
    /// that late reports of the first talk end no other.
    Held,
    /// They talked, and the agent has handed the caller on.
    Transferred,
    /// The agent said no.
    Declined,
    /// The agent, or the page, did not answer in time.
    Expired,
    /// The caller, the link or the agent went away.
    Withdrawn,
    /// The agent's phone could not be connected.
    Failed,
}

impl OfferState {
    /// Whether the offer still binds its entry and its agent (Q2 counts these).
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Open { .. } | Self::Accepted { .. } | Self::Connecting { .. })
    }
}

/// An agent as the queue sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Id.
    pub id: UserId,
    /// Where they stand.
    pub state: AgentState,
    /// Since when.
    pub since: OffsetDateTime,
    /// Since when they have been without a caller while ready; the longest idle is offered first. Kept over an offer
    /// that was withdrawn through no doing of theirs.
    pub idle_since: OffsetDateTime,
    /// Offers in a row that they or their page let pass.
    pub missed: u8,
    /// What they can do.
    pub skills: Skills,
    /// The socket.
    pub link: Link,
}

/// The states of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentState {
    /// Not signed in.
    Offline,
    /// Waiting for a caller.
    Ready,
    /// An offer is open.
    Offered {
        /// The offer.
        offer: OfferId,
        /// The entry.
        entry: EntryId,
    },
    /// Accepted; the phone is being connected.
    Connecting {
        /// The offer.
        offer: OfferId,
        /// The entry.
        entry: EntryId,
        /// What comes after the call.
        next: Next,
    },
    /// With a caller.
    Talking {
        /// The offer.
        offer: OfferId,
        /// The entry.
        entry: EntryId,
        /// What comes after the call.
        next: Next,
    },
    /// After a call.
    WrapUp {
        /// The entry that was served.
        entry: EntryId,
        /// When it ends by itself.
        until: OffsetDateTime,
        /// How often it may still be extended.
        extensions_left: u8,
        /// What comes after it.
        next: Next,
    },
    /// Not to be offered callers.
    NotReady {
        /// Why.
        reason: Reason,
    },
}

impl AgentState {
    /// The name in frames, events and the database.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Ready => "ready",
            Self::Offered { .. } => "offered",
            Self::Connecting { .. } => "connecting",
            Self::Talking { .. } => "talking",
            Self::WrapUp { .. } => "wrap_up",
            Self::NotReady { .. } => "not_ready",
        }
    }

    /// The entry on the agent's desk.
    #[must_use]
    pub const fn entry(&self) -> Option<EntryId> {
        match self {
            Self::Offered { entry, .. }
            | Self::Connecting { entry, .. }
            | Self::Talking { entry, .. }
            | Self::WrapUp { entry, .. } => Some(*entry),
            Self::Offline | Self::Ready | Self::NotReady { .. } => None,
        }
    }

    /// The offer that binds the agent.
    #[must_use]
    pub const fn offer(&self) -> Option<OfferId> {
        match self {
            Self::Offered { offer, .. } | Self::Connecting { offer, .. } | Self::Talking { offer, .. } => Some(*offer),
            Self::Offline | Self::Ready | Self::WrapUp { .. } | Self::NotReady { .. } => None,
        }
    }
}

/// What an agent does after the call: the last wish counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Takes the next caller.
    Ready,
    /// Pauses.
    NotReady(Reason),
}

/// Why an agent is not ready: a code of the configuration, or one of the queue's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reason(String);

impl Reason {
    /// A reason of the configuration.
    #[must_use]
    pub fn of_setup(code: &str) -> Self {
        Self(code.to_owned())
    }

    /// Signed in, and not yet said to be ready.
    #[must_use]
    pub fn signed_in() -> Self {
        Self("signed_in".to_owned())
    }

    /// Let offers pass.
    #[must_use]
    pub fn no_answer() -> Self {
        Self("no_answer".to_owned())
    }

    /// The page did not paint offers.
    #[must_use]
    pub fn page() -> Self {
        Self("page".to_owned())
    }

    /// The phone did not answer.
    #[must_use]
    pub fn phone() -> Self {
        Self("phone".to_owned())
    }

    /// The link was lost for too long.
    #[must_use]
    pub fn link() -> Self {
        Self("link".to_owned())
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0
    }
}

/// The agent's socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// No socket.
    Down,
    /// Connected to the process `node`.
    Up {
        /// The log-in whose socket it is; the newest wins.
        session: SessionId,
        /// The process that holds the socket: when it dies, so has the link.
        node: Uuid,
    },
    /// Lost, and expected back.
    Lost {
        /// The agent is set not ready after this moment.
        until: OffsetDateTime,
    },
}

/// A pair that shall not be brought together for a while: part of eligibility, never of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    /// The entry.
    pub entry: EntryId,
    /// The agent who let it pass.
    pub agent: UserId,
    /// Until then.
    pub until: OffsetDateTime,
}

/// The times and limits of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long an offer stays open.
    pub offer: Duration,
    /// How long the page has to paint it.
    pub paint: Duration,
    /// How long accepting to talking may take.
    pub connect: Duration,
    /// How long a wrap-up lasts, and by how much it is extended.
    pub wrap_up: Duration,
    /// How often it may be extended.
    pub extensions: u8,
    /// How long a caller may be on hold before the agent's phone is rung; zero: nobody can be put there.
    pub hold: Duration,
    /// How long an agent who let an entry pass is not offered it again.
    pub back_off: Duration,
    /// After how many missed offers in a row an agent is set not ready.
    pub missed_limit: u8,
    /// How long a lost link is expected back.
    pub link_grace: Duration,
    /// How long a lost place can be taken up by a redial.
    pub redeem: Duration,
    /// Who of those who may take a caller takes them.
    pub strategy: Strategy,
    /// How long an agent is occupied by a call, wrap-up included, before that is measured.
    pub handling: Duration,
    /// After how long callers give up, in the mean; none: nobody does.
    pub patience: Option<Duration>,
    /// Nobody is admitted whose wait is expected to be longer; none: everybody is.
    pub admit: Option<Duration>,
    /// Nobody is admitted when so many wait.
    pub most_waiting: u32,
    /// Ringing callers who do not want to wait on the line.
    pub callback: Callbacks,
}

/// How callers are rung who do not want to wait on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Callbacks {
    /// It is offered to those who were told to wait so long at least; none: to nobody.
    pub from: Option<Duration>,
    /// How long their phone rings.
    pub ring: Duration,
    /// How long they have to say that it is them.
    pub answer: Duration,
    /// How often they are rung.
    pub tries: u8,
    /// How long they are left in peace between two tries.
    pub pause: Duration,
}

impl Callbacks {
    /// Whether who is told this may have themselves rung.
    #[must_use]
    pub fn is_offered_to(self, told: Told) -> bool {
        let minutes = match told {
            Told::Soon => return false,
            Told::Between(low, _) | Told::Longer(low, _) => low,
        };
        self.from.is_some_and(|from| Duration::minutes(i64::from(minutes)) >= from)
    }
}

/// Who of the idle agents who may take a caller takes them. Ties go to the longest idle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Who has been without a caller for longest: the same load for all.
    #[default]
    LongestIdle,
    /// Who can best do what the caller needs.
    MostSkilled,
    /// Who can do least besides: those who can much are spared for callers who need it.
    LeastVersatile,
}
