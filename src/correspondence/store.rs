//! Letters and e-mails in the database: ordering, superseding, and how far they came.

use super::model::{Kind, Language, Order, Paper};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EmailId, LetterId, SeriesId};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

/// Writes the order of a letter; nothing when this version has one.
pub(super) async fn insert_letter(tx: &mut Tx, order: &Order) -> Result<Option<LetterId>, Fault> {
    let id: LetterId = tx.id();
    let now = tx.now();
    let inserted = sqlx::query!(
        r#"
        -- correspondence: order a letter, once for each version
        insert into letter (id, series_id, version, kind, language, first_day, state, ordered_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, 'ordered', $7, $7)
        on conflict (series_id, version) do nothing
        "#,
        id.0,
        order.series.0,
        order.version,
        order.kind.code(),
        order.language.code(),
        order.first_day,
        now
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok((inserted == 1).then_some(id))
}

/// Writes the order of an e-mail; nothing when this version has one.
pub(super) async fn insert_email(tx: &mut Tx, order: &Order) -> Result<Option<EmailId>, Fault> {
    let id: EmailId = tx.id();
    let now = tx.now();
    let inserted = sqlx::query!(
        r#"
        -- correspondence: order an e-mail, once for each version
        insert into email (id, series_id, version, kind, language, first_day, asked_for, state, ordered_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'ordered', $8, $8)
        on conflict (series_id, version) do nothing
        "#,
        id.0,
        order.series.0,
        order.version,
        order.kind.code(),
        order.language.code(),
        order.first_day,
        order.email,
        now
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok((inserted == 1).then_some(id))
}

/// Withdraws letters of versions before `version` that no print house has accepted; returns them.
pub(super) async fn supersede_letters(tx: &mut Tx, series: SeriesId, version: i32) -> Result<Vec<LetterId>, Fault> {
    let now = tx.now();
    let ids = sqlx::query_scalar!(
        r#"
        -- correspondence: withdraw letters that are no longer true and not yet accepted
        update letter set state = 'superseded', reason = 'newer_version', changed_at = $3
         where series_id = $1 and version < $2 and state in ('ordered', 'available', 'leased', 'held', 'diverted')
        returning id
        "#,
        series.0,
        version,
        now
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(LetterId).collect())
}

/// Withdraws e-mails of versions before `version` that were not sent; returns them.
pub(super) async fn supersede_emails(tx: &mut Tx, series: SeriesId, version: i32) -> Result<Vec<EmailId>, Fault> {
    let now = tx.now();
    let ids = sqlx::query_scalar!(
        r#"
        -- correspondence: withdraw e-mails that are no longer true and not yet sent
        update email set state = 'superseded', reason = 'newer_version', changed_at = $3
         where series_id = $1 and version < $2 and state = 'ordered'
        returning id
        "#,
        series.0,
        version,
        now
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(EmailId).collect())
}

/// How far the latest papers of these series have come.
///
/// # Errors
/// When the database is away.
pub async fn papers(conn: &mut PgConnection, series: &[SeriesId]) -> Result<Vec<Paper>, Fault> {
    let ids: Vec<uuid::Uuid> = series.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"
        -- correspondence: how far the latest papers have come
        select wanted.id as "id!",
               (select state from letter where series_id = wanted.id order by version desc limit 1) as letter,
               (select state from email where series_id = wanted.id order by version desc limit 1) as email
          from unnest($1::uuid[]) as wanted (id)
        "#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Paper { series: SeriesId(row.id), letter: row.letter, email: row.email }).collect())
}

/// A letter or mail that is on its way, as its worker needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ordered {
    pub order: Order,
    pub state: String,
    pub ordered_at: OffsetDateTime,
    pub deferrals: i32,
    pub in_doubt: i32,
}

/// An order as it was stored; `(letter, email)` is what the person had asked for, as far as the row knows.
fn order_of(
    series: uuid::Uuid,
    version: i32,
    kind: &str,
    language: &str,
    first_day: Date,
    (letter, email): (bool, bool),
) -> Result<Order, Fault> {
    Ok(Order {
        series: SeriesId(series),
        version,
        kind: Kind::from_code(kind).ok_or_else(|| Fault::plain("a paper is of an unknown kind"))?,
        language: Language::from_code(language).ok_or_else(|| Fault::plain("a paper is in an unknown language"))?,
        first_day,
        letter,
        email,
    })
}

/// A letter, locked until the transaction ends.
pub(super) async fn letter(tx: &mut Tx, id: LetterId) -> Result<Option<Ordered>, Fault> {
    let row = sqlx::query!(
        r#"
        -- correspondence: a letter for its worker
        select series_id, version, kind, language, first_day, state, ordered_at from letter where id = $1 for update
        "#,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| {
        Ok(Ordered {
            order: order_of(row.series_id, row.version, &row.kind, &row.language, row.first_day, (true, false))?,
            state: row.state,
            ordered_at: row.ordered_at,
            deferrals: 0,
            in_doubt: 0,
        })
    })
    .transpose()
}

