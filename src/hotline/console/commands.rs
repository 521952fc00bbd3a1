//! What a page asks for, each in one transaction: the desk is still this socket's, the key is new, then the deed.

use super::booking::{self, Serving};
use super::error::ConsoleError;
use super::settings::{self, Settings};
use super::store::{self, Window};
use super::wire::{Answer, Command, FromPage, Refused, ToPage, TransferTo};
use crate::accounts::model::Session;
use crate::foundation::commands::{self, Known};
use crate::foundation::db::Tx;
use crate::foundation::fault::Refusal;
use crate::foundation::ids::{EntryId, OfferId, ReservationId, SeriesId, UserId};
use crate::hotline::agents::commands::{self as agents, Wish};
use crate::hotline::agents::store::desk_state;
use crate::hotline::console::Console;
use crate::hotline::queue::commands::{self as queue, Onward, QueueError};
use crate::hotline::queue::decide::No;
use crate::hotline::queue::model::Policy;
use crate::in_tx;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// A wrap-up that ends within this time ends soon. Less, and a pause for thought loses the pair; more, and extensions are
/// used up by agents who would have been done.
const WRAP_UP_ENDS_SOON: time::Duration = time::Duration::seconds(10);

/// Characters of a word to the next agent: it is read while the caller says hello.
const LONGEST_NOTE: usize = 200;

/// The socket that has an agent's desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The agent.
    pub agent: UserId,
    /// The socket's epoch.
    pub epoch: i64,
}

/// Takes the desk for a new socket.
///
/// # Errors
/// When another window has the desk and this one comes back by itself, or the database is away.
pub async fn take_desk(
    tx: &mut Tx,
    session: &Session,
    window: Window,
    node: Uuid,
    policy: &Policy,
) -> Result<(Holder, OffsetDateTime), ConsoleError> {
    let (agent, now) = (session.user.id, tx.now());
    let epoch = store::take_desk(tx.conn(), agent, window, now).await?.ok_or(ConsoleError::Superseded)?;
    agents::link(tx, agent, session.id, node, policy).await?;
    Ok((Holder { agent, epoch }, now))
}

/// Says that the socket of this process lives, when the queue has taken it for lost: the database was away for longer
/// than a lease lasts. A socket that a newer one has superseded changes nothing.
///
/// # Errors
/// When the database is away.
pub async fn link_again(
    tx: &mut Tx,
    holder: Holder,
    session: &Session,
    node: Uuid,
    policy: &Policy,
) -> Result<(), ConsoleError> {
    if store::holds_desk(tx.conn(), holder.agent, holder.epoch).await? {
        agents::link(tx, holder.agent, session.id, node, policy).await?;
    }
    Ok(())
}

/// Gives the desk up, unless a newer socket has it: the page is gone, or the agent has logged out.
///
/// # Errors
/// When the database is away.
pub async fn leave_desk(
    tx: &mut Tx,
    holder: Holder,
    session: &Session,
    logged_out: bool,
    policy: &Policy,
) -> Result<(), ConsoleError> {
    if !store::holds_desk(tx.conn(), holder.agent, holder.epoch).await? {
        return Ok(());
    }
    if logged_out {
        match agents::carry_out_wish(tx, holder.agent, Wish::SignOut, policy).await {
            // With a caller on the desk it is a lost link: the call goes on, and the desk waits for its agent.
            Err(QueueError::No(No::Occupied)) => {}
            settled => return Ok(settled?),
        }
    }
    Ok(agents::unlink(tx, holder.agent, session.id, policy).await?)
}

/// What is kept with a command's key, to answer it again. Nothing in it is about a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kept {
    /// It was carried out.
    Done,
    /// It has reserved a pair.
    Reserved(ReservationId),
    /// It has booked, for the caller of an entry.
    Booked { entry: EntryId, series: SeriesId },
    /// It has cancelled.
    Cancelled,
}

/// Carries a command out and answers it. Whatever happens, there is an answer.
pub async fn answer(console: Console, holder: Holder, from: FromPage) -> ToPage {
    let FromPage { cmd, command } = from;
    let outcome = in_tx!(&console.db, "console command", |tx| carry_out(tx, &console, holder, &cmd, &command));
    let label = match &outcome {
        Ok(_) => "ok",
        Err(error) => error.code(),
    };
    metrics::counter!("vaxline_console_commands_total", "command" => name(&command), "outcome" => label).increment(1);
    match outcome {
        Ok(result) => ToPage::Ack { cmd, ok: true, error: None, result },
        Err(error) => ToPage::Ack { cmd, ok: false, error: Some(error.refused()), result: error.instead() },
    }
}

