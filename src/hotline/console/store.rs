//! SQL of the console: which socket has a desk, drafts, and the queue at a glance.

use super::wire::{ColleagueView, DraftForm, DraftView, HandoverView, QueueView};
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EntryId, UserId};
use crate::hotline::queue::store::line;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// The browser's window that a socket belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Named by the page, anew whenever it is loaded.
    pub id: Option<Uuid>,
    /// It comes back by itself after its line was cut; nobody has just opened it.
    pub by_itself: bool,
}

/// Gives the desk to a new socket: its epoch. Every older socket can do nothing any more. A window that comes back by
/// itself gets only what it had, or what nobody has.
pub(super) async fn take_desk(
    conn: &mut PgConnection,
    agent: UserId,
    window: Window,
    now: OffsetDateTime,
) -> Result<Option<i64>, Fault> {
    Ok(sqlx::query_scalar!(
        r#"
        -- console: the newest socket has the desk
        insert into console_link as held (agent_id, epoch, window_id, linked_at) values ($1, 1, $2, $3)
        on conflict (agent_id) do update set epoch = held.epoch + 1, window_id = $2, linked_at = $3
         where not $4 or held.window_id = $2
            or not exists (select 1 from agent where agent.id = held.agent_id and link = 'up')
        returning epoch
        "#,
        agent.0,
        window.id,
        now,
        window.by_itself
    )
    .fetch_optional(conn)
    .await?)
}

/// Whether the socket of this epoch still has the desk; nobody can take it over before this transaction ends.
pub(super) async fn holds_desk(conn: &mut PgConnection, agent: UserId, epoch: i64) -> Result<bool, Fault> {
    let held = sqlx::query_scalar!(
        "select epoch from console_link where agent_id = $1 for share -- console: does this socket have the desk?",
        agent.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(held == Some(epoch))
}

/// Where a desk stands, before its parts are read.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    /// What has been published so far: the parts, read after it, contain all of that.
    pub position: i64,
    /// Whose desk it is.
    pub name: String,
    /// Which socket has it.
    pub epoch: i64,
}

/// Reads where a desk stands.
pub(super) async fn standing(conn: &mut PgConnection, agent: UserId) -> Result<Standing, Fault> {
    let row = sqlx::query!(
        r#"
        -- console: where a desk stands
        select (select coalesce(max(position), 0) from event) as "position!", display_name, epoch
          from user_account join console_link on console_link.agent_id = user_account.id
         where user_account.id = $1
        "#,
        agent.0
    )
    .fetch_one(conn)
    .await?;
    Ok(Standing { position: row.position, name: row.display_name, epoch: row.epoch })
}

/// The draft of an agent for the caller on the desk.
pub(super) async fn draft(conn: &mut PgConnection, agent: UserId, entry: EntryId) -> Result<Option<DraftView>, Fault> {
    let row = sqlx::query!(
        "select version, form from draft where agent_id = $1 and entry_id = $2 -- console: what was typed",
        agent.0,
        entry.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let form: DraftForm = serde_json::from_value(row.form)?;
        Ok(DraftView { version: u32::try_from(row.version).unwrap_or(0), form })
    })
    .transpose()
}

/// Stores a draft; its version. The same command again stores nothing and is answered the same.
pub(super) async fn save_draft(
    conn: &mut PgConnection,
    agent: UserId,
    entry: EntryId,
    cmd: &str,
    form: &DraftForm,
    now: OffsetDateTime,
) -> Result<u32, Fault> {
    let form = serde_json::to_value(form)?;
    let version = sqlx::query_scalar!(
        r#"
        -- console: keep what was typed
        insert into draft as kept (agent_id, entry_id, version, form, last_cmd, saved_at) values ($1, $2, 1, $3, $4, $5)
        on conflict (agent_id, entry_id) do update
           set version = kept.version + (kept.last_cmd <> $4)::int,
               form = case when kept.last_cmd = $4 then kept.form else $3 end,
               last_cmd = $4, saved_at = $5
        returning version
        "#,
        agent.0,
        entry.0,
        form,
        cmd,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(version).unwrap_or(0))
}

