//! The times and limits of the queue, as configured.

use super::model::{Callbacks, Policy, Strategy};
use crate::hotline::staffing;
use serde::Deserialize;
use time::Duration;

/// Section `[queue]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How long an offer stays open.
    pub offer_seconds: u32,
    /// How long the page has to paint it.
    pub paint_milliseconds: u32,
    /// How long accepting to talking may take.
    pub connect_seconds: u32,
    /// How long a wrap-up lasts.
    pub wrap_up_seconds: u32,
    /// How often it may be extended.
    pub wrap_up_extensions: u8,
    /// How long a caller may be on hold; 0: nobody can be put there.
    pub hold_seconds: u32,
    /// How long an agent is kept away from an entry they let pass.
    pub back_off_seconds: u32,
    /// After how many missed offers in a row an agent is set not ready.
    pub missed_limit: u8,
    /// How long a lost link is expected back.
    pub link_grace_seconds: u32,
    /// How long a redial takes a lost place up again.
    pub redeem_seconds: u32,
    /// Who of those who may take a caller takes them.
    pub strategy: Strategy,
    /// Nobody is admitted whose wait is expected to be longer; 0: everybody is.
    pub admit_minutes: u32,
    /// Nobody is admitted when so many wait.
    pub most_waiting: u32,
    /// Ringing callers who do not want to wait on the line.
    pub callback: Callback,
}

/// Section `[queue.callback]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// Offered to who is told to wait so long at least; 0: to nobody.
    pub from_minutes: u32,
    /// How long their phone rings.
    pub ring_seconds: u32,
    /// How long they have to press the key.
    pub answer_seconds: u32,
    /// How often they are rung.
    pub tries: u8,
    /// How long they are left in peace between two tries.
    pub pause_minutes: u32,
}

impl Settings {
    /// The policy, with what is assumed of callers until it is measured; or what is wrong with it.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn policy(&self, assumed: &staffing::settings::Settings) -> Result<Policy, String> {
        if self.missed_limit == 0 {
            return Err("queue.missed_limit must be at least 1".to_owned());
        }
        for (name, value) in [
            ("offer_seconds", self.offer_seconds),
            ("paint_milliseconds", self.paint_milliseconds),
            ("connect_seconds", self.connect_seconds),
            ("wrap_up_seconds", self.wrap_up_seconds),
            ("most_waiting", self.most_waiting),
            ("callback.ring_seconds", self.callback.ring_seconds),
            ("callback.answer_seconds", self.callback.answer_seconds),
            ("callback.tries", u32::from(self.callback.tries)),
        ] {
            if value == 0 {
                return Err(format!("queue.{name} must be more than 0"));
            }
        }
        let seconds = |value: u32| Duration::seconds(i64::from(value));
        let policy = Policy {
            offer: seconds(self.offer_seconds),
            paint: Duration::milliseconds(i64::from(self.paint_milliseconds)),
            connect: seconds(self.connect_seconds),
            wrap_up: seconds(self.wrap_up_seconds),
            extensions: self.wrap_up_extensions,
            hold: seconds(self.hold_seconds),
            back_off: seconds(self.back_off_seconds),
            missed_limit: self.missed_limit,
            link_grace: seconds(self.link_grace_seconds),
            redeem: seconds(self.redeem_seconds),
            strategy: self.strategy,
            handling: assumed.handling(),
            patience: assumed.patience(),
            admit: (self.admit_minutes > 0).then(|| Duration::minutes(i64::from(self.admit_minutes))),
            most_waiting: self.most_waiting,
            callback: Callbacks {
                from: (self.callback.from_minutes > 0)
                    .then(|| Duration::minutes(i64::from(self.callback.from_minutes))),
                ring: seconds(self.callback.ring_seconds),
                answer: seconds(self.callback.answer_seconds),
                tries: self.callback.tries,
                pause: Duration::minutes(i64::from(self.callback.pause_minutes)),
            },
        };
        if policy.offer < policy.paint {
            return Err("queue.offer_seconds must be longer than queue.paint_milliseconds".to_owned());
        }
        Ok(policy)
    }
}
