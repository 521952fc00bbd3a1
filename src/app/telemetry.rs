//! Logs and metrics. Neither holds personal data: ids, codes and figures only.

use super::config::{LogFormat, Telemetry};
use crate::foundation::fault::Fault;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
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

/// Starts collecting metrics, once a process.
#[must_use]
pub fn start_metrics() -> PrometheusHandle {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            // A recorder that is already there collects instead.
            let _ = metrics::set_global_recorder(recorder);
            handle
        })
        .clone()
}
