//! The section `[accounts]` of the configuration.

use super::origin::Origin;
use serde::Deserialize;
use std::time::Duration;

/// How log-ins behave.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The addresses at which browsers see the staff pages, such as `https://hotline.example.org`. A request or a
    /// socket of a page of any other address is refused.
    pub allowed_origins: Vec<Origin>,
    /// How long a log-in lasts.
    #[serde(rename = "session_hours", deserialize_with = "hours")]
    pub session: Duration,
    /// Whether the cookies are for HTTPS only. Off only where the pages are served over plain HTTP, on this machine.
    pub secure_cookies: bool,
    /// How many password hashes are computed at once; each takes 19 MiB and one core for some tens of milliseconds.
    pub hashing_threads: usize,
    /// Whether the address of a log-in is read from the last `X-Forwarded-For` entry, as a reverse proxy writes it.
    pub behind_proxy: bool,
}

impl Settings {
    /// Says what is wrong with the section.
    ///
    /// # Errors
    /// The key and what it must be.
    pub fn validate(&self) -> Result<(), String> {
        if self.allowed_origins.is_empty() {
            return Err("accounts.allowed_origins: name at least one origin, or nobody can use the staff pages".into());
        }
        if !(Duration::from_secs(3_600)..=Duration::from_secs(24 * 3_600)).contains(&self.session) {
            return Err("accounts.session_hours: between 1 and 24".into());
        }
        if !(1..=64).contains(&self.hashing_threads) {
            return Err("accounts.hashing_threads: between 1 and 64".into());
        }
        let is_only_here = |origin: &Origin| origin.is_loopback() && !origin.is_https();
        if !self.secure_cookies && !self.allowed_origins.iter().all(is_only_here) {
            return Err(
                "accounts.secure_cookies: off only where all pages are served over plain HTTP on this machine".into()
            );
        }
        Ok(())
    }
}

fn hours<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
    Ok(Duration::from_secs(u64::from(u32::deserialize(input)?) * 3_600))
}
