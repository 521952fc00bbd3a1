//! One leg at the provider: who it connects, its state, its list of verbs, and what others may see of it.
//!
//! What must hold: the state moves only forward; once the call is gone nothing brings it back and every later list is ignored;
//! a list is replaced and the running verb killed in one step, so that no verb of the old list starts in between.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use serde::Serialize;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::verbs::{self, Hook, Instruction};

/// How many keys may wait for a verb that listens.
const KEYS_AHEAD: usize = 64;

/// A leg's state, in the provider's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallStatus {
    /// Signalling has begun.
    Trying,
    /// The phone rings.
    Ringing,
    /// Sound before the answer.
    EarlyMedia,
    /// Answered.
    InProgress,
    /// Over after an answer.
    Completed,
    /// Over: could not be connected.
    Failed,
    /// Over: busy.
    Busy,
    /// Over: not answered or given up.
    NoAnswer,
}

impl CallStatus {
    /// The word in messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Trying => "trying",
            Self::Ringing => "ringing",
            Self::EarlyMedia => "early-media",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
        }
    }

    /// Whether the leg is over.
    #[must_use]
    pub fn is_final(self) -> bool {
        self >= Self::Completed
    }
}

/// Why a running verb is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KillReason {
    /// The list was replaced.
    Replaced,
    /// The call is over, or the verb alone is stopped.
    Hangup,
}

/// The way to stop a running verb.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kill {
    token: CancellationToken,
    reason: Arc<OnceLock<KillReason>>,
}

impl Kill {
    pub(crate) fn kill(&self, reason: KillReason) {
        let _ = self.reason.set(reason);
        self.token.cancel();
    }

    pub(crate) async fn killed(&self) -> KillReason {
        self.token.cancelled().await;
        self.reason()
    }

    pub(crate) fn is_killed(&self) -> bool {
        self.token.is_cancelled()
    }

    pub(crate) fn reason(&self) -> KillReason {
        self.reason.get().copied().unwrap_or(KillReason::Hangup)
    }
}

/// What can be seen of a call at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallView {
    /// The leg's state.
    pub status: CallStatus,
    /// The verb that runs.
    pub verb: Option<VerbView>,
    /// Whether the caller hears the hold list.
    pub parked: bool,
    /// The user whose phone the caller talks to.
    pub bridged: Option<String>,
    /// Whether the caller ever talked to somebody.
    pub served: bool,
    /// How it ended.
    pub ended: Option<Ended>,
    /// The call that the same person made afterwards, when the script says so.
    pub next: Option<String>,
}

/// A running verb.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerbView {
    /// How many verbs this call has begun.
    pub number: u32,
    /// How many of them asked for keys, this one included.
    pub question: u32,
    /// Its name.
    pub name: &'static str,
    /// Its id in the document.
    pub id: Option<String>,
    /// What is said or played.
    pub hears: Option<String>,
    /// Whether keys are heard now.
    pub listens: bool,
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// `caller` or `jambonz`, as in the final status hook.
    pub by: &'static str,
    /// The door it left through.
    pub cause: &'static str,
    /// The SIP status that ended it.
    pub sip: u16,
}

/// A leg.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) sid: String,
    pub(crate) inbound: bool,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) sip_call_id: String,
    pub(crate) sbc_callid: String,
    pub(crate) trace_id: String,
    pub(crate) caller_id: Option<String>,
    /// The call whose `dial` made this leg.
    pub(crate) parent: Option<String>,
    state: Mutex<State>,
    view: watch::Sender<CallView>,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) status: CallStatus,
    pub(crate) sip: (u16, String),
    pub(crate) answered_at: Option<Instant>,
    pub(crate) duration: Option<u64>,
    pub(crate) terminated_by: Option<&'static str>,
    pub(crate) tag: Option<Value>,
    /// Where this leg's states go, when not where the application's go.
    pub(crate) status_hook: Option<Hook>,
    /// The first document is there and its verbs run.
    pub(crate) started: bool,
    /// Nothing more will be done on this leg.
    pub(crate) gone: bool,
    list: VecDeque<Instruction>,
    hold_list: bool,
    music_begun: bool,
    running: Option<Kill>,
    ear: Option<mpsc::Sender<char>>,
    verbs_begun: u32,
    questions: u32,
}

