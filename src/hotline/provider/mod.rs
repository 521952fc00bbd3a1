//! The telephone provider: one dialect in, one dialect out.
//!
//! **Owns** everything that is jambonz: signed webhooks, its JSON, its verbs, its REST interface. **In:** hooks. **Out:**
//! verb lists, made from the neutral scripts of `calls`; REST commands for what was promised (connect, park, hang up).
//!
//! **Must hold:** nothing is believed that is not signed; a change is committed before it is answered; the same step is
//! answered the same; every hook is answered within two seconds, and when the database cannot be asked, with a list that
//! keeps the caller in music; no list that we hand out ends in silence; a call is never originated twice.
//!
//! The dialect's facts that shaped this: the next verb of a list runs when a hook fails, so music is a list of gathers; an
//! answered list replaces the rest of the old one, also when it comes late, so a call that is being connected is answered
//! "go on"; an empty JSON body is an error, so "go on" is 204 without a body. The hook of an interrupt is different: 204
//! there ends what the call is doing, so what is not a list is a refusal, which leaves it undisturbed.

pub mod audio;
pub mod client;
pub mod http;
pub mod limiter;
pub mod reconcile;
pub mod settings;
pub mod signature;
pub mod steps;
pub mod store;
pub mod verbs;
pub mod wire;
pub mod worker;

use crate::foundation::fault::Fault;
use std::time::Duration;

/// The name under which these calls are stored.
pub const JAMBONZ: &str = "jambonz";

/// What we ask of a provider out of band, in no dialect.
#[async_trait::async_trait]
pub trait Provider: Send + Sync + 'static {
    /// Takes a call out of whatever it does and lets it ask `url` what to do now.
    async fn interrupt(&self, sid: &str, url: &str) -> Result<(), ProviderError>;

    /// Ends a call.
    async fn hang_up(&self, sid: &str) -> Result<(), ProviderError>;

    /// Rings a number. It is asked once and never again: after an unknown outcome the tag is looked for in the reports.
    async fn originate(&self, wish: &Origination) -> Result<String, ProviderError>;

    /// One leg; `None` when the provider has no such leg any more.
    async fn leg(&self, sid: &str) -> Result<Option<Leg>, ProviderError>;

    /// Every leg that the provider has.
    async fn legs(&self) -> Result<Vec<Leg>, ProviderError>;
}

/// A call to be made.
#[derive(Clone, Debug)]
pub struct Origination {
    /// The number to ring.
    pub to: crate::foundation::phone::PhoneNumber,
    /// What is asked when it is answered.
    pub hook: String,
    /// Where its progress is reported.
    pub status_hook: String,
    /// How long it may ring.
    pub ring: Duration,
    /// Comes back in every hook of the call: how a call is found whose making was not acknowledged.
    pub tag: String,
}

/// A leg as the provider lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The provider's name for it.
    pub sid: String,
    /// The caller's leg from which it was dialled.
    pub parent: Option<String>,
    /// Whether it came from outside.
    pub inbound: bool,
    /// Whether it is answered.
    pub answered: bool,
}

/// Why the provider did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It knows no such call, or the call is over.
    #[error("the provider has no such call any more")]
    Gone,
    /// It, or our own limit, wants us to wait.
    #[error("too many requests; again in {} ms", .0.as_millis())]
    Busy(Duration),
    /// It understood and refuses: asking again changes nothing.
    #[error("the provider refuses with status {0}")]
    Refused(u16),
    /// Nobody knows whether it was done.
    #[error("the outcome is unknown")]
    Unknown(#[source] Fault),
}
