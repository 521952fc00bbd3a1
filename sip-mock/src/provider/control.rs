//! The control interface of the program: for tests that are not written in Rust, and for people who want to ring by hand.
//!
//! It is no part of the provider's dialect and is off unless asked for.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::CallHandle;
use super::handle::ring;
use super::session::Switch;
use crate::callers::CallerScript;
use crate::faults::Faults;
use crate::journal::Happening;
use crate::phones::PhoneScript;

pub(super) fn routes(switch: Arc<Switch>) -> Router {
    Router::new()
        .route("/mock/calls", post(ring_in))
        .route("/mock/calls/{call}", get(see).delete(hang_up))
        .route("/mock/calls/{call}/keys", post(press))
        .route("/mock/phones/{user}", put(set_phone))
        .route("/mock/phones/{user}/call", delete(hang_up_phone))
        .route("/mock/faults", put(set_faults))
        .route("/mock/base", put(set_base))
        .route("/mock/marks", post(mark))
        .route("/mock/journal", get(journal))
        .with_state(switch)
}

fn handle(switch: &Arc<Switch>, sid: &str) -> Option<CallHandle> {
    switch.calls.get(sid).map(|call| CallHandle { switch: Arc::clone(switch), call })
}

async fn ring_in(State(switch): State<Arc<Switch>>, Json(script): Json<CallerScript>) -> Response {
    let call = ring(&switch, script, None);
    (StatusCode::CREATED, Json(json!({"call": call.sid()}))).into_response()
}

async fn see(State(switch): State<Arc<Switch>>, Path(sid): Path<String>) -> Response {
    match handle(&switch, &sid) {
        Some(call) => Json(json!({"seen": call.seen(), "heard": call.heard()})).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn hang_up(State(switch): State<Arc<Switch>>, Path(sid): Path<String>) -> StatusCode {
    let Some(call) = handle(&switch, &sid) else { return StatusCode::NOT_FOUND };
    call.hang_up();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Pressed {
    press: String,
}

async fn press(State(switch): State<Arc<Switch>>, Path(sid): Path<String>, Json(keys): Json<Pressed>) -> StatusCode {
    let Some(call) = handle(&switch, &sid) else { return StatusCode::NOT_FOUND };
    if keys.press.chars().all(|key| call.press(key)) { StatusCode::NO_CONTENT } else { StatusCode::CONFLICT }
}

async fn set_phone(
    State(switch): State<Arc<Switch>>,
    Path(user): Path<String>,
    Json(script): Json<PhoneScript>,
) -> StatusCode {
    switch.phones.handle(&user).set(script);
    StatusCode::NO_CONTENT
}

async fn hang_up_phone(State(switch): State<Arc<Switch>>, Path(user): Path<String>) -> StatusCode {
    if switch.phones.handle(&user).hang_up() { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}

async fn set_faults(State(switch): State<Arc<Switch>>, Json(faults): Json<Faults>) -> StatusCode {
    switch.set_faults(faults);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Base {
    base: String,
}

async fn set_base(State(switch): State<Arc<Switch>>, Json(moved): Json<Base>) -> StatusCode {
    switch.hooks.set_base(&moved.base);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Mark {
    text: String,
}

async fn mark(State(switch): State<Arc<Switch>>, Json(mark): Json<Mark>) -> StatusCode {
    switch.journal.note(Happening::Mark { text: mark.text });
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

async fn journal(State(switch): State<Arc<Switch>>, Query(After { after }): Query<After>) -> Response {
    let lines: Vec<String> =
        switch.journal.since(after).iter().filter_map(|entry| serde_json::to_string(entry).ok()).collect();
    ([(header::CONTENT_TYPE, "application/x-ndjson")], lines.join("\n")).into_response()
}
