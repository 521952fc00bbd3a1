//! What other modules ask for, in their own transactions.

use super::model::Order;
use super::{EMAIL_JOB, RENDER_JOB, store};
use crate::foundation::db::Tx;
use crate::foundation::events::{self, About, New};
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EmailId, LetterId, SeriesId};
use crate::foundation::jobs;
use serde_json::json;

/// Orders the papers of a version in the transaction that makes it, and withdraws those of earlier versions that have
/// not left. Ordering the same version again changes nothing.
///
/// # Errors
/// When the database is away.
pub async fn order(tx: &mut Tx, order: &Order) -> Result<(), Fault> {
    supersede(tx, order.series, order.version).await?;
    if order.letter {
        order_letter(tx, order).await?;
    }
    if order.email {
        order_email(tx, order).await?;
    }
    Ok(())
}

/// Withdraws the papers of versions before `version` that have not left: a letter until a print house accepts it, a mail
/// until it is sent.
///
/// # Errors
/// When the database is away.
pub async fn supersede(tx: &mut Tx, series: SeriesId, version: i32) -> Result<(), Fault> {
    for letter in store::supersede_letters(tx, series, version).await? {
        letter_event(tx, "letter.superseded", series, letter, Some("newer_version")).await?;
    }
    for email in store::supersede_emails(tx, series, version).await? {
        email_event(tx, "email.superseded", series, email, Some("newer_version")).await?;
    }
    Ok(())
}

/// Orders a letter, once for each version.
pub(super) async fn order_letter(tx: &mut Tx, order: &Order) -> Result<bool, Fault> {
    let Some(letter) = store::insert_letter(tx, order).await? else { return Ok(false) };
    letter_event(tx, "letter.ordered", order.series, letter, None).await?;
    let now = tx.now();
    jobs::order(tx, RENDER_JOB, &letter.to_string(), &json!({}), now).await?;
    Ok(true)
}

/// Makes a held letter again, when what it was held for is mended; says whether it was held.
///
/// # Errors
/// When the database is away.
pub async fn make_again(tx: &mut Tx, letter: LetterId) -> Result<bool, Fault> {
    let Some(series) = store::reorder_held_letter(tx, letter).await? else { return Ok(false) };
    letter_event(tx, "letter.ordered", series, letter, Some("made_again")).await?;
    let now = tx.now();
    jobs::order_again(tx, RENDER_JOB, &letter.to_string(), &json!({}), now).await?;
    Ok(true)
}

/// Orders an e-mail, once for each version.
pub(super) async fn order_email(tx: &mut Tx, order: &Order) -> Result<bool, Fault> {
    let Some(email) = store::insert_email(tx, order).await? else { return Ok(false) };
    email_event(tx, "email.ordered", order.series, email, None).await?;
    let now = tx.now();
    jobs::order(tx, EMAIL_JOB, &email.to_string(), &json!({}), now).await?;
    Ok(true)
}

/// A fact about a letter. Facts about many are recorded in one statement.
pub(super) fn letter_fact(kind: &'static str, series: SeriesId, letter: LetterId, reason: Option<&str>) -> New {
    let about = About { series: Some(series), ..About::default() };
    let data = match reason {
        Some(reason) => json!({ "letter": letter, "reason": reason }),
        None => json!({ "letter": letter }),
    };
    New { kind, about, data }
}

pub(super) async fn letter_event(
    tx: &mut Tx,
    kind: &'static str,
    series: SeriesId,
    letter: LetterId,
    reason: Option<&str>,
) -> Result<(), Fault> {
    events::record_all(tx, &[letter_fact(kind, series, letter, reason)]).await
}

pub(super) async fn email_event(
    tx: &mut Tx,
    kind: &'static str,
    series: SeriesId,
    email: EmailId,
    reason: Option<&str>,
) -> Result<(), Fault> {
    let about = About { series: Some(series), ..About::default() };
    let data = match reason {
        Some(reason) => json!({ "email": email, "reason": reason }),
        None => json!({ "email": email }),
    };
    events::record(tx, kind, about, data).await
}
