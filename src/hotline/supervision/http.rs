//! What supervisors ask when they wonder, and what they switch: `/supervision/why`, `/supervision/notice`.

use super::Supervision;
use super::why::{Why, told};
use crate::accounts::http::{Authenticated, FromOurPages};
use crate::accounts::model::{AccountsError, Role};
use crate::accounts::store as accounts;
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::UserId;
use crate::foundation::problem::Problem;
use crate::hotline::ivr::commands::{NoticeError, set_notice as set};
use crate::hotline::ivr::flow::Texts;
use crate::hotline::ivr::store as menu;
use crate::hotline::queue::model::Strategy;
use crate::hotline::queue::store;
use crate::in_tx;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

/// As many callers are explained when nothing else is asked for.
const USUAL_ENTRIES: usize = 50;

/// More callers are not explained at once.
const MOST_ENTRIES: usize = 500;

/// What may be asked.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// How many callers, from the front of the line; 50 without it, 500 at most.
    entries: Option<usize>,
}

/// The routes.
pub fn routes(supervision: Supervision) -> Router {
    Router::new()
        .route("/supervision/why", get(why))
        .route("/supervision/notice", get(notice).put(set_notice).delete(clear_notice))
        .layer(DefaultBodyLimit::max(8_192))
        .with_state(supervision)
}

/// What every caller hears before the menu; `null`: nothing.
async fn notice(user: Authenticated, State(supervision): State<Supervision>) -> Result<Json<Option<Texts>>, Response> {
    user.require(Role::Supervisor).map_err(AccountsError::into_response)?;
    let notice = in_tx!(&supervision.accounts.db, "read the notice", |tx| menu::notice(tx.conn()));
    notice.map(Json).map_err(|fault| broken(&fault))
}

async fn set_notice(
    _: FromOurPages,
    user: Authenticated,
    State(supervision): State<Supervision>,
    texts: Result<Json<Texts>, JsonRejection>,
) -> Result<StatusCode, Response> {
    user.require(Role::Supervisor).map_err(AccountsError::into_response)?;
    let Json(texts) = texts.map_err(|_| {
        let says = "a notice is a JSON object with the texts de and en";
        Problem::new(StatusCode::BAD_REQUEST, "bad_text", says).into_response()
    })?;
    change_notice(&user, &supervision, Some(&texts)).await
}

async fn clear_notice(
    _: FromOurPages,
    user: Authenticated,
    State(supervision): State<Supervision>,
) -> Result<StatusCode, Response> {
    change_notice(&user, &supervision, None).await
}

async fn change_notice(
    user: &Authenticated,
    supervision: &Supervision,
    notice: Option<&Texts>,
) -> Result<StatusCode, Response> {
    user.require(Role::Supervisor).map_err(AccountsError::into_response)?;
    let by = Some(user.0.user.id);
    let set: Result<(), NoticeError> = in_tx!(&supervision.accounts.db, "set the notice", |tx| set(tx, notice, by));
    set.map(|()| StatusCode::NO_CONTENT)
        .map_err(|error| Problem::of(&error, StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn why(
    user: Authenticated,
    State(supervision): State<Supervision>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Why>, Response> {
    user.require(Role::Supervisor).map_err(AccountsError::into_response)?;
    let entries = asked.ok().map(|Query(asked)| asked.entries.unwrap_or(USUAL_ENTRIES));
    let Some(entries) = entries.filter(|entries| *entries <= MOST_ENTRIES) else {
        let says = format!("entries is a number up to {MOST_ENTRIES}, and there is nothing else to ask");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_query", says).into_response());
    };
    let strategy = supervision.strategy;
    let answer = in_tx!(&supervision.accounts.db, "explain the queue", |tx| explain(tx, strategy, entries));
    answer.map(Json).map_err(|fault| broken(&fault))
}

async fn explain(tx: &mut Tx, strategy: Strategy, entries: usize) -> Result<Why, Fault> {
    let scene = store::scene(tx).await?;
    let agents: Vec<UserId> = scene.present.iter().map(|present| present.agent.agent).collect();
    let names = accounts::display_names(tx.conn(), &agents).await?;
    Ok(told(&scene, strategy, &names, entries, tx.now()))
}

fn broken(fault: &Fault) -> Response {
    Problem::of(fault, StatusCode::SERVICE_UNAVAILABLE).into_response()
}
