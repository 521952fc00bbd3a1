//! What wakes the tasks of a process: hints, never the truth. Behind each of them is a timer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// The hints of one process, shared by its pools.
#[derive(Clone, Debug, Default)]
pub struct Hints(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    committed: Arc<Notify>,
    to_tell: Notify,
    publishes_itself: AtomicBool,
}

impl Hints {
    /// Signalled when something was promised, here or by another process.
    pub(super) fn committed(&self) -> Arc<Notify> {
        Arc::clone(&self.0.committed)
    }

    /// A transaction of this process that recorded an event or ordered a job was committed.
    pub(super) fn promised_here(&self) {
        self.0.committed.notify_waiters();
        if !self.0.publishes_itself.load(Ordering::Relaxed) {
            self.0.to_tell.notify_one();
        }
    }

    /// Another process has told that it promised something.
    pub(crate) fn promised_elsewhere(&self) {
        self.0.committed.notify_waiters();
    }

    /// Whether this process publishes what it commits. If it does not any more, others are told of what is left.
    pub(crate) fn publishes(&self, itself: bool) {
        if self.0.publishes_itself.swap(itself, Ordering::Relaxed) && !itself {
            self.0.to_tell.notify_one();
        }
    }

    /// Waits until others are to be told that something was promised here. Many promises become one word.
    pub(crate) async fn to_tell(&self) {
        self.0.to_tell.notified().await;
    }
}
