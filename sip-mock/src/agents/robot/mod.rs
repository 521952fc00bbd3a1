//! One robot's working day: frames in, the next act at its time, commands out.
//!
//! Owns the way from coming to work to going home, sockets that are lost, and commands that are repeated until they are
//! acknowledged. What must hold: whoever goes home has no caller.

mod acts;
mod books;
mod hears;

use std::io;
use std::time::Duration;

use tokio::time::Instant;

use super::desk::{Command, Desk, Order, Said};
use super::link::{Came, Door, Link, NoLink};
use super::person::Form;
use super::{Book, Habits, RobotConfig};
use crate::faults::Dice;
use crate::lengths::Length;
use crate::pace::Pace;

/// The first pause before a socket is opened again; it doubles. Real time, as a page waits.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A command that is not acknowledged in this time is repeated under the same key.
const REPEAT: Duration = Duration::from_secs(5);

/// What the robot does next, if nothing happens before.
#[derive(Debug, Clone, PartialEq)]
enum Act {
    Accept(String),
    Decline(String),
    Propose,
    HangUp,
    Resume,
    FinishWrapUp,
    Ready,
}

/// How often a robot asks for another pair when somebody was faster.
const TRIES: u8 = 5;

/// How long until a robot clicks again that it wants to hang up. Real time.
const CLICK_AGAIN: Duration = Duration::from_secs(10);

/// How far the booking of the present talk has come.
#[derive(Debug, Clone, PartialEq)]
enum Booking {
    NotYet,
    Asked(u8),
    Done,
}

/// One agent.
pub(super) struct Robot {
    door: Door,
    habits: Habits,
    pace: Pace,
    dice: Dice,
    book: Book,
    desk: Desk,
    claims: Vec<String>,
    wrap_up_codes: Vec<String>,
    pause_reasons: Vec<String>,
    queues: Vec<String>,
    seen: i64,
    form: Form,
    booking: Booking,
    /// The talk that is under way, by its place in line.
    talk: Option<String>,
    hang_up_at: Option<Instant>,
    /// The caller of this talk was on hold once.
    has_held: bool,
    plan: Option<(Instant, Act)>,
    pending: Vec<(Instant, Order)>,
    told_state: Option<String>,
    /// When the shift is over.
    home_at: Option<Instant>,
    /// It is over: no further caller.
    leaving: bool,
    vanish_at: Option<Instant>,
}

/// How a socket's time ended.
enum Over {
    /// Open another.
    Again,
    /// Log in first.
    LogIn,
    /// The agent closes the page and loads it anew after a while.
    Vanished,
    /// The shift is over.
    Home,
    /// Another window took over: this robot goes home.
    Superseded,
}

impl Robot {
    pub(super) fn new(config: RobotConfig, pace: Pace, dice: Dice, book: Book) -> io::Result<Self> {
        Ok(Self {
            habits: config.habits.clone(),
            door: Door::new(config)?,
            pace,
            dice,
            book,
            desk: Desk::default(),
            claims: Vec::new(),
            wrap_up_codes: Vec::new(),
            pause_reasons: Vec::new(),
            queues: Vec::new(),
            seen: 0,
            form: Form::default(),
            booking: Booking::NotYet,
            talk: None,
            hang_up_at: None,
            has_held: false,
            plan: None,
            pending: Vec::new(),
            told_state: None,
            home_at: None,
            leaving: false,
            vanish_at: None,
        })
    }

