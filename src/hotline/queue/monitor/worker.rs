//! Sets the gauges every ten seconds. Every process says the same: of several, any one will do.

use super::{Sizes, check, sizes};
use crate::foundation::db::{Db, Tx};
use crate::foundation::fault::Fault;
use crate::foundation::findings::{self, Finding};
use crate::in_tx;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often. The questions read what is open, which is some thousand rows.
const PERIOD: Duration = Duration::from_secs(10);

/// The states that are shown also while nobody is in them.
const STATES: [&str; 6] = ["ready", "offered", "connecting", "talking", "wrap_up", "not_ready"];

/// Works until `stop`.
pub async fn run(db: Db, stop: CancellationToken) {
    loop {
        match in_tx!(&db, "watch the queue", |tx| look(tx)) {
            Ok((sizes, found)) => {
                show(&sizes);
                findings::tell(&found);
            }
            Err(fault) => tracing::warn!(fault = fault.chain(), "queue monitor: could not ask, will ask again"),
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn look(tx: &mut Tx) -> Result<(Sizes, Vec<Finding>), Fault> {
    Ok((sizes(tx).await?, check(tx).await?))
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and nobody has so many agents")]
fn show(sizes: &Sizes) {
    metrics::gauge!("vaxline_queue_waiting").set(sizes.waiting as f64);
    metrics::gauge!("vaxline_queue_longest_wait").set(sizes.longest.as_seconds_f64());
    for state in STATES {
        let agents = sizes.agents.iter().find(|(of, _)| of == state).map_or(0, |(_, agents)| *agents);
        metrics::gauge!("vaxline_agents", "state" => state).set(agents as f64);
    }
}
