//! All legs that the provider knows: the live ones, and the last that ended.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::call::Call;

/// How many ended legs can still be asked for by REST.
const REMEMBERED: usize = 5_000;

#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    all: HashMap<String, Arc<Call>>,
    live: Vec<String>,
    ended: VecDeque<String>,
}

impl Calls {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, call: &Arc<Call>) {
        let mut known = self.known();
        known.live.push(call.sid.clone());
        known.all.insert(call.sid.clone(), Arc::clone(call));
    }

    /// Moves a leg, and every leg that it made, to the ended ones.
    pub(crate) fn ended(&self, call: &Call) {
        let mut known = self.known();
        let mut over = Vec::new();
        let Known { all, live, .. } = &mut *known;
        live.retain(|sid| {
            let ends = *sid == call.sid
                || all.get(sid).is_some_and(|leg| leg.parent.as_ref() == Some(&call.sid) && leg.is_gone());
            if ends {
                over.push(sid.clone());
            }
            !ends
        });
        known.ended.extend(over);
        while known.ended.len() > REMEMBERED {
            if let Some(oldest) = known.ended.pop_front() {
                known.all.remove(&oldest);
            }
        }
    }

    pub(crate) fn get(&self, sid: &str) -> Option<Arc<Call>> {
        self.known().all.get(sid).cloned()
    }

    pub(crate) fn forget(&self, sid: &str) -> bool {
        let mut known = self.known();
        known.live.retain(|live| live != sid);
        known.ended.retain(|ended| ended != sid);
        known.all.remove(sid).is_some()
    }

    /// The legs that are listed: not ended, and those whose end the provider itself never heard of.
    pub(crate) fn live(&self) -> Vec<Arc<Call>> {
        let known = self.known();
        known.live.iter().filter_map(|sid| known.all.get(sid)).cloned().collect()
    }
}
