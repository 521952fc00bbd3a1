//! A talk and the booking in it.

use serde_json::Value;
use tokio::time::Instant;

use super::{Act, Booking, Robot};
use crate::agents::desk::{self, Call, Command};
use crate::agents::person::{Form, Wanted};

impl Robot {
    pub(super) fn begin_talk(&mut self, call: &Call) -> Vec<Command> {
        self.talk = Some(call.entry.clone());
        self.has_held = false;
        self.count(|t| t.talks += 1);
        let length = self.habits.talk.draw(&self.dice);
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
    pub(super) fn go_on(&mut self) {
        let on_its_way = !self.pending.is_empty();
        if self.booking == Booking::Done || on_its_way || !self.desk.bookings.is_empty() {
            self.plan = self.hang_up_at.map(|at| (at, Act::HangUp));
        } else {
            self.plan = Some((self.after(&self.habits.reaction), Act::Propose));
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

    pub(super) fn acknowledged(
        &mut self,
        cmd: &str,
        ok: bool,
        refused: Option<String>,
        result: Option<Value>,
    ) -> Vec<Command> {
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
            | Command::Hold
            | Command::Resume
            | Command::Transfer { .. }
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