    /// Works until it is dropped or another window takes its desk.
    pub(super) async fn work(mut self) {
        self.home_at = self.habits.shift.as_ref().map(|shift| Instant::now() + self.pace.real(shift.draw(&self.dice)));
        let mut pause = FIRST_PAUSE;
        let mut first = true;
        loop {
            match self.door.open().await {
                Ok(link) => {
                    pause = FIRST_PAUSE;
                    self.count(|t| t.linked += 1);
                    if !std::mem::take(&mut first) {
                        self.count(|t| t.reconnects += 1);
                    }
                    let over = self.sit(link).await;
                    self.count(|t| t.linked = t.linked.saturating_sub(1));
                    self.tell_state("away");
                    match over {
                        Over::Again => {}
                        Over::LogIn => self.door.log_out(),
                        Over::Vanished => self.vanish().await,
                        Over::Home => {
                            self.count(|t| t.went_home += 1);
                            return;
                        }
                        Over::Superseded => return,
                    }
                }
                Err(NoLink::LoggedOut) => self.door.log_out(),
                Err(NoLink::Away(why)) => tracing::debug!(why, "a robot has no console"),
            }
            tokio::time::sleep(pause.mul_f64(0.5) + self.dice.up_to(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn may_go(&self) -> bool {
        self.leaving && matches!(self.desk.agent.state.as_str(), "not_ready" | "offline")
    }

    /// The page is gone, and what it knew. It is loaded anew, by the same person, in the same session.
    async fn vanish(&mut self) {
        self.count(|t| t.vanished += 1);
        self.pending.clear();
        self.talk = None;
        self.vanish_at = None;
        self.pace.sleep(self.habits.vanishes_for.draw(&self.dice)).await;
    }

    fn count(&self, change: impl FnOnce(&mut super::Tally)) {
        change(&mut self.book.write());
    }

    fn tell_state(&mut self, state: &str) {
        if self.told_state.as_deref() != Some(state) {
            self.book.moved(self.told_state.as_deref(), state);
            self.told_state = Some(state.to_owned());
        }
    }

    /// Sits at an open socket until it closes.
    async fn sit(&mut self, mut link: Link) -> Over {
        self.plan = None;
        let drawn = |length: &Option<Length>| {
            length.as_ref().map(|length| Instant::now() + self.pace.real(length.draw(&self.dice)))
        };
        let lose_at = drawn(&self.habits.loses_socket);
        self.vanish_at = self.vanish_at.or(drawn(&self.habits.vanishes));
        loop {
            let repeat = self.pending.first().map(|(sent, _)| *sent + REPEAT);
            let plan = self.plan.as_ref().map(|(at, _)| *at);
            tokio::select! {
                came = link.next() => match came {
                    Came::Frame(text) => {
                        let Ok(said) = serde_json::from_str::<Said>(&text) else {
                            self.count(|t| t.not_understood += 1);
                            continue;
                        };
                        if let Said::Superseded = said {
                            return Over::Superseded;
                        }
                        let orders = self.hear(said);
                        if !self.send_all(&mut link, orders).await {
                            return Over::Again;
                        }
                        if self.may_go() {
                            return Over::Home;
                        }
                    }
                    Came::Closed(4001) => return Over::Superseded,
                    Came::Closed(4003) => return Over::LogIn,
                    Came::Closed(_) | Came::Lost => return Over::Again,
                },
                () = until(plan) => {
                    let orders = self.act();
                    if !self.send_all(&mut link, orders).await {
                        return Over::Again;
                    }
                }
                () = until(repeat) => {
                    if !self.repeat(&mut link).await {
                        return Over::Again;
                    }
                }
                () = until(self.home_at) => {
                    self.home_at = None;
                    self.leaving = true;
                    let orders = self.state_changed();
                    if !self.send_all(&mut link, orders).await {
                        return Over::Again;
                    }
                    if self.may_go() {
                        return Over::Home;
                    }
                }
                () = until(lose_at) => return Over::Again,
                () = until(self.vanish_at) => return Over::Vanished,
            }
        }
    }

    async fn send_all(&mut self, link: &mut Link, commands: Vec<Command>) -> bool {
        for command in commands {
            let order = Order { cmd: self.dice.sid(), command };
            let text = serde_json::to_string(&order).unwrap_or_default();
            self.pending.push((Instant::now(), order));
            if !link.send(text).await {
                return false;
            }
        }
        true
    }

    /// Says again what was not acknowledged, under the same keys.
    async fn repeat(&mut self, link: &mut Link) -> bool {
        let now = Instant::now();
        for at in 0..self.pending.len() {
            let Some((sent, order)) = self.pending.get_mut(at) else { break };
            *sent = now;
            let text = serde_json::to_string(order).unwrap_or_default();
            if !link.send(text).await {
                return false;
            }
        }
        true
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
