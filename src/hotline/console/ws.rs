//! `GET /console/ws`: who may open a desk.

use super::Console;
use super::socket;
use super::store::Window;
use crate::accounts::Accounts;
use crate::accounts::http::{Authenticated, FromOurPages};
use crate::accounts::model::{AccountsError, Role};
use crate::foundation::problem::Problem;
use crate::hotline::live::ws::{Line, limited};
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRef, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde::Deserialize;
use uuid::Uuid;

impl FromRef<Console> for Accounts {
    fn from_ref(console: &Console) -> Self {
        console.accounts.clone()
    }
}

/// The route of the console.
pub fn routes(console: Console) -> Router {
    Router::new().route("/console/ws", any(open)).with_state(console)
}

/// What a page says of itself when it opens its desk. Programs that are no page say nothing.
#[derive(Debug, Deserialize)]
struct Opening {
    window: Option<Uuid>,
    #[serde(default)]
    by_itself: bool,
}

/// The order of the arguments is the order of the checks: the origin costs nothing, the session a query.
async fn open(
    _: FromOurPages,
    user: Authenticated,
    State(console): State<Console>,
    opening: Result<Query<Opening>, QueryRejection>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Response> {
    user.require(Role::Agent).map_err(AccountsError::into_response)?;
    let Authenticated(session) = user;
    let Query(Opening { window, by_itself }) = opening.map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_window", "a window is named by a UUID").into_response()
    })?;
    let window = Window { id: window, by_itself };
    let Some(seat) = console.seats.take(session.user.id) else {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_sockets", "too many consoles are open");
        return Err(problem.into_response());
    };
    let sockets = console.node.sockets.clone();
    Ok(limited(upgrade).on_upgrade(move |socket| {
        sockets.track_future(async move {
            let line = Line::new(socket, &session, &console.node, console.timing);
            // Boxed: thousands of these live at once, and most of their state is needed in some moments only.
            Box::pin(socket::serve(console, session, window, line)).await;
            drop(seat);
        })
    }))
}
