//! One agent's socket, from taking the desk to leaving it.
//!
//! The socket remembers the desk as its page has it. Whenever a published fact concerns the desk, after every command,
//! and whenever facts may have been missed, it reads the desk anew and tells the page what is different. So nothing can
//! be lost or told twice, whatever happened in between.

use super::commands::{self, Holder};
use super::decide::{self, Concern};
use super::error::ConsoleError;
use super::store::Window;
use super::view::{self, Seen};
use super::wire::{Answer, Desk, FromPage, PROTOCOL, Setup, ToPage};
use super::{Console, setup};
use crate::accounts::model::Session;
use crate::foundation::db::Tx;
use crate::foundation::events::Published;
use crate::foundation::fault::{Fault, Refusal};
use crate::hotline::live::end::End;
use crate::hotline::live::ws::{Line, Text};
use crate::in_tx;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, Interval, MissedTickBehavior};

/// How often the page is told the queue, which also is its heartbeat.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// How often a page hears something, at the latest, as it is promised.
const PROMISED_MS: u32 = 2_000;

/// How many commands may wait for the one that is being carried out. A page sends one at a time.
const COMMANDS_WAITING: usize = 32;

/// How soon a desk that could not be read is read again.
const READ_AGAIN: Duration = Duration::from_millis(500);

/// Serves a page until it ends.
pub(super) async fn serve(console: Console, session: Session, window: Window, mut line: Line) {
    metrics::gauge!("vaxline_console_sockets").increment(1);
    let end = match take(&console, &session, window).await {
        // From here on the link is up in the database, and there is one way out.
        Ok((holder, now)) => {
            let end = work(&console, &session, holder, now, &mut line).await;
            leave(&console, &session, holder, end).await;
            end
        }
        Err(end) => end,
    };
    if end == End::Superseded {
        // Whoever has gone already need not hear it.
        let _ = tell(&mut line, &ToPage::Superseded).await;
    }
    metrics::gauge!("vaxline_console_sockets").decrement(1);
    metrics::counter!("vaxline_console_ends_total", "end" => end.name()).increment(1);
    tracing::info!(agent = %session.user.id, session = %session.id, end = end.name(), "console: socket closed");
    line.close(end).await;
}

/// Takes the desk. Waited for without a deadline of the socket's own, because a desk that was taken must be left.
async fn take(console: &Console, session: &Session, window: Window) -> Result<(Holder, OffsetDateTime), End> {
    let taken = in_tx!(&console.db, "take a desk", |tx| commands::take_desk(
        tx,
        session,
        window,
        console.node.id,
        &console.policy
    ));
    taken.map_err(|error| if matches!(error, ConsoleError::Superseded) { End::Superseded } else { failed(&error) })
}

/// Tells the page everything, and then what changes, until it ends.
async fn work(console: &Console, session: &Session, holder: Holder, now: OffsetDateTime, line: &mut Line) -> End {
    // Subscribed before the desk is read, so that nothing falls between.
    let (news, degraded) = (console.node.feed.subscribe(), console.pulse.degraded());
    match open(console, holder, now, line).await {
        Ok(shown) => {
            let mut desktop = Desktop::new(console, session, holder, shown, news);
            let end = desktop.run(degraded, line).await;
            // A command that was begun is ended before the desk is left.
            if let Some(running) = desktop.running {
                let _ = running.answer.await;
            }
            end
        }
        Err(end) => end,
    }
}

/// Tells the page everything, within the deadline of a handshake.
async fn open(console: &Console, holder: Holder, now: OffsetDateTime, line: &mut Line) -> Result<Shown, End> {
    let reading = async { in_tx!(&console.db, "read a whole desk", |tx| whole(tx, console, holder)) };
    let whole: Result<Whole, Fault> =
        tokio::time::timeout(console.timing.handshake, reading).await.map_err(|_| End::Unavailable)?;
    let Whole { seen, desk, setup } = whole.map_err(|fault| failed(&fault))?;
    let hello = ToPage::Hello { protocol: PROTOCOL, epoch_ms: view::millis(now), heartbeat_ms: PROMISED_MS };
    tell(line, &hello).await?;
    let (degraded, rules) = (desk.degraded.clone(), setup.rules_version.clone());
    let shown = Shown { last: seen.position, degraded, rules, seen };
    tell(line, &ToPage::Snapshot { seq: shown.last, desk: Box::new(desk), setup: Box::new(setup) }).await?;
    Ok(shown)
}

