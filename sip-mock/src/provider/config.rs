//! How a provider is set up.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::RateLimit;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::lengths::Length;
use crate::phones::{Moods, PhoneScript};

/// How a provider is set up.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The service's base address, without a slash at the end.
    pub base: String,
    /// The application's call hook, absolute.
    pub call_hook: String,
    /// The application's status hook, absolute.
    pub status_hook: Option<String>,
    /// Where registrations of phones are asked about, absolute.
    pub registration_hook: String,
    /// The secret that signs webhooks.
    pub secret: String,
    /// The account.
    pub account_sid: String,
    /// The application.
    pub application_sid: String,
    /// The key of the REST interface.
    pub api_key: String,
    /// The realm that is added to users without one.
    pub sip_realm: String,
    /// How much faster than life people and music are.
    pub speed: f64,
    /// The seed of everything decided by chance.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Faults,
    /// How long a webhook's answer may take to begin, in real time.
    pub hook_timeout: Duration,
    /// How long the body of an answer may take, in real time.
    pub body_timeout: Duration,
    /// The pause before the first retry of a webhook, in real time.
    pub retry_pause: Duration,
    /// The REST quota; `None` switches it off.
    pub rate_limit: Option<RateLimit>,
    /// What phones do that have no script of their own; `None`: they are not registered.
    pub other_phones: Option<PhoneScript>,
    /// After how long those are answered that answer, instead of what their script says.
    pub ring_times: Option<Length>,
    /// In which mood these are, ring by ring.
    pub moods: Moods,
    /// Where the journal is also written.
    pub journal: Option<PathBuf>,
    /// How many of its entries are kept in memory.
    pub journal_keeps: usize,
    /// Whether the control interface (`/mock`) is open.
    pub control: bool,
}

impl ProviderConfig {
    /// A provider for a service at this base address, on a free port, as fast as life, without faults.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            call_hook: format!("{base}/providers/jambonz/call"),
            status_hook: Some(format!("{base}/providers/jambonz/status")),
            registration_hook: format!("{base}/providers/jambonz/registration"),
            base,
            secret: "whsec_test_0123456789".to_owned(),
            account_sid: "3f0e7b52-6f0a-4b1e-9b58-5a3c8a1d0001".to_owned(),
            application_sid: "8c1d2f44-0b6d-4a6c-8f0e-77a1c2d30002".to_owned(),
            api_key: "test-api-key".to_owned(),
            sip_realm: "vaxline.example".to_owned(),
            speed: 1.0,
            seed: 1,
            faults: Faults::default(),
            hook_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_mins(5),
            retry_pause: Duration::from_millis(500),
            rate_limit: Some(RateLimit::default()),
            other_phones: Some(PhoneScript::answers()),
            ring_times: None,
            moods: Moods::default(),
            journal: None,
            journal_keeps: Journal::KEEPS,
            control: false,
        }
    }
}

impl ProviderConfig {
    /// The same provider for a service at another base address.
    #[must_use]
    pub fn at(self, base: &str) -> Self {
        let Self { call_hook, status_hook, registration_hook, base, .. } = Self::new(base);
        Self { call_hook, status_hook, registration_hook, base, ..self }
    }
}
