//! Everything that any test of this run logs, at the finest level, kept to be searched for personal data.

use std::io::Write;
use std::sync::{Mutex, Once, PoisonError};
use tracing_subscriber::EnvFilter;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static INSTALLED: Once = Once::new();

struct Keep;

impl Write for Keep {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn install() {
    INSTALLED.call_once(|| {
        let filter = EnvFilter::new("debug,vaxline=trace,hyper=info,hyper_util=info");
        let subscriber =
            tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(|| Keep).finish();
        tracing::subscriber::set_global_default(subscriber).expect("no test installs another subscriber");
    });
}

fn contains(text: &str) -> bool {
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    log.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Personal data of one test: dropping it looks for each of them in the log.
pub struct Canaries(Vec<String>);

impl Canaries {
    /// Keeps the log from now on.
    pub fn new() -> Self {
        install();
        Self(Vec::new())
    }

    /// A personal datum that must appear in no log line.
    pub fn add(&mut self, text: &str) -> String {
        self.0.push(text.to_owned());
        text.to_owned()
    }
}

impl Drop for Canaries {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.0.iter().all(|canary| !contains(canary)), "a log line names a person");
        }
    }
}