/// An e-mail, locked until the transaction ends.
pub(super) async fn email(tx: &mut Tx, id: EmailId) -> Result<Option<Ordered>, Fault> {
    let row = sqlx::query!(
        r#"
        -- correspondence: an e-mail for its worker
        select series_id, version, kind, language, first_day, asked_for, state, ordered_at, deferrals, in_doubt
          from email where id = $1 for update
        "#,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| {
        Ok(Ordered {
            order: order_of(
                row.series_id,
                row.version,
                &row.kind,
                &row.language,
                row.first_day,
                (!row.asked_for, row.asked_for),
            )?,
            state: row.state,
            ordered_at: row.ordered_at,
            deferrals: row.deferrals,
            in_doubt: row.in_doubt,
        })
    })
    .transpose()
}

/// Sets the state of a letter, with the code of its reason.
pub(super) async fn set_letter_state(
    tx: &mut Tx,
    id: LetterId,
    state: &str,
    reason: Option<&str>,
) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        "update letter set state = $2, reason = $3, changed_at = $4 where id = $1 -- correspondence: letter's state",
        id.0,
        state,
        reason,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What an attempt to send an e-mail changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct EmailChange<'a> {
    pub state: &'a str,
    pub reason: Option<&'a str>,
    pub deferrals: i32,
    pub in_doubt: i32,
    pub smtp_code: Option<i32>,
    pub wording: Option<(&'a str, i32)>,
}

/// Writes what an attempt to send an e-mail changed.
pub(super) async fn change_email(tx: &mut Tx, id: EmailId, change: &EmailChange<'_>) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        r#"
        -- correspondence: what an attempt to send changed
        update email
           set state = $2, reason = $3, deferrals = $4, in_doubt = $5, smtp_code = coalesce($6, smtp_code),
               template = coalesce($7, template), template_version = coalesce($8, template_version), changed_at = $9
         where id = $1
        "#,
        id.0,
        change.state,
        change.reason,
        change.deferrals,
        change.in_doubt,
        change.smtp_code,
        change.wording.map(|(name, _)| name),
        change.wording.map(|(_, version)| version),
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A finished letter.
#[derive(Clone, Copy)]
pub(super) struct Rendered<'a> {
    pub pdf: &'a [u8],
    pub sha256: &'a [u8],
    pub pages: i32,
    pub template: &'a str,
    pub template_version: i32,
    pub template_hash: &'a [u8],
    pub postcode: &'a str,
    pub print_by: OffsetDateTime,
}

