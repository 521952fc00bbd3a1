//! Batches and leases in the database.

use super::decide::{BatchState, Held};
use super::model::Report;
use crate::correspondence::model::{Kind, Language, Order};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{ClientId, LetterId, PrintBatchId, SeriesId};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A letter that could be in a batch.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub id: LetterId,
    pub order: Order,
    pub sha256: Vec<u8>,
    pub bytes: i32,
    pub pages: i32,
    pub postcode: String,
    pub print_by: OffsetDateTime,
    pub attempt: i32,
}

/// Locks letters that are ready and in time for appointments from the day `arrives` on, the most urgent first, past those
/// that another house is just taking.
pub(super) async fn candidates(tx: &mut Tx, arrives: Date, limit: i64) -> Result<Vec<Candidate>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- print: lock what is ready, the most urgent first
        select id, series_id, version, kind, language, first_day, sha256 as "sha256!", bytes as "bytes!",
               pages as "pages!", coalesce(postcode, '') as "postcode!", print_by as "print_by!", attempt
          from letter where state = 'available' and first_day >= $1
         order by print_by, postcode, id limit $2 for update skip locked
        "#,
        arrives,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let order = order_of(row.series_id, row.version, &row.kind, &row.language, row.first_day)?;
            Ok(Candidate {
                id: LetterId(row.id),
                order,
                sha256: row.sha256,
                bytes: row.bytes,
                pages: row.pages,
                postcode: row.postcode,
                print_by: row.print_by,
                attempt: row.attempt,
            })
        })
        .collect()
}

/// A letter that is ready and would come too late.
#[derive(Clone, Copy, Debug)]
pub(super) struct Late {
    pub id: LetterId,
    pub order: Order,
}

/// Locks letters that are ready for appointments before the day `arrives`.
pub(super) async fn too_late(tx: &mut Tx, arrives: Date, limit: i64) -> Result<Vec<Late>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- print: lock what waited too long
        select id, series_id, version, kind, language, first_day
          from letter where state = 'available' and first_day < $1
         order by first_day, id limit $2 for update skip locked
        "#,
        arrives,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let order = order_of(row.series_id, row.version, &row.kind, &row.language, row.first_day)?;
            Ok(Late { id: LetterId(row.id), order })
        })
        .collect()
}

fn order_of(series: Uuid, version: i32, kind: &str, language: &str, first_day: Date) -> Result<Order, Fault> {
    Ok(Order {
        series: SeriesId(series),
        version,
        kind: Kind::from_code(kind).ok_or_else(|| Fault::plain("a letter is of an unknown kind"))?,
        language: Language::from_code(language).ok_or_else(|| Fault::plain("a letter is in an unknown language"))?,
        first_day,
        letter: true,
        email: false,
    })
}

/// A batch to be written.
#[derive(Clone, Copy)]
pub(super) struct NewBatch<'a> {
    pub id: PrintBatchId,
    pub client: ClientId,
    pub token: Uuid,
    pub letters: &'a [LetterId],
    pub sheets: i32,
    pub bytes: i64,
    pub manifest: &'a [u8],
    pub manifest_sha256: &'a [u8],
    pub expires_at: OffsetDateTime,
}

