//! What happens, in a line: folded from the journal, for whoever watches a run. It names no number.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use crate::journal::{Entry, Happening};

/// Where a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Menu,
    Queue,
    Talk,
}

/// What has happened so far, folded from the journal.
#[derive(Debug, Default)]
pub struct Progress {
    running: Duration,
    callers: HashMap<String, At>,
    rang: usize,
    served: usize,
    gave_up: usize,
    cut_off: usize,
    turned_away: usize,
    busy: usize,
    hook_ms: Vec<u64>,
    hooks_failed: usize,
}

impl Progress {
    /// A new line begins; `running` is simulated time.
    pub(crate) fn begin_line(&mut self, running: Duration) {
        self.running = running;
        self.hook_ms.clear();
    }

    /// Takes in the journal's next entry.
    pub(crate) fn note(&mut self, entry: &Entry) {
        match &entry.what {
            Happening::CallArrived { call, .. } => {
                self.rang += 1;
                self.callers.insert(call.clone(), At::Menu);
            }
            Happening::Parked { call } => self.at(call, At::Queue),
            Happening::Bridged { call, .. } => {
                self.served += 1;
                self.at(call, At::Talk);
            }
            Happening::CallEnded { call, by, cause, served, .. } => match self.callers.remove(call) {
                None | Some(At::Talk) => {}
                Some(_) if *served => {}
                Some(_) if by == "caller" => self.gave_up += 1,
                Some(_) if cause == "call hook failed" => self.turned_away += 1,
                Some(_) if cause == "sip:decline" => self.busy += 1,
                Some(At::Queue) => self.cut_off += 1,
                Some(At::Menu) => {}
            },
            Happening::HookAnswered { ms, .. } => self.hook_ms.push(*ms),
            Happening::HookFailed { .. } => self.hooks_failed += 1,
            Happening::Patience { .. }
            | Happening::CallOriginated { .. }
            | Happening::LegState { .. }
            | Happening::VerbStarted { .. }
            | Happening::VerbEnded { .. }
            | Happening::Key { .. }
            | Happening::Audio { .. }
            | Happening::HookSent { .. }
            | Happening::ListReplaced { .. }
            | Happening::RestReceived { .. }
            | Happening::RestAnswered { .. }
            | Happening::Unbridged { .. }
            | Happening::Fault { .. }
            | Happening::Mark { .. } => {}
        }
    }

    fn at(&mut self, call: &str, at: At) {
        if let Some(caller) = self.callers.get_mut(call) {
            *caller = at;
        }
    }

    fn count(&self, at: At) -> usize {
        self.callers.values().filter(|a| **a == at).count()
    }

    /// How many callers hear music now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.count(At::Queue)
    }

    /// How many have talked to an agent.
    #[must_use]
    pub fn served(&self) -> usize {
        self.served
    }

    /// How many were hung up on while they waited.
    #[must_use]
    pub fn cut_off(&self) -> usize {
        self.cut_off
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.running.as_secs();
        let mut hooks = self.hook_ms.clone();
        hooks.sort_unstable();
        let p99 = hooks.get(hooks.len() * 99 / 100).copied().unwrap_or(0);
        write!(
            f,
            "{:>3}:{:02}  rang {:<5} menu {:<4} waiting {:<5} ",
            seconds / 60,
            seconds % 60,
            self.rang,
            self.count(At::Menu),
            self.count(At::Queue)
        )?;
        write!(
            f,
            "talking {:<4} served {:<5} gave up {:<4} cut off {} ",
            self.count(At::Talk),
            self.served,
            self.gave_up,
            self.cut_off
        )?;
        write!(f, " turned away {} busy {} ", self.turned_away, self.busy)?;
        write!(f, " hooks {} p99 {p99} ms failed {}", hooks.len(), self.hooks_failed)
    }
}
