//! The thresholds of the statistics, as configured.
//!
//! They are applied when somebody asks, not when facts are folded: a changed threshold holds for the past as well.

use super::model::EARLY_SECONDS;
use serde::Deserialize;

/// Section `[statistics]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Within how many seconds of joining a caller ought to talk with an agent.
    pub service_level_seconds: u16,
    /// Who hangs up within so many seconds has not waited.
    pub short_abandon_seconds: u16,
}

impl Settings {
    /// Says what is wrong, by key.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn validate(&self) -> Result<(), String> {
        for (name, seconds) in [
            ("service_level_seconds", self.service_level_seconds),
            ("short_abandon_seconds", self.short_abandon_seconds),
        ] {
            if !(1..=EARLY_SECONDS).contains(&seconds) {
                return Err(format!("statistics.{name} is 1 to {EARLY_SECONDS}"));
            }
        }
        Ok(())
    }
}
