//! Sums and what they are of; what the fold remembers of what is not over.

mod asked;
mod cards;
mod fact;
mod histogram;

pub use asked::{By, Range, StatisticsError};
pub use cards::{AgentCard, Answer, Carry, End, EntryCard, FORGOTTEN_AFTER, OfferCard, Place, Talk};
pub use fact::{Doing, Fact, News, OfferNews, Unreadable};
pub use histogram::{EARLY_SECONDS, Early, Histogram};

use crate::foundation::ids::UserId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime, UtcOffset};

/// What can be added, and taken back.
pub trait Tally {
    /// Adds `other` so many times; minus one takes it back.
    fn add(&mut self, other: &Self, times: i64);
}

impl Tally for i64 {
    fn add(&mut self, other: &Self, times: i64) {
        *self += other * times;
    }
}

/// A struct of tallies, which is one itself.
macro_rules! tally {
    ($(#[$head:meta])* pub struct $name:ident { $($(#[$doc:meta])* pub $field:ident: $kind:ty,)* }) => {
        $(#[$head])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        // Sums that were written before something was counted have none of it.
        #[serde(default)]
        pub struct $name { $($(#[$doc])* pub $field: $kind,)* }

        impl Tally for $name {
            fn add(&mut self, other: &Self, times: i64) {
                $(self.$field.add(&other.$field, times);)*
            }
        }
    };
}

/// Where an entry counts: as it joined, whatever became of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// The hour in which it joined, by its beginning.
    #[serde(with = "time::serde::rfc3339")]
    pub hour: OffsetDateTime,
    /// The queue that it joined. It may be moved to another one later, and counts here still.
    pub queue: String,
    /// The language that was chosen.
    pub language: String,
    /// The topic that was chosen.
    pub topic: String,
}

tally! {
    /// Offers, and what came of them.
    pub struct Offers {
        /// Offers that were made.
        #[serde(rename = "offers_made")]
        pub made: i64,
        /// Offers that an agent accepted.
        #[serde(rename = "offers_accepted")]
        pub accepted: i64,
        /// Offers that an agent declined.
        #[serde(rename = "offers_declined")]
        pub declined: i64,
        /// Offers that were not painted or not answered in time.
        #[serde(rename = "offers_expired")]
        pub expired: i64,
        /// Offers that were taken back, also after they were accepted.
        #[serde(rename = "offers_withdrawn")]
        pub withdrawn: i64,
        /// Accepted offers under which no talk came about.
        #[serde(rename = "offers_failed")]
        pub failed: i64,
    }
}

tally! {
    /// Entries that joined in a cell, and the offers of them.
    pub struct Counts {
        /// Entries, those that were merged into an older one excepted: `answered + abandoned + lost + unreached +` those
        /// still open.
        pub offered: i64,
        /// Those that talked with an agent.
        pub answered: i64,
        /// Those whose talk is over.
        pub served: i64,
        /// Those whose caller hung up before a talk, and did not come back.
        pub abandoned: i64,
        /// Those that were cut off before a talk, and whose caller did not come back.
        pub lost: i64,
        /// Those that ended because the same number has an older place again.
        pub merged: i64,
        /// Those that were abandoned, lost or merged, and taken up again. Part of `offered`.
        pub redeemed: i64,
        /// Times that an agent handed a caller on.
        pub transferred: i64,
        /// Those whose caller wanted to be rung instead of waiting on the line. Part of `offered`.
        pub callbacks: i64,
        /// Those of them that were rung in vain, and whose caller did not come back.
        pub unreached: i64,
        /// Offers to agents.
        #[serde(flatten)]
        pub offers: Offers,
    }
}

tally! {
    /// How long things took for the entries of a cell.
    pub struct Times {
        /// From the call's arrival to a place in line: the menu.
        pub arrived_to_joined: Histogram,
        /// From joining to the first offer.
        pub joined_to_offered: Histogram,
        /// From an offer to the page that shows it, for every offer.
        pub offered_to_painted: Histogram,
        /// From the page that shows it to the agent's yes, for every accepted offer.
        pub painted_to_accepted: Histogram,
        /// From the agent's yes to the talk, for every talk.
        pub accepted_to_talking: Histogram,
        /// From joining to the talk, of those who waited on the line.
        pub wait_answered: Histogram,
        /// From joining to the end of those that were abandoned.
        pub wait_abandoned: Histogram,
        /// How long was talked.
        pub talk: Histogram,
        /// How long the agent needed afterwards.
        pub wrap_up: Histogram,
        /// Both together, of the talks whose wrap-up is over.
        pub handling: Histogram,
        /// The first two minutes of `wait_answered`.
        pub early_answered: Early,
        /// The first two minutes of `wait_abandoned`.
        pub early_abandoned: Early,
    }
}

tally! {
    /// The sums of a cell.
    pub struct Hour {
        /// How many.
        pub counts: Counts,
        /// How long.
        pub times: Times,
    }
}

tally! {
    /// What an agent did in an hour. Time counts in the hour in which it passed; an offer, and what came of it, counts in
    /// the hour in which it was made.
    pub struct Shift {
        /// Milliseconds of waiting for a caller.
        pub ready_ms: i64,
        /// Milliseconds with an open offer.
        pub offered_ms: i64,
        /// Milliseconds in which the phone was connected.
        pub connecting_ms: i64,
        /// Milliseconds of talk.
        pub talking_ms: i64,
        /// Milliseconds of wrap-up.
        pub wrap_up_ms: i64,
        /// Milliseconds of not being ready.
        pub not_ready_ms: i64,
        /// Offers.
        #[serde(flatten)]
        pub offers: Offers,
        /// Talks.
        pub answered: i64,
        /// Talks whose wrap-up is over.
        pub handled: i64,
        /// Milliseconds of talk and wrap-up of those.
        pub handling_ms: i64,
    }
}

impl Shift {
    /// The time of a state; a signed-out agent has none.
    pub const fn time_mut(&mut self, doing: Doing) -> Option<&mut i64> {
        match doing {
            Doing::Offline => None,
            Doing::Ready => Some(&mut self.ready_ms),
            Doing::Offered => Some(&mut self.offered_ms),
            Doing::Connecting => Some(&mut self.connecting_ms),
            Doing::Talking => Some(&mut self.talking_ms),
            Doing::WrapUp => Some(&mut self.wrap_up_ms),
            Doing::NotReady => Some(&mut self.not_ready_ms),
        }
    }
}

/// All sums, or what is to be added to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Entries by cell.
    pub hours: BTreeMap<Cell, Hour>,
    /// Agents by hour.
    pub shifts: BTreeMap<(OffsetDateTime, UserId), Shift>,
}

impl Sums {
    /// The sums of a cell.
    pub fn hour(&mut self, cell: &Cell) -> &mut Hour {
        self.hours.entry(cell.clone()).or_default()
    }

    /// The sums of an agent in the hour of a moment.
    pub fn shift(&mut self, at: OffsetDateTime, agent: UserId) -> &mut Shift {
        self.shifts.entry((hour_of(at), agent)).or_default()
    }

    /// Adds others. What is nought in the end was never there.
    pub fn add(&mut self, other: &Self) {
        for (cell, hour) in &other.hours {
            self.hour(cell).add(hour, 1);
        }
        for ((hour, agent), shift) in &other.shifts {
            self.shift(*hour, *agent).add(shift, 1);
        }
        self.tidy();
    }

    /// Drops what is nought.
    pub fn tidy(&mut self) {
        self.hours.retain(|_, hour| *hour != Hour::default());
        self.shifts.retain(|_, shift| *shift != Shift::default());
    }
}

/// The beginning of a moment's hour. Local time in Saxony differs from UTC by whole hours, so an hour of one is an hour of
/// the other; in autumn the hour that happens twice is two.
#[must_use]
pub fn hour_of(at: OffsetDateTime) -> OffsetDateTime {
    let at = at.to_offset(UtcOffset::UTC);
    at - Duration::nanoseconds(i64::try_from(at.unix_timestamp_nanos().rem_euclid(3_600_000_000_000)).unwrap_or(0))
}