/// Leaves what was typed, and a word, to the agent who takes the caller next.
pub(super) async fn hand_over(
    conn: &mut PgConnection,
    agent: UserId,
    entry: EntryId,
    note: &str,
    now: OffsetDateTime,
) -> Result<(), Fault> {
    sqlx::query!(
        r#"
        -- console: what is left to the next agent
        insert into handover (entry_id, agent_id, note, form, at)
        values ($1, $2, $3, (select form from draft where agent_id = $2 and entry_id = $1), $4)
        on conflict (entry_id) do update set agent_id = $2, note = $3, form = excluded.form, at = $4
        "#,
        entry.0,
        agent.0,
        note,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What another agent has left for the caller on this desk.
pub(super) async fn handover(
    conn: &mut PgConnection,
    agent: UserId,
    entry: EntryId,
) -> Result<Option<HandoverView>, Fault> {
    let row = sqlx::query!(
        r#"
        -- console: what the agent before has left
        select display_name, note, form
          from handover join user_account on user_account.id = agent_id
         where entry_id = $1 and agent_id <> $2
        "#,
        entry.0,
        agent.0
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        let form = row.form.map(serde_json::from_value).transpose()?;
        Ok(HandoverView { by: row.display_name, note: row.note, form })
    })
    .transpose()
}

/// The colleagues who are at work, those who are free first.
pub(super) async fn colleagues(conn: &mut PgConnection, agent: UserId) -> Result<Vec<ColleagueView>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- console: who is at work
        select agent.id, display_name, state
          from agent join user_account on user_account.id = agent.id
         where state not in ('offline', 'not_ready') and link <> 'down' and agent.id <> $1
         order by state <> 'ready', state <> 'wrap_up', display_name, agent.id limit 100
        "#,
        agent.0
    )
    .fetch_all(conn)
    .await?;
    let view = |id: Uuid, name, state: String| {
        Ok(ColleagueView { id: id.to_string(), name, state: super::view::agent_state(&state)? })
    };
    rows.into_iter().map(|row| view(row.id, row.display_name, row.state)).collect()
}

/// Removes the drafts of calls that no desk has any more; how many. What was left to a next agent goes with the caller.
pub(super) async fn clear_drafts(conn: &mut PgConnection, now: OffsetDateTime) -> Result<u64, Fault> {
    Ok(sqlx::query!(
        r#"
        -- console: drafts of calls that are done with
        with left_behind as (
            delete from handover using queue_entry as entry
             where entry.id = handover.entry_id and entry.state = 'ended' and coalesce(entry.redeem_until, $1) <= $1
               and not exists (select 1 from agent where agent.entry_id = entry.id)
        )
        delete from draft
         where not exists (select 1 from agent where agent.id = draft.agent_id and agent.entry_id = draft.entry_id)
        "#,
        now
    )
    .execute(conn)
    .await?
    .rows_affected())
}

/// Removes the draft of a call that is done with.
pub(super) async fn clear_draft(conn: &mut PgConnection, agent: UserId, entry: EntryId) -> Result<(), Fault> {
    sqlx::query!(
        r#"
        -- console: the call is done with, and with it what was left by the agent before
        with left_behind as (delete from handover where agent_id <> $1 and entry_id = $2)
        delete from draft where agent_id = $1 and entry_id = $2
        "#,
        agent.0,
        entry.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The queue at a glance.
pub(super) async fn queue(conn: &mut PgConnection) -> Result<QueueView, Fault> {
    let (waiting, longest_since) = line(conn).await?;
    Ok(QueueView {
        waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
        longest_since_ms: longest_since.map(super::view::millis),
    })
}

/// The kinds of promised effects that are stuck: one was begun often and still fails, and no other of its kind has been
/// carried out since it was promised. One mail that its reader's server puts off is no disturbance of all mail.
pub(super) async fn stuck_jobs(conn: &mut PgConnection) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar!(
        r#"
        -- console: which effects are stuck
        select kind from job as failing
         where ended_at is null and attempts >= 3 and last_error is not null
         group by kind
        having not exists (select 1 from job as done
                            where done.kind = failing.kind and outcome = 'done'
                              and done.ended_at >= max(failing.ordered_at))
        "#
    )
    .fetch_all(conn)
    .await?)
}

/// Whether a letter lies ready that the print house should have taken by now.
pub(super) async fn letters_lie(conn: &mut PgConnection, now: OffsetDateTime) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar!(
        r#"
        -- console: does the print house take what lies ready?
        select exists (select 1 from letter where state = 'available' and print_by < $1) as "lie!"
        "#,
        now
    )
    .fetch_one(conn)
    .await?)
}
