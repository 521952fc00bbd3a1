//! Who is vaccinated where and when: the core.
//!
//! **Owns** persons, dated rules, the release of slots, and appointments from proposal to cancellation.
//! **In:** commands of the hotline (later of portal and centres), rules as data. **Out:** bookings; what papers say, for
//! `correspondence`; events. **Must hold:** a slot belongs to one dose; a series of two doses is booked whole or not at
//! all, at the interval of the rules it was decided by; one active series a person; an expired reservation's slots are
//! free again within seconds; every read of a person is audited. `monitor` counts the violations.

pub mod appointments;
pub mod capacity;
pub mod commands;
pub mod eligibility;
mod error;
pub mod model;
pub mod monitor;
pub mod papers;
pub mod persons;
pub mod rules;
pub mod settings;

pub use error::SchedulingError;

use rules::{RuleBook, RulesError};
use settings::Settings;

/// What every decision of the campaign needs: one a process.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// The dated rules.
    pub rules: RuleBook,
    /// The settings.
    pub settings: Settings,
}

impl Campaign {
    /// The campaign of some settings, with its rules checked whole.
    ///
    /// # Errors
    /// Everything that is wrong with the rules.
    pub fn open(settings: Settings) -> Result<Self, RulesError> {
        Ok(Self { rules: RuleBook::of_folder(&settings.rules)?, settings })
    }

    /// The rules that come with the program, with usual settings.
    ///
    /// # Errors
    /// Never for the files as shipped: a test reads them.
    pub fn shipped() -> Result<Self, RulesError> {
        Self::open(Settings::default())
    }
}
