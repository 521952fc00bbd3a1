//! `GET /supervision/why`: asked when somebody wonders, not twice a second.

use super::Supervision;
use super::why::{Why, told};
use crate::accounts::http::Authenticated;
use crate::accounts::model::{AccountsError, Role};
use crate::accounts::store as accounts;
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::problem::Problem;
use crate::hotline::queue::store;
use crate::in_tx;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
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

/// The route.
pub fn routes(supervision: Supervision) -> Router {
    Router::new().route("/supervision/why", get(why)).with_state(supervision)
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
    let answer = in_tx!(&supervision.accounts.db, "explain the queue", |tx| explain(tx, entries));
    answer.map(Json).map_err(|fault: Fault| {
        tracing::warn!(fault = fault.chain(), "supervision: could not explain the queue");
        let says = "this could not be carried out; repeat it";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "fault", says).into_response()
    })
}

async fn explain(tx: &mut Tx, entries: usize) -> Result<Why, Fault> {
    let scene = store::scene(tx).await?;
    let users = accounts::users(tx.conn()).await?;
    let names = users.into_iter().map(|it| (it.user.id, it.user.display_name)).collect();
    Ok(told(&scene, &names, entries, tx.now()))
}
