//! What a robot makes of the frames that it hears.

use tokio::time::Instant;

use super::{Act, REPEAT, Robot};
use crate::agents::desk::{self, Call, Command, Said};

impl Robot {
    /// What a frame asks for at once.
    pub(super) fn hear(&mut self, said: Said) -> Vec<Command> {
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
                self.queues = codes(setup.queues);
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

    fn call_changed(&mut self) -> Vec<Command> {
        let Some(call) = self.desk.call.clone() else { return Vec::new() };
        match call.state.as_str() {
            "talking" if self.talk.as_ref() != Some(&call.entry) => self.begin_talk(&call),
            // Who is on hold for too long is fetched back without being asked.
            "talking" if self.plan.as_ref().is_none_or(|(_, act)| *act == Act::Resume) => {
                self.go_on();
                Vec::new()
            }
            "ended" => {
                self.hang_up_at = None;
                if matches!(&self.plan, Some((_, Act::HangUp | Act::Resume))) {
                    self.plan = None;
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The agent is in another state, or goes home as soon as there is no caller.
    pub(super) fn state_changed(&mut self) -> Vec<Command> {
        let state = self.desk.agent.state.clone();
        self.tell_state(&state);
        match state.as_str() {
            "not_ready" if !self.leaving => {
                let paused = self.desk.agent.reason.as_ref().is_some_and(|r| self.pause_reasons.contains(r));
                let length = if paused { &self.habits.pause } else { &self.habits.reaction };
                self.plan = Some((self.after(length), Act::Ready));
            }
            "wrap_up" if self.plan.as_ref().is_none_or(|(_, act)| *act != Act::FinishWrapUp) => {
                self.talk = None;
                self.plan = (!self.dice.happens(self.habits.forgets_wrap_up))
                    .then(|| (self.after(&self.habits.wrap_up), Act::FinishWrapUp));
            }
            "ready" => {
                self.talk = None;
                if self.leaving {
                    return self.pause().into_iter().collect();
                }
            }
            _ => {}
        }
        Vec::new()
    }
}
