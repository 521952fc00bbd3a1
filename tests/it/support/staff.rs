//! A staff listener on loopback with users, and a browser's view of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use super::World;
use axum::Router;
use reqwest::{Method, Response, StatusCode, header};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU8, Ordering};
use vaxline::accounts::commands::{self, NewUser};
use vaxline::accounts::model::Role;
use vaxline::accounts::origin::Origin;
use vaxline::accounts::password::Password;
use vaxline::accounts::settings::Settings;
use vaxline::accounts::{Accounts, http};
use vaxline::foundation::ids::UserId;
use vaxline::in_tx;

pub const ORIGIN: &str = "https://hotline.example.org";
pub const PASSWORD: &str = "korrekt Pferd Batterie";

/// The accounts module as the staff plane has it.
pub fn accounts(world: &World) -> Accounts {
    let settings = Settings {
        allowed_origins: vec![Origin::try_from(ORIGIN.to_owned()).unwrap()],
        session: std::time::Duration::from_secs(12 * 3_600),
        secure_cookies: true,
        hashing_threads: 2,
        behind_proxy: false,
    };
    settings.validate().unwrap();
    Accounts::new(world.staff().clone(), settings)
}

/// Adds a user with [`PASSWORD`].
pub async fn add_user(accounts: &Accounts, login: &str, role: Role) -> UserId {
    let login = login.parse().unwrap();
    let password = Password::chosen(PASSWORD, &login).unwrap();
    let password_hash = accounts.hasher.hash(password, [1; 16]).await.unwrap();
    let display_name = format!("Nr. {}", rand::random::<u32>());
    let new = NewUser { login, display_name, role, phone_user: Some("1001".to_owned()), password_hash };
    in_tx!(&accounts.db, "add a user", |tx| commands::add_user(tx, &new)).unwrap()
}

/// Serves a router on loopback until the test ends.
pub async fn serve(router: Router) -> SocketAddr {
    // A small buffer: a page that does not read is noticed after some kilobytes, not after some megabytes.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_send_buffer_size(8 * 1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1_024).unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// Serves the accounts' routes alone.
pub async fn serve_accounts(accounts: &Accounts) -> SocketAddr {
    serve(http::routes(accounts.clone())).await
}

/// What every HTTP client needs once in a process.
pub fn install_tls() {
    // An error only says that another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A browser: it keeps the cookies it is given, and comes from an address of its own.
#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    base: String,
    pub session: Option<String>,
    pub known: Option<String>,
}

impl Browser {
    pub fn at(server: SocketAddr) -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(2);
        let own = NEXT.fetch_add(1, Ordering::Relaxed);
        Self::from_address(server, [127, 0, own, own])
    }

    pub fn from_address(server: SocketAddr, own: [u8; 4]) -> Self {
        install_tls();
        let client = reqwest::Client::builder().local_address(Some(own.into())).no_proxy().build().unwrap();
        Self { client, base: format!("http://{server}"), session: None, known: None }
    }

    fn cookies(&self) -> String {
        let session = self.session.as_ref().map(|token| format!("vaxline_session={token}"));
        let known = self.known.as_ref().map(|token| format!("vaxline_browser={token}"));
        [session, known].into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// What opens sockets.
    pub fn session_cookie(&self) -> String {
        format!("vaxline_session={}", self.session.as_deref().unwrap_or_default())
    }

    pub async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.base)).header(header::COOKIE, self.cookies());
        request.send().await.unwrap()
    }

    pub async fn post(&mut self, path: &str, origin: Option<&str>, body: String) -> Response {
        let mut request = self
            .client
            .post(format!("{}{path}", self.base))
            .header(header::COOKIE, self.cookies())
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        let response = request.send().await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            let value = (!value.is_empty()).then(|| value.to_owned());
            match name {
                "vaxline_session" => self.session = value,
                "vaxline_browser" => self.known = value,
                other => assert_eq!(other, "", "an unexpected cookie"),
            }
        }
        response
    }

    /// Changes something: PUT with a body, DELETE without.
    pub async fn change(&self, method: Method, path: &str, origin: Option<&str>, body: String) -> Response {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .header(header::COOKIE, self.cookies())
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        request.send().await.unwrap()
    }

    pub async fn try_log_in(&mut self, login: &str, password: &str) -> Response {
        let body = serde_json::json!({ "login": login, "password": password }).to_string();
        self.post("/login", Some(ORIGIN), body).await
    }

    /// Logs in with [`PASSWORD`].
    pub async fn log_in(&mut self, login: &str) {
        assert_eq!(self.try_log_in(login, PASSWORD).await.status(), StatusCode::NO_CONTENT);
    }
}
