//! What a print house does, each in one transaction.

use super::decide::{self, BatchState};
use super::model::{
    AcceptRequest, Accepted, Batch, BatchRequest, Entry, Lease, LeaseRequest, MOST_LETTERS, Manifest, PrintError,
    Report, ReportAnswer, Reported,
};
use super::store::{self, Candidate, NewBatch};
use crate::correspondence::commands::{letter_event, letter_fact};
use crate::correspondence::letters::worker::{Settled, settle_row};
use crate::correspondence::settings::{LONGEST_LEASE, Post};
use crate::correspondence::{decide as post, store as papers};
use crate::foundation::audit::{self, Actor, Channel, Deed};
use crate::foundation::commands::{Known, answer, recall};
use crate::foundation::db::Tx;
use crate::foundation::events;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{ClientId, EventId, LetterId, PrintBatchId};
use rand::RngExt;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use time::Duration;
use uuid::Uuid;

/// How many letters that come too late find another way in one transaction.
const LATE_AT_ONCE: i64 = 100;

/// Why a letter that no house ever accepts is held.
const LAPSED_TOO_OFTEN: &str = "lease_lapsed_too_often";

/// Takes letters under a lease; nothing when none is ready. The same key gives the same batch again.
///
/// # Errors
/// A figure out of its range, or a key that was used for another request.
pub async fn lease(
    tx: &mut Tx,
    client: ClientId,
    key: &str,
    request: &BatchRequest,
    settings: &Post,
) -> Result<Option<Batch>, PrintError> {
    if !(1..=MOST_LETTERS).contains(&request.max_letters) {
        return Err(PrintError::OutOfRange("max_letters"));
    }
    let lease = match request.lease_seconds {
        None => Duration::try_from(settings.lease).unwrap_or(Duration::minutes(15)),
        Some(seconds) => lease_of(seconds)?,
    };
    let scope = format!("print:{client}");
    match recall::<Option<Batch>>(tx, &scope, key, request).await? {
        Known::Answered(batch) => return Ok(batch),
        Known::Misused => return Err(PrintError::KeyMisused),
        Known::New => {}
    }
    let batch = take(tx, client, request, lease, settings).await?;
    answer(tx, &scope, key, &batch).await?;
    Ok(batch)
}

fn lease_of(seconds: u32) -> Result<Duration, PrintError> {
    let longest = LONGEST_LEASE.as_secs();
    if (10..=longest).contains(&u64::from(seconds)) {
        Ok(Duration::seconds(i64::from(seconds)))
    } else {
        Err(PrintError::OutOfRange("the lease"))
    }
}

async fn take(
    tx: &mut Tx,
    client: ClientId,
    request: &BatchRequest,
    lease: Duration,
    settings: &Post,
) -> Result<Option<Batch>, PrintError> {
    let now = tx.now();
    // Decided when it was made, and again now: it may have waited over a weekend.
    let arrives = post::arrives(now, settings.cut_off, settings.run_days);
    let mut in_time = store::candidates(tx, arrives, i64::from(request.max_letters)).await?;
    let sizes: Vec<i64> = in_time.iter().map(|letter| i64::from(letter.bytes)).collect();
    in_time.truncate(decide::fill(&sizes, request.max_bytes));
    if in_time.is_empty() {
        return Ok(None);
    }
    let id: PrintBatchId = tx.id();
    let token: Uuid = Uuid::from_u128(tx.chance().random());
    let entries: Vec<Entry> = in_time.iter().enumerate().map(|(index, letter)| entry(index, letter)).collect();
    let sheets = entries.iter().map(|entry| entry.sheets).sum();
    let bytes = in_time.iter().map(|letter| i64::from(letter.bytes)).sum();
    let manifest =
        serde_json::to_vec_pretty(&Manifest { batch_id: id, leased_at: now, letters: entries }).map_err(Fault::from)?;
    let digest = Sha256::digest(&manifest);
    let letters: Vec<LetterId> = in_time.iter().map(|letter| letter.id).collect();
    let batch = NewBatch {
        id,
        client,
        token,
        letters: &letters,
        sheets,
        bytes,
        manifest: &manifest,
        manifest_sha256: &digest,
        expires_at: now + lease,
    };
    store::write_batch(tx, batch).await?;
    let leased: Vec<_> =
        in_time.iter().map(|letter| letter_fact("letter.leased", letter.order.series, letter.id, None)).collect();
    events::record_all(tx, &leased).await?;
    Ok(Some(Batch {
        batch_id: id,
        lease_token: token,
        lease_expires_at: now + lease,
        manifest_url: format!("/print/v1/batches/{id}/manifest.json"),
        manifest_sha256: hex::encode(digest),
        letters: i32::try_from(letters.len()).unwrap_or(i32::MAX),
        sheets,
        bytes,
    }))
}

