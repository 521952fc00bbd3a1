//! The demo's mail server: it takes every mail in a real SMTP conversation and puts it into a folder.

use anyhow::Context as _;
use mailin::{Action, Handler, Response, SessionBuilder, response};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// A mail larger than this is refused.
const MAX_MAIL: usize = 4 * 1024 * 1024;

/// A line longer than this ends the conversation.
const MAX_LINE: u64 = 8 * 1024;

/// The pause after a connection that could not be taken.
const BREATH: Duration = Duration::from_millis(100);

/// How long a client may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// The mail server.
#[derive(Debug)]
pub(super) struct Mailbox {
    /// Where it listens.
    pub(super) address: SocketAddr,
}

impl Mailbox {
    /// Starts on a free port of loopback; mails become `.eml` files in `folder`.
    pub(super) async fn open(folder: &Path, stop: CancellationToken) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listen for mail")?;
        let address = listener.local_addr().context("listen for mail")?;
        let postman = Postman { folder: folder.to_owned(), received: Arc::default(), text: Vec::new() };
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = stop.cancelled() => return,
                };
                let Ok((stream, peer)) = accepted else {
                    // As a rule too many files are open: some close soon.
                    tokio::time::sleep(BREATH).await;
                    continue;
                };
                // A conversation that breaks off is the client's to repeat.
                tokio::spawn(converse(stream, peer, postman.clone()));
            }
        });
        Ok(Self { address })
    }
}

async fn converse(stream: TcpStream, peer: SocketAddr, postman: Postman) -> io::Result<()> {
    let mut session = SessionBuilder::new("mail.demo.example").build(peer.ip(), postman);
    let mut stream = BufReader::new(stream);
    stream.write_all(&session.greeting().buffer()?).await?;
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut stream).take(MAX_LINE);
        let read = tokio::time::timeout(SILENCE, limited.read_until(b'\n', &mut line)).await??;
        // Nothing more, or a line that is too long or was broken off.
        if read == 0 || line.last() != Some(&b'\n') {
            return Ok(());
        }
        let answer = session.process(&line);
        match answer.action {
            Action::NoReply => {}
            Action::Reply => stream.write_all(&answer.buffer()?).await?,
            Action::Close | Action::UpgradeTls => return stream.write_all(&answer.buffer()?).await,
        }
    }
}

#[derive(Clone, Debug)]
struct Postman {
    folder: PathBuf,
    received: Arc<AtomicUsize>,
    text: Vec<u8>,
}

impl Handler for Postman {
    fn data_start(&mut self, _domain: &str, _from: &str, _is8bit: bool, _to: &[String]) -> Response {
        self.text.clear();
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.text.len() + bytes.len() > MAX_MAIL {
            return Err(io::Error::other("the mail is too large"));
        }
        self.text.extend_from_slice(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let number = self.received.fetch_add(1, Ordering::Relaxed) + 1;
        match std::fs::write(self.folder.join(format!("{number:04}.eml")), &self.text) {
            Ok(()) => response::OK,
            Err(_) => response::INTERNAL_ERROR,
        }
    }
}
