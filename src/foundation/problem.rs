//! One mapping from refusals and faults to RFC 9457 problem JSON.

use super::fault::Refusal;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A problem document. It names what is refused and never a person.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// A stable URI for this kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code, the same in API, console, metrics and logs.
    pub code: &'static str,
    /// What is refused, in words.
    pub detail: String,
}

impl Problem {
    /// A problem with a code and words of our own.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind: format!("urn:vaxline:problem:{code}"), status: status.as_u16(), code, detail: detail.into() }
    }

    /// The problem of a refusal, under `status`; a fault is logged here, once, and shown as 503 without its causes.
    pub fn of(refusal: &impl Refusal, status: StatusCode) -> Self {
        match refusal.fault() {
            Some(fault) => {
                tracing::error!(fault = fault.chain(), "request failed");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "fault", "this could not be carried out; repeat it")
            }
            None => Self::new(status, refusal.code(), refusal.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