fn failed(error: &impl Refusal) -> End {
    let chain = error.fault().map(Fault::chain);
    tracing::warn!(code = error.code(), fault = chain, "console: a desk could not be opened");
    End::Unavailable
}

struct Whole {
    seen: Seen,
    desk: Desk,
    setup: Setup,
}

async fn whole(tx: &mut Tx, console: &Console, holder: Holder) -> Result<Whole, Fault> {
    let seen = view::read(tx, holder.agent, None).await?;
    let draft = view::read_draft(tx, holder.agent, &seen).await?;
    let setup = setup::read(tx, console).await?;
    let parts = seen.parts.clone();
    let desk = Desk {
        agent: parts.agent,
        offer: parts.offer,
        call: parts.call,
        draft,
        reservation: parts.reservation,
        bookings: parts.bookings,
        queue: console.pulse.glance().queue,
        degraded: console.pulse.degraded().borrow().clone(),
    };
    Ok(Whole { seen, desk, setup })
}

async fn tell(line: &mut Line, frame: &ToPage) -> Result<(), End> {
    let text = serde_json::to_string(frame).map_err(|error| failed(&Fault::from(error)))?;
    line.send(Text::from(text)).await
}

/// Leaves the desk. A link that stays up in the database after its socket has gone would be offered callers that nobody
/// sees, so this is tried until it is done, or until the whole process is taken for dead anyway.
async fn leave(console: &Console, session: &Session, holder: Holder, end: End) {
    let logged_out = end == End::LoggedOut;
    let mut pause = READ_AGAIN;
    loop {
        let left = in_tx!(&console.db, "leave a desk", |tx| commands::leave_desk(
            tx,
            holder,
            session,
            logged_out,
            &console.policy
        ));
        match left {
            Ok(()) => return,
            Err(error) => {
                let chain = error.fault().map(Fault::chain);
                tracing::warn!(agent = %holder.agent, code = error.code(), fault = chain, "console: could not leave a desk");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(Duration::from_secs(10)),
            () = console.node.stop.cancelled() => return,
        }
    }
}

/// The desk as the page has it.
struct Shown {
    seen: Seen,
    /// The number of the last frame.
    last: i64,
    degraded: Vec<String>,
    /// The version of the rules.
    rules: String,
}

/// A page with its desk, while they are connected.
struct Desktop<'a> {
    console: &'a Console,
    session: &'a Session,
    holder: Holder,
    shown: Shown,
    news: Receiver<Arc<Published>>,
    /// Why the offer that is shown is gone, when a fact has said so.
    revoked: Option<String>,
    /// Whether the bookings must be read with it.
    bookings_changed: bool,
    /// When the desk must be read again; none while it is known to be as shown.
    read_at: Option<Instant>,
    waiting: VecDeque<FromPage>,
    running: Option<Running>,
    heartbeat: Interval,
}

/// A command that is being carried out: a task of its own, so that its transaction never waits for the page.
struct Running {
    answer: JoinHandle<ToPage>,
    /// Why the offer on the screen is gone, once this is carried out.
    revokes: Option<&'static str>,
}

/// What happens next.
enum Turn {
    Heard(Text),
    Answered(Result<Box<ToPage>, JoinError>),
    Fact(Result<Arc<Published>, RecvError>),
    Read,
    Beat,
    Degraded(Vec<String>),
}

impl<'a> Desktop<'a> {
    fn new(
        console: &'a Console,
        session: &'a Session,
        holder: Holder,
        shown: Shown,
        news: Receiver<Arc<Published>>,
    ) -> Self {
        // Spread over the second, so that not all consoles are told the queue in the same moment.
        let phase = rand::rngs::StdRng::seed_from_u64(
            u64::try_from(holder.epoch).unwrap_or(0) ^ holder.agent.0.as_u64_pair().1,
        )
        .random_range(Duration::ZERO..HEARTBEAT);
        let mut heartbeat = tokio::time::interval_at(Instant::now() + phase, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            console,
            session,
            holder,
            shown,
            news,
            revoked: None,
            bookings_changed: false,
            read_at: None,
            waiting: VecDeque::new(),
            running: None,
            heartbeat,
        }
    }

