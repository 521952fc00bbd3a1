//! The audit trail: every change and every read of a person, with actor, channel, reason and time.
//!
//! **In:** [`note`] writes an entry in the transaction that changes or reads. **Must hold:** entries are only added;
//! they carry ids and codes, no personal data; a read that cannot be noted does not happen.

use super::db::Tx;
use super::fault::Fault;
use super::ids::{EntryId, EventId, PersonId, SeriesId, UserId};
use time::OffsetDateTime;

/// Who acts, how and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The user; a program has none.
    pub user: Option<UserId>,
    /// How the person is reached.
    pub channel: Channel,
    /// Why.
    pub reason: Reason,
}

/// Why somebody looks at a person's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// To serve this place in line.
    Entry(EntryId),
    /// To do a named task: `letter`, `desk`.
    Task(&'static str),
}

impl Actor {
    /// An agent who serves a caller.
    #[must_use]
    pub const fn agent(user: UserId, entry: EntryId) -> Self {
        Self { user: Some(user), channel: Channel::Phone, reason: Reason::Entry(entry) }
    }

    /// A program that does a named task.
    #[must_use]
    pub const fn program(channel: Channel, task: &'static str) -> Self {
        Self { user: None, channel, reason: Reason::Task(task) }
    }

    /// The place in line that is served.
    #[must_use]
    pub const fn entry(&self) -> Option<EntryId> {
        match self.reason {
            Reason::Entry(entry) => Some(entry),
            Reason::Task(_) => None,
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entry(entry) => write!(f, "entry {entry}"),
            Self::Task(task) => f.write_str(task),
        }
    }
}

/// How a person is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// An agent on the telephone.
    Phone,
    /// The public pages.
    Web,
    /// A letter or an e-mail.
    Correspondence,
    /// The system itself.
    System,
}

impl Channel {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Web => "web",
            Self::Correspondence => "correspondence",
            Self::System => "system",
        }
    }
}

/// What was done to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// As `subject.verb`: `person.read`, `series.confirmed`.
    pub action: &'static str,
    /// The person; none when nobody was found.
    pub person: Option<PersonId>,
    /// The appointments.
    pub series: Option<SeriesId>,
    /// How many persons were shown.
    pub hits: i32,
}

/// Notes a deed in the transaction that does it.
///
/// # Errors
/// When the database is away.
pub async fn note(tx: &mut Tx, actor: &Actor, deed: &Deed) -> Result<(), Fault> {
    let id: EventId = tx.id();
    let now = tx.now();
    sqlx::query!(
        r#"
        -- audit: note a deed
        insert into audit (id, at, actor_id, channel, reason, action, person_id, series_id, hits)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        "#,
        id.0,
        now,
        actor.user.map(|user| user.0),
        actor.channel.name(),
        actor.reason.to_string(),
        deed.action,
        deed.person.map(|person| person.0),
        deed.series.map(|series| series.0),
        deed.hits
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How many deeds of one kind a user has done since a moment: for limits on searching.
///
/// # Errors
/// When the database is away.
pub async fn count_since(tx: &mut Tx, user: UserId, action: &str, since: OffsetDateTime) -> Result<i64, Fault> {
    let deeds = sqlx::query_scalar!(
        r#"
        -- audit: how often a user did this lately
        select count(*) as "deeds!" from audit where actor_id = $1 and at >= $3 and action = $2
        "#,
        user.0,
        action,
        since
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(deeds)
}
