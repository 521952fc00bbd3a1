//! Who gets through which door of the staff listener: every role on every route of `tests/fixtures/routes.txt`.

use crate::support::World;
use crate::support::staff::{self, Browser, PASSWORD};
use crate::tidy::routes::{Route, listed};
use reqwest::{Method, StatusCode, header, redirect};
use std::fmt::Write;
use uuid::Uuid;
use vaxline::accounts::Accounts;
use vaxline::accounts::clients::Kind;
use vaxline::accounts::commands;
use vaxline::accounts::model::Role;
use vaxline::app::config::Config;
use vaxline::app::lifecycle::{self, Planes};
use vaxline::in_tx;

/// The origin of the staff pages in the default configuration.
const ORIGIN: &str = "http://127.0.0.1:8080";

/// Somebody at the door: a name, and the header that they show.
struct Visitor {
    name: &'static str,
    shows: Option<(header::HeaderName, String)>,
}

impl Visitor {
    /// What `who` in the list of routes means for this visitor.
    fn may(&self, who: &str) -> bool {
        match who {
            "anyone" => true,
            "staff" => matches!(self.name, "agent" | "supervisor"),
            role => self.name == role,
        }
    }
}

async fn log_in(server: std::net::SocketAddr, login: &str) -> Browser {
    let mut browser = Browser::at(server);
    let body = serde_json::json!({ "login": login, "password": PASSWORD }).to_string();
    assert_eq!(browser.post("/login", Some(ORIGIN), body).await.status(), StatusCode::NO_CONTENT);
    browser
}

async fn knock(client: &reqwest::Client, server: std::net::SocketAddr, route: &Route, visitor: &Visitor) -> StatusCode {
    let path: Vec<&str> = route.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part }).collect();
    let mut request = client.request(route.method.clone(), format!("http://{server}{}", path.join("/")));
    if let Some((name, value)) = &visitor.shows {
        request = request.header(name, value);
    }
    if matches!(route.method, Method::PUT | Method::DELETE) {
        request = request.header(header::ORIGIN, ORIGIN);
    }
    if route.path.ends_with("/ws") {
        request = request
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_VERSION, "13")
            .header(header::SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==");
    }
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn every_role_gets_through_its_own_doors_and_no_other() {
    staff::install_tls();
    let world = World::new().await;
    let environment = [("VAXLINE__STAFF__LISTEN", "127.0.0.1:0")];
    let config = Config::load(None, environment.map(|(key, value)| (key.to_owned(), value.to_owned()))).unwrap();
    let planes = Planes { hooks: false, staff: true, work: false };
    let running = lifecycle::start(&config, &world.pools, &world.clock, Uuid::from_u128(1), planes).await.unwrap();
    let server = running.staff.unwrap();

    let accounts = Accounts::new(world.staff().clone(), config.accounts.clone());
    for (login, role) in [("agent", Role::Agent), ("supervisor", Role::Supervisor), ("gone", Role::Agent)] {
        staff::add_user(&accounts, login, role).await;
    }
    let (agent, supervisor) = (log_in(server, "agent").await, log_in(server, "supervisor").await);
    let mut gone = log_in(server, "gone").await;
    let left = gone.session_cookie();
    gone.post("/logout", Some(ORIGIN), String::new()).await;
    let added = in_tx!(world.staff(), "add a client", |tx| commands::add_client(tx, "print house", Kind::Print));
    let secret = added.unwrap().1;
    let visitors = [
        Visitor { name: "nobody", shows: None },
        Visitor { name: "agent", shows: Some((header::COOKIE, agent.session_cookie())) },
        Visitor { name: "supervisor", shows: Some((header::COOKIE, supervisor.session_cookie())) },
        Visitor { name: "logged out", shows: Some((header::COOKIE, left)) },
        Visitor { name: "print", shows: Some((header::AUTHORIZATION, format!("Bearer {}", secret.reveal()))) },
        Visitor { name: "wrong secret", shows: Some((header::AUTHORIZATION, format!("Bearer {}", "0".repeat(64)))) },
    ];

    let client = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
    let mut wrong = String::new();
    // The log-out comes last: it ends the log-ins that the others need.
    let (last, first): (Vec<_>, Vec<_>) = listed().into_iter().partition(|route| route.path == "/logout");
    for route in first.iter().chain(&last).filter(|route| route.listener == "staff") {
        for visitor in &visitors {
            let status = knock(&client, server, route, visitor).await;
            let let_in = !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
            if let_in != visitor.may(&route.who) || status.as_u16() == 500 {
                let _ = writeln!(
                    wrong,
                    "  {} {} ({}): {} gets {status}",
                    route.method, route.path, route.who, visitor.name
                );
            }
        }
    }
    running.stop().await.unwrap();
    assert!(wrong.is_empty(), "routes.txt says who may; the program says otherwise:\n{wrong}");
}
