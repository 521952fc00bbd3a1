//! The life of a call at the provider: from the ring to the final status, one verb after the other.
//!
//! What must hold, as at the real server: the first status follows the answer to the call hook; an exhausted list hangs up; a
//! `redirect` that fails drops the call; whatever else fails goes on with the next verb; and after the end nothing is executed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::call::{Call, CallStatus, Ended};
use super::calls::Calls;
use super::exec;
use super::hooks::{Answer, Failure, Hooks, Kind};
use super::media::Player;
use super::messages::{self, Account};
use super::verbs::{self, Hook, Instruction};
use crate::faults::{Dice, Faults};
use crate::journal::{Happening, Journal};
use crate::pace::Pace;
use crate::phones::Phones;

/// Everything that the parts of the provider share.
#[derive(Debug)]
pub(crate) struct Switch {
    pub(crate) account: Account,
    pub(crate) api_key: String,
    pub(crate) pace: Pace,
    pub(crate) journal: Journal,
    pub(crate) dice: Arc<Dice>,
    pub(crate) faults: Arc<Mutex<Faults>>,
    pub(crate) hooks: Hooks,
    pub(crate) player: Player,
    pub(crate) phones: Phones,
    pub(crate) calls: Calls,
    pub(crate) call_hook: Hook,
    pub(crate) status_hook: Option<Hook>,
    /// Where phones' registrations are asked about.
    pub(crate) registration_hook: String,
    pub(crate) sip_realm: String,
    pub(crate) tasks: TaskTracker,
    pub(crate) closing: CancellationToken,
}

