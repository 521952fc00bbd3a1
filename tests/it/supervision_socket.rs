//! The supervisors' wall: who may watch, that its numbers are those of the event log, and that a wall which does not
//! read costs nobody anything.

use crate::support::hotline::Hotline;
use crate::support::page::{Page, open};
use crate::support::staff::{Browser, ORIGIN};
use crate::support::{PATIENCE, eventually};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async};
use vaxline::foundation::events::{Published, read_after};

struct Wall {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Wall {
    async fn open(browser: &Browser, hotline: &Hotline) -> Self {
        let cookie = browser.session_cookie();
        let mut socket = open(hotline.server, "/supervision/ws", Some(ORIGIN), Some(&cookie)).await.expect("it opens");
        let hello: Value = serde_json::from_str(socket.next().await.unwrap().unwrap().to_text().unwrap()).unwrap();
        assert_eq!((&hello["t"], &hello["protocol"]), (&json!("hello"), &json!(1)));
        Self { socket }
    }

    /// The next board, as it was sent.
    async fn next(&mut self) -> Result<String, Option<u16>> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a board in time");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The first board of which something is true.
    async fn board(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            let frame: Value = serde_json::from_str(&self.next().await.unwrap()).unwrap();
            if holds(&frame["board"]) {
                return frame["board"].clone();
            }
            assert!(tokio::time::Instant::now() < end, "waited in vain: {frame}");
        }
    }
}

#[tokio::test]
async fn only_a_supervisor_watches() {
    let hotline = Hotline::new().await;
    let supervisor = hotline.supervisor("lead").await.session_cookie();
    let (_, agent) = hotline.agent("agent").await;
    let status = async |origin: Option<&str>, cookie: Option<&str>| {
        open(hotline.server, "/supervision/ws", origin, cookie).await.map_or_else(|status| status, |_| 101)
    };
    for origin in [Some("https://evil.example"), Some("null"), None] {
        assert_eq!(status(origin, Some(&supervisor)).await, 403, "{origin:?}");
    }
    assert_eq!(status(Some(ORIGIN), None).await, 401);
    assert_eq!(status(Some(ORIGIN), Some(&agent.session_cookie())).await, 403);
    assert_eq!(status(Some(ORIGIN), Some(&supervisor)).await, 101);
}

/// The figures of the board, from the event log alone.
fn recomputed(facts: &[Published]) -> BTreeMap<&'static str, i64> {
    let (mut places, mut agents) = (BTreeMap::new(), BTreeMap::new());
    let mut booked = 0;
    for fact in facts {
        let told = |key: &str| fact.data[key].as_str().map(str::to_owned);
        match (fact.kind.as_str(), fact.about.entry, fact.about.agent) {
            ("entry.joined" | "entry.redeemed", Some(entry), _) => drop(places.insert(entry, "waiting".to_owned())),
            ("entry.talking", Some(entry), _) => drop(places.insert(entry, "talking".to_owned())),
            ("entry.connecting", Some(entry), _) => drop(places.insert(entry, "connecting".to_owned())),
            ("entry.ended", Some(entry), _) => drop(places.insert(entry, told("reason").unwrap())),
            ("agent.state", _, Some(agent)) => drop(agents.insert(agent, told("to").unwrap())),
            ("series.confirmed", ..) => booked += 1,
            _ => {}
        }
    }
    let places_in = |state: &str| i64::try_from(places.values().filter(|place| *place == state).count()).unwrap();
    let agents_in = |state: &str| i64::try_from(agents.values().filter(|agent| *agent == state).count()).unwrap();
    BTreeMap::from([
        ("waiting", places_in("waiting")),
        ("talking", places_in("talking")),
        ("served_today", places_in("served")),
        ("abandoned_today", places_in("abandoned")),
        ("booked_today", booked),
        ("ready", agents_in("ready")),
        ("wrap_up", agents_in("wrap_up")),
        ("not_ready", agents_in("not_ready")),
    ])
}

