//! `/login`, `/logout`, `/me`, and the extractor that other modules' routes use.

use super::Accounts;
use super::commands::{self, Attempt};
use super::model::{AccountsError, Role, Session};
use super::origin;
use super::password::Password;
use super::token::Token;
use crate::foundation::fault::{Fault, While};
use crate::foundation::problem::Problem;
use crate::in_tx;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRef, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

/// The cookie of a session.
pub const SESSION_COOKIE: &str = "vaxline_session";

/// The cookie by which a browser is known; it opens nothing.
const BROWSER_COOKIE: &str = "vaxline_browser";

/// A browser is remembered for a year.
const BROWSER_SECONDS: u64 = 365 * 24 * 3_600;

/// The routes of the module.
pub fn routes(accounts: Accounts) -> Router {
    Router::new()
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .route("/me", get(me))
        .layer(DefaultBodyLimit::max(4_096))
        .with_state(accounts)
}

/// A request with a valid session.
#[derive(Clone, Debug)]
pub struct Authenticated(pub Session);

impl Authenticated {
    /// Refuses every other role.
    ///
    /// # Errors
    /// `not_allowed`.
    pub fn require(&self, role: Role) -> Result<(), AccountsError> {
        if self.0.user.role == role { Ok(()) } else { Err(AccountsError::NotAllowed) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Authenticated
where
    Accounts: FromRef<S>,
{
    type Rejection = AccountsError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let accounts = Accounts::from_ref(state);
        let token = cookie(&parts.headers, SESSION_COOKIE).ok_or(AccountsError::NotLoggedIn)?;
        in_tx!(&accounts.db, "authenticate", |tx| commands::authenticate(tx, &token)).map(Self)
    }
}

/// A request that one of our own pages has sent: what a socket asks for first, before anything is looked up.
#[derive(Clone, Copy, Debug)]
pub struct FromOurPages;

impl<S: Send + Sync> FromRequestParts<S> for FromOurPages
where
    Accounts: FromRef<S>,
{
    type Rejection = AccountsError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        origin::require(&parts.headers, &Accounts::from_ref(state).settings.allowed_origins).map(|()| Self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogIn {
    login: String,
    password: String,
}

async fn log_in(
    State(accounts): State<Accounts>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Result<Json<LogIn>, JsonRejection>,
) -> Result<Response, Response> {
    origin::refuse_foreign(&headers, &accounts.settings.allowed_origins).map_err(IntoResponse::into_response)?;
    let Json(typed) = body.map_err(|rejection| {
        Problem::new(rejection.status(), "bad_request", "a log-in is JSON with login and password").into_response()
    })?;
    // What cannot be a login or a password is wrong like any other, and costs nothing to find out.
    let (Ok(login), Some(password)) = (typed.login.parse(), Password::typed(&typed.password)) else {
        return Err(AccountsError::WrongCredentials.into_response());
    };
    let attempt = Attempt {
        login,
        password,
        address: address(&extensions, &headers, accounts.settings.behind_proxy),
        browser: cookie(&headers, BROWSER_COOKIE),
        replaces: cookie(&headers, SESSION_COOKIE),
    };
    let logged_in = commands::log_in(&accounts, attempt).await.map_err(IntoResponse::into_response)?;
    let secure = accounts.settings.secure_cookies;
    let session_seconds = accounts.settings.session.as_secs();
    let cookies = [
        set_cookie(SESSION_COOKIE, logged_in.session.reveal(), session_seconds, secure),
        set_cookie(BROWSER_COOKIE, logged_in.browser.reveal(), BROWSER_SECONDS, secure),
    ];
    with_cookies(cookies).map_err(|fault| AccountsError::from(fault).into_response())
}

async fn log_out(State(accounts): State<Accounts>, headers: HeaderMap) -> Result<Response, AccountsError> {
    origin::refuse_foreign(&headers, &accounts.settings.allowed_origins)?;
    if let Some(token) = cookie(&headers, SESSION_COOKIE) {
        in_tx!(&accounts.db, "log out", |tx| commands::log_out(tx, &token))?;
    }
    Ok(with_cookies([set_cookie(SESSION_COOKIE, "", 0, accounts.settings.secure_cookies)])?)
}

#[derive(Serialize)]
struct Me {
    login: String,
    display_name: String,
    role: Role,
}

async fn me(Authenticated(session): Authenticated) -> Response {
    let user = session.user;
    let me = Me { login: user.login.as_str().to_owned(), display_name: user.display_name, role: user.role };
    ([(header::CACHE_CONTROL, "no-store")], Json(me)).into_response()
}

fn set_cookie(name: &str, value: &str, seconds: u64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

fn with_cookies(cookies: impl IntoIterator<Item = String>) -> Result<Response, Fault> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in cookies {
        let value = HeaderValue::from_str(&cookie).map_err(|error| Fault::new("write a cookie", error));
        response.headers_mut().append(header::SET_COOKIE, value.while_doing("answer a log-in")?);
    }
    Ok(response)
}

/// The token in a cookie. A cookie that is there twice was planted by somebody: it is not used.
fn cookie(headers: &HeaderMap, name: &str) -> Option<Token> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Token::read(value),
        _ => None,
    }
}

/// Where a request comes from: the peer, or what the reverse proxy in front has added last.
fn address(extensions: &Extensions, headers: &HeaderMap, behind_proxy: bool) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if !behind_proxy {
        return peer;
    }
    let forwarded = headers.get_all(HeaderName::from_static("x-forwarded-for")).iter().next_back();
    let last = forwarded.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit(',').next());
    last.and_then(|address| address.trim().parse().ok()).or(peer)
}

