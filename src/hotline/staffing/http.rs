//! `GET /supervision/forecast`: what the next hour brings, and how many agents it needs.

use super::commands::{StaffingError, outlook};
use super::settings::Settings;
use crate::accounts::Accounts;
use crate::accounts::http::Authenticated;
use crate::accounts::model::{AccountsError, Role};
use crate::foundation::problem::Problem;
use crate::in_tx;
use axum::extract::{FromRef, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

/// What the route works with.
#[derive(Clone, Debug)]
pub struct Staffing {
    /// Users and sessions, on the staff plane.
    pub accounts: Accounts,
    /// The goal, and what is assumed of callers.
    pub settings: Settings,
}

impl FromRef<Staffing> for Accounts {
    fn from_ref(staffing: &Staffing) -> Self {
        staffing.accounts.clone()
    }
}

/// The route.
pub fn routes(staffing: Staffing) -> Router {
    Router::new().route("/supervision/forecast", get(forecast)).with_state(staffing)
}

async fn forecast(user: Authenticated, State(staffing): State<Staffing>) -> Result<Response, Response> {
    user.require(Role::Supervisor).map_err(AccountsError::into_response)?;
    let settings = &staffing.settings;
    let foreseen = in_tx!(&staffing.accounts.db, "look at the next hour", |tx| outlook(tx, settings));
    match foreseen {
        Ok(outlook) => Ok(([(header::CACHE_CONTROL, "no-store")], Json(outlook)).into_response()),
        // There is nothing yet that could be told.
        Err(error @ StaffingError::No(_)) => Err(Problem::of(&error, StatusCode::NOT_FOUND).into_response()),
        Err(error @ StaffingError::Fault(_)) => {
            Err(Problem::of(&error, StatusCode::SERVICE_UNAVAILABLE).into_response())
        }
    }
}