/// Writes a batch and puts its letters, which are locked, under its lease.
pub(super) async fn write_batch(tx: &mut Tx, batch: NewBatch<'_>) -> Result<(), Fault> {
    let now = tx.now();
    let ids: Vec<Uuid> = batch.letters.iter().map(|id| id.0).collect();
    sqlx::query!(
        r#"
        -- print: a batch and its lease
        insert into print_batch (id, client_id, lease_token, state, letters, sheets, bytes, manifest, manifest_sha256,
                                 leased_at, lease_expires_at)
        values ($1, $2, $3, 'leased', $4, $5, $6, $7, $8, $9, $10)
        "#,
        batch.id.0,
        batch.client.0,
        batch.token,
        i32::try_from(ids.len()).unwrap_or(i32::MAX),
        batch.sheets,
        batch.bytes,
        batch.manifest,
        batch.manifest_sha256,
        now,
        batch.expires_at
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        r#"
        -- print: what is in the batch
        insert into print_batch_letter (batch_id, sequence, letter_id)
        select $1, place, id from unnest($2::uuid[]) with ordinality as listed (id, place)
        "#,
        batch.id.0,
        &ids
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        r#"
        -- print: letters go under the lease of their batch
        update letter set state = 'leased', batch_id = $1, attempt = attempt + 1, changed_at = $3 where id = any($2)
        "#,
        batch.id.0,
        &ids,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A batch of this client, locked until the transaction ends.
pub(super) async fn batch(tx: &mut Tx, client: ClientId, id: PrintBatchId) -> Result<Option<Held>, Fault> {
    let row = sqlx::query!(
        r#"
        -- print: a batch of this house
        select lease_token, state, lease_expires_at, manifest_sha256
          from print_batch where id = $1 and client_id = $2 for update
        "#,
        id.0,
        client.0
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| {
        Ok(Held {
            token: row.lease_token,
            state: match row.state.as_str() {
                "leased" => BatchState::Leased,
                "accepted" => BatchState::Accepted,
                "lapsed" => BatchState::Lapsed,
                _ => return Err(Fault::plain(format!("batch {id} is in an unknown state"))),
            },
            expires_at: row.lease_expires_at,
            manifest_sha256: row.manifest_sha256,
        })
    })
    .transpose()
}

/// The list of a batch, as it was handed out.
pub(super) async fn manifest(tx: &mut Tx, id: PrintBatchId) -> Result<Vec<u8>, Fault> {
    let manifest = sqlx::query_scalar!("select manifest from print_batch where id = $1 -- print: the list", id.0)
        .fetch_one(tx.conn())
        .await?;
    Ok(manifest)
}

/// Sets until when a batch must be accepted.
pub(super) async fn extend(tx: &mut Tx, id: PrintBatchId, expires_at: OffsetDateTime) -> Result<(), Fault> {
    sqlx::query!(
        "update print_batch set lease_expires_at = $2 where id = $1 -- print: a longer lease",
        id.0,
        expires_at
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A letter of a batch, locked.
#[derive(Clone, Copy, Debug)]
pub(super) struct InBatch {
    pub id: LetterId,
    pub series: SeriesId,
    /// Still under this batch's lease: nobody withdrew it.
    pub is_held: bool,
    pub lapses: i32,
}

/// The letters of a batch, locked in the order of their ids: the order in which a booking's change locks them too.
pub(super) async fn letters_of(tx: &mut Tx, id: PrintBatchId) -> Result<Vec<InBatch>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- print: the letters of a batch
        select letter.id, series_id, (state = 'leased' and letter.batch_id = $1) as "is_held!", lapses
          from letter join print_batch_letter listed on listed.letter_id = letter.id
         where listed.batch_id = $1 order by letter.id for update of letter
        "#,
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| InBatch {
            id: LetterId(row.id),
            series: SeriesId(row.series_id),
            is_held: row.is_held,
            lapses: row.lapses,
        })
        .collect())
}

/// Ends a batch.
pub(super) async fn end_batch(tx: &mut Tx, id: PrintBatchId, state: &str) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        "update print_batch set state = $2, ended_at = $3 where id = $1 -- print: a batch ends",
        id.0,
        state,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Sets letters of a batch to a state, and notes the outcome in the batch.
pub(super) async fn settle_letters(
    tx: &mut Tx,
    batch: PrintBatchId,
    letters: &[LetterId],
    outcome: &str,
    state: Option<(&str, Option<&str>)>,
) -> Result<(), Fault> {
    if letters.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let ids: Vec<Uuid> = letters.iter().map(|id| id.0).collect();
    sqlx::query!(
        r#"
        -- print: what became of letters in their batch
        update print_batch_letter set outcome = $3 where batch_id = $1 and letter_id = any($2)
        "#,
        batch.0,
        &ids,
        outcome
    )
    .execute(tx.conn())
    .await?;
    if let Some((state, reason)) = state {
        sqlx::query!(
            r#"
            -- print: letters move on with their batch
            update letter
               set state = $2, reason = $3, changed_at = $4, lapses = lapses + case when $5 = 'lapsed' then 1 else 0 end
             where id = any($1)
            "#,
            &ids,
            state,
            reason,
            now,
            outcome
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Which letters an accepted batch printed, refused and withdrew: the answer to a repeated acceptance.
pub(super) async fn outcomes(tx: &mut Tx, batch: PrintBatchId) -> Result<Vec<(LetterId, String)>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- print: what became of a batch
        select letter_id, outcome as "outcome!" from print_batch_letter
         where batch_id = $1 and outcome is not null order by letter_id
        "#,
        batch.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (LetterId(row.letter_id), row.outcome)).collect())
}

/// Locks the batch whose lease is over longest, past those that are just being accepted.
pub(super) async fn lapsed(tx: &mut Tx) -> Result<Option<PrintBatchId>, Fault> {
    let now = tx.now();
    let id = sqlx::query_scalar!(
        r#"
        -- print: a lease that is over
        select id from print_batch where state = 'leased' and lease_expires_at <= $1
         order by lease_expires_at limit 1 for update skip locked
        "#,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(PrintBatchId))
}

/// The file of a letter that this client holds or has accepted, with its digest.
pub(super) async fn file(
    tx: &mut Tx,
    client: ClientId,
    id: LetterId,
) -> Result<Option<(SeriesId, Vec<u8>, Vec<u8>)>, Fault> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"
        -- print: the file of a letter that this house holds
        select series_id, sha256 as "sha256!", pdf
          from letter
          join print_batch batch on batch.id = letter.batch_id and batch.client_id = $2
          join letter_file file on file.letter_id = letter.id
         where letter.id = $1
           and ((letter.state = 'leased' and batch.state = 'leased' and batch.lease_expires_at > $3)
                or letter.state in ('accepted', 'printed'))
        "#,
        id.0,
        client.0,
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (SeriesId(row.series_id), row.sha256, row.pdf)))
}

