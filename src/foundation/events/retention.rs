//! How long facts are kept.

use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use serde::Deserialize;
use time::Duration;

/// Section `[events]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many days a fact is kept; none of them is forgotten when this is nought.
    pub keep_days: u16,
}

/// Facts of so many days are looked at, and counted since midnight: nothing younger may go.
const SHORTEST: u16 = 7;

impl Settings {
    /// Says what is wrong, by key.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn validate(&self) -> Result<(), String> {
        if (1..SHORTEST).contains(&self.keep_days) {
            return Err(format!("events.keep_days is at least {SHORTEST}, or 0 for ever"));
        }
        Ok(())
    }
}

/// Forgets the oldest facts that are older than is said and that every reader has read, at most `limit`; returns how many.
/// Where nobody reads yet nothing is forgotten, and the last fact never is: the relay counts on from it.
///
/// # Errors
/// When the database is away.
pub async fn forget_old(tx: &mut Tx, settings: Settings, limit: i64) -> Result<u64, Fault> {
    if settings.keep_days == 0 {
        return Ok(0);
    }
    let before = tx.now() - Duration::days(i64::from(settings.keep_days));
    let forgotten = sqlx::query!(
        r#"
        -- events: forget the oldest facts that every reader has read
        delete from event
         where id in (select id from (select id, at from event
                                       where position <= (select min(position) from event_reader)
                                         and position < (select max(position) from event)
                                       order by position limit $2) as oldest
                       where at < $1)
        "#,
        before,
        limit
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok(forgotten)
}
