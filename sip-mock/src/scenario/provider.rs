//! The provider of a scenario: whom it calls, under which account, and what goes wrong.

use std::path::PathBuf;
use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::values;
use crate::faults::Faults;
use crate::lengths::Length;
use crate::lengths::seconds;
use crate::phones::{Moods, PhoneScript};
use crate::provider::{ProviderConfig, RateLimit};

/// The provider: whom it calls, and under which account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSection {
    /// Where it listens.
    pub listen: std::net::SocketAddr,
    /// The service's base address for webhooks.
    pub base: String,
    /// The secret that signs webhooks.
    pub secret: String,
    /// The account.
    pub account_sid: String,
    /// The key of the REST interface.
    pub api_key: String,
    /// The realm of the agents' phones.
    #[serde(default = "realm")]
    pub sip_realm: String,
    /// How long a webhook's answer may take, in real seconds.
    #[serde(default = "ten_seconds", with = "seconds")]
    pub hook_timeout: Duration,
    /// The REST quota; absent: the real default of 600 in 5 minutes.
    #[serde(default)]
    pub rate_limit: RateLimit,
    /// Switches the REST quota off.
    #[serde(default)]
    pub no_rate_limit: bool,
    /// What goes wrong.
    #[serde(default, deserialize_with = "values::faults")]
    pub faults: Faults,
    /// The agents' phones.
    #[serde(default)]
    pub phones: PhoneScript,
    /// After how long they are answered, instead of always the same.
    #[serde(default)]
    pub ring_times: Option<Length>,
    /// In which mood they are, ring by ring.
    #[serde(default, deserialize_with = "moods")]
    pub moods: Moods,
    /// Where the journal is written.
    #[serde(default)]
    pub journal: Option<PathBuf>,
}

fn moods<'de, D: Deserializer<'de>>(from: D) -> Result<Moods, D::Error> {
    let moods = Moods::deserialize(from)?;
    if moods.can_be_drawn() {
        return Ok(moods);
    }
    Err(D::Error::custom("phones without a mood that has a weight: write answers = 1"))
}

fn realm() -> String {
    "vaxline.example".to_owned()
}

fn ten_seconds() -> Duration {
    Duration::from_secs(10)
}

impl ProviderSection {
    /// The provider of these settings, as fast as life.
    #[must_use]
    pub fn config(&self) -> ProviderConfig {
        ProviderConfig {
            listen: self.listen,
            secret: self.secret.clone(),
            account_sid: self.account_sid.clone(),
            api_key: self.api_key.clone(),
            sip_realm: self.sip_realm.clone(),
            hook_timeout: self.hook_timeout,
            rate_limit: (!self.no_rate_limit).then_some(self.rate_limit),
            faults: self.faults.clone(),
            other_phones: Some(self.phones.clone()),
            ring_times: self.ring_times.clone(),
            moods: self.moods,
            journal: self.journal.clone(),
            ..ProviderConfig::new(&self.base)
        }
    }
}
