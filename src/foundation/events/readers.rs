//! Readers of the log that must not miss a fact: how far each has come.
//!
//! **Must hold:** a position moves in the transaction that holds what came of the facts up to it, so that each fact has its
//! effect once; nothing is forgotten that a reader has still to read.

use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;

/// How far `name` has come, zero at first; locked until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn lock(tx: &mut Tx, name: &'static str) -> Result<i64, Fault> {
    sqlx::query!(
        "insert into event_reader (name, position) values ($1, 0) on conflict do nothing -- events: a reader begins",
        name
    )
    .execute(tx.conn())
    .await?;
    Ok(sqlx::query_scalar!(
        "select position from event_reader where name = $1 for update -- events: lock a reader",
        name
    )
    .fetch_one(tx.conn())
    .await?)
}

/// How far `name` has come; it goes no further until the transaction ends.
///
/// # Errors
/// When the database is away.
pub async fn lock_shared(tx: &mut Tx, name: &'static str) -> Result<i64, Fault> {
    let position = sqlx::query_scalar!(
        "select position from event_reader where name = $1 for share -- events: hold a reader where it is",
        name
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(position.unwrap_or(0))
}

/// Moves `name` on from where this transaction has locked it.
///
/// # Errors
/// When the database is away, or the reader is somewhere else.
pub async fn advance(tx: &mut Tx, name: &'static str, from: i64, to: i64) -> Result<(), Fault> {
    let moved = sqlx::query!(
        "update event_reader set position = $3 where name = $1 and position = $2 -- events: a reader goes on",
        name,
        from,
        to
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if moved == 1 { Ok(()) } else { Err(Fault::plain(format!("move the reader {name} on: it is not at {from}"))) }
}
