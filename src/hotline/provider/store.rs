//! All SQL of the provider module: comparing our calls with the provider's, and when waiting calls were last heard.

use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::CallId;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A call that we hold for open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Id.
    pub id: CallId,
    /// The provider's name for it.
    pub sid: String,
    /// The provider's list lacked it then.
    pub missing_since: Option<OffsetDateTime>,
    /// When it last asked for music, or arrived.
    pub heard_at: OffsetDateTime,
}

/// Every open call that arrived before a moment.
///
/// # Errors
/// When the database is away.
pub async fn open_calls(conn: &mut PgConnection, provider: &str, before: OffsetDateTime) -> Result<Vec<Open>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- provider: calls that we hold for open
        select call.id, call.provider_call_sid as "sid!", call.missing_since,
               greatest(call.arrived_at, heard.at) as "heard_at!"
          from call left join call_heard heard on heard.call_id = call.id
         where call.provider = $1 and call.ended_at is null and call.arrived_at < $2
           and call.provider_call_sid is not null
        "#,
        provider,
        before
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Open { id: CallId(row.id), sid: row.sid, missing_since: row.missing_since, heard_at: row.heard_at })
        .collect())
}

/// Takes the next turn to compare, unless somebody has taken it since `before`.
///
/// # Errors
/// When the database is away.
pub async fn take_turn(tx: &mut Tx, provider: &str, before: OffsetDateTime) -> Result<bool, Fault> {
    let now = tx.now();
    let taken = sqlx::query!(
        r#"
        -- provider: one process compares at a time
        insert into provider_look as last (provider, looked_at) values ($1, $2)
        on conflict (provider) do update set looked_at = $2 where last.looked_at <= $3
        "#,
        provider,
        now,
        before
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok(taken == 1)
}

/// An agent's phone that we hold for answered and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLeg {
    /// The provider's name for it.
    pub sid: String,
    /// The provider's name for the caller's call.
    pub parent: String,
    /// The provider's list lacked it then.
    pub missing_since: Option<OffsetDateTime>,
}

/// Every agent's phone that we hold for answered and not ended, on a call that is open.
///
/// # Errors
/// When the database is away.
pub async fn open_legs(conn: &mut PgConnection, provider: &str) -> Result<Vec<OpenLeg>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- provider: agents' phones that we hold for answered
        select leg.leg_sid, call.provider_call_sid as "parent!", leg.missing_since
          from call_leg as leg join call on call.id = leg.call_id
         where leg.provider = $1 and leg.was_answered and leg.ended_at is null and call.ended_at is null
           and call.provider_call_sid is not null
        "#,
        provider
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| OpenLeg { sid: row.leg_sid, parent: row.parent, missing_since: row.missing_since })
        .collect())
}

/// Notes which agents' phones the provider's list lacks, and which it has again.
///
/// # Errors
/// When the database is away.
pub async fn note_missing_legs(tx: &mut Tx, provider: &str, missing: &[String], found: &[String]) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        r#"
        -- provider: note agents' phones that are missing, and those that are back
        update call_leg set missing_since = case when leg_sid = any($2) then $4::timestamptz end
         where provider = $1
           and ((leg_sid = any($2) and missing_since is null) or (leg_sid = any($3) and missing_since is not null))
        "#,
        provider,
        missing,
        found,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes which open calls the provider's list lacks, and which it has again.
///
/// # Errors
/// When the database is away.
pub async fn note_missing(tx: &mut Tx, missing: &[Uuid], found: &[Uuid]) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        r#"
        -- provider: note calls that are missing, and calls that are back
        update call set missing_since = case when id = any($1) then $3::timestamptz end
         where (id = any($1) and missing_since is null) or (id = any($2) and missing_since is not null)
        "#,
        missing,
        found,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes down in bulk which calls asked for music lately.
///
/// # Errors
/// When the database is away.
pub async fn note_heard(tx: &mut Tx, calls: &[Uuid]) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        r#"
        -- provider: calls that asked for music lately
        insert into call_heard (call_id, at) select unnest($1::uuid[]), $2
        on conflict (call_id) do update set at = excluded.at
        "#,
        calls,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets what was heard of calls before a moment.
///
/// # Errors
/// When the database is away.
pub async fn forget_heard(tx: &mut Tx, before: OffsetDateTime) -> Result<(), Fault> {
    sqlx::query!("delete from call_heard where at < $1 -- provider: forget old ticks", before)
        .execute(tx.conn())
        .await?;
    Ok(())
}