fn entry(index: usize, letter: &Candidate) -> Entry {
    Entry {
        letter_id: letter.id,
        sequence: i32::try_from(index + 1).unwrap_or(i32::MAX),
        url: format!("/print/v1/letters/{}.pdf", letter.id),
        sha256: hex::encode(&letter.sha256),
        bytes: letter.bytes,
        pages: letter.pages,
        // One-sided: a page is a sheet.
        sheets: letter.pages,
        duplex: false,
        colour: false,
        paper: "A4".to_owned(),
        envelope: "DL-window".to_owned(),
        postage_class: "standard".to_owned(),
        country: "DE".to_owned(),
        postcode: letter.postcode.clone(),
        language: letter.order.language.code().to_owned(),
        print_by: letter.print_by,
        attempt: letter.attempt + 1,
    }
}

/// The list of a batch, the same bytes however often it is read.
///
/// # Errors
/// Not a batch of this house, or a lease that is over.
pub async fn manifest(tx: &mut Tx, client: ClientId, id: PrintBatchId) -> Result<Vec<u8>, PrintError> {
    let held = store::batch(tx, client, id).await?.ok_or(PrintError::BatchUnknown)?;
    match held.state {
        BatchState::Lapsed => return Err(PrintError::LeaseLapsed),
        BatchState::Leased if held.expires_at <= tx.now() => return Err(PrintError::LeaseLapsed),
        BatchState::Leased | BatchState::Accepted => {}
    }
    Ok(store::manifest(tx, id).await?)
}

/// The file of a letter with its digest, for the house that holds it. The fetch is on record.
///
/// # Errors
/// Not a letter that this house holds now.
pub async fn file(tx: &mut Tx, client: ClientId, id: LetterId) -> Result<(Vec<u8>, Vec<u8>), PrintError> {
    let (series, sha256, pdf) = store::file(tx, client, id).await?.ok_or(PrintError::LetterUnknown)?;
    let event: EventId = tx.id();
    store::note_fetch(tx, client, event.0, id).await?;
    audit::note(
        tx,
        &Actor::program(Channel::Correspondence, "print"),
        &Deed { action: "letter.downloaded", person: None, series: Some(series), hits: 1 },
    )
    .await?;
    Ok((sha256, pdf))
}

/// Lengthens a lease, counted from now.
///
/// # Errors
/// Not this lease, or a lease that is over.
pub async fn extend(
    tx: &mut Tx,
    client: ClientId,
    id: PrintBatchId,
    request: &LeaseRequest,
) -> Result<Lease, PrintError> {
    let longer = lease_of(request.extend_seconds)?;
    let held = store::batch(tx, client, id).await?.ok_or(PrintError::BatchUnknown)?;
    let now = tx.now();
    decide::may_write(&held, request.lease_token, now)?;
    // A lease is never shortened by asking for more.
    let lease_expires_at = held.expires_at.max(now + longer);
    store::extend(tx, id, lease_expires_at).await?;
    Ok(Lease { lease_expires_at })
}

/// Takes a batch over: from here on its letters are printed and can no longer be withdrawn. Accepting again with the
/// same token answers the same.
///
/// # Errors
/// What [`decide::accept`] refuses; a lease that is over above all.
pub async fn accept(
    tx: &mut Tx,
    client: ClientId,
    id: PrintBatchId,
    request: &AcceptRequest,
) -> Result<Accepted, PrintError> {
    let held = store::batch(tx, client, id).await?.ok_or(PrintError::BatchUnknown)?;
    if held.state == BatchState::Accepted && held.token == request.lease_token {
        return Ok(remembered(&store::outcomes(tx, id).await?));
    }
    let letters = store::letters_of(tx, id).await?;
    let wanted: Vec<(LetterId, bool)> = letters.iter().map(|letter| (letter.id, letter.is_held)).collect();
    let (printed, outcome) = decide::accept(&held, &wanted, request, tx.now())?;
    store::end_batch(tx, id, "accepted").await?;
    store::settle_letters(tx, id, &printed, "accepted", Some(("accepted", None))).await?;
    store::settle_letters(tx, id, &outcome.withdrawn, "withdrawn", None).await?;
    let codes: BTreeMap<LetterId, &str> =
        request.exceptions.iter().map(|exception| (exception.letter_id, exception.code.as_str())).collect();
    let mut refused: BTreeMap<String, Vec<LetterId>> = BTreeMap::new();
    let mut facts = Vec::with_capacity(letters.len());
    for letter in letters.iter().filter(|letter| letter.is_held) {
        match codes.get(&letter.id) {
            None => facts.push(letter_fact("letter.accepted", letter.series, letter.id, None)),
            Some(code) => {
                let reason = format!("print_{code}");
                facts.push(letter_fact("letter.held", letter.series, letter.id, Some(&reason)));
                refused.entry(reason).or_default().push(letter.id);
            }
        }
    }
    for (reason, letters) in &refused {
        store::settle_letters(tx, id, letters, "refused", Some(("held", Some(reason)))).await?;
    }
    events::record_all(tx, &facts).await?;
    Ok(outcome)
}

