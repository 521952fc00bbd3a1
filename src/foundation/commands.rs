//! Every command carries a key; what it was answered is stored with its effect, in the same transaction, for 72 hours.
//!
//! The same key answers the same. The same key with another body is an error. Two at once: the second waits for the
//! first's row and then reads its answer.

use super::db::Tx;
use super::fault::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use time::Duration;

/// How long answers are kept: longer than any provider or client still repeats.
pub const KEPT: Duration = Duration::hours(72);

/// What is known of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<A> {
    /// Never seen: carry it out, then [`answer`] it in the same transaction.
    New,
    /// Carried out before: this is its answer.
    Answered(A),
    /// The key was used for another command.
    Misused,
}

/// Looks a command up by its key, and reserves the key when it is new.
///
/// # Errors
/// When the database is away, or the stored answer is of another shape.
pub async fn recall<A: DeserializeOwned>(
    tx: &mut Tx,
    scope: &str,
    key: &str,
    body: &(impl Serialize + Sync),
) -> Result<Known<A>, Fault> {
    let digest = Sha256::digest(serde_json::to_vec(body)?);
    let now = tx.now();
    let reserved = sqlx::query!(
        r#"
        -- commands: reserve a key; waits for another transaction that holds it
        insert into command (scope, key, body, given_at) values ($1, $2, $3, $4) on conflict (scope, key) do nothing
        "#,
        scope,
        key,
        &digest[..],
        now
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if reserved == 1 {
        return Ok(Known::New);
    }
    let row = sqlx::query!(
        "select body, answer from command where scope = $1 and key = $2 -- commands: what was answered",
        scope,
        key
    )
    .fetch_one(tx.conn())
    .await?;
    if row.body != digest[..] {
        return Ok(Known::Misused);
    }
    match row.answer {
        Some(answer) => Ok(Known::Answered(serde_json::from_value(answer)?)),
        None => Err(Fault::plain("a command was stored without its answer")),
    }
}

/// Stores what a new command was answered.
///
/// # Errors
/// When the database is away.
pub async fn answer(tx: &mut Tx, scope: &str, key: &str, answer: &(impl Serialize + Sync)) -> Result<(), Fault> {
    let answer = serde_json::to_value(answer)?;
    sqlx::query!(
        "update command set answer = $3 where scope = $1 and key = $2 -- commands: store the answer",
        scope,
        key,
        answer
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets answers that nobody can ask for any more, at most `limit`; returns how many.
///
/// # Errors
/// When the database is away.
pub async fn forget_old(tx: &mut Tx, limit: i64) -> Result<u64, Fault> {
    let before = tx.now() - KEPT;
    let forgotten = sqlx::query!(
        r#"
        -- commands: forget
        delete from command where (scope, key) in
               (select scope, key from command where given_at < $1 order by given_at limit $2)
        "#,
        before,
        limit
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok(forgotten)
}
