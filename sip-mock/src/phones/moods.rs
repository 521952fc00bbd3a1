//! How the phones of many agents behave.

use std::time::Duration;

use serde::Deserialize;

use super::{OnRing, PhoneScript};
use crate::faults::Dice;

/// How the phones of many agents behave, by weight: each ring draws anew. By default all do what their script says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Moods {
    /// As the script says.
    pub answers: u32,
    /// Busy with another call.
    pub busy: u32,
    /// Declined by hand.
    pub declines: u32,
    /// Rings, and nobody comes.
    pub silent: u32,
    /// Answered at the last moment.
    pub slow: u32,
}

/// When a slow phone is answered, in simulated time: most callers are still there.
const SLOW: Duration = Duration::from_secs(8);

impl Default for Moods {
    fn default() -> Self {
        Self { answers: 1, busy: 0, declines: 0, silent: 0, slow: 0 }
    }
}

impl Moods {
    fn weights(self, answers: OnRing) -> [(u32, OnRing); 5] {
        [
            (self.answers, answers),
            (self.busy, OnRing::Busy),
            (self.declines, OnRing::Decline),
            (self.silent, OnRing::Silence),
            (self.slow, OnRing::Answer { after: SLOW }),
        ]
    }

    /// Whether any mood can be drawn.
    pub(crate) fn can_be_drawn(self) -> bool {
        self.weights(OnRing::Busy).iter().any(|(weight, _)| *weight > 0)
    }

    /// The script of one ring.
    pub(crate) fn on(self, script: PhoneScript, dice: &Dice) -> PhoneScript {
        let weights = self.weights(script.on_ring);
        // Where only one is possible nothing is thrown, so that moods that are off change no run.
        let mut possible = weights.iter().filter(|(weight, _)| *weight > 0);
        let chosen = match (possible.next(), possible.next()) {
            (Some((_, only)), None) => Some(only),
            _ => dice.weighted(&weights),
        };
        PhoneScript { on_ring: chosen.copied().unwrap_or(script.on_ring), ..script }
    }
}