const fn status(error: &AccountsError) -> StatusCode {
    match error {
        AccountsError::NotLoggedIn | AccountsError::WrongCredentials | AccountsError::BadSecret => {
            StatusCode::UNAUTHORIZED
        }
        AccountsError::TooManyAttempts { .. } => StatusCode::TOO_MANY_REQUESTS,
        AccountsError::Busy | AccountsError::Fault(_) => StatusCode::SERVICE_UNAVAILABLE,
        AccountsError::NotAllowed | AccountsError::ForeignOrigin => StatusCode::FORBIDDEN,
        AccountsError::LoginTaken | AccountsError::ClientTaken => StatusCode::CONFLICT,
        AccountsError::UnknownUser | AccountsError::UnknownClient => StatusCode::NOT_FOUND,
        AccountsError::BadLogin
        | AccountsError::BadName
        | AccountsError::BadRole
        | AccountsError::BadPhoneUser
        | AccountsError::WeakPassword => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl IntoResponse for AccountsError {
    fn into_response(self) -> Response {
        let mut response = Problem::of(&self, status(&self)).into_response();
        let headers = response.headers_mut();
        if let Self::TooManyAttempts { wait } = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.whole_seconds().unsigned_abs() + 1));
        }
        if matches!(self, Self::BadSecret) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(self, Self::Busy) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planted_second_cookie_is_not_used() {
        let token = "ab".repeat(32);
        let mut headers = HeaderMap::new();
        let value = |text: String| HeaderValue::from_str(&text).expect("a header");
        headers.append(header::COOKIE, value(format!("other=1; {SESSION_COOKIE}={token}")));
        assert!(cookie(&headers, SESSION_COOKIE).is_some());
        headers.append(header::COOKIE, value(format!("{SESSION_COOKIE}={}", "cd".repeat(32))));
        assert!(cookie(&headers, SESSION_COOKIE).is_none());
    }

    #[test]
    fn behind_a_proxy_its_own_entry_counts_and_not_what_the_client_wrote() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("192.0.2.99, 198.51.100.7"));
        let none = Extensions::new();
        assert_eq!(address(&none, &headers, true), Some(IpAddr::from([198, 51, 100, 7])));
        assert_eq!(address(&none, &headers, false), None);
    }
}
