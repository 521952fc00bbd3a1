//! A console's page as the protocol has it: what the server's frames make of the screen, and nothing else.

use super::PATIENCE;
use super::staff::{Browser, ORIGIN};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// Tries to open a socket; the HTTP status when it is refused.
pub async fn open(
    server: SocketAddr,
    path: &str,
    origin: Option<&str>,
    cookie: Option<&str>,
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, u16> {
    let mut request = format!("ws://{server}{path}").into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    if let Some(cookie) = cookie {
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => Err(u16::from(error.to_string().is_empty())),
    }
}

/// A page with its screen.
pub struct Page {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The desk as the page shows it.
    pub desk: Value,
    /// The number of the last frame that had one.
    pub seq: i64,
    /// Every frame but `queue`, in order.
    pub heard: Vec<Value>,
    /// How many pings were heard; reading answers them.
    pub pings: u32,
    /// Why the socket was closed.
    pub closed: Option<Option<u16>>,
    commands: u32,
    name: u32,
}

impl Page {
    /// Opens the console in a browser that has logged in, and reads up to the snapshot.
    pub async fn open(browser: &Browser, server: SocketAddr) -> Self {
        Self::try_open(browser, server).await.expect("the console opens")
    }

    pub async fn try_open(browser: &Browser, server: SocketAddr) -> Result<Self, u16> {
        let mut page = Self::dial(browser, server, "/console/ws").await?;
        page.until("the snapshot", |page| !page.desk.is_null()).await;
        assert_eq!(page.heard[0]["t"], "hello");
        Ok(page)
    }

    /// Opens the socket of a window, and reads nothing yet. `by_itself`: it had a desk, and its line was cut.
    pub async fn dial_window(browser: &Browser, server: SocketAddr, window: Uuid, by_itself: bool) -> Self {
        let path = format!("/console/ws?window={}&by_itself={by_itself}", window.simple());
        Self::dial(browser, server, &path).await.expect("the socket opens")
    }

    async fn dial(browser: &Browser, server: SocketAddr, path: &str) -> Result<Self, u16> {
        let socket = open(server, path, Some(ORIGIN), Some(&browser.session_cookie())).await?;
        Ok(Self {
            socket,
            desk: Value::Null,
            seq: 0,
            heard: Vec::new(),
            pings: 0,
            closed: None,
            commands: 0,
            name: rand::random(),
        })
    }

    /// Reads one message and shows it; false when the socket is closed.
    pub async fn read(&mut self) -> bool {
        let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a message in time");
        match message {
            Some(Ok(Message::Text(text))) => self.show(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(frame))) => {
                self.closed = Some(frame.map(|frame| u16::from(frame.code)));
                return false;
            }
            Some(Ok(message)) => self.pings += u32::from(message.is_ping()),
            Some(Err(_)) | None => {
                self.closed.get_or_insert(None);
                return false;
            }
        }
        true
    }

    fn show(&mut self, frame: Value) {
        if let Some(seq) = frame["seq"].as_i64() {
            assert!(seq > self.seq || frame["t"] == "snapshot", "an old number: {frame}");
            self.seq = seq;
        }
        match frame["t"].as_str().unwrap() {
            "snapshot" => self.desk = frame["desk"].clone(),
            "agent" => self.desk["agent"] = frame["agent"].clone(),
            "offer" => self.desk["offer"] = frame["offer"].clone(),
            "offer_revoked" => {
                if self.desk["offer"]["id"] == frame["offer"] {
                    self.desk["offer"] = Value::Null;
                }
            }
            "call" => {
                if self.desk["call"]["entry"] != frame["call"]["entry"] {
                    self.desk["draft"] = Value::Null;
                    self.desk["reservation"] = Value::Null;
                    self.desk["bookings"] = json!([]);
                }
                self.desk["call"] = frame["call"].clone();
            }
            "reservation" => self.desk["reservation"] = frame["reservation"].clone(),
            "bookings" => self.desk["bookings"] = frame["bookings"].clone(),
            "degraded" => self.desk["degraded"] = frame["parts"].clone(),
            "queue" => {
                self.desk["queue"] = frame["queue"].clone();
                return;
            }
            "hello" | "ack" | "superseded" => {}
            other => assert_eq!(other, "", "an unknown frame"),
        }
        self.heard.push(frame);
    }

    /// Reads until something is true of the page.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let end = tokio::time::Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(tokio::time::Instant::now() < end, "waited in vain for {what}; heard {:#?}", self.heard);
            assert!(self.read().await, "closed with {:?} while waiting for {what}", self.closed);
        }
    }

    /// Reads until the agent is in a state.
    pub async fn until_state(&mut self, state: &str) {
        self.until(state, |page| page.desk["agent"]["state"] == state).await;
    }

    /// Reads until there is an offer: its id.
    pub async fn until_offer(&mut self) -> String {
        self.until("an offer", |page| !page.desk["offer"].is_null()).await;
        self.desk["offer"]["id"].as_str().unwrap().to_owned()
    }

    /// Reads until the socket is closed: the close code.
    pub async fn until_closed(&mut self) -> Option<u16> {
        let end = tokio::time::Instant::now() + PATIENCE;
        while self.read().await {
            assert!(tokio::time::Instant::now() < end, "not closed");
        }
        self.closed.flatten()
    }

    /// A new key for a command.
    pub fn key(&mut self) -> String {
        self.commands += 1;
        format!("{:08x}-{}", self.name, self.commands)
    }

    pub async fn send(&mut self, cmd: &str, command: &Value) {
        self.say(json!({ "cmd": cmd, "do": command }).to_string()).await;
    }

    pub async fn say(&mut self, text: String) {
        // A socket that the server has just closed is found out by reading.
        let _ = self.socket.send(Message::text(text)).await;
    }

    /// Asks for something under a key and waits for the answer.
    pub async fn ask_as(&mut self, cmd: &str, command: Value) -> Value {
        let answers =
            |page: &Self| page.heard.iter().filter(|frame| frame["t"] == "ack" && frame["cmd"] == cmd).count();
        let before = answers(self);
        self.send(cmd, &command).await;
        self.until("an answer", |page| answers(page) > before).await;
        self.heard.iter().rev().find(|frame| frame["t"] == "ack" && frame["cmd"] == cmd).unwrap().clone()
    }

    /// Asks for something and waits for the answer.
    pub async fn ask(&mut self, command: Value) -> Value {
        let cmd = self.key();
        self.ask_as(&cmd, command).await
    }

    /// Asks for something that must be carried out; its result.
    pub async fn must(&mut self, command: Value) -> Value {
        let answer = self.ask(command.clone()).await;
        assert_eq!(answer["ok"], true, "{command}: {answer}");
        answer["result"].clone()
    }

    /// Asks for something that must be refused; the code.
    pub async fn refused(&mut self, command: Value) -> String {
        let answer = self.ask(command.clone()).await;
        assert_eq!(answer["ok"], false, "{command}: {answer}");
        answer["error"]["code"].as_str().unwrap().to_owned()
    }

    /// The desk without what moves by itself.
    pub fn still(&self) -> Value {
        let mut desk = self.desk.clone();
        desk.as_object_mut().unwrap().remove("queue");
        desk
    }
}
