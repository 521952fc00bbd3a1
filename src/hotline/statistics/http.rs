//! `GET /supervision/statistics?from=&to=&by=`, as JSON or CSV, for supervisors.
//!
//! Figures of single agents are for supervisors alone, as everything here; who else may see them is for the works council
//! to agree on, and would need a route of its own.

use super::commands::{columns, report};
use super::model::{By, Range, StatisticsError};
use super::settings::Settings;
use super::wire::Report;
use crate::accounts::Accounts;
use crate::accounts::http::Authenticated;
use crate::accounts::model::Role;
use crate::foundation::fault::Fault;
use crate::foundation::problem::Problem;
use crate::in_tx;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRef, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

/// What the routes work with.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// Users and sessions, on the staff plane.
    pub accounts: Accounts,
    /// The thresholds.
    pub thresholds: Settings,
}

impl FromRef<Statistics> for Accounts {
    fn from_ref(statistics: &Statistics) -> Self {
        statistics.accounts.clone()
    }
}

/// The routes.
pub fn routes(statistics: Statistics) -> Router {
    Router::new()
        .route("/supervision/statistics", get(as_wished))
        .route("/supervision/statistics.csv", get(as_csv))
        .with_state(statistics)
}

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    from: String,
    to: String,
    by: String,
}

async fn as_wished(
    user: Authenticated,
    State(statistics): State<Statistics>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let made = made(&user, &statistics, asked).await?;
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/csv")) {
        csv(&statistics, &made)
    } else {
        let body = Json(made.to_json().map_err(|fault| broken(&fault))?);
        Ok(([(header::CACHE_CONTROL, "no-store"), (header::VARY, "accept")], body).into_response())
    }
}

async fn as_csv(
    user: Authenticated,
    State(statistics): State<Statistics>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let made = made(&user, &statistics, asked).await?;
    csv(&statistics, &made)
}

fn csv(statistics: &Statistics, made: &Report) -> Result<Response, Problem> {
    let text = made.to_csv(&columns(made.by, statistics.thresholds)).map_err(|fault| broken(&fault))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"vaxline-statistics.csv\""),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept"),
    ];
    Ok((headers, text).into_response())
}

async fn made(
    user: &Authenticated,
    statistics: &Statistics,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Report, Problem> {
    user.require(Role::Supervisor).map_err(|error| Problem::of(&error, StatusCode::FORBIDDEN))?;
    let Query(asked) = asked.map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "bad_request", "ask with from, to and by, and nothing else")
    })?;
    let by: By = asked.by.parse().map_err(|error| refused(&error))?;
    let range = Range::parse(&asked.from, &asked.to).map_err(|error| refused(&error))?;
    let db = &statistics.accounts.db;
    in_tx!(db, "read statistics", |tx| report(tx, by, range, statistics.thresholds)).map_err(|error| refused(&error))
}

fn refused(error: &StatisticsError) -> Problem {
    Problem::of(error, StatusCode::UNPROCESSABLE_ENTITY)
}

fn broken(fault: &Fault) -> Problem {
    Problem::of(fault, StatusCode::SERVICE_UNAVAILABLE)
}
