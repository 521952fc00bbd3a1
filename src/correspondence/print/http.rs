//! `/print/v1`: four calls to the happy end of a batch: take it, read its list, fetch its files, accept it.

use super::commands;
use super::model::{AcceptRequest, BatchRequest, LeaseRequest, MOST_REPORTS, PrintError, Report, ReportAnswer};
use crate::accounts::clients;
use crate::correspondence::settings::Post;
use crate::foundation::db::Db;
use crate::foundation::fault::Refusal;
use crate::foundation::ids::{ClientId, LetterId, PrintBatchId};
use crate::foundation::problem::Problem;
use crate::in_tx;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// What the routes work with.
#[derive(Clone, Debug)]
pub struct Print {
    /// The staff plane.
    pub db: Db,
    /// The post's times.
    pub post: Post,
}

/// A thousand reports and two thousand exceptions fit; nothing larger is read.
const LARGEST_BODY: usize = 512 << 10;

/// So many reports of a request may be faults of their own. With more the database is away, and nothing is tried in vain.
const MOST_FAULTS: usize = 3;

/// The routes.
pub fn routes(print: Print) -> Router {
    Router::new()
        .route("/print/v1/batches", post(lease))
        .route("/print/v1/batches/{id}/manifest.json", get(manifest))
        .route("/print/v1/batches/{id}/lease", post(extend))
        .route("/print/v1/batches/{id}/accept", post(accept))
        .route("/print/v1/letters/{file}", get(letter))
        .route("/print/v1/events", post(events))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(print)
}

async fn lease(State(print): State<Print>, headers: HeaderMap, body: Bytes) -> Response {
    respond(async {
        let client = known(&print, &headers).await?;
        let request: BatchRequest = if body.is_empty() { read(b"{}")? } else { read(&body)? };
        let key = headers
            .get("idempotency-key")
            .and_then(|key| key.to_str().ok())
            .filter(|key| (1..=256).contains(&key.len()))
            .ok_or_else(|| refuse(&PrintError::KeyMissing))?;
        // What a dead house held is there for the next that asks. New letters do not depend on it.
        let given_back =
            in_tx!(&print.db, "give back a lapsed print lease", |tx| commands::give_back_lapsed(tx, &print.post));
        if let Err(fault) = given_back {
            tracing::warn!(fault = fault.chain(), "print: could not give a lapsed lease back");
        }
        let batch = in_tx!(&print.db, "lease letters", |tx| commands::lease(tx, client, key, &request, &print.post));
        Ok(match batch.map_err(|error| refuse(&error))? {
            Some(batch) => json(StatusCode::CREATED, &batch),
            None => StatusCode::NO_CONTENT.into_response(),
        })
    })
    .await
}

async fn manifest(State(print): State<Print>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    respond(async {
        let client = known(&print, &headers).await?;
        let id: PrintBatchId = id.parse().map_err(|_| refuse(&PrintError::BatchUnknown))?;
        let bytes = in_tx!(&print.db, "read a manifest", |tx| commands::manifest(tx, client, id));
        let bytes = bytes.map_err(|error| refuse(&error))?;
        let digest = Sha256::digest(&bytes);
        Ok(file(&headers, "application/json", &digest, bytes))
    })
    .await
}

async fn letter(State(print): State<Print>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    respond(async {
        let client = known(&print, &headers).await?;
        let id = name.strip_suffix(".pdf").and_then(|id| id.parse::<LetterId>().ok());
        let id = id.ok_or_else(|| refuse(&PrintError::LetterUnknown))?;
        let fetched = in_tx!(&print.db, "fetch a letter", |tx| commands::file(tx, client, id));
        let (digest, pdf) = fetched.map_err(|error| refuse(&error))?;
        Ok(file(&headers, "application/pdf", &digest, pdf))
    })
    .await
}

async fn extend(State(print): State<Print>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    respond(async {
        let client = known(&print, &headers).await?;
        let id: PrintBatchId = id.parse().map_err(|_| refuse(&PrintError::BatchUnknown))?;
        let request: LeaseRequest = read(&body)?;
        let lease = in_tx!(&print.db, "lengthen a lease", |tx| commands::extend(tx, client, id, &request));
        Ok(json(StatusCode::OK, &lease.map_err(|error| refuse(&error))?))
    })
    .await
}

