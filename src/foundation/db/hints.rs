//! What wakes the tasks of a process: hints, never the truth. Behind each of them is a timer.
//!
//! **Must hold:** who is woken has something to look for. Facts wake whoever follows facts, a job wakes the worker of its kind:
//! a busy hotline promises a hundred times a second, and if each promise woke every task, looking would cost more than
//! doing.

use std::collections::{BTreeSet, HashMap};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// What one transaction promised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Promises {
    /// Whether facts were recorded.
    pub(super) facts: bool,
    /// The kinds of jobs that were ordered.
    pub(super) jobs: BTreeSet<&'static str>,
}

/// The hints of one process, shared by its pools.
#[derive(Clone, Debug, Default)]
pub struct Hints(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    recorded: Arc<Notify>,
    ordered: Mutex<HashMap<&'static str, Arc<Notify>>>,
    untold: Mutex<BTreeSet<&'static str>>,
    to_tell: Notify,
    publishes_itself: AtomicBool,
}

impl Hints {
    /// Signalled when facts were recorded, here or by another process.
    pub(super) fn recorded(&self) -> Arc<Notify> {
        Arc::clone(&self.0.recorded)
    }

    /// Signalled when a job of this kind was ordered, here or by a process that has told of it.
    pub(super) fn ordered(&self, kind: &'static str) -> Arc<Notify> {
        let mut ordered = self.0.ordered.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(ordered.entry(kind).or_default())
    }

    /// A transaction of this process was committed.
    pub(super) fn promised_here(&self, promises: &Promises) {
        if promises.facts {
            self.0.recorded.notify_waiters();
        }
        self.wake(promises.jobs.iter().copied());
        if (promises.facts || !promises.jobs.is_empty()) && !self.0.publishes_itself.load(Ordering::Relaxed) {
            self.0.untold.lock().unwrap_or_else(PoisonError::into_inner).extend(&promises.jobs);
            self.0.to_tell.notify_one();
        }
    }

    /// Another process has told that it promised something, jobs of these kinds among it.
    pub(crate) fn promised_elsewhere<'a>(&self, jobs: impl Iterator<Item = &'a str>) {
        self.0.recorded.notify_waiters();
        self.wake(jobs);
    }

    fn wake<'a>(&self, jobs: impl Iterator<Item = &'a str>) {
        let ordered = self.0.ordered.lock().unwrap_or_else(PoisonError::into_inner);
        for worker in jobs.filter_map(|kind| ordered.get(kind)) {
            worker.notify_waiters();
        }
    }

    /// Whether this process publishes what it commits. If it does not any more, others are told of what is left.
    pub(crate) fn publishes(&self, itself: bool) {
        if self.0.publishes_itself.swap(itself, Ordering::Relaxed) && !itself {
            self.0.to_tell.notify_one();
        }
    }

    /// Waits until others are to be told that something was promised here, and says of which kinds the jobs are. Many
    /// promises become one word.
    pub(crate) async fn to_tell(&self) -> BTreeSet<&'static str> {
        self.0.to_tell.notified().await;
        mem::take(&mut *self.0.untold.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn promises(facts: bool, jobs: &[&'static str]) -> Promises {
        Promises { facts, jobs: jobs.iter().copied().collect() }
    }

    /// Who is woken by `happening`: those who follow facts, the worker of "connect", the worker of "park".
    fn woken(hints: &Hints, happening: impl FnOnce(&Hints)) -> [bool; 3] {
        let tasks = [hints.recorded(), hints.ordered("connect"), hints.ordered("park")];
        let waiting = tasks.each_ref().map(|task| task.notified());
        happening(hints);
        waiting.map(|waiting| waiting.now_or_never().is_some())
    }

    #[test]
    fn a_job_wakes_the_worker_of_its_kind_and_nobody_else() {
        let hints = Hints::default();
        assert_eq!(woken(&hints, |hints| hints.promised_here(&promises(false, &["connect"]))), [false, true, false]);
        assert_eq!(woken(&hints, |hints| hints.promised_here(&promises(true, &[]))), [true, false, false]);
        assert_eq!(woken(&hints, |hints| hints.promised_here(&promises(false, &[]))), [false, false, false]);
    }

    #[test]
    fn what_another_process_tells_wakes_as_if_it_were_promised_here() {
        let hints = Hints::default();
        let told = |hints: &Hints| hints.promised_elsewhere(["park", "a kind of a newer version"].into_iter());
        assert_eq!(woken(&hints, told), [true, false, true]);
    }

    #[test]
    fn a_process_that_does_not_publish_tells_all_kinds_in_one_word() {
        let hints = Hints::default();
        hints.promised_here(&promises(true, &["park"]));
        hints.promised_here(&promises(true, &["connect"]));
        assert_eq!(hints.to_tell().now_or_never(), Some(["connect", "park"].into()));
        assert_eq!(hints.to_tell().now_or_never(), None, "each promise is told once");
        hints.publishes(true);
        hints.promised_here(&promises(true, &["park"]));
        assert_eq!(hints.to_tell().now_or_never(), None, "who publishes needs no word");
    }
}