/// The same figures, from the board.
fn shown(board: &Value) -> BTreeMap<&'static str, i64> {
    let figure = |name: &str| board[name].as_i64().unwrap();
    let agents_in = |state: &str| {
        let states = board["agents_by_state"].as_array().unwrap();
        states.iter().find(|count| count["state"] == state).unwrap()["agents"].as_i64().unwrap()
    };
    BTreeMap::from([
        ("waiting", figure("waiting")),
        ("talking", figure("talking")),
        ("served_today", figure("served_today")),
        ("abandoned_today", figure("abandoned_today")),
        ("booked_today", figure("booked_today")),
        ("ready", agents_in("ready")),
        ("wrap_up", agents_in("wrap_up")),
        ("not_ready", agents_in("not_ready")),
    ])
}

#[tokio::test]
async fn every_figure_can_be_recomputed_from_the_event_log() {
    let hotline = Hotline::new().await;
    let supervisor = hotline.supervisor("lead").await;
    let mut wall = Wall::open(&supervisor, &hotline).await;
    let empty = wall.board(|_| true).await;
    assert_eq!(empty["agents_by_state"].as_array().unwrap().len(), 7, "every state is there, with nobody in it too");

    // One is served, one is in wrap-up, one talks, one gave up, two wait, and one agent pauses.
    let mut pages = Vec::new();
    let mut calls = Vec::new();
    for login in ["one", "two", "three"] {
        let (_, browser) = hotline.agent(login).await;
        let mut page = Page::open(&browser, hotline.server).await;
        page.must(json!({ "t": "ready" })).await;
        let (call, _) = hotline.ring("+493511000001").await;
        let offer = page.until_offer().await;
        page.must(json!({ "t": "accept", "offer": offer })).await;
        hotline.answer(&offer).await;
        page.until_state("talking").await;
        pages.push(page);
        calls.push(call);
    }
    for (page, call) in pages.iter_mut().zip(&calls).take(2) {
        hotline.hang_up(*call).await;
        page.until_state("wrap_up").await;
    }
    pages[0].must(json!({ "t": "not_ready", "reason": "break" })).await;
    pages[0].must(json!({ "t": "finish_wrap_up", "code": "booked" })).await;
    let (given_up, _) = hotline.ring("+493511000002").await;
    hotline.ring("+493511000003").await;
    hotline.ring("+493511000004").await;
    hotline.hang_up(given_up).await;

    let board = wall.board(|board| board["waiting"] == 2 && board["abandoned_today"] == 1).await;
    eventually("everything is published", async || {
        hotline.count("select count(*) from event where position is null").await == 0
    })
    .await;
    let facts = read_after(hotline.world.work().pool(), 0, 10_000).await.unwrap();
    let expected = [
        ("abandoned_today", 1),
        ("booked_today", 0),
        ("not_ready", 1),
        ("ready", 0),
        ("served_today", 2),
        ("talking", 1),
        ("waiting", 2),
        ("wrap_up", 1),
    ];
    assert_eq!(shown(&board), BTreeMap::from(expected));
    assert_eq!(recomputed(&facts), shown(&board));
    let joined = facts.iter().rev().filter(|fact| fact.kind == "entry.joined").nth(1).unwrap().at;
    let longest =
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(board["longest_since_ms"].as_i64().unwrap()) * 1_000_000);
    assert!((joined - longest.unwrap()).whole_milliseconds().abs() <= 1);
    let agents = board["agents"].as_array().unwrap();
    assert_eq!(agents.len(), 3);
    assert!(agents.iter().any(|agent| agent["state"] == "not_ready" && agent["reason"] == "break"));
}

#[tokio::test]
async fn yesterday_does_not_count() {
    let hotline = Hotline::new().await;
    let supervisor = hotline.supervisor("lead").await;
    let mut wall = Wall::open(&supervisor, &hotline).await;
    let (call, _) = hotline.ring("+493511000001").await;
    hotline.hang_up(call).await;
    wall.board(|board| board["abandoned_today"] == 1).await;
    hotline.world.pass(time::Duration::DAY);
    // The session is over by then too, so the wall is closed; the next one starts at nought.
    while wall.next().await.is_ok() {}
    let mut supervisor = Browser::at(hotline.server);
    supervisor.log_in("lead").await;
    let mut wall = Wall::open(&supervisor, &hotline).await;
    assert_eq!(wall.board(|_| true).await["abandoned_today"], 0);
}