async fn accept(State(print): State<Print>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    respond(async {
        let client = known(&print, &headers).await?;
        let id: PrintBatchId = id.parse().map_err(|_| refuse(&PrintError::BatchUnknown))?;
        let request: AcceptRequest = read(&body)?;
        let accepted = in_tx!(&print.db, "accept a batch", |tx| commands::accept(tx, client, id, &request));
        Ok(json(StatusCode::OK, &accepted.map_err(|error| refuse(&error))?))
    })
    .await
}

/// Each report counts or is refused by itself.
async fn events(State(print): State<Print>, headers: HeaderMap, body: Bytes) -> Response {
    respond(async {
        let client = known(&print, &headers).await?;
        let reports: Vec<Report> = read(&body)?;
        if reports.len() > MOST_REPORTS {
            return Err(refuse(&PrintError::OutOfRange("the number of reports")));
        }
        let mut answers = Vec::with_capacity(reports.len());
        let mut faults = 0;
        for report in &reports {
            if faults == MOST_FAULTS {
                answers.push(ReportAnswer::new(report, 503, Some("fault")));
                continue;
            }
            let answer = in_tx!(&print.db, "note a print report", |tx| commands::report(tx, client, report));
            answers.push(answer.unwrap_or_else(|fault| {
                faults += 1;
                tracing::error!(fault = fault.chain(), letter = %report.letter_id, "print: could not note a report");
                ReportAnswer::new(report, 503, Some(fault.code()))
            }));
        }
        Ok(json(StatusCode::MULTI_STATUS, &answers))
    })
    .await
}

async fn respond(answer: impl Future<Output = Result<Response, Problem>>) -> Response {
    answer.await.unwrap_or_else(|problem| {
        let unauthorised = problem.status == StatusCode::UNAUTHORIZED.as_u16();
        let mut response = problem.into_response();
        if unauthorised {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    })
}

/// The print house whose secret the request bears.
async fn known(print: &Print, headers: &HeaderMap) -> Result<ClientId, Problem> {
    clients::authenticate(&print.db, headers).await.map_err(|error| Problem::of(&error, StatusCode::UNAUTHORIZED))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        // The parser's own words may quote the body.
        let place = format!("line {}, column {}", error.line(), error.column());
        refuse(&PrintError::Unreadable(place))
    })
}

fn refuse(error: &PrintError) -> Problem {
    let status = match error {
        PrintError::BatchUnknown | PrintError::LetterUnknown => StatusCode::NOT_FOUND,
        PrintError::LeaseLapsed => StatusCode::GONE,
        PrintError::WrongToken | PrintError::AlreadyAccepted => StatusCode::CONFLICT,
        PrintError::KeyMissing => StatusCode::BAD_REQUEST,
        PrintError::DigestMismatch
        | PrintError::BadException
        | PrintError::KeyMisused
        | PrintError::OutOfRange(_)
        | PrintError::Unreadable(_) => StatusCode::UNPROCESSABLE_ENTITY,
        PrintError::Fault(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    metrics::counter!("vaxline_print_refused_total", "code" => error.code()).increment(1);
    Problem::of(error, status)
}

fn json(status: StatusCode, answer: &impl Serialize) -> Response {
    let mut response = (status, axum::Json(answer)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A file with its digest as ETag and as `Digest`; unchanged when the house has it already.
fn file(headers: &HeaderMap, kind: &'static str, digest: &[u8], bytes: Vec<u8>) -> Response {
    let etag = format!("\"sha256-{}\"", hex::encode(digest));
    let has_it = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) == Some(etag.as_str());
    let mut response =
        if has_it { StatusCode::NOT_MODIFIED.into_response() } else { (StatusCode::OK, bytes).into_response() };
    let sum = format!("sha-256={}", base64::prelude::BASE64_STANDARD.encode(digest));
    let answers = response.headers_mut();
    answers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    for (name, value) in [(header::ETAG, etag), (header::HeaderName::from_static("digest"), sum)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answers.insert(name, value);
        }
    }
    response
}
