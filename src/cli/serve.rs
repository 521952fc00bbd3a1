//! `vaxline serve`: works until it is told to stop (SIGTERM or Ctrl-C).

use super::start::Context;
use crate::app::lifecycle::{self, Planes};
use anyhow::Context as _;
use clap::ValueEnum;
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

/// A plane that can be served apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Plane {
    /// The provider's hooks.
    Hooks,
    /// Console, supervision, print and pages.
    Staff,
    /// Dispatcher, relay and workers.
    Work,
}

/// The planes named, or all.
fn planes(only: &[Plane]) -> Planes {
    if only.is_empty() {
        return Planes::ALL;
    }
    Planes {
        hooks: only.contains(&Plane::Hooks),
        staff: only.contains(&Plane::Staff),
        work: only.contains(&Plane::Work),
    }
}

pub(super) async fn run(context: Context, only: Vec<Plane>) -> anyhow::Result<()> {
    let node = Uuid::from_u128(rand::random());
    // From here on a signal is heard, also while the process still starts.
    let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let running = lifecycle::start(&context.config, &context.pools, &context.clock, node, planes(&only)).await?;
    tokio::select! {
        _ = terminate.recv() => tracing::info!("asked to stop: open requests are finished, leases are given up"),
        outcome = tokio::signal::ctrl_c() => outcome.context("listen for Ctrl-C")?,
        () = running.stopping().cancelled() => {}
    }
    Ok(running.stop().await?)
}