/// A letter that this client was given and that it tells of, locked.
pub(super) async fn letter_of_client(
    tx: &mut Tx,
    client: ClientId,
    id: LetterId,
) -> Result<Option<(SeriesId, String)>, Fault> {
    let row = sqlx::query!(
        r#"
        -- print: a letter of this house
        select series_id, letter.state from letter
          join print_batch batch on batch.id = letter.batch_id and batch.client_id = $2
         where letter.id = $1 for update of letter
        "#,
        id.0,
        client.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (SeriesId(row.series_id), row.state)))
}

/// Keeps what a house told; says whether it is new.
pub(super) async fn keep_report(tx: &mut Tx, client: ClientId, report: &Report) -> Result<bool, Fault> {
    let now = tx.now();
    let kept = sqlx::query!(
        r#"
        -- print: keep what a house told, once
        insert into print_event (client_id, event_id, letter_id, state, at, received_at, reason)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (client_id, event_id) do nothing
        "#,
        client.0,
        report.event_id,
        report.letter_id.0,
        report.state.name(),
        report.at,
        now,
        report.reason
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok(kept == 1)
}

/// Whether a house has told this event before.
pub(super) async fn is_reported(tx: &mut Tx, client: ClientId, event_id: &str) -> Result<bool, Fault> {
    let known = sqlx::query_scalar!(
        r#"
        -- print: whether a house has told this before
        select exists(select from print_event where client_id = $1 and event_id = $2) as "known!"
        "#,
        client.0,
        event_id
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(known)
}

/// Notes that a house fetched a file.
pub(super) async fn note_fetch(tx: &mut Tx, client: ClientId, event: Uuid, letter: LetterId) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        r#"
        -- print: a file was fetched
        insert into print_event (client_id, event_id, letter_id, state, at, received_at)
        values ($1, $2, $3, 'downloaded', $4, $4)
        "#,
        client.0,
        format!("fetch:{event}"),
        letter.0,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
