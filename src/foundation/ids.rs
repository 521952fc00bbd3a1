//! Typed ids: a `CallId` is not an `AgentId`, although both are UUIDs in version 7.
//!
//! An id is made from the transaction's time and a random source that is given, so that a test or a simulation
//! with a seed makes the same ids again. Nothing is ever ordered by an id: clocks differ, so order has its own keys.

use rand::{Rng, RngExt};
use time::OffsetDateTime;
use uuid::Uuid;

/// An id that can be made from a moment and chance.
pub trait Id: Sized {
    /// Makes an id of version 7 for the moment `now`.
    fn mint(now: OffsetDateTime, chance: &mut impl Rng) -> Self;
}

fn uuid_at(now: OffsetDateTime, chance: &mut impl Rng) -> Uuid {
    let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &chance.random()).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        impl Id for $name {
            fn mint(now: OffsetDateTime, chance: &mut impl Rng) -> Self {
                Self(uuid_at(now, chance))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A fact in the event log.
    EventId,
    /// A promised effect.
    JobId,
    /// Somebody who logs in: an agent or a supervisor. An agent's id is the user's id.
    UserId,
    /// A log-in of a user in one browser.
    SessionId,
    /// A program that calls our interfaces, such as a print house.
    ClientId,
    /// A telephone call of the provider.
    CallId,
    /// A place in line; it outlives its call.
    EntryId,
    /// An entry offered to one agent.
    OfferId,
    /// A person who is vaccinated.
    PersonId,
    /// One bookable place at a centre.
    SlotId,
    /// A release of slots.
    BatchId,
    /// Slots taken for some minutes.
    ReservationId,
    /// The appointments of one person for one vaccination.
    SeriesId,
    /// One appointment of a series.
    DoseId,
    /// A letter on paper.
    LetterId,
    /// Letters leased to a print house together.
    PrintBatchId,
    /// An e-mail.
    EmailId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use time::macros::datetime;

    #[test]
    fn the_same_moment_and_seed_make_the_same_id() {
        let now = datetime!(2021-04-28 16:00 UTC);
        let make = || CallId::mint(now, &mut rand::rngs::StdRng::seed_from_u64(7));
        assert_eq!(make(), make());
        assert_eq!(make().0.get_version_num(), 7);
    }
}
