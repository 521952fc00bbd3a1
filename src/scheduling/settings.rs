//! The settings of scheduling.

use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

/// The section `[scheduling]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// A folder with rules; empty for those that are compiled in.
    pub rules: PathBuf,
    /// How long a pair stays reserved without a sign of the desk. Longer keeps slots from others, shorter hurries
    /// people who spell their name.
    pub reservation_minutes: u16,
    /// How long a pair may stay reserved with renewals.
    pub reservation_longest_minutes: u16,
    /// How many pairs are proposed at once.
    pub proposals: u8,
    /// How many days ahead is looked for a pair.
    pub horizon_days: u16,
    /// How many searches for people a user may do in ten minutes.
    pub searches_per_ten_minutes: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rules: PathBuf::new(),
            reservation_minutes: 10,
            reservation_longest_minutes: 30,
            proposals: 5,
            horizon_days: 120,
            searches_per_ten_minutes: 60,
        }
    }
}

impl Settings {
    /// Says what is wrong, by key.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn validate(&self) -> Result<(), String> {
        let check = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("scheduling.{what}")) };
        check((1..=60).contains(&self.reservation_minutes), "reservation_minutes is 1 to 60")?;
        check(
            (self.reservation_minutes..=240).contains(&self.reservation_longest_minutes),
            "reservation_longest_minutes is at least reservation_minutes and at most 240",
        )?;
        check((1..=20).contains(&self.proposals), "proposals is 1 to 20")?;
        check((1..=366).contains(&self.horizon_days), "horizon_days is 1 to 366")?;
        check(self.searches_per_ten_minutes >= 1, "searches_per_ten_minutes is at least 1")
    }

    /// How long a pair stays reserved.
    #[must_use]
    pub fn reservation(&self) -> Duration {
        Duration::from_secs(u64::from(self.reservation_minutes) * 60)
    }

    /// How long a pair may stay reserved with renewals.
    #[must_use]
    pub fn reservation_longest(&self) -> Duration {
        Duration::from_secs(u64::from(self.reservation_longest_minutes) * 60)
    }
}
