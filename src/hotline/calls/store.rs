//! All SQL of calls. A call's row is locked first, before any row of the queue: one order for everybody.

use super::decide::Leg;
use super::model::{EndedBy, Progress, Reply};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, OfferId};
use crate::foundation::phone::PhoneNumber;
use crate::foundation::pii::Pii;
use crate::hotline::ivr::decide::State;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// What is stored of a call, locked.
#[derive(Clone, Debug)]
pub struct Call {
    /// Id.
    pub id: CallId,
    /// The provider's name for it; none as long as we have not heard of a call of ours.
    pub sid: Option<String>,
    /// The caller's number in E.164, when shown.
    pub number: Option<Pii<String>>,
    /// The caller's leg.
    pub leg: Leg,
    /// When it rang.
    pub rang: OffsetDateTime,
    /// Nobody told us its end: the provider's lists lacked it.
    pub is_guessed_over: bool,
    /// Where it stands in the menu; none when it ended before it arrived.
    pub menu: Option<Menu>,
}

/// Where a call stands in the menu.
#[derive(Clone, Debug)]
pub struct Menu {
    /// In which version.
    pub version: String,
    /// Where.
    pub state: State,
}

/// A call to be written.
#[derive(Debug)]
pub struct NewCall<'a> {
    /// Id.
    pub id: CallId,
    /// Whose call it is.
    pub provider: &'a str,
    /// The provider's name for it; none: it is ours, and the provider is about to be asked for it.
    pub sid: Option<&'a str>,
    /// The caller's number, when shown.
    pub number: Option<&'a PhoneNumber>,
    /// The number that was dialled.
    pub to: &'a str,
    /// When it rang.
    pub rang: OffsetDateTime,
}

fn leg(progress: &str, answered: bool) -> Result<Leg, Fault> {
    let progress = Progress::from_code(progress).ok_or_else(|| Fault::plain("read a leg: its progress is unknown"))?;
    Ok(Leg { progress, answered })
}

macro_rules! call_of {
    ($row:expr) => {{
        let row = $row;
        let menu = match (row.flow_version, row.ivr) {
            (Some(version), Some(state)) => Some(Menu { version, state: serde_json::from_value(state)? }),
            _ => None,
        };
        Call {
            id: CallId(row.id),
            sid: row.provider_call_sid,
            number: row.from_number.map(Pii::new),
            rang: row.rang_at,
            leg: leg(&row.progress, row.was_answered)?,
            is_guessed_over: row.ended_by.as_deref() == Some(EndedBy::Unknown.code()) && row.missing_since.is_some(),
            menu,
        }
    }};
}

/// Locks and reads a call by the provider's name.
///
/// # Errors
/// When the database is away.
pub async fn lock_by_sid(tx: &mut Tx, provider: &str, sid: &str) -> Result<Option<Call>, Fault> {
    let row = sqlx::query!(
        r#"
        -- calls: lock and read by the provider's name
        select id, provider_call_sid, from_number, rang_at, progress, was_answered, ended_by, missing_since,
               flow_version, ivr
          from call where provider = $1 and provider_call_sid = $2 for update
        "#,
        provider,
        sid
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| Ok(call_of!(row))).transpose()
}

