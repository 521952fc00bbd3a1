//! Callers who keep their place without waiting on the line.

use super::{carry_out, settled};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, OfferId};
use crate::foundation::pii::Pii;
use crate::hotline::queue::decide::Event;
use crate::hotline::queue::model::{EntryState, Language, Policy, Topic};
use crate::hotline::queue::store;
use sqlx::PgConnection;

/// The caller of this call wants to be rung when it is their turn. False when they do not wait any more, or their number is
/// not known.
///
/// # Errors
/// When the database is away.
pub async fn call_back(tx: &mut Tx, call: CallId, policy: &Policy) -> Result<bool, Fault> {
    let Some(entry) = store::entry_of_call(tx.conn(), call).await? else { return Ok(false) };
    let matter = store::matter_of_entry(tx, entry).await?;
    if store::caller(tx.conn(), entry).await?.is_none() {
        return Ok(false);
    }
    settled(carry_out(tx, &matter, &Event::CallBack, policy).await)
}

/// Somebody to be rung.
#[derive(Clone, Debug)]
pub struct Errand {
    /// Their number in E.164.
    pub number: Pii<String>,
    /// The language they chose.
    pub language: Language,
    /// Why they rang.
    pub topic: Topic,
}

/// The caller of an accepted offer is about to be rung by this call; `None` when they are not to be rung any more, or are
/// being rung already.
///
/// # Errors
/// When the database is away.
pub async fn ring(tx: &mut Tx, offer: OfferId, call: CallId, policy: &Policy) -> Result<Option<Errand>, Fault> {
    let matter = store::matter_of_offer(tx, offer).await?;
    let Some(entry) = matter.entry.as_ref().filter(|entry| entry.state == EntryState::Connecting { offer }) else {
        return Ok(None);
    };
    let Some(number) = store::caller(tx.conn(), entry.id).await? else { return Ok(None) };
    let (language, topic) = store::chosen(tx, entry.id).await?;
    let is_to_be_rung = settled(carry_out(tx, &matter, &Event::Ring(call), policy).await)?;
    Ok(is_to_be_rung.then_some(Errand { number, language, topic }))
}

/// The provider could not be asked to ring the caller after all: it is as if nobody had tried.
///
/// # Errors
/// When the database is away.
pub async fn not_asked(tx: &mut Tx, offer: OfferId, policy: &Policy) -> Result<bool, Fault> {
    let matter = store::matter_of_offer(tx, offer).await?;
    settled(carry_out(tx, &matter, &Event::NotRung, policy).await)
}

/// Whether this call rings the caller of an accepted offer, who has not said yet that it is them.
///
/// # Errors
/// When the database is away.
pub async fn rings_for(conn: &mut PgConnection, call: CallId, offer: OfferId) -> Result<bool, Fault> {
    store::rings_for(conn, call, offer).await
}

/// Who was rung under this offer has said that it is them. False when the offer is over.
///
/// # Errors
/// When the database is away.
pub async fn reached(tx: &mut Tx, offer: OfferId, policy: &Policy) -> Result<bool, Fault> {
    let matter = store::matter_of_offer(tx, offer).await?;
    settled(carry_out(tx, &matter, &Event::Reached(offer), policy).await)
}
