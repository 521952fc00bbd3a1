//! The feed hands published facts to this node's readers: dispatcher, workers, console and supervision sockets.
//!
//! It listens on one connection of its own (never through a pool), and reads by position whenever it is told or half a
//! second has passed. A reader that falls behind loses facts of the broadcast, is told so, and reads the state anew.

use super::{Published, last_position, read_after, relay};
use crate::foundation::db::Db;
use crate::foundation::fault::Fault;
use sqlx::postgres::PgListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// How many facts a reader may be behind before it has to read the state anew.
const BEHIND: usize = 4_096;

/// The timer behind the notices.
const SWEEP: Duration = Duration::from_millis(500);

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

    /// Follows the log until `stop`. Starts at the end: readers take the state from the tables.
    pub async fn run(self, db: Db, stop: CancellationToken) {
        let mut position = None;
        let mut listener = None;
        loop {
            if let Err(fault) = self.round(&db, &mut position, &mut listener).await {
                tracing::warn!(fault = fault.chain(), "feed: lost the database, will connect again");
                listener = None;
                tokio::select! { () = tokio::time::sleep(SWEEP) => {}, () = stop.cancelled() => return }
            }
            let Some(ears) = listener.as_mut() else { continue };
            tokio::select! {
                // Notices are only hints; an error shows again at the next round and is handled there.
                _ = ears.recv() => {}
                () = tokio::time::sleep(SWEEP) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    async fn round(&self, db: &Db, position: &mut Option<i64>, listener: &mut Option<PgListener>) -> Result<(), Fault> {
        if listener.is_none() {
            let mut ears = PgListener::connect_with(db.pool()).await?;
            ears.listen(relay::CHANNEL).await?;
            *listener = Some(ears);
        }
        let mut last = match *position {
            Some(last) => last,
            None => last_position(db.pool()).await?,
        };
        loop {
            let news = read_after(db.pool(), last, 1_000).await?;
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