    async fn run(&mut self, mut degraded: watch::Receiver<Vec<String>>, line: &mut Line) -> End {
        loop {
            let turn = tokio::select! {
                fact = self.news.recv() => Turn::Fact(fact),
                () = tokio::time::sleep_until(self.read_at.unwrap_or_else(Instant::now)), if self.read_at.is_some() => {
                    Turn::Read
                }
                Some(answer) = async { Some((&mut self.running.as_mut()?.answer).await) } => {
                    Turn::Answered(answer.map(Box::new))
                }
                heard = line.hear() => match heard {
                    Ok(text) => Turn::Heard(text),
                    Err(end) => return end,
                },
                _ = self.heartbeat.tick() => Turn::Beat,
                Ok(()) = degraded.changed() => Turn::Degraded(degraded.borrow_and_update().clone()),
            };
            if let Err(end) = self.take(turn, line).await {
                return end;
            }
        }
    }

    async fn take(&mut self, turn: Turn, line: &mut Line) -> Result<(), End> {
        match turn {
            Turn::Fact(fact) => {
                self.note(fact);
                self.read_if_due(line).await
            }
            Turn::Read => self.read_if_due(line).await,
            Turn::Heard(text) => self.heard(&text, line).await,
            Turn::Answered(answer) => {
                let revokes = self.running.take().and_then(|running| running.revokes);
                let answer = answer.map_err(|error| failed(&Fault::new("carry out a command", error)))?;
                self.start_next();
                if matches!(*answer, ToPage::Ack { ok: true, .. }) && self.shown.seen.parts.offer.is_some() {
                    self.revoked = revokes.map(str::to_owned).or(self.revoked.take());
                }
                tell(line, &answer).await?;
                self.bookings_changed |= matches!(*answer, ToPage::Ack { result: Some(Answer::Booking { .. }), .. });
                // The relay publishes what the command did in a moment; the page need not wait for that.
                self.read_at = Some(Instant::now());
                self.read_if_due(line).await
            }
            Turn::Beat => {
                let glance = self.console.pulse.glance();
                // Without a fresh look the page hears nothing, and says that what it shows is old.
                let Some(now) = glance.now() else { return Ok(()) };
                self.follow_rules(now, line).await?;
                tell(line, &ToPage::Queue { epoch_ms: view::millis(now), queue: glance.queue }).await
            }
            Turn::Degraded(parts) if parts != self.shown.degraded => {
                self.shown.degraded.clone_from(&parts);
                tell(line, &ToPage::Degraded { parts }).await
            }
            Turn::Degraded(_) => Ok(()),
        }
    }

