//! A line to a live page: one WebSocket with its limits, its heartbeat and its session.
//!
//! **Must hold:** a page is dead when it does not answer what it was asked, and never because nobody listened: this process
//! may have stood still. So pings are counted, not seconds, and what has come in is heard before they are.

use super::Node;
use super::end::End;
use super::flow::{Flow, Rate};
use crate::accounts::model::Session;
use crate::accounts::watch::Registered;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// The text of a message; one text can be sent to any number of pages without being copied.
pub use axum::extract::ws::Utf8Bytes as Text;

/// The longest message a page may send. A whole form has some 2 KiB.
pub const MAX_MESSAGE: usize = 16 * 1024;

/// The most that may wait to be written: one snapshot with room to spare. What is more is never made, because a line
/// that cannot write is not given anything new.
const MAX_UNWRITTEN: usize = 1024 * 1024;

/// The times of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How often the page is pinged.
    pub ping: Duration,
    /// A page that leaves so many pings unanswered is dead when the next one is due.
    pub unanswered: u32,
    /// How long a page may take to read.
    pub slow: Duration,
    /// How long opening a desk may take.
    pub handshake: Duration,
    /// How many messages a page may send.
    pub messages: Rate,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            ping: Duration::from_secs(5),
            unanswered: 3,
            slow: Duration::from_secs(8),
            handshake: Duration::from_secs(10),
            // A page saves its draft twice a second at most; the burst is what it repeats after a reconnect.
            messages: Rate { interval: Duration::from_millis(50), burst: 60 },
        }
    }
}

/// Sets the limits of an upgrade: small buffers, so that thousands of lines need little memory.
pub fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(4_096)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_UNWRITTEN)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
}

/// A line to a page.
#[derive(Debug)]
pub struct Line {
    socket: WebSocket,
    session: Registered,
    stop: CancellationToken,
    timing: Timing,
    opened: Instant,
    /// How many pings were sent since the page was last heard.
    unanswered: u32,
    ping: Interval,
    flow: Flow,
}

impl Line {
    /// A line over an upgraded socket, for as long as the session lasts and the process does not stop.
    #[must_use]
    pub fn new(socket: WebSocket, session: &Session, node: &Node, timing: Timing) -> Self {
        let (session, stop) = (node.watch.register(session), node.stop.clone());
        let opened = Instant::now();
        let mut ping = tokio::time::interval_at(opened + timing.ping, timing.ping);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { socket, session, stop, timing, opened, unanswered: 0, ping, flow: Flow::default() }
    }

    /// Writes a frame to the page. There is no queue: whoever has news for the page waits here with it.
    ///
    /// # Errors
    /// How the line has ended.
    pub async fn send(&mut self, text: Text) -> Result<(), End> {
        tokio::select! {
            sent = self.socket.send(Message::Text(text)) => sent.map_err(|_| End::Gone),
            () = tokio::time::sleep(self.timing.slow) => Err(End::TooSlow),
            () = self.session.over() => Err(End::LoggedOut),
        }
    }

    /// The next message of the page. Keeps the heartbeat meanwhile. May be dropped and called again at any time.
    ///
    /// # Errors
    /// How the line has ended.
    pub async fn hear(&mut self) -> Result<Text, End> {
        loop {
            tokio::select! {
                biased;
                () = self.session.over() => return Err(End::LoggedOut),
                () = self.stop.cancelled() => return Err(End::Stopping),
                message = self.socket.recv() => {
                    let Some(message) = message else { return Err(End::Gone) };
                    let message = message.map_err(|error| broken(&error))?;
                    self.unanswered = 0;
                    if !self.flow.admit(self.timing.messages, self.opened.elapsed()) {
                        return Err(End::TooMuch);
                    }
                    match message {
                        Message::Text(text) => return Ok(text),
                        Message::Binary(_) => return Err(End::NotUnderstood),
                        Message::Ping(_) | Message::Pong(_) => {}
                        Message::Close(_) => return Err(End::Gone),
                    }
                }
                _ = self.ping.tick() => {
                    if self.unanswered >= self.timing.unanswered {
                        return Err(End::Dead);
                    }
                    let ping = self.socket.send(Message::Ping(axum::body::Bytes::new()));
                    tokio::time::timeout(self.timing.slow, ping)
                        .await
                        .map_err(|_| End::TooSlow)?
                        .map_err(|_| End::Gone)?;
                    self.unanswered += 1;
                }
            }
        }
    }

    /// Says goodbye, and waits a moment for the page to say it too: else the close code might be lost on the way.
    pub async fn close(mut self, end: End) {
        let Some(code) = end.close_code() else { return };
        let goodbye = async {
            let frame = CloseFrame { code, reason: Text::from_static(end.name()) };
            if self.socket.send(Message::Close(Some(frame))).await.is_ok() {
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        // A page that does not answer has had its chance.
        let _ = tokio::time::timeout(Duration::from_secs(1), goodbye).await;
    }
}

fn broken(error: &axum::Error) -> End {
    use tokio_tungstenite::tungstenite::Error;
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<Error>());
    match cause {
        Some(Error::Capacity(_)) => End::TooLong,
        Some(Error::Utf8(_) | Error::Protocol(_)) => End::NotUnderstood,
        _ => End::Gone,
    }
}
