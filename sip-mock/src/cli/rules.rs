//! What the judge must be told of the hotline's settings, as flags; without them it judges by what is shipped.

use std::time::Duration;

use sip_mock::judge::Rules;

#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Times {
    /// How long an agent is kept from an entry they let pass (`queue.back_off_seconds`).
    #[arg(long, value_name = "SECONDS")]
    back_off_seconds: Option<u64>,
    /// How long accepting to talking may take (`queue.connect_seconds`).
    #[arg(long, value_name = "SECONDS")]
    connect_seconds: Option<u64>,
    /// How long ringing somebody and their key may take (`queue.callback.ring_seconds` and `answer_seconds`).
    #[arg(long, value_name = "SECONDS")]
    callback_seconds: Option<u64>,
    /// How long a caller may be on hold (`queue.hold_seconds`).
    #[arg(long, value_name = "SECONDS")]
    hold_seconds: Option<u64>,
    /// How long a wrap-up lasts (`queue.wrap_up_seconds`).
    #[arg(long, value_name = "SECONDS")]
    wrap_up_seconds: Option<u64>,
    /// How long a redial takes its place up again (`queue.redeem_seconds`).
    #[arg(long, value_name = "SECONDS")]
    redeem_seconds: Option<u64>,
    /// What became true less than this before a decision may have been unknown to it: more on a machine that is too slow for
    /// its load, where transactions last longer.
    #[arg(long, value_name = "MILLISECONDS")]
    slack_milliseconds: Option<u64>,
}

impl Times {
    pub(super) fn rules(&self) -> Rules {
        let shipped = Rules::default();
        let or = |seconds: Option<u64>, shipped: Duration| seconds.map_or(shipped, Duration::from_secs);
        Rules {
            back_off: or(self.back_off_seconds, shipped.back_off),
            connect: or(self.connect_seconds, shipped.connect),
            callback: or(self.callback_seconds, shipped.callback),
            hold: or(self.hold_seconds, shipped.hold),
            wrap_up: or(self.wrap_up_seconds, shipped.wrap_up),
            redeem: or(self.redeem_seconds, shipped.redeem),
            slack: self.slack_milliseconds.map_or(shipped.slack, Duration::from_millis),
            ..shipped
        }
    }
}
