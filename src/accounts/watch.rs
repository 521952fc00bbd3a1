//! Closes sockets whose session is over: logged out, expired, without access, or of another role.
//!
//! Every socket of this node registers its session. One task asks for all of them with one query, as soon as a
//! published fact says that something has ended, and every two seconds in any case.

use super::model::{Role, Session};
use super::store;
use crate::foundation::db::{Db, Tx};
use crate::foundation::events::feed::Feed;
use crate::foundation::fault::Fault;
use crate::foundation::ids::SessionId;
use crate::in_tx;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A socket is closed within five seconds of the end of its session; this leaves time for the query and the close.
const SWEEP: Duration = Duration::from_secs(2);

/// How many sweeps pass between two removals of what is long over.
const SWEEPS_PER_CLEANING: u32 = 300;

/// The sessions that have sockets on this node.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    live: Arc<Mutex<HashMap<SessionId, Live>>>,
}

#[derive(Debug)]
struct Live {
    role: Role,
    over: CancellationToken,
    sockets: usize,
}

/// A registered socket; it is forgotten when this is dropped.
#[derive(Debug)]
pub struct Registered {
    watch: Watch,
    session: SessionId,
    over: CancellationToken,
}

impl Registered {
    /// Waits until the session is over.
    pub async fn over(&self) {
        self.over.cancelled().await;
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut live = self.watch.lock();
        let gone = live.get_mut(&self.session).is_some_and(|entry| {
            entry.sockets -= 1;
            entry.sockets == 0
        });
        if gone {
            live.remove(&self.session);
        }
    }
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Live>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a socket of a session.
    #[must_use]
    pub fn register(&self, session: &Session) -> Registered {
        let mut live = self.lock();
        let role = session.user.role;
        let entry = live.entry(session.id).or_insert_with(|| Live { role, over: CancellationToken::new(), sockets: 0 });
        entry.sockets += 1;
        Registered { watch: self.clone(), session: session.id, over: entry.over.clone() }
    }

    /// Asks which sessions are over, now.
    ///
    /// # Errors
    /// When the database is away; then the sockets stay, and no command of theirs can be carried out either.
    pub async fn sweep(&self, db: &Db) -> Result<(), Fault> {
        let watched: Vec<Uuid> = self.lock().keys().map(|session| session.0).collect();
        if watched.is_empty() {
            return Ok(());
        }
        let valid = in_tx!(db, "check sessions of sockets", |tx| still_valid(tx, &watched))?;
        let valid: HashMap<SessionId, Role> = valid.into_iter().collect();
        for (session, entry) in self.lock().iter() {
            // One that registered while we asked is looked at the next time.
            if watched.contains(&session.0) && valid.get(session) != Some(&entry.role) {
                entry.over.cancel();
            }
        }
        Ok(())
    }

    /// Watches until `stop`.
    pub async fn run(self, db: Db, feed: Feed, stop: CancellationToken) {
        let mut news = feed.subscribe();
        let mut sweeps = 0_u32;
        loop {
            if let Err(fault) = self.sweep(&db).await {
                tracing::warn!(fault = fault.chain(), "accounts: could not check the sessions of sockets");
            }
            if sweeps.is_multiple_of(SWEEPS_PER_CLEANING) {
                let cleaned: Result<(), Fault> = in_tx!(&db, "forget old sessions", |tx| forget_old(tx));
                if let Err(fault) = cleaned {
                    tracing::warn!(fault = fault.chain(), "accounts: could not forget old sessions");
                }
            }
            sweeps = sweeps.wrapping_add(1);
            let due = tokio::time::sleep(SWEEP);
            tokio::pin!(due);
            loop {
                tokio::select! {
                    () = &mut due => break,
                    () = stop.cancelled() => return,
                    fact = news.recv() => match fact {
                        Ok(fact) if matches!(fact.kind.as_str(), "session.ended" | "user.changed") => break,
                        Ok(_) => {}
                        Err(RecvError::Lagged(_)) => break,
                        // The feed has ended: the timer goes on.
                        Err(RecvError::Closed) => { (&mut due).await; break }
                    },
                }
            }
        }
    }
}

async fn still_valid(tx: &mut Tx, sessions: &[Uuid]) -> Result<Vec<(SessionId, Role)>, Fault> {
    let now = tx.now();
    store::still_valid(tx.conn(), sessions, now).await
}

async fn forget_old(tx: &mut Tx) -> Result<(), Fault> {
    let now = tx.now();
    store::forget_old(tx.conn(), now).await
}
