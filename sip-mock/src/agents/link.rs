//! Logging in and keeping a socket: with back-off, as a page does it.

use std::io;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message, protocol::CloseFrame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::RobotConfig;
use crate::provider::http_client;

/// How long a log-in or a handshake may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// A page that hears nothing for this long takes the socket for dead.
const SILENCE: Duration = Duration::from_secs(20);

/// Why there is no socket.
#[derive(Debug)]
pub(super) enum NoLink {
    /// The session is not accepted: log in again.
    LoggedOut,
    /// Everything else: try again later.
    Away(String),
}

/// An open socket.
pub(super) struct Link {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What came over the socket.
#[derive(Debug)]
pub(super) enum Came {
    Frame(String),
    /// Closed by the server, with its code.
    Closed(u16),
    /// Broken, or silent for too long.
    Lost,
}

/// The way to the console.
#[derive(Debug)]
pub(super) struct Door {
    client: reqwest::Client,
    config: RobotConfig,
    cookies: Option<String>,
}

impl Door {
    pub(super) fn new(config: RobotConfig) -> io::Result<Self> {
        Ok(Self { client: http_client()?, config, cookies: None })
    }

    /// Forgets the session.
    pub(super) fn log_out(&mut self) {
        self.cookies = None;
    }

    /// Logs in if need be and opens a socket.
    pub(super) async fn open(&mut self) -> Result<Link, NoLink> {
        if self.cookies.is_none() {
            self.cookies = Some(self.log_in().await?);
        }
        match tokio::time::timeout(PATIENCE, self.shake_hands()).await {
            Ok(result) => result,
            Err(_) => Err(NoLink::Away("the handshake timed out".to_owned())),
        }
    }

    async fn log_in(&self) -> Result<String, NoLink> {
        let request = self
            .client
            .post(format!("{}/login", self.config.console))
            .header("origin", &self.config.console)
            .timeout(PATIENCE)
            .json(&json!({"login": self.config.login, "password": self.config.password}));
        let answer = request.send().await.map_err(|e| NoLink::Away(e.without_url().to_string()))?;
        if !answer.status().is_success() {
            return Err(NoLink::Away(format!("the log-in was answered with {}", answer.status().as_u16())));
        }
        let set = answer.headers().get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
        let pairs: Vec<_> = set.filter_map(|cookie| cookie.split(';').next()).collect();
        if pairs.is_empty() { Err(NoLink::Away("the log-in gave no session".to_owned())) } else { Ok(pairs.join("; ")) }
    }

    async fn shake_hands(&self) -> Result<Link, NoLink> {
        let away = |what: &str| NoLink::Away(what.to_owned());
        let url = format!("{}/console/ws", self.config.console.replacen("http", "ws", 1));
        let mut request = url.into_client_request().map_err(|e| NoLink::Away(e.to_string()))?;
        let header = |text: &str| HeaderValue::from_str(text).map_err(|_| away("not a header value"));
        request.headers_mut().insert("origin", header(&self.config.console)?);
        request.headers_mut().insert("cookie", header(self.cookies.as_deref().unwrap_or_default())?);
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Link { socket }),
            Err(Error::Http(answer)) if matches!(answer.status().as_u16(), 401 | 403) => Err(NoLink::LoggedOut),
            Err(error) => Err(NoLink::Away(error.to_string())),
        }
    }
}

impl Link {
    pub(super) async fn next(&mut self) -> Came {
        loop {
            match tokio::time::timeout(SILENCE, self.socket.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => return Came::Frame(text.as_str().to_owned()),
                Ok(Some(Ok(Message::Close(frame)))) => {
                    return Came::Closed(frame.map_or(1005, |f: CloseFrame| f.code.into()));
                }
                // Pings are answered by the library.
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_)))) => {}
                Ok(Some(Err(_)) | None) | Err(_) => return Came::Lost,
            }
        }
    }

    /// False when the socket is gone.
    pub(super) async fn send(&mut self, text: String) -> bool {
        let sent = tokio::time::timeout(PATIENCE, self.socket.send(Message::text(text))).await;
        matches!(sent, Ok(Ok(())))
    }
}
