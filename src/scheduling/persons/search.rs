//! The limit and the trace of searches for people.

use crate::foundation::audit::{self, Actor, Deed};
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::scheduling::{Campaign, SchedulingError};
use time::Duration;

/// The deed that is counted.
const SEARCH: &str = "person.search";

/// The time over which searches are counted.
const WINDOW: Duration = Duration::minutes(10);

/// Refuses a user who has searched too often lately.
pub(in crate::scheduling) async fn limit(
    tx: &mut Tx,
    campaign: &Campaign,
    actor: &Actor,
) -> Result<(), SchedulingError> {
    let Some(user) = actor.user else { return Ok(()) };
    let since = tx.now() - WINDOW;
    let searches = audit::count_since(tx, user, SEARCH, since).await?;
    let most = i64::from(campaign.settings.searches_per_ten_minutes);
    if searches >= most { Err(SchedulingError::TooManySearches) } else { Ok(()) }
}

/// Notes a search and how many it found, also none.
pub(in crate::scheduling) async fn note(tx: &mut Tx, actor: &Actor, hits: usize) -> Result<(), Fault> {
    let hits = i32::try_from(hits).unwrap_or(i32::MAX);
    audit::note(tx, actor, &Deed { action: SEARCH, person: None, series: None, hits }).await
}