/// Stores a finished letter and offers it to the print house.
pub(super) async fn save_rendered(tx: &mut Tx, id: LetterId, letter: Rendered<'_>) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        r#"
        -- correspondence: a letter is ready to be printed
        update letter
           set state = 'available', reason = null, changed_at = $2, sha256 = $3, bytes = $4, pages = $5, template = $6,
               template_version = $7, template_hash = $8, postcode = $9, print_by = $10
         where id = $1
        "#,
        id.0,
        now,
        letter.sha256,
        i32::try_from(letter.pdf.len()).unwrap_or(i32::MAX),
        letter.pages,
        letter.template,
        letter.template_version,
        letter.template_hash,
        letter.postcode,
        letter.print_by
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        r#"
        -- correspondence: the file of a letter
        insert into letter_file (letter_id, pdf) values ($1, $2)
        on conflict (letter_id) do update set pdf = excluded.pdf
        "#,
        id.0,
        letter.pdf
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The key of the seal: the one that is kept, or `secret` if there is none yet.
pub(super) async fn keep_seal_key(tx: &mut Tx, number: i16, secret: &[u8; 32]) -> Result<Vec<u8>, Fault> {
    let now = tx.now();
    let kept = sqlx::query_scalar!(
        r#"
        -- correspondence: the key of the seal; the first that is made is kept
        insert into seal_key (number, secret, created_at) values ($1, $2, $3)
        on conflict (number) do update set number = excluded.number
        returning secret
        "#,
        number,
        &secret[..],
        now
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(kept)
}

/// Holds the letter of a version for a person if it was diverted; returns it.
pub(super) async fn hold_diverted_letter(
    tx: &mut Tx,
    series: SeriesId,
    version: i32,
    reason: &str,
) -> Result<Option<LetterId>, Fault> {
    let now = tx.now();
    let held = sqlx::query_scalar!(
        r#"
        -- correspondence: neither paper nor mail can bring it
        update letter set state = 'held', reason = $3, changed_at = $4
         where series_id = $1 and version = $2 and state = 'diverted'
        returning id
        "#,
        series.0,
        version,
        reason,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(held.map(LetterId))
}

/// A letter that is held for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLetter {
    /// The letter.
    pub id: LetterId,
    /// The appointments.
    pub series: SeriesId,
    /// Why: a code.
    pub reason: String,
    /// The day of the first appointment.
    pub first_day: Date,
    /// Since when.
    pub since: OffsetDateTime,
}

/// The letters that are held, the longest first.
///
/// # Errors
/// When the database is away.
pub async fn held_letters(conn: &mut PgConnection, limit: i64) -> Result<Vec<HeldLetter>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- correspondence: what waits for a person
        select id, series_id, coalesce(reason, '') as "reason!", first_day, changed_at
          from letter where state = 'held' order by changed_at, id limit $1
        "#,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| HeldLetter {
            id: LetterId(row.id),
            series: SeriesId(row.series_id),
            reason: row.reason,
            first_day: row.first_day,
            since: row.changed_at,
        })
        .collect())
}

/// How many letters are held.
pub(super) async fn count_held_letters(conn: &mut PgConnection) -> Result<i64, Fault> {
    let held = sqlx::query_scalar!(
        r#"select count(*) as "held!" from letter where state = 'held' -- correspondence: how many wait for a person"#
    )
    .fetch_one(conn)
    .await?;
    Ok(held)
}

/// Orders a held letter anew, with a clean slate; returns its appointments, nothing when it is not held.
pub(super) async fn reorder_held_letter(tx: &mut Tx, id: LetterId) -> Result<Option<SeriesId>, Fault> {
    let now = tx.now();
    let series = sqlx::query_scalar!(
        r#"
        -- correspondence: a held letter is made again
        update letter set state = 'ordered', reason = null, lapses = 0, changed_at = $2
         where id = $1 and state = 'held'
        returning series_id
        "#,
        id.0,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(series.map(SeriesId))
}

/// Whether the e-mail of a version has failed.
pub(super) async fn email_has_failed(tx: &mut Tx, series: SeriesId, version: i32) -> Result<bool, Fault> {
    let failed = sqlx::query_scalar!(
        r#"
        -- correspondence: whether a version's e-mail has failed
        select exists(select from email where series_id = $1 and version = $2 and state in ('failed', 'in_doubt')) as "failed!"
        "#,
        series.0,
        version
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(failed)
}
