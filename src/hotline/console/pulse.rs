//! The pulse of a process: the queue at a glance once a second, and what is down, read once for all its consoles.

use super::store;
use super::wire::QueueView;
use crate::correspondence::{EMAIL_JOB, RENDER_JOB};
use crate::foundation::db::{Db, Tx};
use crate::foundation::fault::Fault;
use crate::hotline::queue::commands::{CONNECT_JOB, HANG_UP_JOB, PARK_JOB};
use crate::in_tx;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often the queue is looked at.
const BEAT: Duration = Duration::from_secs(1);

/// How many beats pass between two looks at what is down and at drafts that are left over.
const BEATS_PER_CHECK: u64 = 5;

/// A look older than this is not shown as new: the pages then say that what they show is old.
const FRESH: Duration = Duration::from_secs(3);

/// The parts of the system that a desk depends on, and the effects that tell whether they are well.
const PARTS: [(&str, &[&str]); 3] =
    [("provider", &[CONNECT_JOB, PARK_JOB, HANG_UP_JOB]), (PRINT, &[RENDER_JOB]), ("mail", &[EMAIL_JOB])];

/// Printing is down as well when the print house does not take what lies ready for it.
const PRINT: &str = "print";

/// One look at the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The queue.
    pub queue: QueueView,
    taken: Option<(OffsetDateTime, Instant)>,
}

impl Glance {
    /// The database's time now, as far as this look tells it; none when the look is too old to be shown.
    #[must_use]
    pub fn now(&self) -> Option<OffsetDateTime> {
        let (moment, taken) = self.taken?;
        let age = taken.elapsed();
        (age <= FRESH).then(|| moment + age)
    }
}

/// What every console of this process shows alike.
#[derive(Clone, Debug)]
pub struct Pulse {
    glance: watch::Sender<Glance>,
    degraded: watch::Sender<Vec<String>>,
}

impl Default for Pulse {
    fn default() -> Self {
        let glance = Glance { queue: QueueView { waiting: 0, longest_since_ms: None }, taken: None };
        Self { glance: watch::Sender::new(glance), degraded: watch::Sender::new(Vec::new()) }
    }
}

impl Pulse {
    /// The queue at the last look.
    #[must_use]
    pub fn glance(&self) -> Glance {
        self.glance.borrow().clone()
    }

    /// What is down, and whenever that changes.
    #[must_use]
    pub fn degraded(&self) -> watch::Receiver<Vec<String>> {
        self.degraded.subscribe()
    }

    /// Beats until `stop`.
    pub async fn run(self, db: Db, stop: CancellationToken) {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut beats = 0_u64;
        loop {
            tokio::select! { _ = beat.tick() => {}, () = stop.cancelled() => return }
            if let Err(fault) = self.look(&db, beats.is_multiple_of(BEATS_PER_CHECK)).await {
                tracing::warn!(fault = fault.chain(), "console: could not look at the queue");
            }
            beats += 1;
        }
    }

    async fn look(&self, db: &Db, check: bool) -> Result<(), Fault> {
        let (queue, now) = in_tx!(db, "look at the queue", |tx| queue(tx))?;
        self.glance.send_replace(Glance { queue, taken: Some((now, Instant::now())) });
        if check {
            let parts = in_tx!(db, "check what is down", |tx| check_and_clear(tx))?;
            self.degraded.send_if_modified(|known| {
                let changed = *known != parts;
                *known = parts;
                changed
            });
        }
        Ok(())
    }
}

async fn queue(tx: &mut Tx) -> Result<(QueueView, OffsetDateTime), Fault> {
    let now = tx.now();
    Ok((store::queue(tx.conn()).await?, now))
}

async fn check_and_clear(tx: &mut Tx) -> Result<Vec<String>, Fault> {
    let now = tx.now();
    store::clear_drafts(tx.conn(), now).await?;
    let stuck = store::stuck_jobs(tx.conn()).await?;
    let letters_lie = store::letters_lie(tx.conn(), now).await?;
    let is_down = |part: &str, kinds: &[&str]| {
        (part == PRINT && letters_lie) || stuck.iter().any(|stuck| kinds.contains(&stuck.as_str()))
    };
    Ok(PARTS.iter().filter(|(part, kinds)| is_down(part, kinds)).map(|(part, _)| (*part).to_owned()).collect())
}
