//! `/healthz`, `/readyz` and `/metrics`.
//!
//! Healthy means that the process works; it asks nobody, or an outage of the database would kill every node at once.
//! Ready means that callers may be sent here: the database answers, its schema is this program's, and it keeps what it
//! acknowledges.

use crate::foundation::db::{Db, durability, migrations};
use crate::foundation::problem::Problem;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use std::time::Duration;

/// What readiness looks at.
#[derive(Clone, Debug)]
pub struct Health {
    /// The database.
    pub db: Db,
    /// Whether an unsafe database is accepted: tests alone.
    pub accept_unsafe_durability: bool,
    /// The metrics.
    pub metrics: PrometheusHandle,
}

/// The routes.
pub fn routes(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(|State(health): State<Health>| async move { health.metrics.render() }))
        .with_state(health)
}

async fn ready(State(health): State<Health>) -> Result<&'static str, Problem> {
    let looked = tokio::time::timeout(Duration::from_secs(2), not_ready(&health)).await;
    let reason = looked.unwrap_or_else(|_| Some("the database does not answer within 2 s".to_owned()));
    match reason {
        None => Ok("ready\n"),
        Some(reason) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", reason)),
    }
}

/// Why callers must not be sent here; `None` when they may.
pub async fn not_ready(health: &Health) -> Option<String> {
    match migrations::are_applied(health.db.pool()).await {
        Ok(true) => {}
        Ok(false) => return Some("the schema is not this program's: run `vaxline migrate`".to_owned()),
        Err(fault) => return Some(fault.to_string()),
    }
    match durability::missing(health.db.pool()).await {
        Ok(off) if off.is_empty() || health.accept_unsafe_durability => None,
        Ok(off) => Some(format!("the database would lose acknowledged bookings: {} is off", off.join(", "))),
        Err(fault) => Some(fault.to_string()),
    }
}
