//! The sockets of live pages: what console and supervision have in common.
//!
//! **Owns** admission (origin, session, seats), limits, heartbeat and the ways in which a socket ends.
//! **In:** an upgrade request. **Out:** a [`ws::Line`] to hear and to speak on. **Must hold:** no message is longer than
//! 16 KiB, no page sends more than it may, no reader is waited for longer than ten seconds, and a line whose session is
//! over is closed; nothing is ever queued for a page: it is told the state when it can take it.

pub mod end;
pub mod flow;
pub mod seats;
pub mod ws;

use crate::accounts::watch::Watch;
use crate::foundation::events::feed::Feed;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// What the sockets of a process share.
#[derive(Clone, Debug)]
pub struct Node {
    /// This process.
    pub id: Uuid,
    /// What is published.
    pub feed: Feed,
    /// Tells when a session is over.
    pub watch: Watch,
    /// Ends every socket.
    pub stop: CancellationToken,
    /// The sockets that live, so that a stop can wait for their goodbye.
    pub sockets: TaskTracker,
}

impl Node {
    /// A process that ends its sockets at `stop`.
    #[must_use]
    pub fn new(id: Uuid, feed: Feed, stop: CancellationToken) -> Self {
        Self { id, feed, watch: Watch::default(), stop, sockets: TaskTracker::new() }
    }

    /// Waits for the stop, and then until every socket has said goodbye.
    pub async fn drained(self) {
        self.stop.cancelled().await;
        self.sockets.close();
        self.sockets.wait().await;
    }
}