#[tokio::test]
async fn one_board_serves_all_walls_twice_a_second() {
    let hotline = Hotline::new().await;
    let supervisor = hotline.supervisor("lead").await;
    let mut walls = [Wall::open(&supervisor, &hotline).await, Wall::open(&supervisor, &hotline).await];
    let mut boards: Vec<Vec<String>> = vec![Vec::new(); 2];
    let end = tokio::time::Instant::now() + PATIENCE;
    // A wall that is told late misses a board: both have the others.
    let same = |boards: &[Vec<String>]| boards[0].iter().filter(|board| boards[1].contains(board)).count();
    while same(&boards) < 3 || boards[0].len() < 7 {
        assert!(tokio::time::Instant::now() < end, "the same bytes go to every wall");
        for (wall, boards) in walls.iter_mut().zip(&mut boards) {
            boards.push(wall.next().await.unwrap());
        }
    }
    let moment = |board: &String| serde_json::from_str::<Value>(board).unwrap()["board"]["epoch_ms"].as_i64().unwrap();
    let moments: Vec<i64> = boards[0].iter().map(moment).collect();
    // One may be read late and the next in time; all together are not faster than that.
    let (took, gaps) = (moments[moments.len() - 1] - moments[0], i64::try_from(moments.len() - 1).unwrap());
    assert!(took >= gaps * 250, "at most four a second: {moments:?}");
}

#[tokio::test]
async fn a_wall_closes_with_its_log_in_and_says_nothing() {
    let hotline = Hotline::new().await;
    let mut supervisor = hotline.supervisor("lead").await;
    let mut talker = Wall::open(&supervisor, &hotline).await;
    talker.socket.send(Message::text("{}")).await.unwrap();
    while let Ok(_board) = talker.next().await {}
    let mut wall = Wall::open(&supervisor, &hotline).await;
    let begun = std::time::Instant::now();
    supervisor.post("/logout", Some(ORIGIN), String::new()).await;
    let end = loop {
        if let Err(code) = wall.next().await {
            break code;
        }
    };
    assert_eq!(end, Some(4003));
    // Five seconds are promised; this machine may have other things to do.
    assert!(begun.elapsed() < Duration::from_secs(15));
}

#[tokio::test]
async fn a_wall_that_does_not_read_is_dropped_and_the_others_do_not_notice() {
    let hotline = Hotline::with(|console| {
        console.timing.slow = Duration::from_secs(3);
        // So that it is not the missing pong that ends it.
        console.timing.unanswered = u32::MAX;
    })
    .await;
    // Boards of some size: many agents who are signed in.
    sqlx::query(
        "with added as (insert into user_account (id, login, display_name, password_hash, role, created_at)
                        select gen_random_uuid(), 'bot' || n, repeat('Nr. ', 24), '', 'agent', now()
                          from generate_series(1, 400) as n returning id)
         insert into agent (id, state, since, idle_since, reason, link)
         select id, 'not_ready', now(), now(), 'break', 'down' from added",
    )
    .execute(hotline.world.work().pool())
    .await
    .unwrap();
    let supervisor = hotline.supervisor("lead").await;
    let mut reader = Wall::open(&supervisor, &hotline).await;

    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let stream = socket.connect(hotline.server).await.unwrap();
    let mut request = format!("ws://{}/supervision/ws", hotline.server).into_client_request().unwrap();
    request.headers_mut().insert("origin", ORIGIN.parse().unwrap());
    request.headers_mut().insert("cookie", supervisor.session_cookie().parse().unwrap());
    let (frozen, _) = client_async(request, stream).await.unwrap();

    let sockets = &hotline.console.node.sockets;
    eventually("both walls are there", async || sockets.len() == 2).await;
    let begun = tokio::time::Instant::now();
    while sockets.len() == 2 {
        assert!(begun.elapsed() < PATIENCE, "a wall that does not read is dropped");
        reader.next().await.expect("the other wall goes on");
    }
    drop(frozen);
    reader.next().await.expect("the other wall goes on");
}
