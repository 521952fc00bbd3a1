//! A simulated SIP/IVR provider, its callers and the agents' phones: the independent witness of the hotline.
//!
//! It speaks the provider's webhook and REST dialect (jambonz 0.9) as the real one does, with its failures, and keeps its own
//! journal of what it heard and said. It does not depend on the hotline's own code: both sides are tested against the same
//! golden messages in `tests/fixtures/provider/`, and [`judge`] joins the hotline's event log with the journal.
//!
//! | module | owns |
//! |---|---|
//! | [`provider`] | the simulated provider: webhooks, verbs, REST, media |
//! | [`callers`] | what a caller does: keys, patience, hanging up, ringing again |
//! | [`phones`] | what an agent's phone does when it rings |
//! | [`faults`] | what goes wrong on purpose |
//! | [`journal`] | everything heard and said, in order |
//! | [`lengths`] | lengths of time that are drawn: how long people wait, talk, pause |
//! | [`pace`] | time, faster than life when asked |
//! | [`agents`] | robots that work at the console as people do |
//! | [`judge`] | did the hotline keep its promises? |
//! | [`scenario`], [`load`] | populations as data, and running them |
//! | [`progress`] | what happens, in a line |

pub mod agents;
pub mod callers;
pub mod faults;
pub mod journal;
pub mod judge;
pub mod lengths;
pub mod load;
pub mod pace;
pub mod phones;
pub mod progress;
pub mod provider;
pub mod scenario;

pub use callers::{CallerScript, Cue, HangUp, Keys, Redial};
pub use faults::Faults;
pub use journal::{Entry, Happening, Incomplete, Journal};
pub use lengths::Length;
pub use phones::{Moods, OnRing, PhoneScript};
pub use provider::{CallHandle, CallView, Provider, ProviderConfig};