/// A verb broke the session; the call is dropped for this reason.
#[derive(Debug)]
pub(crate) struct Dropped(pub(crate) &'static str);

/// How a list came to its end.
#[derive(Debug)]
pub(crate) enum RunEnd {
    Exhausted,
    Broken(&'static str),
    Gone,
}

impl Switch {
    pub(crate) fn faults(&self) -> Faults {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// Spawns work that dies with the provider.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let closing = self.closing.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = closing.cancelled() => {}
                () = work => {}
            }
        });
    }

    pub(crate) fn new_call(&self, inbound: bool, from: &str, to: &str, parent: Option<&Call>) -> Arc<Call> {
        let sid = self.dice.sid();
        let trace = parent.map_or_else(|| self.dice.sid().replace('-', ""), |p| p.trace_id.clone());
        let caller_id = parent.map(|p| p.to.clone());
        let parent = parent.map(|p| p.sid.clone());
        let call = Call::new(sid, inbound, from.to_owned(), to.to_owned(), self.dice.sid(), trace, caller_id, parent);
        self.calls.add(&call);
        call
    }

    /// Sends the present state of a leg to the status hook.
    pub(crate) fn notify(self: &Arc<Self>, call: &Call, more: Value) {
        let hook = call.state().status_hook.clone().or_else(|| self.status_hook.clone());
        if let Some(hook) = hook {
            let body = messages::with(&self.account, call, more);
            let (switch, sid) = (Arc::clone(self), call.sid.clone());
            self.spawn(async move { switch.hooks.send_status(sid, hook, body).await });
        }
    }

    /// Moves a leg forward and tells the world.
    pub(crate) fn advance(self: &Arc<Self>, call: &Call, status: CallStatus, sip: u16, reason: &str) {
        if call.advance(status, sip, reason) {
            self.note_state(call, status, sip);
            self.notify(call, json!({}));
        }
    }

    pub(crate) fn note_state(&self, call: &Call, status: CallStatus, sip: u16) {
        self.journal.note(Happening::LegState {
            call: call.sid.clone(),
            parent: call.parent.clone(),
            user: call.parent.as_ref().map(|_| call.to.clone()),
            state: status.word().to_owned(),
            sip,
        });
    }

    /// Seconds of talk so far, in simulated time.
    pub(crate) fn talked(&self, since: Instant) -> u64 {
        self.pace.simulated(since.elapsed()).as_secs()
    }

    /// Ends a call: completed when it was answered, what was given when not. Only the first end counts.
    pub(crate) fn end(
        self: &Arc<Self>,
        call: &Arc<Call>,
        by: &'static str,
        cause: &'static str,
        unanswered: (CallStatus, u16, &str),
        silent: bool,
    ) {
        let answered = call.state().answered_at;
        if !call.release() {
            return;
        }
        let was = call.state().status;
        {
            let mut state = call.state();
            state.terminated_by = Some(by);
            state.duration = answered.map(|at| self.talked(at));
        }
        let (status, sip, reason) = if answered.is_some() { (CallStatus::Completed, 200, "OK") } else { unanswered };
        if call.advance(status, sip, reason) {
            self.note_state(call, status, sip);
            if !silent {
                self.notify(call, json!({}));
                if was == CallStatus::EarlyMedia && answered.is_none() && by == "caller" {
                    // The real one reports this end twice.
                    self.notify(call, json!({"call_status": "completed", "sip_reason": "Call Terminated During Early Media", "duration": 0}));
                }
            }
        }
        self.over(call, by, cause, sip);
    }

    /// Writes the end down and shows it to whoever watches.
    pub(crate) fn over(&self, call: &Arc<Call>, by: &'static str, cause: &'static str, sip: u16) {
        let served = call.view().borrow().served;
        self.journal.note(Happening::CallEnded {
            call: call.sid.clone(),
            by: by.to_owned(),
            cause: cause.to_owned(),
            sip,
            served,
        });
        self.calls.ended(call);
        call.show(|view| {
            view.parked = false;
            view.bridged = None;
            view.ended = Some(Ended { by, cause, sip });
        });
    }

    /// The caller hangs up, at whatever point.
    pub(crate) fn caller_hangs_up(self: &Arc<Self>, call: &Arc<Call>) {
        if call.state().started {
            self.end(call, "caller", "caller", (CallStatus::NoAnswer, 487, "Request Terminated"), false);
        } else if call.release() {
            // The call hook is still under way: what is to be told is told when it comes back.
            call.state().terminated_by = Some("caller");
            self.over(call, "caller", "caller", 487);
        }
    }

    /// A call rings in.
    pub(crate) async fn ring_in(self: Arc<Self>, call: Arc<Call>) {
        let body = messages::call_hook(&self.account, &call);
        let list = match self.hooks.send(&call.sid, Kind::Call, &self.call_hook, &body).await {
            Ok(Answer::List(list)) if !list.is_empty() => self.document(&call, Kind::Call, &list),
            Ok(Answer::List(_) | Answer::Nothing) => Err(Failure::BadDocument("no verbs".to_owned())),
            Err(failure) => Err(failure),
        };
        let Ok(list) = list else {
            // The carrier gets 480 and the service no status at all.
            self.end(&call, "jambonz", "call hook failed", (CallStatus::Failed, 480, "Temporarily Unavailable"), true);
            return;
        };
        let cancelled = {
            let mut state = call.state();
            state.started = true;
            state.gone
        };
        if cancelled && call.advance(CallStatus::NoAnswer, 487, "Request Terminated") {
            self.notify(&call, json!({}));
        }
        // Sent even after the end of a call that was given up meanwhile, as the real one does.
        self.notify(&call, json!({"call_status": "trying", "sip_status": 100, "sip_reason": "Trying"}));
        call.replace(list);
        self.live(&call).await;
    }

    /// Runs a call's list and ends the call after it.
    pub(crate) async fn live(self: &Arc<Self>, call: &Arc<Call>) {
        let cause = match self.run(call, false).await {
            RunEnd::Gone => return,
            RunEnd::Exhausted => "list exhausted",
            RunEnd::Broken(cause) => cause,
        };
        // Never answered: 603 to the carrier, and no status hook.
        let silent = call.state().answered_at.is_none();
        self.end(call, "jambonz", cause, (CallStatus::Failed, 603, "Decline"), silent);
    }

    /// Runs a list until it is exhausted, broken, or the leg is gone.
    pub(crate) async fn run(self: &Arc<Self>, call: &Arc<Call>, confirming: bool) -> RunEnd {
        let begun = |instruction: &Instruction, parked: bool| {
            self.journal.note(Happening::VerbStarted {
                call: call.sid.clone(),
                verb: instruction.verb.name().to_owned(),
                id: instruction.id.clone(),
                hears: instruction.verb.hears(),
            });
            if parked {
                self.journal.note(Happening::Parked { call: call.sid.clone() });
            }
        };
        while let Some((instruction, kill)) = call.next_verb(begun) {
            let (verb, id) = (instruction.verb.name().to_owned(), instruction.id.clone());
            let result = exec::execute(self, call, instruction, &kill, confirming).await;
            call.verb_over();
            let (how, broken) = match result {
                Ok(how) => (how, None),
                Err(Dropped(cause)) => (cause, Some(cause)),
            };
            self.journal.note(Happening::VerbEnded { call: call.sid.clone(), verb, id, how: how.to_owned() });
            if let Some(cause) = broken {
                return if call.is_gone() { RunEnd::Gone } else { RunEnd::Broken(cause) };
            }
        }
        if call.is_gone() { RunEnd::Gone } else { RunEnd::Exhausted }
    }

    /// Checks and parses a document; a bad one is written down.
    pub(crate) fn document(&self, call: &Call, kind: Kind, list: &[Value]) -> Result<VecDeque<Instruction>, Failure> {
        verbs::parse(list).map_err(|why| {
            let failure = Failure::BadDocument(why);
            self.journal.note(Happening::HookFailed {
                call: call.sid.clone(),
                hook: kind.word().to_owned(),
                attempt: 1,
                why: failure.to_string(),
                again: false,
            });
            failure
        })
    }

    /// Gives a call a new list.
    pub(crate) fn replace(&self, call: &Call, by: Kind, list: VecDeque<Instruction>) {
        let names = list.iter().map(|i| i.verb.name().to_owned()).collect();
        if call.replace(list) {
            self.journal.note(Happening::ListReplaced {
                call: call.sid.clone(),
                by: by.word().to_owned(),
                verbs: names,
            });
        }
    }

    /// Sends a verb's action hook and, if its answer counts, takes the list in it. An empty list changes nothing here.
    pub(crate) async fn action(
        &self,
        call: &Call,
        verb: &'static str,
        id: Option<&str>,
        hook: Option<&Hook>,
        result: Value,
        counts: bool,
    ) -> Result<(), Failure> {
        let Some(hook) = hook else { return Ok(()) };
        let mut body = messages::base(&self.account, call);
        if let Value::Object(result) = result {
            body.extend(result);
        }
        if let Some(id) = id {
            body.insert("verb_id".to_owned(), json!(id));
        }
        let kind = Kind::Action(verb);
        if let Answer::List(list) = self.hooks.send(&call.sid, kind, hook, &Value::Object(body)).await?
            && counts
        {
            let list = self.document(call, kind, &list)?;
            if !list.is_empty() {
                self.replace(call, kind, list);
            }
        }
        Ok(())
    }
}
