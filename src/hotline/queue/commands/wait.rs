//! How long it will take: what callers are told, and whether anybody more is admitted.

use crate::foundation::db::Tx;
use crate::foundation::events::{self, About};
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, EntryId};
use crate::hotline::queue::decide::{self, Outlook, Pace, Saying, Told};
use crate::hotline::queue::model::{Language, Policy, Topic};
use crate::hotline::queue::routing::Routing;
use crate::hotline::queue::skills::Needs;
use crate::hotline::queue::store;
use serde_json::json;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

/// How long a caller with these needs waits who has so many callers with the same needs, and with others, before them.
async fn outlook(
    conn: &mut PgConnection,
    needs: &Needs,
    ahead: (u32, u32),
    policy: &Policy,
    now: OffsetDateTime,
) -> Result<Option<Outlook>, Fault> {
    let crew = store::at_work(conn).await?;
    let (calls, in_all) = store::handled(conn, now - Duration::HOUR).await?;
    // What is measured ends with the talk; the longest wrap-up stands for all.
    let handling = decide::handling(policy.handling, calls, in_all + policy.wrap_up * calls);
    let (pace, ahead) = Pace::of(&crew, needs, handling, policy.patience, ahead);
    Ok(decide::outlook(ahead, pace))
}

/// What a caller who waits is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// How long it will take.
    pub saying: Saying,
    /// Whether they may have themselves rung instead of waiting on the line.
    pub callback: bool,
}

/// What the caller at the place of a call is to be told, and which place that is.
async fn announcement_at(
    conn: &mut PgConnection,
    call: CallId,
    promised: Option<OffsetDateTime>,
    policy: &Policy,
    now: OffsetDateTime,
) -> Result<Option<(EntryId, Announcement)>, Fault> {
    let Some(place) = store::place_of_call(conn, call).await? else { return Ok(None) };
    let ahead = store::ahead(conn, Some(place.order), &place.needs).await?;
    let outlook = outlook(conn, &place.needs, ahead, policy, now).await?;
    Ok(outlook.map(|outlook| {
        let saying = decide::say(outlook, promised, now);
        let callback = place.has_number && policy.callback.is_offered_to(saying.told);
        (place.entry, Announcement { saying, callback })
    }))
}

/// What a caller who waits is to be told, after what was promised before; none when the wait cannot be told.
///
/// # Errors
/// When the database is away.
pub async fn announcement(
    conn: &mut PgConnection,
    call: CallId,
    promised: Option<OffsetDateTime>,
    policy: &Policy,
    now: OffsetDateTime,
) -> Result<Option<Announcement>, Fault> {
    Ok(announcement_at(conn, call, promised, policy, now).await?.map(|(_, announcement)| announcement))
}

/// What a caller who has just joined is told; the log keeps the wait, so that it can be compared with the truth.
///
/// # Errors
/// When the database is away.
pub async fn tell_wait(tx: &mut Tx, call: CallId, policy: &Policy) -> Result<Option<Announcement>, Fault> {
    let now = tx.now();
    let Some((entry, announcement)) = announcement_at(tx.conn(), call, None, policy, now).await? else {
        return Ok(None);
    };
    let (low, high) = match announcement.saying.told {
        Told::Soon => (0, 1),
        Told::Between(low, high) | Told::Longer(low, high) => (low, high),
    };
    let about = About { call: Some(call), entry: Some(entry), ..About::default() };
    events::record(tx, "entry.told", about, json!({ "low_s": low * 60, "high_s": high * 60 })).await?;
    Ok(Some(announcement))
}

/// Whether nobody more is admitted who speaks this language: too many wait, or it would take too long.
///
/// # Errors
/// When the database is away.
pub async fn is_crowded(tx: &mut Tx, routing: &Routing, policy: &Policy, language: Language) -> Result<bool, Fault> {
    let now = tx.now();
    let needs = routing.place(None, None, language, Topic::Book).needs;
    let ahead = store::ahead(tx.conn(), None, &needs).await?;
    if ahead.0.saturating_add(ahead.1) >= policy.most_waiting {
        return Ok(true);
    }
    let Some(admit) = policy.admit else { return Ok(false) };
    let outlook = outlook(tx.conn(), &needs, ahead, policy, now).await?;
    Ok(outlook.is_some_and(|outlook| outlook.expected > admit))
}
