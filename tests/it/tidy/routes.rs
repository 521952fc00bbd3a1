//! Every door to the outside, and who may go through it.

use super::assert_nowhere;
use super::sources::{root, rust};
use crate::support::World;
use reqwest::{Method, StatusCode, redirect};
use uuid::Uuid;
use vaxline::app::config::Config;
use vaxline::app::lifecycle::{self, Planes};

/// A line of `tests/fixtures/routes.txt`.
pub struct Route {
    pub listener: String,
    pub method: Method,
    pub path: String,
    pub who: String,
}

/// The list. Everything after `#` is a remark.
pub fn listed() -> Vec<Route> {
    let text = std::fs::read_to_string(root().join("tests/fixtures/routes.txt")).unwrap();
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
            [listener, method, path, who] => Route {
                listener: listener.to_owned(),
                method: method.parse().unwrap(),
                path: path.to_owned(),
                who: who.to_owned(),
            },
            _ => panic!("routes.txt: a line is: listener method path who; this one is not: {line}"),
        })
        .collect()
}

/// The paths of `.route("…", …)` in the sources. No router is nested: a path stands whole where it is served.
fn routed() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for source in rust("src") {
        let text: String = source.production().flat_map(|(_, line)| [line.trim(), "\n"]).collect();
        for piece in text.split(".route(").skip(1) {
            if let Some(path) = piece.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                found.push((source.path.clone(), path.to_owned()));
            }
        }
    }
    found
}

#[test]
fn every_route_is_listed_with_who_may_use_it() {
    let (listed, routed) = (listed(), routed());
    let mut places: Vec<String> = routed
        .iter()
        .filter(|(_, path)| !listed.iter().any(|route| route.path == *path))
        .map(|(source, path)| format!("  {source}: {path} is not listed"))
        .collect();
    places.extend(
        listed
            .iter()
            .filter(|route| !routed.iter().any(|(_, path)| route.path == *path))
            .map(|route| format!("  {} is listed, but nothing routes it", route.path)),
    );
    assert_nowhere(
        "tests/fixtures/routes.txt is the list of everything that can be reached from outside, and of who may: a new \
         route is written there, and looked at.",
        &places,
    );
}

#[tokio::test]
async fn nobody_is_let_in_who_does_not_say_who_they_are() {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let world = World::new().await;
    let environment = [("VAXLINE__HOOKS__LISTEN", "127.0.0.1:0"), ("VAXLINE__STAFF__LISTEN", "127.0.0.1:0")];
    let config = Config::load(None, environment.map(|(key, value)| (key.to_owned(), value.to_owned()))).unwrap();
    let planes = Planes { hooks: true, staff: true, work: false };
    let running = lifecycle::start(&config, &world.pools, &world.clock, Uuid::from_u128(1), planes).await.unwrap();
    let (hooks, staff) = (running.hooks.unwrap(), running.staff.unwrap());
    let client = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();

    let mut places = Vec::new();
    for route in listed() {
        let server = match route.listener.as_str() {
            "hooks" => hooks,
            "staff" => staff,
            other => panic!("routes.txt: there is no listener {other}"),
        };
        let path: Vec<&str> =
            route.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part }).collect();
        let url = format!("http://{server}{}", path.join("/"));
        let status = client.request(route.method.clone(), url).send().await.unwrap().status();
        let is_refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        if is_refused == (route.who == "anyone") || status == StatusCode::METHOD_NOT_ALLOWED {
            places.push(format!("  {} {} ({}): {status}", route.method, route.path, route.who));
        }
    }
    running.stop().await.unwrap();
    assert_nowhere(
        "A request without cookie, secret or signature is answered 401 or 403 on every route that is not for anyone.",
        &places,
    );
}