    /// Notes a fact, and all that came with it: many facts cost one reading.
    fn note(&mut self, first: Result<Arc<Published>, RecvError>) {
        let mut next = first;
        loop {
            match next {
                Ok(fact) => {
                    let concern = decide::concern(&fact, self.holder.agent, &self.shown.seen);
                    self.bookings_changed |= concern == Concern::Bookings;
                    if concern > Concern::Nothing {
                        let offer = self.shown.seen.parts.offer.as_ref();
                        if let Some(reason) = offer.and_then(|offer| decide::revoked_by(&fact, &offer.id)) {
                            self.revoked = Some(reason);
                        }
                        self.read_at.get_or_insert_with(Instant::now);
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    self.bookings_changed = true;
                    self.read_at.get_or_insert_with(Instant::now);
                }
                Err(RecvError::Closed) => return,
            }
            next = match self.news.try_recv() {
                Ok(fact) => Ok(fact),
                Err(TryRecvError::Lagged(missed)) => Err(RecvError::Lagged(missed)),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            };
        }
    }

    async fn read_if_due(&mut self, line: &mut Line) -> Result<(), End> {
        if self.read_at.is_none_or(|at| at > Instant::now()) {
            return Ok(());
        }
        let known = (!self.bookings_changed).then_some(&self.shown.seen);
        let seen: Result<Seen, Fault> =
            in_tx!(&self.console.db, "read a desk", |tx| view::read(tx, self.holder.agent, known));
        let seen = match seen {
            Ok(seen) => seen,
            Err(fault) => {
                tracing::warn!(agent = %self.holder.agent, fault = fault.chain(), "console: could not read a desk");
                self.read_at = Some(Instant::now() + READ_AGAIN);
                return Ok(());
            }
        };
        self.read_at = None;
        self.bookings_changed = false;
        if seen.epoch != self.holder.epoch {
            return Err(End::Superseded);
        }
        if seen.linked_to != Some(self.console.node.id) {
            self.link_again().await;
        }
        let revoked = self.revoked.take();
        let frames =
            decide::news(&self.shown.seen.parts, &seen.parts, seen.position, &mut self.shown.last, revoked.as_deref());
        self.shown.seen = seen;
        for frame in &frames {
            tell(line, frame).await?;
        }
        Ok(())
    }

    /// The queue has taken this socket for lost, and it lives. What changes by linking again is read by its own fact.
    async fn link_again(&mut self) {
        let linked = in_tx!(&self.console.db, "link again", |tx| commands::link_again(
            tx,
            self.holder,
            self.session,
            self.console.node.id,
            &self.console.policy
        ));
        if let Err(error) = linked {
            let chain = error.fault().map(Fault::chain);
            tracing::warn!(agent = %self.holder.agent, code = error.code(), fault = chain, "console: could not link again");
            self.read_at = Some(Instant::now() + READ_AGAIN);
        }
    }

    /// Other rules have come into force: the desk is told everything anew, with their claims.
    async fn follow_rules(&mut self, now: OffsetDateTime, line: &mut Line) -> Result<(), End> {
        let version = self.console.campaign.rules.in_force(now).map_or("", |rules| rules.version.as_str());
        if version == self.shown.rules {
            return Ok(());
        }
        let whole: Result<Whole, Fault> =
            in_tx!(&self.console.db, "read a whole desk", |tx| whole(tx, self.console, self.holder));
        let Whole { seen, desk, setup } = match whole {
            Ok(whole) if whole.seen.epoch == self.holder.epoch => whole,
            // The next beat tries again, or the next fact says who has the desk now.
            Ok(_) => return Ok(()),
            Err(fault) => {
                tracing::warn!(agent = %self.holder.agent, fault = fault.chain(), "console: could not follow the rules");
                return Ok(());
            }
        };
        self.shown.rules.clone_from(&setup.rules_version);
        self.shown.last = seen.position.max(self.shown.last + 1);
        self.shown.seen = seen;
        tell(line, &ToPage::Snapshot { seq: self.shown.last, desk: Box::new(desk), setup: Box::new(setup) }).await
    }

    async fn heard(&mut self, text: &str, line: &mut Line) -> Result<(), End> {
        match serde_json::from_str::<FromPage>(text) {
            Ok(from) if is_key(&from.cmd) => {
                if self.waiting.len() >= COMMANDS_WAITING {
                    return Err(End::TooMuch);
                }
                self.waiting.push_back(from);
                self.start_next();
                Ok(())
            }
            // Only the key can be read: a page of another version is told so, and anything else is not a page.
            Ok(_) | Err(_) => match serde_json::from_str::<Keyed>(text) {
                Ok(Keyed { cmd }) if is_key(&cmd) => tell(line, &commands::not_understood(cmd)).await,
                Ok(_) | Err(_) => Err(End::NotUnderstood),
            },
        }
    }

    /// One command at a time, in the order in which the page has sent them.
    fn start_next(&mut self) {
        if self.running.is_none()
            && let Some(from) = self.waiting.pop_front()
        {
            let revokes = decide::revokes(&from.command);
            let answer = tokio::spawn(commands::answer(self.console.clone(), self.holder, from));
            self.running = Some(Running { answer, revokes });
        }
    }
}

/// A message of which only the key is understood.
#[derive(Deserialize)]
struct Keyed {
    cmd: String,
}

fn is_key(cmd: &str) -> bool {
    (1..=64).contains(&cmd.chars().count()) && !cmd.chars().any(char::is_control)
}
