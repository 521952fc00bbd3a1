//! What a listener does with too much, and with too slow.

use axum::Router;
use axum::routing::{get, post};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_util::sync::{CancellationToken, DropGuard};
use vaxline::app::server::{Bound, PATIENCE, Patience, limited};

/// Holds requests up.
struct Gate {
    arrived: Semaphore,
    go: Semaphore,
}

impl Gate {
    fn closed() -> Arc<Self> {
        Arc::new(Self { arrived: Semaphore::new(0), go: Semaphore::new(0) })
    }
}

/// Routes of which one waits at the gate, and health beside them.
async fn serve(requests: usize, patience: Patience, gate: &Arc<Gate>) -> (SocketAddr, DropGuard) {
    let gate = Arc::clone(gate);
    let waits = move || async move {
        gate.arrived.add_permits(1);
        gate.go.acquire().await.unwrap().forget();
        "done"
    };
    let router = Router::new()
        .route("/waits", get(waits))
        .route("/other", get(|| async { "here" }))
        .route("/letter", post(|body: String| async { body }));
    let router = limited(router, requests, patience).route("/health", get(|| async { "well" }));
    let (bound, stop) = (Bound::bind(([127, 0, 0, 1], 0).into()).await.unwrap(), CancellationToken::new());
    let address = bound.address();
    tokio::spawn(bound.serve(router, 100, stop.clone()));
    (address, stop.drop_guard())
}

async fn ask(server: SocketAddr, path: &str) -> (u16, String) {
    crate::support::staff::install_tls();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("http://{server}{path}")).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn all_routes_together_have_one_limit_and_health_is_outside_it() {
    let gate = Gate::closed();
    let (server, _stop) = serve(1, PATIENCE, &gate).await;
    let first = tokio::spawn(async move { ask(server, "/waits").await });
    gate.arrived.acquire().await.unwrap().forget();
    let (status, problem) = ask(server, "/other").await;
    assert!(status == 503 && problem.contains("overloaded"), "{status} {problem}");
    assert_eq!(ask(server, "/health").await.0, 200);
    gate.go.add_permits(1);
    assert_eq!(first.await.unwrap(), (200, "done".to_owned()));
    assert_eq!(ask(server, "/other").await.0, 200);
}

#[tokio::test]
async fn a_request_that_is_not_answered_in_time_gives_its_place_back() {
    // Long enough for a request that nobody holds up, on a busy machine too.
    let patience = Patience { answer: Duration::from_secs(1), ..PATIENCE };
    let (server, _stop) = serve(1, patience, &Gate::closed()).await;
    let (status, problem) = ask(server, "/waits").await;
    assert!(status == 503 && problem.contains("too_slow"), "{status} {problem}");
    assert_eq!(ask(server, "/other").await.0, 200);
}

#[tokio::test]
async fn a_body_that_never_ends_is_not_waited_for() {
    let patience = Patience { body: Duration::from_millis(50), ..PATIENCE };
    let (server, _stop) = serve(1, patience, &Gate::closed()).await;
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(b"POST /letter HTTP/1.1\r\nhost: here\r\ncontent-length: 100\r\n\r\nsome").await.unwrap();
    let mut answer = vec![0; 12];
    tokio::time::timeout(crate::support::PATIENCE, stream.read_exact(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
}
