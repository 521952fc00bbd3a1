//! The goal of staffing, and what is assumed of callers until the event log knows better.

use super::decide::Goal;
use serde::Deserialize;
use time::Duration;

/// Section `[staffing]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// So many percent of all callers …
    pub goal_percent: u8,
    /// … are answered within so many seconds.
    pub goal_seconds: u32,
    /// How long a caller waits on average before giving up, as is assumed; 0 when nobody gives up.
    pub patience_seconds: u32,
    /// How long a caller occupies an agent on average, as is assumed.
    pub handling_seconds: u32,
}

impl Settings {
    /// Whether the settings can be meant.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn validate(&self) -> Result<(), String> {
        if !(1..=99).contains(&self.goal_percent) {
            return Err(
                "staffing.goal_percent must be between 1 and 99: no number of agents answers everybody".to_owned()
            );
        }
        for (name, value, least, most) in [
            ("goal_seconds", self.goal_seconds, 0, 3_600),
            ("patience_seconds", self.patience_seconds, 0, 14_400),
            ("handling_seconds", self.handling_seconds, 1, 7_200),
        ] {
            if !(least..=most).contains(&value) {
                return Err(format!("staffing.{name} must be between {least} and {most}"));
            }
        }
        Ok(())
    }

    /// The goal.
    #[must_use]
    pub fn goal(&self) -> Goal {
        Goal::Answered { share: f64::from(self.goal_percent) / 100.0, within: self.within() }
    }

    /// The time in which an answer counts as one in time.
    #[must_use]
    pub fn within(&self) -> Duration {
        Duration::seconds(i64::from(self.goal_seconds))
    }

    /// The patience that is assumed, where anybody gives up.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        (self.patience_seconds > 0).then(|| Duration::seconds(i64::from(self.patience_seconds)))
    }

    /// The handling time that is assumed.
    #[must_use]
    pub fn handling(&self) -> Duration {
        Duration::seconds(i64::from(self.handling_seconds))
    }
}