/// Locks and reads a call.
///
/// # Errors
/// When the database is away.
pub async fn lock(tx: &mut Tx, id: CallId) -> Result<Option<Call>, Fault> {
    let row = sqlx::query!(
        r#"
        -- calls: lock and read
        select id, provider_call_sid, from_number, rang_at, progress, was_answered, ended_by, missing_since,
               flow_version, ivr
          from call where id = $1 for update
        "#,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| Ok(call_of!(row))).transpose()
}

/// Writes a call that begins in the menu; false when another transaction has written it first.
///
/// # Errors
/// When the database is away.
pub async fn insert(tx: &mut Tx, call: &NewCall<'_>, flow: (&str, &str), state: &State) -> Result<bool, Fault> {
    let now = tx.now();
    let state = serde_json::to_value(state)?;
    let written = sqlx::query!(
        r#"
        -- calls: a call arrives
        insert into call (id, provider, provider_call_sid, direction, from_number, to_number, progress, arrived_at,
                          flow, flow_version, ivr, rang_at)
        values ($1, $2, $3, case when $3::text is null then 'outbound' else 'inbound' end, $4, $5, 'trying', $6, $7, $8,
                $9, $10)
        on conflict (provider, provider_call_sid) do nothing
        "#,
        call.id.0,
        call.provider,
        call.sid,
        call.number.map(PhoneNumber::expose),
        call.to,
        now,
        flow.0,
        flow.1,
        state,
        call.rang
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok(written == 1)
}

/// Writes a call that was over before it arrived; false when it is known by now.
///
/// # Errors
/// When the database is away.
pub async fn insert_ended(tx: &mut Tx, call: &NewCall<'_>, by: EndedBy) -> Result<bool, Fault> {
    let now = tx.now();
    let written = sqlx::query!(
        r#"
        -- calls: a call was over before it arrived
        insert into call (id, provider, provider_call_sid, direction, to_number, progress, rang_at, arrived_at, ended_at,
                          ended_by)
        values ($1, $2, $3, 'inbound', $4, 'ended', $7, $5, $5, $6)
        on conflict (provider, provider_call_sid) do nothing
        "#,
        call.id.0,
        call.provider,
        call.sid,
        call.to,
        now,
        by.code(),
        call.rang
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok(written == 1)
}

/// Writes where a call stands in the menu.
///
/// # Errors
/// When the database is away.
pub async fn save_state(tx: &mut Tx, id: CallId, state: &State) -> Result<(), Fault> {
    let state = serde_json::to_value(state)?;
    sqlx::query!("update call set ivr = $2 where id = $1 -- calls: where it stands in the menu", id.0, state)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Writes the provider's name for a call of ours.
///
/// # Errors
/// When the database is away.
pub async fn name(tx: &mut Tx, id: CallId, sid: &str) -> Result<(), Fault> {
    sqlx::query!(
        "update call set provider_call_sid = $2 where id = $1 and provider_call_sid is null -- calls: the name of a call of ours",
        id.0,
        sid
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes how far the caller's leg has come.
///
/// # Errors
/// When the database is away.
pub async fn save_leg(tx: &mut Tx, id: CallId, leg: Leg, ended: Option<EndedBy>) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        r#"
        -- calls: how far the caller's leg has come
        update call
           set progress = $2, was_answered = $3, ended_by = coalesce($4, ended_by),
               ended_at = case when $4::text is null then ended_at else $5 end
         where id = $1
        "#,
        id.0,
        leg.progress.code(),
        leg.answered,
        ended.map(EndedBy::code),
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A call that was gone when we looked is on the line.
///
/// # Errors
/// When the database is away.
pub async fn reopen(tx: &mut Tx, id: CallId) -> Result<(), Fault> {
    sqlx::query!(
        r#"
        -- calls: a call that was gone when we looked is on the line
        update call set progress = 'answered', was_answered = true, ended_at = null, ended_by = null, missing_since = null
         where id = $1
        "#,
        id.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What is stored of an agent's leg, and under which offer it was rung. Its call is locked.
///
/// # Errors
/// When the database is away.
pub async fn agent_leg(tx: &mut Tx, provider: &str, sid: &str) -> Result<Option<(Leg, Option<OfferId>)>, Fault> {
    let row = sqlx::query!(
        r#"
        -- calls: an agent's leg
        select progress, was_answered, offer_id from call_leg where provider = $1 and leg_sid = $2
        "#,
        provider,
        sid
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| Ok((leg(&row.progress, row.was_answered)?, row.offer_id.map(OfferId)))).transpose()
}

/// Writes how far an agent's leg has come.
///
/// # Errors
/// When the database is away.
pub async fn save_agent_leg(
    tx: &mut Tx,
    provider: &str,
    sid: &str,
    call: CallId,
    leg: Leg,
    offer: Option<OfferId>,
) -> Result<(), Fault> {
    let now = tx.now();
    let ended = (leg.progress == Progress::Ended).then_some(now);
    sqlx::query!(
        r#"
        -- calls: how far an agent's leg has come
        insert into call_leg (provider, leg_sid, call_id, offer_id, progress, was_answered, first_at, ended_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (provider, leg_sid) do update
           set progress = excluded.progress, was_answered = excluded.was_answered,
               ended_at = coalesce(call_leg.ended_at, excluded.ended_at)
        "#,
        provider,
        sid,
        call.0,
        offer.map(|offer| offer.0),
        leg.progress.code(),
        leg.answered,
        now,
        ended
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What a step was answered before. The call is locked, so nobody answers it meanwhile.
///
/// # Errors
/// When the database is away.
pub async fn reply(conn: &mut PgConnection, call: CallId, step: &str) -> Result<Option<Reply>, Fault> {
    let reply = sqlx::query_scalar!(
        "select reply from hook_reply where call_id = $1 and step = $2 -- calls: what a step was answered",
        call.0,
        step
    )
    .fetch_optional(conn)
    .await?;
    reply.map(|reply| serde_json::from_value(reply).map_err(Fault::from)).transpose()
}

/// Keeps what a step was answered.
///
/// # Errors
/// When the database is away.
pub async fn keep_reply(tx: &mut Tx, call: CallId, step: &str, reply: &Reply) -> Result<(), Fault> {
    let now = tx.now();
    let reply = serde_json::to_value(reply)?;
    sqlx::query!(
        r#"
        -- calls: keep what a step was answered
        insert into hook_reply (call_id, step, reply, at) values ($1, $2, $3, $4) on conflict (call_id, step) do nothing
        "#,
        call.0,
        step,
        reply,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets replies that no provider repeats any more; returns how many.
///
/// # Errors
/// When the database is away.
pub async fn forget_replies(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, Fault> {
    let forgotten = sqlx::query!("delete from hook_reply where at < $1 -- calls: forget old replies", before)
        .execute(tx.conn())
        .await?
        .rows_affected();
    Ok(forgotten)
}

/// The name under which the answer to a connect hook is kept.
#[must_use]
pub fn connect_step(offer: OfferId, attempt: u32) -> String {
    format!("connect.{offer}.{attempt}")
}

/// The attempt that has asked whom to ring for an offer, and what it was answered.
///
/// # Errors
/// When the database is away.
pub async fn dial_of(conn: &mut PgConnection, call: CallId, offer: OfferId) -> Result<Option<(u32, Reply)>, Fault> {
    let prefix = format!("connect.{offer}.");
    let row = sqlx::query!(
        "select step, reply from hook_reply where call_id = $1 and starts_with(step, $2) -- calls: who asked whom to ring",
        call.0,
        prefix
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let attempt = row.step.strip_prefix(&prefix).and_then(|attempt| attempt.parse().ok());
    let attempt = attempt.ok_or_else(|| Fault::plain("read a dial: its attempt is no number"))?;
    Ok(Some((attempt, serde_json::from_value(row.reply)?)))
}

/// The provider's name for a call that is not over.
///
/// # Errors
/// When the database is away.
pub async fn open_sid(conn: &mut PgConnection, call: CallId) -> Result<Option<String>, Fault> {
    let sid = sqlx::query_scalar!(
        "select provider_call_sid from call where id = $1 and ended_at is null -- calls: the provider's name",
        call.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(sid.flatten())
}

/// Whether a call of ours is not over, and the provider has never told us of it.
///
/// # Errors
/// When the database is away.
pub async fn is_unheard_of(conn: &mut PgConnection, call: CallId) -> Result<bool, Fault> {
    let is = sqlx::query_scalar!(
        r#"
        -- calls: a call of ours of which nothing was heard
        select exists (select from call where id = $1 and ended_at is null and provider_call_sid is null) as "is!"
        "#,
        call.0
    )
    .fetch_one(conn)
    .await?;
    Ok(is)
}

/// Those of the named agents' legs of which no answer is known.
///
/// # Errors
/// When the database is away.
pub async fn not_known_answered(
    conn: &mut PgConnection,
    provider: &str,
    legs: &[String],
) -> Result<Vec<String>, Fault> {
    let unknown = sqlx::query_scalar!(
        r#"
        -- calls: agents' legs whose answer was never reported
        select named.sid as "sid!" from unnest($2::text[]) as named (sid)
         where not exists (select from call_leg where provider = $1 and leg_sid = named.sid and was_answered)
        "#,
        provider,
        legs
    )
    .fetch_all(conn)
    .await?;
    Ok(unknown)
}
