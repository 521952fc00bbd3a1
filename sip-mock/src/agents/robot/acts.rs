//! What a robot does by itself, at the time that it had planned.

use tokio::time::Instant;

use super::{Act, Booking, CLICK_AGAIN, Robot, TRIES};
use crate::agents::desk::{Command, TransferTo};
use crate::lengths::Length;

impl Robot {
    /// The moment after so long.
    pub(super) fn after(&self, length: &Length) -> Instant {
        Instant::now() + self.pace.real(length.draw(&self.dice))
    }

    /// No further caller, for one of the reasons that the console knows.
    pub(super) fn pause(&self) -> Option<Command> {
        let reason = self.pause_reasons.get(self.dice.below(self.pause_reasons.len()))?;
        Some(Command::NotReady { reason: reason.clone() })
    }

    pub(super) fn offered(&mut self) -> Vec<Command> {
        let Some(offer) = self.desk.offer.as_ref().map(|o| o.id.clone()) else { return Vec::new() };
        self.count(|t| t.offers += 1);
        let at = self.after(&self.habits.reaction);
        if !self.dice.happens(self.habits.looks_away) {
            let declines = self.dice.happens(self.habits.declines);
            self.plan = Some((at, if declines { Act::Decline(offer.clone()) } else { Act::Accept(offer.clone()) }));
        }
        vec![Command::Painted { offer }]
    }

    /// The planned act's time has come.
    pub(super) fn act(&mut self) -> Vec<Command> {
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
            Act::HangUp if !self.has_held && self.habits.holds > 0.0 && self.dice.happens(self.habits.holds) => {
                self.has_held = true;
                self.count(|t| t.held += 1);
                let back = self.after(&self.habits.hold);
                self.hang_up_at = Some(back + self.pace.real(self.habits.hold.draw(&self.dice)));
                self.plan = Some((back, Act::Resume));
                vec![Command::Hold]
            }
            Act::Resume => vec![Command::Resume],
            Act::HangUp => {
                self.plan = Some((Instant::now() + CLICK_AGAIN, Act::HangUp));
                let hands_on = self.habits.transfers > 0.0 && self.dice.happens(self.habits.transfers);
                let Some(code) = self.queues.first().filter(|_| hands_on).cloned() else {
                    return vec![Command::HangUp];
                };
                self.count(|t| t.transferred += 1);
                vec![Command::Transfer { to: TransferTo::Queue { code }, note: String::new() }]
            }
            Act::FinishWrapUp => {
                let booked = !self.desk.bookings.is_empty();
                let fits = |code: &&String| if booked { code.contains("book") } else { !code.contains("book") };
                let code =
                    self.wrap_up_codes.iter().find(fits).or(self.wrap_up_codes.first()).cloned().unwrap_or_default();
                let pauses = self.dice.happens(self.habits.pauses) || self.leaving;
                let mut commands: Vec<Command> = self.pause().into_iter().filter(|_| pauses).collect();
                commands.push(Command::FinishWrapUp { code });
                commands
            }
            Act::Ready => vec![Command::Ready],
        }
    }
}