/// The answer to a message that is no command.
#[must_use]
pub fn not_understood(cmd: String) -> ToPage {
    let error: Refused = ConsoleError::BadCommand.refused();
    ToPage::Ack { cmd, ok: false, error: Some(error), result: None }
}

async fn carry_out(
    tx: &mut Tx,
    console: &Console,
    holder: Holder,
    cmd: &str,
    command: &Command,
) -> Result<Option<Answer>, ConsoleError> {
    if !store::holds_desk(tx.conn(), holder.agent, holder.epoch).await? {
        return Err(ConsoleError::Superseded);
    }
    match command {
        // A draft keeps its own key: it comes twice a second, and its answer is worth nothing the day after.
        Command::SaveDraft { form } => {
            let (entry, now) = (served(tx, holder.agent).await?, tx.now());
            let serving = Serving::new(holder.agent, entry);
            keep_wrap_up(tx, console, holder.agent, serving).await?;
            let version = store::save_draft(tx.conn(), holder.agent, entry, cmd, form, now).await?;
            booking::keep_reservation(tx, console, serving).await?;
            Ok(Some(Answer::Draft { version }))
        }
        Command::Colleagues => {
            Ok(Some(Answer::Colleagues { colleagues: store::colleagues(tx.conn(), holder.agent).await? }))
        }
        Command::FindPersons { .. } | Command::FindBooking { .. } | Command::Propose { .. } => {
            let serving = Serving::new(holder.agent, served(tx, holder.agent).await?);
            booking::look(tx, console, serving, command).await
        }
        Command::Painted { .. }
        | Command::Accept { .. }
        | Command::Decline { .. }
        | Command::Ready
        | Command::NotReady { .. }
        | Command::HangUp
        | Command::Hold
        | Command::Resume
        | Command::Transfer { .. }
        | Command::ExtendWrapUp
        | Command::FinishWrapUp { .. }
        | Command::Reserve { .. }
        | Command::Release { .. }
        | Command::Confirm { .. }
        | Command::Cancel { .. } => once(tx, console, holder.agent, cmd, command).await,
    }
}

/// Carries out a command that changes something: once for each key.
async fn once(
    tx: &mut Tx,
    console: &Console,
    agent: UserId,
    cmd: &str,
    command: &Command,
) -> Result<Option<Answer>, ConsoleError> {
    let scope = format!("agent:{agent}");
    match commands::recall(tx, &scope, cmd, command).await? {
        Known::Answered(kept) => {
            let serving = served(tx, agent).await.map(|entry| Serving::new(agent, entry));
            return booking::again(tx, console, agent, serving, kept, command).await;
        }
        Known::Misused => return Err(ConsoleError::KeyMisused),
        Known::New => {}
    }
    let (kept, answer) = deed(tx, console, agent, command).await?;
    commands::answer(tx, &scope, cmd, &kept).await?;
    Ok(answer)
}

async fn deed(
    tx: &mut Tx,
    console: &Console,
    agent: UserId,
    command: &Command,
) -> Result<(Kept, Option<Answer>), ConsoleError> {
    if let Command::Transfer { to, note } = command {
        return transfer(tx, console, agent, to, note).await.map(|()| (Kept::Done, None));
    }
    let Some(wish) = wish(command, &console.settings)? else {
        let serving = Serving::new(agent, served(tx, agent).await?);
        return booking::deed(tx, console, serving, command).await?.ok_or(ConsoleError::BadCommand);
    };
    // With the call goes what was typed and reserved for it.
    let done_with = if let Wish::FinishWrapUp(_) = &wish { Some(served(tx, agent).await) } else { None };
    agents::carry_out_wish(tx, agent, wish, &console.policy).await?;
    if let Some(Ok(entry)) = done_with {
        store::clear_draft(tx.conn(), agent, entry).await?;
        booking::give_up_reservation(tx, Serving::new(agent, entry)).await?;
    }
    Ok((Kept::Done, None))
}

