//! What is looked up without changing anything.

use super::lock::{read_needs, read_skills, torn};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, EntryId, OfferId, UserId};
use crate::foundation::pii::Pii;
use crate::hotline::queue::decide::AtWork;
use crate::hotline::queue::model::{Language, OrderKey, Topic};
use crate::hotline::queue::skills::Needs;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

/// The open entry of a call, or the one it waited on last.
///
/// # Errors
/// When the database is away.
pub async fn entry_of_call(conn: &mut PgConnection, call: CallId) -> Result<Option<EntryId>, Fault> {
    let id = sqlx::query_scalar!(
        r#"
        -- queue: the entry of a call
        select id from queue_entry where call_id = $1 order by (state = 'ended'), joined_at desc limit 1
        "#,
        call.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(EntryId))
}

/// The newest place of this number that a redial may take up.
///
/// # Errors
/// When the database is away.
pub async fn redeemable(tx: &mut Tx, caller: &Pii<String>) -> Result<Option<EntryId>, Fault> {
    let now = tx.now();
    let id = sqlx::query_scalar!(
        r#"
        -- queue: the place that a redial takes up
        select id from queue_entry
         where caller = $1
           and ((state = 'ended' and redeem_until >= $2) or (reach = 'callback' and state in ('waiting', 'offered')))
         order by key_at, key_seq limit 1
        "#,
        caller.expose(),
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(EntryId))
}

/// The agent who served this number last, after `since`, when they are there to take it again.
///
/// # Errors
/// When the database is away.
pub async fn served_last_by(tx: &mut Tx, caller: &Pii<String>, since: OffsetDateTime) -> Result<Option<UserId>, Fault> {
    let agent = sqlx::query_scalar!(
        r#"
        -- queue: who served this number last
        select agent.id
          from queue_entry as entry
          join offer on offer.entry_id = entry.id and offer.state = 'connected'
          join agent on agent.id = offer.agent_id
         where entry.caller = $1 and entry.ending = 'served' and entry.ended_at >= $2
           and agent.state in ('ready', 'wrap_up') and agent.link = 'up'
         order by entry.ended_at desc limit 1
        "#,
        caller.expose(),
        since
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(agent.map(UserId))
}

/// The oldest place behind `entry` in which the same number waits.
///
/// # Errors
/// When the database is away.
pub async fn waits_again(tx: &mut Tx, entry: EntryId) -> Result<Option<EntryId>, Fault> {
    let id = sqlx::query_scalar!(
        r#"
        -- queue: a caller who has joined anew behind a place of their own
        select younger.id
          from queue_entry as older join queue_entry as younger on younger.caller = older.caller
         where older.id = $1 and younger.state = 'waiting'
           and (younger.key_at, younger.key_seq) > (older.key_at, older.key_seq)
         order by younger.key_at, younger.key_seq limit 1
        "#,
        entry.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(EntryId))
}

/// What the caller chose on the way to a place.
///
/// # Errors
/// When the database is away, or there is no such place.
pub async fn chosen(tx: &mut Tx, entry: EntryId) -> Result<(Language, Topic), Fault> {
    let row =
        sqlx::query!("select language, topic from queue_entry where id = $1 -- queue: what the caller chose", entry.0)
            .fetch_one(tx.conn())
            .await?;
    let language = [Language::De, Language::En].into_iter().find(|it| it.code() == row.language);
    let topic = [Topic::Book, Topic::Change, Topic::Information].into_iter().find(|it| it.code() == row.topic);
    language.zip(topic).ok_or_else(|| torn("an entry"))
}

/// The number of an entry's caller, when shown.
///
/// # Errors
/// When the database is away.
pub async fn caller(conn: &mut PgConnection, entry: EntryId) -> Result<Option<Pii<String>>, Fault> {
    let caller = sqlx::query_scalar!("select caller from queue_entry where id = $1 -- queue: whom to ring", entry.0)
        .fetch_optional(conn)
        .await?;
    Ok(caller.flatten().map(Pii::new))
}

/// Whether this call rings the caller of an accepted offer, who has not said yet that it is them.
///
/// # Errors
/// When the database is away.
pub async fn rings_for(conn: &mut PgConnection, call: CallId, offer: OfferId) -> Result<bool, Fault> {
    let rings = sqlx::query_scalar!(
        r#"
        -- queue: whether a call rings for an offer
        select exists (select from queue_entry where call_id = $1 and offer_id = $2 and rung) as "is!"
        "#,
        call.0,
        offer.0
    )
    .fetch_one(conn)
    .await?;
    Ok(rings)
}

/// What a parked call is told at a tick: a read, nothing else. Whoever is to be rung does not wait on the line.
///
/// # Errors
/// When the database is away.
pub async fn state_of_call(conn: &mut PgConnection, call: CallId) -> Result<Option<(String, Option<OfferId>)>, Fault> {
    let row = sqlx::query!(
        r#"
        -- queue: where a parked call stands
        select case when reach = 'callback' and not rung then 'ended' else state end as "state!", offer_id
          from queue_entry where call_id = $1 order by (state = 'ended'), joined_at desc limit 1
        "#,
        call.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.state, row.offer_id.map(OfferId))))
}