fn remembered(outcomes: &[(LetterId, String)]) -> Accepted {
    let of = |wanted: &str| -> Vec<LetterId> {
        outcomes.iter().filter(|(_, outcome)| outcome == wanted).map(|(letter, _)| *letter).collect()
    };
    Accepted { accepted: of("accepted").len(), refused: of("refused"), withdrawn: of("withdrawn") }
}

/// Notes what a house tells of one letter.
///
/// # Errors
/// When the database is away; what cannot be is said in the answer.
pub async fn report(tx: &mut Tx, client: ClientId, report: &Report) -> Result<ReportAnswer, Fault> {
    let answer = |status: u16, code: Option<&str>| ReportAnswer::new(report, status, code);
    if !decide::is_event_id(&report.event_id) || !report.reason.as_deref().is_none_or(decide::is_code) {
        return Ok(answer(422, Some("unreadable")));
    }
    if store::is_reported(tx, client, &report.event_id).await? {
        return Ok(answer(200, None));
    }
    let Some((series, state)) = store::letter_of_client(tx, client, report.letter_id).await? else {
        return Ok(answer(404, Some("letter_unknown")));
    };
    let Some(next) = decide::reported(&state, report.state) else {
        return Ok(answer(409, Some("out_of_order")));
    };
    if store::keep_report(tx, client, report).await? && next != state {
        let reason = match report.state {
            Reported::Rejected | Reported::Returned => {
                Some(format!("print_{}", report.reason.as_deref().unwrap_or(report.state.name())))
            }
            Reported::Printed | Reported::Mailed => None,
        };
        papers::set_letter_state(tx, report.letter_id, next, reason.as_deref()).await?;
        let kind = match next {
            "printed" => "letter.printed",
            "mailed" => "letter.mailed",
            "returned" => "letter.returned",
            _ => "letter.held",
        };
        letter_event(tx, kind, series, report.letter_id, reason.as_deref()).await?;
    }
    Ok(answer(200, None))
}

/// Gives the letters of one lapsed lease back, unchanged; after too many lapses a letter is held for a person. Says
/// whether there was one. A batch is as much as a transaction carries: a house that died leaves many.
///
/// # Errors
/// When the database is away.
pub async fn give_back_lapsed(tx: &mut Tx, settings: &Post) -> Result<bool, Fault> {
    let Some(batch) = store::lapsed(tx).await? else { return Ok(false) };
    let letters = store::letters_of(tx, batch).await?;
    let mut withdrawn = Vec::new();
    let mut available = Vec::new();
    let mut held = Vec::new();
    let mut facts = Vec::with_capacity(letters.len());
    for letter in &letters {
        if !letter.is_held {
            withdrawn.push(letter.id);
        } else if decide::is_lost(letter.lapses + 1, settings.lapses_until_held) {
            held.push(letter.id);
            facts.push(letter_fact("letter.held", letter.series, letter.id, Some(LAPSED_TOO_OFTEN)));
        } else {
            available.push(letter.id);
            facts.push(letter_fact("letter.given_back", letter.series, letter.id, None));
        }
    }
    store::end_batch(tx, batch, "lapsed").await?;
    store::settle_letters(tx, batch, &withdrawn, "withdrawn", None).await?;
    store::settle_letters(tx, batch, &available, "lapsed", Some(("available", None))).await?;
    store::settle_letters(tx, batch, &held, "lapsed", Some(("held", Some(LAPSED_TOO_OFTEN)))).await?;
    events::record_all(tx, &facts).await?;
    Ok(true)
}

/// Looks for another way for letters that waited for a print house until the post is too slow; returns how many.
///
/// # Errors
/// When the database is away.
pub async fn divert_late(tx: &mut Tx, settings: &Post) -> Result<usize, Fault> {
    let arrives = post::arrives(tx.now(), settings.cut_off, settings.run_days);
    let late = store::too_late(tx, arrives, LATE_AT_ONCE).await?;
    for letter in &late {
        settle_row(tx, letter.id, &letter.order, Settled::TooLate).await?;
    }
    Ok(late.len())
}
