//! The feed hands published facts to this node's readers: dispatcher, workers, console and supervision sockets.
//!
//! It listens on one connection of its own (never through a pool), and reads by position whenever it is told or half a
//! second has passed. A reader that falls behind loses facts of the broadcast, is told so, and reads the state anew.
//!
//! It also speaks: where this process does not publish what it commits, it tells the others, so that the relay and the
//! workers there need not wait for their timers.

use super::{Published, last_position, read_after, relay};
use crate::foundation::db::Db;
use crate::foundation::fault::Fault;
use crate::in_tx;
use sqlx::postgres::PgListener;
use std::iter;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// How many facts a reader may be behind before it has to read the state anew.
const BEHIND: usize = 4_096;

/// The timer behind the notices.
const SWEEP: Duration = Duration::from_millis(500);

/// The pause after telling others: the first promise is told at once, what follows is told together.
const PAUSE: Duration = Duration::from_millis(20);

/// Facts as they are published, for any number of readers of this node.
#[derive(Clone, Debug)]
pub struct Feed {
    sender: broadcast::Sender<Arc<Published>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { sender: broadcast::channel(BEHIND).0 }
    }
}

impl Feed {
    /// Reads from now on. Subscribe first, then read the state: then no fact is missed.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Published>> {
        self.sender.subscribe()
    }

    /// Follows the log until `stop`, and tells others of what is promised here. Starts at the end: readers take the state
    /// from the tables.
    pub async fn run(self, db: Db, stop: CancellationToken) {
        tokio::join!(self.follow(&db, &stop), tell(&db, &stop));
    }

    async fn follow(&self, db: &Db, stop: &CancellationToken) {
        let mut position = None;
        let mut listener = None;
        loop {
            if let Err(fault) = self.round(db, &mut position, &mut listener).await {
                tracing::warn!(fault = fault.chain(), "feed: lost the database, will connect again");
                listener = None;
                tokio::select! { () = tokio::time::sleep(SWEEP) => {}, () = stop.cancelled() => return }
            }
            let Some(ears) = listener.as_mut() else { continue };
            tokio::select! {
                heard = ears.recv() => match heard {
                    Ok(notice) => {
                        let mut words = notice.payload().split(' ');
                        if words.next() == Some(relay::PROMISED) {
                            db.hints().promised_elsewhere(words);
                        }
                    }
                    // Whoever cannot hear any more listens anew.
                    Err(_) => listener = None,
                },
                () = tokio::time::sleep(SWEEP) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    async fn round(&self, db: &Db, position: &mut Option<i64>, listener: &mut Option<PgListener>) -> Result<(), Fault> {
        if listener.is_none() {
            *listener = Some(db.listen(relay::CHANNEL).await?);
        }
        let mut last = match *position {
            Some(last) => last,
            None => db.read("find the end of the log", last_position(db.pool())).await?,
        };
        loop {
            let news = db.read("read the log", read_after(db.pool(), last, 1_000)).await?;
            let Some(end) = news.last().map(|fact| fact.position) else { break };
            for fact in news {
                // Nobody listening is fine.
                let _ = self.sender.send(Arc::new(fact));
            }
            last = end;
        }
        *position = Some(last);
        Ok(())
    }
}

/// Tells other processes, until `stop`, that something was promised here.
async fn tell(db: &Db, stop: &CancellationToken) {
    loop {
        let jobs = tokio::select! { jobs = db.hints().to_tell() => jobs, () = stop.cancelled() => return };
        let word: Vec<&str> = iter::once(relay::PROMISED).chain(jobs).collect();
        let word = word.join(" ");
        if let Err(fault) = in_tx!(db, "tell of promises", |tx| relay::tell(tx, &word)) {
            tracing::debug!(fault = fault.chain(), "feed: could not tell of promises, timers will find them");
        }
        tokio::select! { () = tokio::time::sleep(PAUSE) => {}, () = stop.cancelled() => return }
    }
}