/// The place of a call that waits.
#[derive(Clone, Debug)]
pub struct PlaceOfCall {
    /// Which.
    pub entry: EntryId,
    /// Its key.
    pub order: OrderKey,
    /// What an agent must be able to do.
    pub needs: Needs,
    /// Whether the caller's number is shown.
    pub has_number: bool,
}

/// The place of a call that waits.
///
/// # Errors
/// When the database is away.
pub async fn place_of_call(conn: &mut PgConnection, call: CallId) -> Result<Option<PlaceOfCall>, Fault> {
    let row = sqlx::query!(
        r#"
        -- queue: the place of a call that waits
        select id, needs, key_at, key_seq, caller is not null as "has_number!"
          from queue_entry where call_id = $1 and state = 'waiting'
        "#,
        call.0
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let order = OrderKey { at: row.key_at, seq: row.key_seq };
    let needs = read_needs(&row.needs)?;
    Ok(Some(PlaceOfCall { entry: EntryId(row.id), order, needs, has_number: row.has_number }))
}

/// How many stand in line, those on offer included, and since when the first of them.
///
/// # Errors
/// When the database is away.
pub async fn line(conn: &mut PgConnection) -> Result<(i64, Option<OffsetDateTime>), Fault> {
    let row = sqlx::query!(
        r#"
        -- queue: how many stand in line, and since when the longest
        select count(*) as "waiting!", min(joined_at) as longest from queue_entry where state in ('waiting', 'offered')
        "#
    )
    .fetch_one(conn)
    .await?;
    Ok((row.waiting, row.longest))
}

/// How many wait before a place (all of them, for none): those with the same needs, and all others.
///
/// # Errors
/// When the database is away.
pub async fn ahead(conn: &mut PgConnection, before: Option<OrderKey>, needs: &Needs) -> Result<(u32, u32), Fault> {
    let row = sqlx::query!(
        r#"
        -- queue: how many wait before a place
        select count(*) filter (where needs = $3) as "same!", count(*) filter (where needs <> $3) as "others!"
          from queue_entry
         where state = 'waiting' and ($1::timestamptz is null or (key_at, key_seq) < ($1, $2))
        "#,
        before.map(|key| key.at),
        before.map_or(0, |key| key.seq),
        needs.to_string()
    )
    .fetch_one(conn)
    .await?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok((count(row.same), count(row.others)))
}

/// Who is at work: with a caller, in wrap-up, or ready.
///
/// # Errors
/// When the database is away.
pub async fn at_work(conn: &mut PgConnection) -> Result<Vec<AtWork>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- queue: who is at work
        select skills, state = 'ready' and link = 'up' as "is_idle!"
          from agent where state in ('ready', 'offered', 'connecting', 'talking', 'wrap_up')
        "#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok(AtWork { skills: read_skills(&row.skills)?, is_idle: row.is_idle })).collect()
}

/// The newest calls since a moment, up to some hundred: how many, and how long they lasted in all, from offer to end.
///
/// # Errors
/// When the database is away.
pub async fn handled(conn: &mut PgConnection, since: OffsetDateTime) -> Result<(u32, Duration), Fault> {
    let row = sqlx::query!(
        r#"
        -- queue: how long agents were occupied by the newest calls
        select count(*) as "calls!", coalesce(sum(extract(epoch from served.ended_at - talk.begun)), 0)::float8 as "seconds!"
          from (select id, ended_at from queue_entry
                 where ending = 'served' and ended_at >= $1 order by ended_at desc limit 300) as served
          join lateral (select min(made_at) as begun from offer
                         where entry_id = served.id and state in ('connected', 'held')) as talk on talk.begun is not null
        "#,
        since
    )
    .fetch_one(conn)
    .await?;
    Ok((u32::try_from(row.calls).unwrap_or(u32::MAX), Duration::seconds_f64(row.seconds)))
}
