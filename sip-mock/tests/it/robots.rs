//! Robots at a console that is played by the test.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use sip_mock::agents::{Habits, RobotConfig, Robots};
use sip_mock::faults::Dice;
use sip_mock::pace::Pace;
use tokio::sync::mpsc;

use super::service::SOON;

/// The console's side of one socket, in the hands of the test.
struct Desk {
    socket: WebSocket,
    seq: i64,
}

#[derive(Clone)]
struct Console {
    base: String,
    desks: mpsc::Sender<Desk>,
    log_ins: Arc<Mutex<VecDeque<u16>>>,
}

async fn console() -> (Console, mpsc::Receiver<Desk>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (desks, opened) = mpsc::channel(8);
    let console =
        Console { base: format!("http://{}", listener.local_addr().unwrap()), desks, log_ins: Arc::default() };
    let app = Router::new().route("/login", post(log_in)).route("/console/ws", get(socket)).with_state(console.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (console, opened)
}

async fn log_in(State(console): State<Console>, body: String) -> Response {
    let typed: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(typed, json!({"login": "agent-1", "password": "secret"}));
    let code = console.log_ins.lock().unwrap().pop_front().unwrap_or(204);
    (StatusCode::from_u16(code).unwrap(), [("set-cookie", "vaxline_session=abc; Path=/; HttpOnly; SameSite=Strict")])
        .into_response()
}

async fn socket(State(console): State<Console>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    assert_eq!(headers["origin"], console.base.as_str());
    if headers.get("cookie").is_none_or(|c| c != "vaxline_session=abc") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    upgrade.on_upgrade(async move |socket| {
        let _ = console.desks.send(Desk { socket, seq: 0 }).await;
    })
}

impl Desk {
    async fn say(&mut self, mut frame: Value) {
        if frame.get("t").is_none_or(|t| t != "ack" && t != "hello") {
            self.seq += 1;
            frame["seq"] = json!(self.seq);
        }
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    async fn snapshot(&mut self, desk: Value) {
        self.say(json!({"t": "hello", "protocol": 1, "epoch_ms": 0, "heartbeat_ms": 2000})).await;
        let setup = json!({"claims": [{"code": "age_80", "label": "Ab 80"}], "wrap_up_codes": [{"code": "information", "label": "x"}, {"code": "booked", "label": "y"}],
            "not_ready_reasons": [{"code": "break", "label": "Pause"}]});
        self.say(json!({"t": "snapshot", "desk": desk, "setup": setup})).await;
    }

    /// The next command of this name; it is acknowledged with the result given. Others are acknowledged and passed over.
    async fn asked(&mut self, name: &str, result: Value) -> Value {
        loop {
            let order = self.hear().await;
            let found = order["do"]["t"] == name;
            let result = if found { result.clone() } else { Value::Null };
            self.say(json!({"t": "ack", "cmd": order["cmd"], "ok": true, "error": null, "result": result})).await;
            if found {
                return order;
            }
        }
    }

    async fn hear(&mut self) -> Value {
        loop {
            match tokio::time::timeout(SOON, self.socket.recv()).await.unwrap().unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Close(_) => {}
            }
        }
    }

    async fn agent(&mut self, state: &str) {
        self.say(json!({"t": "agent", "agent": {"state": state, "reason": null}})).await;
    }
}

fn team(console: &Console, habits: Habits) -> Robots {
    let robots = Robots::new(Pace::new(200.0), Arc::new(Dice::new(1)));
    let config =
        RobotConfig { console: console.base.clone(), login: "agent-1".into(), password: "secret".into(), habits };
    robots.hire(config, Duration::ZERO).unwrap();
    robots
}

fn diligent() -> Habits {
    Habits { books: 1.0, emails: 1.0, mail_only: 0.0, pauses: 0.0, ..Habits::default() }
}

const CALL: &str = r#"{"entry": "e1", "language": "de", "topic": "book", "state": "talking"}"#;

async fn until_talking(desk: &mut Desk) {
    desk.snapshot(json!({"agent": {"state": "not_ready", "reason": "signed_in"}})).await;
    desk.asked("ready", Value::Null).await;
    desk.agent("ready").await;
    desk.agent("offered").await;
    desk.say(json!({"t": "offer", "offer": {"id": "o1", "language": "de", "topic": "book"}})).await;
    assert_eq!(desk.asked("painted", Value::Null).await["do"]["offer"], "o1");
    assert_eq!(desk.asked("accept", Value::Null).await["do"]["offer"], "o1");
    desk.say(json!({"t": "offer_revoked", "offer": "o1", "reason": "accepted"})).await;
    desk.agent("talking").await;
    desk.say(json!({"t": "call", "call": serde_json::from_str::<Value>(CALL).unwrap()})).await;
}

#[tokio::test]
async fn a_robot_works_a_call_from_the_offer_to_the_wrap_up() {
    let (console, mut desks) = console().await;
    let robots = team(&console, diligent());
    let mut desk = desks.recv().await.unwrap();
    until_talking(&mut desk).await;
    let search = desk.asked("find_persons", json!({"kind": "persons", "persons": []})).await;
    let proposal = desk.asked("propose", json!({"kind": "pairs", "pairs": [{"token": "p1"}, {"token": "p2"}]})).await;
    assert_eq!(proposal["do"]["form"]["person"]["family_name"], search["do"]["family_name"]);
    assert_eq!(proposal["do"]["form"]["person"]["claim"], "age_80");
    assert_eq!(
        desk.asked("reserve", json!({"kind": "reserved", "reservation": {"id": "r1"}})).await["do"]["token"],
        "p1"
    );
    let confirmed = desk.asked("confirm", json!({"kind": "booking", "booking": {}})).await;
    assert_eq!(
        (&confirmed["do"]["reservation"], &confirmed["do"]["form"]["letter"], &confirmed["do"]["form"]["email"]),
        (&json!("r1"), &json!(true), &json!(true))
    );
    assert_eq!(confirmed["do"]["form"], proposal["do"]["form"], "what is proposed is what is confirmed");
    desk.say(json!({"t": "bookings", "bookings": [{"reference": "x"}]})).await;
    desk.asked("hang_up", Value::Null).await;
    desk.agent("wrap_up").await;
    assert_eq!(desk.asked("finish_wrap_up", Value::Null).await["do"]["code"], "booked");
    let tally = robots.tally();
    assert_eq!((tally.offers, tally.accepted, tally.talks, tally.booked, tally.not_understood), (1, 1, 1, 1, 0));
    robots.dismiss().await;
}

#[tokio::test]
async fn a_robot_books_for_the_next_caller_as_well() {
    let (console, mut desks) = console().await;
    let robots = team(&console, diligent());
    let mut desk = desks.recv().await.unwrap();
    until_talking(&mut desk).await;
    for entry in ["e1", "e2"] {
        desk.asked("propose", json!({"kind": "pairs", "pairs": [{"token": "p1"}]})).await;
        desk.asked("reserve", json!({"kind": "reserved", "reservation": {"id": "r1"}})).await;
        desk.asked("confirm", json!({"kind": "booking", "booking": {}})).await;
        desk.say(json!({"t": "bookings", "bookings": [{"reference": entry}]})).await;
        desk.asked("hang_up", Value::Null).await;
        desk.agent("wrap_up").await;
        desk.asked("finish_wrap_up", Value::Null).await;
        desk.say(json!({"t": "call", "call": null})).await;
        desk.agent("ready").await;
        // The console does not say that the desk is empty again: a page knows.
        desk.agent("talking").await;
        let call = json!({"entry": "e2", "language": "de", "topic": "book", "state": "talking"});
        desk.say(json!({"t": "call", "call": call})).await;
    }
    assert_eq!(robots.tally().booked, 2);
    robots.dismiss().await;
}

#[tokio::test]
async fn a_lost_socket_is_opened_again_and_the_confirmation_repeated_under_its_key() {
    let (console, mut desks) = console().await;
    let robots = team(&console, diligent());
    let mut desk = desks.recv().await.unwrap();
    until_talking(&mut desk).await;
    desk.asked("propose", json!({"kind": "pairs", "pairs": [{"token": "p1"}]})).await;
    desk.asked("reserve", json!({"kind": "reserved", "reservation": {"id": "r1"}})).await;
    let first = loop {
        let order = desk.hear().await;
        if order["do"]["t"] == "confirm" {
            break order;
        }
    };
    drop(desk);
    let mut desk = desks.recv().await.unwrap();
    desk.seq = 50;
    desk.snapshot(json!({"agent": {"state": "talking", "reason": null}, "call": serde_json::from_str::<Value>(CALL).unwrap(), "bookings": []})).await;
    let again = desk.asked("confirm", json!({"kind": "booking", "booking": {}})).await;
    assert_eq!(again, first, "the same command under the same key");
    assert_eq!(robots.tally().reconnects, 1);
    assert_eq!(robots.tally().talks, 1, "the talk goes on, it does not begin again");
    desk.asked("hang_up", Value::Null).await;
    assert_eq!(robots.tally().booked, 1);
    robots.dismiss().await;
}

#[tokio::test]
async fn a_pair_that_somebody_else_took_is_proposed_anew_but_not_for_ever() {
    let (console, mut desks) = console().await;
    let robots = team(&console, diligent());
    let mut desk = desks.recv().await.unwrap();
    until_talking(&mut desk).await;
    let mut proposals = 0;
    loop {
        let order = desk.hear().await;
        let name = order["do"]["t"].as_str().unwrap().to_owned();
        let (ok, result) = match name.as_str() {
            "propose" => (true, json!({"kind": "pairs", "pairs": [{"token": "p"}]})),
            "reserve" => (false, Value::Null),
            _ => (true, Value::Null),
        };
        proposals += usize::from(name == "propose");
        let error = if ok { Value::Null } else { json!({"code": "pair_taken", "field": null, "detail": ""}) };
        desk.say(json!({"t": "ack", "cmd": order["cmd"], "ok": ok, "error": error, "result": result})).await;
        if name == "hang_up" {
            break;
        }
    }
    assert_eq!(proposals, 6);
    assert_eq!(robots.tally().refused["pair_taken"], 6);
    robots.dismiss().await;
}

#[tokio::test]
async fn offers_can_be_declined_or_let_pass() {
    let (console, mut desks) = console().await;
    let robots = team(&console, Habits { declines: 1.0, ..diligent() });
    let mut desk = desks.recv().await.unwrap();
    desk.snapshot(json!({"agent": {"state": "offered"}, "offer": {"id": "o1"}})).await;
    assert_eq!(desk.asked("decline", Value::Null).await["do"]["offer"], "o1");
    robots.dismiss().await;

    let robots = team(&console, Habits { looks_away: 1.0, ..diligent() });
    let mut desk = desks.recv().await.unwrap();
    desk.snapshot(json!({"agent": {"state": "offered"}, "offer": {"id": "o2"}})).await;
    desk.asked("painted", Value::Null).await;
    desk.say(json!({"t": "offer_revoked", "offer": "o2", "reason": "expired"})).await;
    assert!(robots.wait_for(SOON, |t| t.revoked == 1).await);
    assert_eq!(robots.tally().accepted, 0);
    robots.dismiss().await;
}

#[tokio::test]
async fn a_robot_goes_home_after_its_last_call_when_the_shift_is_over() {
    let (console, mut desks) = console().await;
    // At this pace a second and a half; the talk is longer.
    let shift = Some(Duration::from_mins(5).into());
    let robots = team(&console, Habits { shift, books: 0.0, talk: Duration::from_mins(8).into(), ..diligent() });
    let mut desk = desks.recv().await.unwrap();
    until_talking(&mut desk).await;
    desk.asked("hang_up", Value::Null).await;
    desk.agent("wrap_up").await;
    assert_eq!(desk.asked("not_ready", Value::Null).await["do"]["reason"], "break");
    desk.asked("finish_wrap_up", Value::Null).await;
    assert_eq!(robots.tally().went_home, 0);
    desk.agent("not_ready").await;
    assert!(robots.wait_for(SOON, |t| t.went_home == 1 && t.linked == 0).await);
    assert!(tokio::time::timeout(Duration::from_millis(400), desks.recv()).await.is_err());
    robots.dismiss().await;
}

#[tokio::test]
async fn a_robot_that_is_idle_when_the_shift_is_over_takes_no_further_caller() {
    let (console, mut desks) = console().await;
    let robots = team(&console, Habits { shift: Some(Duration::from_secs(60).into()), ..diligent() });
    let mut desk = desks.recv().await.unwrap();
    desk.snapshot(json!({"agent": {"state": "ready"}})).await;
    desk.asked("not_ready", Value::Null).await;
    desk.agent("not_ready").await;
    assert!(robots.wait_for(SOON, |t| t.went_home == 1).await);
    robots.dismiss().await;
}

#[tokio::test]
async fn a_robot_that_vanishes_loads_the_page_anew_and_remembers_nothing() {
    let (console, mut desks) = console().await;
    let vanishes = Habits {
        vanishes: Some(Duration::from_secs(40).into()),
        vanishes_for: Duration::from_secs(20).into(),
        ..diligent()
    };
    let robots = team(&console, vanishes);
    let mut desk = desks.recv().await.unwrap();
    until_talking(&mut desk).await;
    let mut desk = desks.recv().await.unwrap();
    assert_eq!((robots.tally().vanished, robots.tally().went_home), (1, 0));
    desk.snapshot(json!({"agent": {"state": "not_ready", "reason": "signed_in"}})).await;
    desk.asked("ready", Value::Null).await;
    robots.dismiss().await;
}

#[tokio::test]
async fn a_robot_may_forget_the_wrap_up() {
    let (console, mut desks) = console().await;
    let robots = team(&console, Habits { forgets_wrap_up: 1.0, books: 0.0, ..diligent() });
    let mut desk = desks.recv().await.unwrap();
    until_talking(&mut desk).await;
    desk.asked("hang_up", Value::Null).await;
    desk.agent("wrap_up").await;
    let asked = tokio::time::timeout(Duration::from_millis(600), desk.asked("finish_wrap_up", Value::Null)).await;
    assert!(asked.is_err(), "it waits until the wrap-up is over by itself");
    robots.dismiss().await;
}

#[tokio::test]
async fn a_robot_that_is_superseded_goes_home_and_one_that_is_logged_out_logs_in_again() {
    let (console, mut desks) = console().await;
    let robots = team(&console, diligent());
    let desk = desks.recv().await.unwrap();
    let close = |code| Message::Close(Some(axum::extract::ws::CloseFrame { code, reason: "".into() }));
    let mut socket = desk.socket;
    socket.send(close(4003)).await.unwrap();
    let mut desk = desks.recv().await.unwrap();
    desk.say(json!({"t": "superseded"})).await;
    assert!(robots.wait_for(SOON, |t| t.linked == 0).await);
    assert!(tokio::time::timeout(Duration::from_millis(400), desks.recv()).await.is_err());
    robots.dismiss().await;
}

#[tokio::test]
async fn frames_of_a_later_version_do_not_disturb_and_broken_ones_are_counted() {
    let (console, mut desks) = console().await;
    let robots = team(&console, diligent());
    let mut desk = desks.recv().await.unwrap();
    desk.say(json!({"t": "weather", "sunny": true})).await;
    desk.socket.send(Message::text("{\"t\":\"offer\"}")).await.unwrap();
    desk.snapshot(json!({"agent": {"state": "not_ready"}, "a_new_part": []})).await;
    desk.asked("ready", Value::Null).await;
    assert_eq!(robots.tally().not_understood, 1);
    robots.dismiss().await;
}