/// Hands the caller on, with a word and what was typed. The reserved pair is given back: the next agent finds another.
async fn transfer(
    tx: &mut Tx,
    console: &Console,
    agent: UserId,
    to: &TransferTo,
    note: &str,
) -> Result<(), ConsoleError> {
    if note.chars().count() > LONGEST_NOTE {
        return Err(ConsoleError::NoteTooLong);
    }
    let to = match to {
        TransferTo::Queue { code } => Onward::Queue(code.clone()),
        TransferTo::Agent { id } => Onward::Agent(id.parse().map_err(|_| ConsoleError::BadCommand)?),
    };
    let entry = queue::transfer(tx, agent, &to, &console.routing, &console.policy).await?;
    let now = tx.now();
    store::hand_over(tx.conn(), agent, entry, note.trim(), now).await?;
    booking::give_up_reservation(tx, Serving::new(agent, entry)).await
}

/// What the agent wishes of the queue, when the command is such a wish.
fn wish(command: &Command, settings: &Settings) -> Result<Option<Wish>, ConsoleError> {
    let offer = |id: &str| id.parse::<OfferId>().map_err(|_| ConsoleError::BadCommand);
    Ok(Some(match command {
        Command::Painted { offer: id } => Wish::Painted(offer(id)?),
        Command::Accept { offer: id } => Wish::Accept(offer(id)?),
        Command::Decline { offer: id } => Wish::Decline(offer(id)?),
        Command::Ready => Wish::Ready,
        Command::NotReady { reason } if settings::offers(&settings.not_ready_reasons, reason) => {
            Wish::NotReady(reason.clone())
        }
        Command::FinishWrapUp { code } if settings::offers(&settings.wrap_up_codes, code) => {
            Wish::FinishWrapUp(code.clone())
        }
        Command::NotReady { .. } | Command::FinishWrapUp { .. } => return Err(ConsoleError::UnknownCode),
        Command::HangUp => Wish::HangUp,
        Command::Hold => Wish::Hold,
        Command::Resume => Wish::Resume,
        Command::ExtendWrapUp => Wish::ExtendWrapUp,
        Command::SaveDraft { .. }
        | Command::Colleagues
        | Command::Transfer { .. }
        | Command::FindPersons { .. }
        | Command::FindBooking { .. }
        | Command::Propose { .. }
        | Command::Reserve { .. }
        | Command::Release { .. }
        | Command::Confirm { .. }
        | Command::Cancel { .. } => return Ok(None),
    }))
}

/// Who is still typing for a pair that is reserved is not cut off: one of the extensions is used without a key.
async fn keep_wrap_up(tx: &mut Tx, console: &Console, agent: UserId, serving: Serving) -> Result<(), ConsoleError> {
    let now = tx.now();
    let Some(desk) = desk_state(tx.conn(), agent).await? else { return Ok(()) };
    let ends_soon = desk.until.is_some_and(|until| until < now + WRAP_UP_ENDS_SOON);
    if desk.state != "wrap_up" || !ends_soon || desk.extensions_left == 0 || !booking::keeps_a_pair(tx, serving).await?
    {
        return Ok(());
    }
    match agents::carry_out_wish(tx, agent, Wish::ExtendWrapUp, &console.policy).await {
        // It has ended in this moment: there is nothing left to keep.
        Err(QueueError::No(_)) => Ok(()),
        settled => Ok(settled?),
    }
}

/// The place in line that this agent serves, or has just served.
async fn served(tx: &mut Tx, agent: UserId) -> Result<EntryId, ConsoleError> {
    let desk = desk_state(tx.conn(), agent).await?;
    let serves = desk.filter(|desk| matches!(desk.state.as_str(), "connecting" | "talking" | "wrap_up"));
    serves.and_then(|desk| desk.entry).map(|entry| entry.id).ok_or(ConsoleError::NoCaller)
}

const fn name(command: &Command) -> &'static str {
    match command {
        Command::Painted { .. } => "painted",
        Command::Accept { .. } => "accept",
        Command::Decline { .. } => "decline",
        Command::Ready => "ready",
        Command::NotReady { .. } => "not_ready",
        Command::HangUp => "hang_up",
        Command::Hold => "hold",
        Command::Resume => "resume",
        Command::Colleagues => "colleagues",
        Command::Transfer { .. } => "transfer",
        Command::ExtendWrapUp => "extend_wrap_up",
        Command::FinishWrapUp { .. } => "finish_wrap_up",
        Command::SaveDraft { .. } => "save_draft",
        Command::FindPersons { .. } => "find_persons",
        Command::FindBooking { .. } => "find_booking",
        Command::Propose { .. } => "propose",
        Command::Reserve { .. } => "reserve",
        Command::Release { .. } => "release",
        Command::Confirm { .. } => "confirm",
        Command::Cancel { .. } => "cancel",
    }
}
