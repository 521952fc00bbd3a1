//! When a page is taken for dead: it does not answer. That its process stood still for a while says nothing about it.

use crate::support::eventually;
use crate::support::hotline::Hotline;
use crate::support::page::Page;
use crate::support::staff::serve;
use axum::Router;
use axum::extract::WebSocketUpgrade;
use axum::routing::any;
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vaxline::accounts::model::{Role, Session, User};
use vaxline::foundation::events::feed::Feed;
use vaxline::foundation::ids::{SessionId, UserId};
use vaxline::hotline::live::Node;
use vaxline::hotline::live::end::End;
use vaxline::hotline::live::ws::{Line, Text, Timing, limited};

/// A line that is pinged often, and its page.
async fn line() -> (Line, WebSocketStream<MaybeTlsStream<TcpStream>>) {
    let user = User {
        id: UserId(Uuid::from_u128(1)),
        login: "agent".parse().unwrap(),
        display_name: "Nr. 1".to_owned(),
        role: Role::Agent,
        phone_user: None,
    };
    let session = Session { id: SessionId(Uuid::from_u128(1)), user, expires_at: OffsetDateTime::UNIX_EPOCH };
    let node = Node::new(Uuid::from_u128(1), Feed::default(), CancellationToken::new());
    let timing = Timing { ping: PING, unanswered: 3, ..Timing::default() };
    let (opened, mut lines) = mpsc::channel(1);
    let open = move |upgrade: WebSocketUpgrade| async move {
        limited(upgrade).on_upgrade(move |socket| async move {
            let _ = opened.send(Line::new(socket, &session, &node, timing)).await;
        })
    };
    let server = serve(Router::new().route("/ws", any(open))).await;
    let (page, _) = connect_async(format!("ws://{server}/ws")).await.unwrap();
    (lines.recv().await.unwrap(), page)
}

const PING: Duration = Duration::from_millis(20);

/// Nobody listens to the line for so long that its page would be dead if it had been asked.
async fn stand_still() {
    tokio::time::sleep(PING * 10).await;
}

#[tokio::test]
async fn what_a_page_said_while_its_process_stood_still_is_heard_before_it_is_taken_for_dead() {
    let (mut line, mut page) = line().await;
    page.send(Message::text("here")).await.unwrap();
    stand_still().await;
    assert_eq!(line.hear().await, Ok(Text::from_static("here")));
}

#[tokio::test]
async fn a_page_that_was_not_asked_while_its_process_stood_still_is_asked_first() {
    let (mut line, mut page) = line().await;
    stand_still().await;
    tokio::spawn(async move {
        while let Some(Ok(message)) = page.next().await {
            if message.is_ping() {
                page.send(Message::text("here")).await.unwrap();
            }
        }
    });
    assert_eq!(line.hear().await, Ok(Text::from_static("here")));
}

#[tokio::test]
async fn a_page_that_leaves_pings_unanswered_is_dead() {
    let (mut line, _frozen) = line().await;
    assert_eq!(line.hear().await, Err(End::Dead));
}

#[tokio::test]
async fn a_page_that_is_not_heard_any_more_is_taken_for_dead() {
    const MOST: u32 = 10;
    let hotline = Hotline::with(|console| {
        console.timing.ping = Duration::from_millis(50);
        console.timing.unanswered = MOST;
    })
    .await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    // The control: a page that answers pings lives through many more than that.
    page.until("many pings", |page| page.pings > 3 * MOST).await;
    // A page that is frozen answers none; its connection is as alive as ever.
    eventually("the link is lost", async || hotline.count("select count(*) from agent where link = 'lost'").await == 1)
        .await;
}
