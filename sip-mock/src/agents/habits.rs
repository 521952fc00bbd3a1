//! How an agent works.

use std::time::Duration;

use serde::Deserialize;

use crate::lengths::Length;
use crate::scenario::values::share;

/// How an agent works. Times are simulated.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Habits {
    /// From the offer on the screen to the click.
    pub reaction: Length,
    /// A whole talk.
    pub talk: Length,
    /// After the talk.
    pub wrap_up: Length,
    /// The chance to do nothing after a talk until the wrap-up ends by itself.
    #[serde(deserialize_with = "share")]
    pub forgets_wrap_up: f64,
    /// The chance to decline an offer.
    #[serde(deserialize_with = "share")]
    pub declines: f64,
    /// The chance to look away and let an offer pass.
    #[serde(deserialize_with = "share")]
    pub looks_away: f64,
    /// The chance of a pause after a call.
    #[serde(deserialize_with = "share")]
    pub pauses: f64,
    /// How long a pause takes.
    pub pause: Length,
    /// The chance that a talk ends in a booking.
    #[serde(deserialize_with = "share")]
    pub books: f64,
    /// The share of bookings that want an e-mail.
    #[serde(deserialize_with = "share")]
    pub emails: f64,
    /// The share of those that want no letter beside it.
    #[serde(deserialize_with = "share")]
    pub mail_only: f64,
    /// How long a socket lasts until it is lost and opened again; absent: for ever.
    pub loses_socket: Option<Length>,
    /// How long until the agent vanishes without a word, and then loads the page anew; absent: never.
    pub vanishes: Option<Length>,
    /// For how long.
    pub vanishes_for: Length,
    /// How long the agent works before going home, after the last call; absent: to the end.
    pub shift: Option<Length>,
    /// The chance that the agent hands the caller on, instead of ending the talk.
    #[serde(deserialize_with = "share")]
    pub transfers: f64,
    /// The chance that the agent puts the caller on hold once, before the end of the talk.
    #[serde(deserialize_with = "share")]
    pub holds: f64,
    /// For how long; and how long they talk on after it.
    pub hold: Length,
    /// Whether the agent ends the talk; otherwise the caller does.
    pub hangs_up: bool,
}

impl Default for Habits {
    fn default() -> Self {
        let usual = |seconds: u64| Length::around(Duration::from_secs(seconds), 0.4);
        Self {
            reaction: Length::around(Duration::from_millis(1_500), 0.4),
            talk: usual(240),
            wrap_up: usual(20),
            forgets_wrap_up: 0.0,
            declines: 0.0,
            looks_away: 0.0,
            pauses: 0.05,
            pause: Length::Exponential(Duration::from_mins(5)),
            books: 0.8,
            emails: 0.4,
            mail_only: 0.5,
            loses_socket: None,
            vanishes: None,
            vanishes_for: Length::Exponential(Duration::from_secs(40)),
            shift: None,
            transfers: 0.0,
            holds: 0.0,
            hold: usual(40),
            hangs_up: true,
        }
    }
}