impl Call {
    #[expect(clippy::too_many_arguments, reason = "the parts of a leg, named at every place that makes one")]
    pub(crate) fn new(
        sid: String,
        inbound: bool,
        from: String,
        to: String,
        sip_call_id: String,
        trace_id: String,
        caller_id: Option<String>,
        parent: Option<String>,
    ) -> Arc<Self> {
        let sbc_callid = format!("{}@192.0.2.10", &sip_call_id[..sip_call_id.len().min(13)]);
        let state = State {
            status: CallStatus::Trying,
            sip: (100, "Trying".to_owned()),
            answered_at: None,
            duration: None,
            terminated_by: None,
            tag: None,
            status_hook: None,
            started: false,
            gone: false,
            list: VecDeque::new(),
            hold_list: false,
            music_begun: false,
            running: None,
            ear: None,
            verbs_begun: 0,
            questions: 0,
        };
        let view = CallView {
            status: CallStatus::Trying,
            verb: None,
            parked: false,
            bridged: None,
            served: false,
            ended: None,
            next: None,
        };
        Arc::new(Self {
            sid,
            inbound,
            from,
            to,
            sip_call_id,
            sbc_callid,
            trace_id,
            caller_id,
            parent,
            state: Mutex::new(state),
            view: watch::Sender::new(view),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn view(&self) -> watch::Receiver<CallView> {
        self.view.subscribe()
    }

    pub(crate) fn show(&self, change: impl FnOnce(&mut CallView)) {
        self.view.send_modify(change);
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.state().gone
    }

    /// Moves the leg forward; false when it is already there or beyond.
    pub(crate) fn advance(&self, status: CallStatus, sip: u16, reason: &str) -> bool {
        let mut state = self.state();
        if state.status >= status || state.status.is_final() {
            return false;
        }
        state.status = status;
        state.sip = (sip, reason.to_owned());
        if status == CallStatus::InProgress {
            state.answered_at = Some(Instant::now());
        }
        drop(state);
        self.show(|view| view.status = status);
        true
    }

    /// Takes the next verb and marks it as running; `None` when the list is exhausted or the call is gone. `begun` hears of it,
    /// and whether it is part of a hold list, before anybody who watches the call can act on it.
    pub(crate) fn next_verb(&self, begun: impl FnOnce(&Instruction, bool)) -> Option<(Instruction, Kill)> {
        let mut state = self.state();
        if state.gone {
            return None;
        }
        let instruction = state.list.pop_front()?;
        let kill = Kill::default();
        state.running = Some(kill.clone());
        state.verbs_begun += 1;
        if matches!(instruction.verb, verbs::Verb::Gather(_)) {
            state.questions += 1;
        }
        // A list may begin with a question and hold the caller behind it; an announcement between two pieces is part of the
        // waiting, the apology after the last one is not.
        let music = |i: &Instruction| verbs::is_hold_music(&i.verb);
        let between = state.music_begun && instruction.verb.is_announcement() && state.list.iter().any(music);
        let parked = state.hold_list && (music(&instruction) || between);
        state.music_begun = parked;
        let verb = VerbView {
            number: state.verbs_begun,
            question: state.questions,
            name: instruction.verb.name(),
            id: instruction.id.clone(),
            hears: instruction.verb.hears(),
            listens: false,
        };
        drop(state);
        begun(&instruction, parked);
        self.show(|view| {
            view.parked = parked && view.ended.is_none();
            view.verb = Some(verb);
        });
        Some((instruction, kill))
    }

    /// The running verb is over.
    pub(crate) fn verb_over(&self) {
        let mut state = self.state();
        state.running = None;
        state.ear = None;
    }

    /// Gives the call a new list and kills the running verb; false when the call is gone and the list is ignored.
    pub(crate) fn replace(&self, list: VecDeque<Instruction>) -> bool {
        let mut state = self.state();
        if state.gone {
            return false;
        }
        state.hold_list = verbs::is_hold_list(&list);
        state.music_begun = false;
        state.list = list;
        if let Some(running) = &state.running {
            running.kill(KillReason::Replaced);
        }
        true
    }

    /// Kills the running verb alone; the list goes on.
    pub(crate) fn kill_running(&self) {
        if let Some(running) = &self.state().running {
            running.kill(KillReason::Hangup);
        }
    }

    /// Marks the call as gone and stops what runs; false when it was gone before.
    pub(crate) fn release(&self) -> bool {
        let mut state = self.state();
        if state.gone {
            return false;
        }
        state.gone = true;
        state.ear = None;
        if let Some(running) = &state.running {
            running.kill(KillReason::Hangup);
        }
        true
    }

    /// A verb listens from now on.
    pub(crate) fn listen(&self) -> mpsc::Receiver<char> {
        let (keys, ear) = mpsc::channel(KEYS_AHEAD);
        self.state().ear = Some(keys);
        self.show(|view| {
            if let Some(verb) = &mut view.verb {
                verb.listens = true;
            }
        });
        ear
    }

    /// Nobody listens any more.
    pub(crate) fn stop_listening(&self) {
        self.state().ear = None;
        self.show(|view| {
            if let Some(verb) = &mut view.verb {
                verb.listens = false;
            }
        });
    }

    /// A key: true when a verb took it.
    pub(crate) fn key(&self, key: char) -> bool {
        self.state().ear.as_ref().is_some_and(|ear| ear.try_send(key).is_ok())
    }
}
