//! The tasks of a process: they work until the stop, or they take the process down.
//!
//! **Must hold:** a task that breaks, or ends before it was told to, ends the process with an error. A hotline without
//! its dispatcher that calls itself ready is worse than none: whoever started the process starts it again, and meanwhile
//! another one takes over what it led.

use crate::foundation::fault::Fault;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long tasks may take to end after the stop was asked for.
const END_WITHIN: Duration = Duration::from_secs(10);

/// The tasks of one process.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    running: TaskTracker,
    stop: CancellationToken,
    failure: Arc<Mutex<Option<Fault>>>,
}

impl Tasks {
    /// Cancelled when the stop was asked for, or when a task has failed.
    #[must_use]
    pub const fn stopping(&self) -> &CancellationToken {
        &self.stop
    }

    /// Runs `work`, which ends only after the stop was asked for.
    pub fn keep(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let tasks = self.clone();
        self.running.spawn(async move {
            match AssertUnwindSafe(work).catch_unwind().await {
                Ok(()) if tasks.stop.is_cancelled() => {}
                Ok(()) => tasks.fail(Fault::plain(format!("the task {name} ended by itself"))),
                // What it said may quote anything; it has gone to standard error.
                Err(_) => tasks.fail(Fault::plain(format!("the task {name} broke"))),
            }
        });
    }

    /// The process cannot go on: everything is asked to end. The first reason is kept.
    pub fn fail(&self, fault: Fault) {
        tracing::error!(fault = fault.chain(), "this process cannot go on");
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
        self.stop.cancel();
    }

    /// Asks everything to end, and waits for it.
    ///
    /// # Errors
    /// Why the process could not go on, when it did not end because it was asked to.
    pub async fn end(&self) -> Result<(), Fault> {
        self.stop.cancel();
        self.running.close();
        if tokio::time::timeout(END_WITHIN, self.running.wait()).await.is_err() {
            tracing::warn!("stop: some task did not end in time and is dropped");
        }
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_process_whose_dispatcher_dies_ends_with_an_error() {
        let tasks = Tasks::default();
        let stop = tasks.stopping().clone();
        tasks.keep("relay", async move { stop.cancelled().await });
        tasks.keep("dispatcher", async { panic!("a bug") });
        tasks.stopping().cancelled().await;
        let fault = tasks.end().await.expect_err("nobody asked it to end");
        assert_eq!(fault.to_string(), "the task dispatcher broke");
    }

    #[tokio::test]
    async fn a_task_that_ends_before_it_was_told_to_ends_the_process() {
        let tasks = Tasks::default();
        tasks.keep("relay", async {});
        tasks.stopping().cancelled().await;
        assert_eq!(
            tasks.end().await.expect_err("nobody asked it to end").to_string(),
            "the task relay ended by itself"
        );
    }

    #[tokio::test]
    async fn a_process_that_is_asked_to_end_ends_without_an_error() {
        let tasks = Tasks::default();
        let stop = tasks.stopping().clone();
        tasks.keep("relay", async move { stop.cancelled().await });
        assert!(tasks.end().await.is_ok());
    }
}
