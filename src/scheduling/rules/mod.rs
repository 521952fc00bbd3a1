//! Dated rules: who may book, with which vaccine, at which interval, and how long the post needs.
//!
//! **In:** files of `rules/` with `valid_from` (also in the past), read and checked whole. **Out:** the version in force
//! at a moment, the same for every channel. **Must hold:** a version is never half used; a series keeps the version it
//! was decided by; before the first version nobody may book.

mod check;
mod file;

use file::RuleFile;

use crate::foundation::audit::Channel;
use crate::foundation::fault::Fault;
use crate::supply::catalogue::Catalogue;
use crate::supply::model::{Vaccine, VaccineCode};
use rust_embed::Embed;
use std::collections::BTreeSet;
use std::path::Path;
use time::OffsetDateTime;

/// The rules as shipped.
#[derive(Embed)]
#[folder = "rules"]
struct Shipped;

fn shipped() -> Vec<RuleFile> {
    Shipped::iter()
        .filter(|path| !path.contains('/') && path.ends_with(".toml"))
        .filter_map(|path| {
            let text = Shipped::get(&path)?;
            Some(RuleFile { name: path.to_string(), text: String::from_utf8_lossy(&text.data).into_owned() })
        })
        .collect()
}

/// The code of a claim of entitlement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ClaimCode(pub String);

impl ClaimCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The order in which people are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Group {
    /// Highest priority.
    P1,
    /// High priority.
    P2,
    /// Raised priority.
    P3,
    /// Without priority.
    P4,
}

impl Group {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P4 => "P4",
        }
    }
}

/// Days between the local dates of both doses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// At least.
    pub min: u16,
    /// Aimed at: second doses are released for this day.
    pub target: u16,
    /// At most.
    pub max: u16,
}

/// What the rules say of a vaccine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaccineRule {
    /// The vaccine.
    pub code: VaccineCode,
    /// Whether it is given at present. A suspended one is neither proposed nor confirmed.
    pub offered: bool,
    /// Completed years on the day, at least.
    pub min_age: u8,
    /// Completed years on the day, at most.
    pub max_age: Option<u8>,
    /// Days between the doses; none for a vaccine of one dose.
    pub interval: Option<Interval>,
}

/// Why somebody is entitled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Stable code.
    pub code: ClaimCode,
    /// When its turn is.
    pub group: Group,
    /// The clause of the ordinance: what is stored instead of a diagnosis.
    pub clause: String,
    /// What people read.
    pub label_de: String,
    /// What people read in English.
    pub label_en: String,
    /// Completed years on the day of vaccination, at least.
    pub min_age: Option<u8>,
    /// The only vaccines it is good for; every one when absent.
    pub vaccines: Option<BTreeSet<VaccineCode>>,
    /// The only channels it is good for; every one when absent.
    pub channels: Option<BTreeSet<Channel>>,
}

/// The rules of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// Its name: stored with every series that is decided by it.
    pub version: String,
    /// What people call it.
    pub title: String,
    /// Where it was published.
    pub source: String,
    /// In force from then on.
    pub valid_from: OffsetDateTime,
    /// Known from then on; later than `valid_from` when a rule begins in the past.
    pub published_at: OffsetDateTime,
    /// Groups that may book.
    pub open_groups: BTreeSet<Group>,
    /// Working days that a letter needs at most.
    pub post_days: u16,
    /// Vaccines.
    pub vaccines: Vec<VaccineRule>,
    /// Claims, in the order in which people read them.
    pub claims: Vec<Claim>,
}

impl RuleSet {
    /// What it says of a vaccine.
    #[must_use]
    pub fn vaccine(&self, code: &VaccineCode) -> Option<&VaccineRule> {
        self.vaccines.iter().find(|rule| rule.code == *code)
    }

    /// What it says of a claim.
    #[must_use]
    pub fn claim(&self, code: &ClaimCode) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.code == *code)
    }
}

/// Why rules cannot be used; every finding at once, each with the file that it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rules cannot be used: {}", findings.join("; "))]
pub struct RulesError {
    /// What is wrong, in words.
    pub findings: Vec<String>,
}

/// Every version of the rules, oldest first, checked whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleBook {
    sets: Vec<RuleSet>,
}

impl RuleBook {
    /// The rules of a folder, or those that come with the program when it is not named, checked against the catalogue that
    /// comes with the program.
    ///
    /// # Errors
    /// Everything that is wrong with catalogue and rules, or with the way to their files.
    pub fn of_folder(folder: &Path) -> Result<Self, RulesError> {
        let catalogue = Catalogue::saxony().map_err(|error| RulesError { findings: error.findings })?;
        let files = if folder.as_os_str().is_empty() { shipped() } else { file::read_folder(folder)? };
        Self::read(&files, &catalogue.vaccines)
    }

    /// Reads files of rules, of which each may build on an older one, and checks all of them together.
    ///
    /// # Errors
    /// Everything that is wrong with any of them; then none is used.
    fn read(files: &[RuleFile], vaccines: &[Vaccine]) -> Result<Self, RulesError> {
        let mut findings = Vec::new();
        let mut sets = file::resolve(files, &mut findings);
        sets.sort_by_key(|set| set.valid_from);
        check::whole(&sets, vaccines, &mut findings);
        if findings.is_empty() { Ok(Self { sets }) } else { Err(RulesError { findings }) }
    }

    /// The version by which is decided now: the latest in force among those that are published. None before the first.
    #[must_use]
    pub fn in_force(&self, now: OffsetDateTime) -> Option<&RuleSet> {
        self.sets.iter().rev().find(|set| set.valid_from <= now && set.published_at <= now)
    }

    /// The version by which a series was decided.
    ///
    /// # Errors
    /// When this program does not have it: then nothing may be concluded about the series.
    pub fn of_version(&self, version: &str) -> Result<&RuleSet, Fault> {
        self.sets
            .iter()
            .find(|set| set.version == version)
            .ok_or_else(|| Fault::plain(format!("find the rules of version {version}")))
    }

    /// Every version, oldest first.
    #[must_use]
    pub fn sets(&self) -> &[RuleSet] {
        &self.sets
    }

    /// The claims by which somebody may book now on a channel; none before the campaign begins.
    #[must_use]
    pub fn claims_on(&self, now: OffsetDateTime, channel: Channel) -> Vec<&Claim> {
        let Some(set) = self.in_force(now) else { return Vec::new() };
        set.claims
            .iter()
            .filter(|claim| claim.channels.as_ref().is_none_or(|channels| channels.contains(&channel)))
            .collect()
    }
}

#[cfg(test)]
mod tests;
