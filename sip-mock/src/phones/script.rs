//! What one phone does when it rings.

use std::time::Duration;

use serde::Deserialize;

use crate::lengths::seconds;

/// What a phone does when it rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRing {
    /// Answers after this long.
    Answer {
        /// From the first ring.
        #[serde(with = "seconds")]
        after: Duration,
    },
    /// 486.
    Busy,
    /// 603.
    Decline,
    /// Rings until the provider gives up.
    Silence,
    /// 404: nobody is registered under this name.
    NotRegistered,
}

/// The script of a phone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhoneScript {
    /// Until it begins to ring.
    #[serde(with = "seconds")]
    pub ring_delay: Duration,
    /// What it does then.
    pub on_ring: OnRing,
    /// Hangs up after this much talk.
    #[serde(with = "seconds::maybe")]
    pub talk: Option<Duration>,
    /// Keys pressed at a question that is asked once it is answered.
    pub keys: String,
}

impl Default for PhoneScript {
    /// Auto-answer: rings at once, answers after two tenths of a second, never hangs up.
    fn default() -> Self {
        Self {
            ring_delay: Duration::from_millis(100),
            on_ring: OnRing::Answer { after: Duration::from_millis(200) },
            talk: None,
            keys: String::new(),
        }
    }
}

impl PhoneScript {
    /// Answers by itself.
    #[must_use]
    pub fn answers() -> Self {
        Self::default()
    }

    /// Does this when it rings.
    #[must_use]
    pub fn does(on_ring: OnRing) -> Self {
        Self { on_ring, ..Self::default() }
    }

    /// Answers and hangs up after so much talk.
    #[must_use]
    pub fn talks(talk: Duration) -> Self {
        Self { talk: Some(talk), ..Self::default() }
    }
}
