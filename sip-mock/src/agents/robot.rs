//! One robot's working day: frames in, the next act at its time, commands out.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::desk::{self, Call, Command, Desk, Order, Said};
use super::link::{Came, Door, Link, NoLink};
use super::person::{Form, Wanted};
use super::{Book, Habits, RobotConfig};
use crate::faults::Dice;
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
    dice: Arc<Dice>,
    book: Book,
    desk: Desk,
    claims: Vec<String>,
    wrap_up_codes: Vec<String>,
    pause_reasons: Vec<String>,
    seen: i64,
    form: Form,
    booking: Booking,
    /// The talk that is under way, by its place in line.
    talk: Option<String>,
    hang_up_at: Option<Instant>,
    plan: Option<(Instant, Act)>,
    pending: Vec<(Instant, Order)>,
    told_state: Option<String>,
}

/// How a socket's time ended.
enum Over {
    /// Open another.
    Again,
    /// Log in first.
    LogIn,
    /// Another window took over: this robot goes home.
    Superseded,
}

impl Robot {
    pub(super) fn new(config: RobotConfig, pace: Pace, dice: Arc<Dice>, book: Book) -> io::Result<Self> {
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
            seen: 0,
            form: Form::default(),
            booking: Booking::NotYet,
            talk: None,
            hang_up_at: None,
            plan: None,
            pending: Vec::new(),
            told_state: None,
        })
    }

    /// Works until it is dropped or another window takes its desk.
    pub(super) async fn work(mut self) {
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
        let lose_at = (!self.habits.loses_socket.is_zero())
            .then(|| Instant::now() + self.pace.real(self.dice.exponential(self.habits.loses_socket)));
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
                () = until(lose_at) => return Over::Again,
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

    /// What a frame asks for at once.
    fn hear(&mut self, said: Said) -> Vec<Command> {
        if let Some(seq) = said.seq() {
            let whole = matches!(said, Said::Snapshot { .. });
            if !whole && seq <= self.seen {
                return Vec::new();
            }
            self.seen = seq;
        }
        match said {
            Said::Hello { protocol } => {
                if protocol != 1 {
                    self.count(|t| t.not_understood += 1);
                }
                Vec::new()
            }
            Said::Snapshot { desk, setup, .. } => {
                let codes = |choices: Vec<desk::Choice>| choices.into_iter().map(|c| c.code).collect();
                self.claims = codes(setup.claims);
                self.wrap_up_codes = codes(setup.wrap_up_codes);
                self.pause_reasons = codes(setup.not_ready_reasons);
                self.desk = *desk;
                // The snapshot is the truth: what it does not show was not done or is over, and what was meant is planned anew.
                // Orders to the desk are not repeated after it; a booking under way is, under its key.
                self.pending.retain(|(_, order)| matches!(order.command, Command::Confirm { .. }));
                for (sent, _) in &mut self.pending {
                    *sent = Instant::now().checked_sub(REPEAT).unwrap_or(*sent);
                }
                self.plan = None;
                self.take_up()
            }
            Said::Agent { agent, .. } => {
                self.desk.agent = agent;
                self.state_changed()
            }
            Said::Offer { offer, .. } => {
                self.desk.offer = Some(offer);
                self.offered()
            }
            Said::OfferRevoked { offer, reason, .. } => {
                if self.desk.offer.as_ref().is_some_and(|o| o.id == offer) {
                    self.desk.offer = None;
                    if matches!(&self.plan, Some((_, Act::Accept(_) | Act::Decline(_)))) {
                        self.plan = None;
                    }
                    if !matches!(reason.as_str(), "accepted" | "declined") {
                        self.count(|t| t.revoked += 1);
                    }
                }
                Vec::new()
            }
            Said::Call { call, .. } => {
                let entry = |call: &Option<Call>| call.as_ref().map(|call| call.entry.clone());
                if entry(&self.desk.call) != entry(&call) {
                    // Another caller, or none: nothing of the last one stays on the desk.
                    self.desk.reservation = None;
                    self.desk.bookings.clear();
                }
                self.desk.call = call;
                self.call_changed()
            }
            Said::Reservation { reservation, .. } => {
                self.desk.reservation = reservation;
                Vec::new()
            }
            Said::Bookings { bookings, .. } => {
                self.desk.bookings = bookings;
                Vec::new()
            }
            Said::Ack { cmd, ok, error, result } => self.acknowledged(&cmd, ok, error.map(|e| e.code), result),
            Said::Superseded | Said::Other => Vec::new(),
        }
    }

    /// Takes the desk up as the snapshot shows it.
    fn take_up(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        if self.desk.offer.is_some() {
            commands.extend(self.offered());
        }
        commands.extend(self.call_changed());
        commands.extend(self.state_changed());
        commands
    }

    fn think(&self, median: Duration) -> Instant {
        Instant::now() + self.pace.real(self.dice.log_normal(median, self.habits.spread))
    }

    fn offered(&mut self) -> Vec<Command> {
        let Some(offer) = self.desk.offer.as_ref().map(|o| o.id.clone()) else { return Vec::new() };
        self.count(|t| t.offers += 1);
        let at = self.think(self.habits.reaction);
        if !self.dice.happens(self.habits.looks_away) {
            let declines = self.dice.happens(self.habits.declines);
            self.plan = Some((at, if declines { Act::Decline(offer.clone()) } else { Act::Accept(offer.clone()) }));
        }
        vec![Command::Painted { offer }]
    }

    fn call_changed(&mut self) -> Vec<Command> {
        let Some(call) = self.desk.call.clone() else { return Vec::new() };
        match call.state.as_str() {
            "talking" if self.talk.as_ref() != Some(&call.entry) => self.begin_talk(&call),
            "talking" if self.plan.is_none() => {
                self.go_on();
                Vec::new()
            }
            "ended" => {
                self.hang_up_at = None;
                if matches!(&self.plan, Some((_, Act::HangUp))) {
                    self.plan = None;
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn begin_talk(&mut self, call: &Call) -> Vec<Command> {
        self.talk = Some(call.entry.clone());
        self.count(|t| t.talks += 1);
        let length = self.dice.log_normal(self.habits.talk, self.habits.spread);
        self.hang_up_at = self.habits.hangs_up.then(|| Instant::now() + self.pace.real(length));
        let already = !self.desk.bookings.is_empty();
        let wants = call.topic != "information" && self.dice.happens(self.habits.books);
        self.booking = if wants && !already { Booking::NotYet } else { Booking::Done };
        if self.booking == Booking::Done {
            self.plan = self.hang_up_at.map(|at| (at, Act::HangUp));
            return Vec::new();
        }
        let language = if call.language.is_empty() { "de" } else { &call.language };
        let email = self.dice.happens(self.habits.emails);
        let wanted = Wanted { email, letter: !(email && self.dice.happens(self.habits.mail_only)) };
        self.form = Form::invent(&self.dice, &self.claims, language, wanted);
        // Asking for the name takes a while; the booking begins in the first half of the talk.
        self.plan = Some((Instant::now() + self.pace.real(length.mul_f64(0.4)), Act::Propose));
        let person = &self.form.person;
        vec![
            Command::FindPersons { family_name: person.family_name.clone(), born_on: person.born_on.clone() },
            Command::SaveDraft { form: Box::new(self.form.clone()) },
        ]
    }

    /// After a lost socket in the middle of a talk: what the snapshot does not show as booked is begun again, unless the
    /// confirmation is on its way.
    fn go_on(&mut self) {
        let on_its_way = !self.pending.is_empty();
        if self.booking == Booking::Done || on_its_way || !self.desk.bookings.is_empty() {
            self.plan = self.hang_up_at.map(|at| (at, Act::HangUp));
        } else {
            self.plan = Some((Instant::now() + self.pace.real(self.habits.reaction), Act::Propose));
        }
    }

    fn state_changed(&mut self) -> Vec<Command> {
        let state = self.desk.agent.state.clone();
        self.tell_state(&state);
        match state.as_str() {
            "not_ready" => {
                let paused = self.desk.agent.reason.as_ref().is_some_and(|r| self.pause_reasons.contains(r));
                let wait = if paused { self.dice.exponential(self.habits.pause) } else { self.habits.reaction };
                self.plan = Some((Instant::now() + self.pace.real(wait), Act::Ready));
            }
            "wrap_up" => {
                self.talk = None;
                self.plan = Some((self.think(self.habits.wrap_up), Act::FinishWrapUp));
            }
            "ready" => self.talk = None,
            _ => {}
        }
        Vec::new()
    }

    /// The planned act's time has come.
    fn act(&mut self) -> Vec<Command> {
        let Some((_, act)) = self.plan.take() else { return Vec::new() };
        match act {
            Act::Accept(offer) => {
                self.count(|t| t.accepted += 1);
                vec![Command::Accept { offer }]
            }
            Act::Decline(offer) => {
                self.count(|t| t.declined += 1);
                vec![Command::Decline { offer }]
            }
            Act::Propose => {
                self.booking = Booking::Asked(TRIES);
                vec![Command::Propose { form: Box::new(self.form.clone()) }]
            }
            Act::HangUp => {
                self.plan = Some((Instant::now() + CLICK_AGAIN, Act::HangUp));
                vec![Command::HangUp]
            }
            Act::FinishWrapUp => {
                let booked = !self.desk.bookings.is_empty();
                let fits = |code: &&String| if booked { code.contains("book") } else { !code.contains("book") };
                let code =
                    self.wrap_up_codes.iter().find(fits).or(self.wrap_up_codes.first()).cloned().unwrap_or_default();
                let mut commands = Vec::new();
                if self.dice.happens(self.habits.pauses)
                    && let Some(reason) = self.pause_reasons.get(self.dice.below(self.pause_reasons.len()))
                {
                    commands.push(Command::NotReady { reason: reason.clone() });
                }
                commands.push(Command::FinishWrapUp { code });
                commands
            }
            Act::Ready => vec![Command::Ready],
        }
    }

    fn may_try_again(&mut self) -> bool {
        match self.booking {
            Booking::Asked(tries) if tries > 0 => {
                self.booking = Booking::Asked(tries - 1);
                true
            }
            Booking::Asked(_) | Booking::NotYet | Booking::Done => false,
        }
    }

    fn acknowledged(&mut self, cmd: &str, ok: bool, refused: Option<String>, result: Option<Value>) -> Vec<Command> {
        let Some(at) = self.pending.iter().position(|(_, order)| order.cmd == cmd) else { return Vec::new() };
        let (_, order) = self.pending.remove(at);
        if !ok {
            let code = refused.unwrap_or_else(|| "unnamed".to_owned());
            self.count(|t| *t.refused.entry(code).or_default() += 1);
        }
        let result = result.unwrap_or_default();
        let next = match order.command {
            Command::Propose { .. } if ok => {
                desk::first_token(&result).map(|token| Command::Reserve { token, form: Box::new(self.form.clone()) })
            }
            Command::Reserve { .. } if ok => desk::reserved(&result)
                .map(|reservation| Command::Confirm { reservation, form: Box::new(self.form.clone()) }),
            // Somebody was faster, and a new proposal finds what is left.
            Command::Reserve { .. } if self.may_try_again() => {
                Some(Command::Propose { form: Box::new(self.form.clone()) })
            }
            Command::Confirm { .. } => {
                if ok {
                    self.count(|t| t.booked += 1);
                }
                self.booking = Booking::Done;
                None
            }
            Command::Painted { .. }
            | Command::Accept { .. }
            | Command::Decline { .. }
            | Command::Ready
            | Command::NotReady { .. }
            | Command::HangUp
            | Command::FinishWrapUp { .. }
            | Command::SaveDraft { .. }
            | Command::FindPersons { .. } => return Vec::new(),
            Command::Propose { .. } | Command::Reserve { .. } => None,
        };
        if next.is_none() {
            self.booking = Booking::Done;
            if self.desk.agent.state == "talking" {
                self.plan = self.hang_up_at.map(|at| (at, Act::HangUp));
            }
        }
        next.into_iter().collect()
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
