//! `GET /supervision/ws`: who may watch, and what they are sent.

use super::Supervision;
use super::board::BEAT;
use super::wire::ToWall;
use crate::accounts::Accounts;
use crate::accounts::http::{Authenticated, FromOurPages};
use crate::accounts::model::{AccountsError, Role};
use crate::foundation::clock::Clock;
use crate::foundation::problem::Problem;
use crate::hotline::console::view::millis;
use crate::hotline::console::wire::PROTOCOL;
use crate::hotline::live::end::End;
use crate::hotline::live::ws::{Line, Text, limited};
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;

impl FromRef<Supervision> for Accounts {
    fn from_ref(supervision: &Supervision) -> Self {
        supervision.accounts.clone()
    }
}

/// The route of supervision.
pub fn routes(supervision: Supervision) -> Router {
    Router::new().route("/supervision/ws", any(open)).with_state(supervision)
}

async fn open(
    _: FromOurPages,
    user: Authenticated,
    State(supervision): State<Supervision>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Response> {
    user.require(Role::Supervisor).map_err(AccountsError::into_response)?;
    let Authenticated(session) = user;
    let Some(seat) = supervision.seats.take(session.user.id) else {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_sockets", "too many walls are open");
        return Err(problem.into_response());
    };
    let sockets = supervision.node.sockets.clone();
    Ok(limited(upgrade).on_upgrade(move |socket| {
        sockets.track_future(async move {
            let mut line = Line::new(socket, &session, &supervision.node, supervision.timing);
            let end = show(&supervision, &mut line).await;
            tracing::info!(session = %session.id, end = end.name(), "supervision: socket closed");
            line.close(end).await;
            drop(seat);
        })
    }))
}

/// Sends every board until the line ends. A wall has nothing to say.
async fn show(supervision: &Supervision, line: &mut Line) -> End {
    let mut boards = supervision.wall.watch();
    let clock: &Clock = supervision.accounts.db.clock();
    let hello = ToWall::Hello {
        protocol: PROTOCOL,
        epoch_ms: millis(clock.now()),
        heartbeat_ms: u32::try_from(BEAT.as_millis()).unwrap_or(u32::MAX) * 2,
    };
    let Ok(hello) = serde_json::to_string(&hello) else { return End::Unavailable };
    if let Err(end) = line.send(Text::from(hello)).await {
        return end;
    }
    loop {
        tokio::select! {
            heard = line.hear() => return match heard {
                Ok(_) => End::NotUnderstood,
                Err(end) => end,
            },
            Ok(()) = boards.changed() => {
                let board = boards.borrow_and_update().clone();
                if let Some(board) = board
                    && let Err(end) = line.send(board).await
                {
                    return end;
                }
            }
        }
    }
}
