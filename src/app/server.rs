//! Serving one listener with its limits: connections, requests, and deadlines for a request's head, body and answer.
//!
//! `axum::serve` leaves a connection open that never finishes its headers; this one closes it. A socket is outside the
//! deadlines once it is open: its request is answered by then.

use crate::foundation::fault::Fault;
use crate::foundation::problem::Problem;
use axum::error_handling::HandleErrorLayer;
use axum::http::StatusCode;
use axum::{BoxError, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::timeout::error::Elapsed;
use tower_http::timeout::RequestBodyDeadlineLayer;

/// How long a request's head may take.
const HEAD_WITHIN: Duration = Duration::from_secs(5);

/// How long open requests may take after the stop was asked for.
const DRAIN_WITHIN: Duration = Duration::from_secs(5);

/// How long a request may take. More lets slow clients hold the places of others.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From its head to the head of its answer.
    pub answer: Duration,
    /// For the whole of its body.
    pub body: Duration,
}

/// Longer than any deadline of the work behind it, so that an answer which says more comes first.
pub const PATIENCE: Patience = Patience { answer: Duration::from_secs(10), body: Duration::from_secs(5) };

/// Limits how many requests of all routes together are worked on at once, and how long each may take. What must be
/// answered in any case (health) is merged afterwards.
pub fn limited(router: Router, requests: usize, patience: Patience) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(HandleErrorLayer::new(not_served))
            .layer(LoadShedLayer::new())
            .layer(GlobalConcurrencyLimitLayer::new(requests))
            .timeout(patience.answer)
            .layer(RequestBodyDeadlineLayer::new(patience.body)),
    )
}

async fn not_served(reason: BoxError) -> Problem {
    let (code, sentence) = if reason.is::<Elapsed>() {
        ("too_slow", "this took too long; ask again")
    } else {
        ("overloaded", "too much at once; come back soon")
    };
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, sentence)
}

/// A listener that is bound.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

impl Bound {
    /// Binds the address; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address is taken or not ours.
    pub async fn bind(listen: SocketAddr) -> Result<Self, Fault> {
        let doing = || format!("listen on {listen}");
        let listener = TcpListener::bind(listen).await.map_err(|error| Fault::new(doing(), error))?;
        let address = listener.local_addr().map_err(|error| Fault::new(doing(), error))?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves `router` until `stop`, at most so many connections at once, then lets open requests end.
    pub async fn serve(self, router: Router, connections: usize, stop: CancellationToken) {
        let seats = Arc::new(Semaphore::new(connections));
        let open = TaskTracker::new();
        loop {
            let Ok(seat) = Arc::clone(&seats).acquire_owned().await else { break };
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = stop.cancelled() => break,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors: wait for some to be closed.
                    tracing::warn!(error = error.to_string(), "listener: could not accept");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            // An offer must not wait for more bytes to fill a packet.
            let _ = stream.set_nodelay(true);
            let service =
                ServiceBuilder::new().layer(axum::Extension(axum::extract::ConnectInfo(peer))).service(router.clone());
            let stop = stop.clone();
            open.spawn(async move {
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD_WITHIN)
                    .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
                    .with_upgrades();
                let mut connection = std::pin::pin!(connection);
                // A connection that ends badly is the other side's affair.
                tokio::select! {
                    _ = connection.as_mut() => {}
                    () = stop.cancelled() => {
                        connection.as_mut().graceful_shutdown();
                        let _ = tokio::time::timeout(DRAIN_WITHIN, connection).await;
                    }
                }
                drop(seat);
            });
        }
        open.close();
        open.wait().await;
    }
}
