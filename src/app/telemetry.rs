//! Logs and metrics. Neither holds personal data: ids, codes and figures only.

use super::config::{LogFormat, Telemetry};
use crate::foundation::fault::Fault;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error. A second call changes nothing.
///
/// # Errors
/// When the filter cannot be read.
pub fn start_logs(settings: &Telemetry) -> Result<(), Fault> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|error| Fault::new("configuration: telemetry.log is not a filter", error))?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // Somebody else may already log, in tests.
    let _ = match settings.format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    };
    Ok(())
}

/// Where durations are counted: from a step of the dispatcher to the longest deadline.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// How often what was measured is gathered. Otherwise it piles up until somebody asks for the metrics.
const GATHER: Duration = Duration::from_secs(5);

/// Gathers what was measured, until `stop`.
pub async fn gather(metrics: PrometheusHandle, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(GATHER) => metrics.run_upkeep(),
            () = stop.cancelled() => return,
        }
    }
}

/// Starts collecting metrics, once a process.
#[must_use]
pub fn start_metrics() -> PrometheusHandle {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
                .expect("there are buckets");
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // A recorder that is already there collects instead.
            let _ = metrics::set_global_recorder(recorder);
            handle
        })
        .clone()
}
