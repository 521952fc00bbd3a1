//! Scenarios: populations of callers and agents as data, in TOML.
//!
//! A scenario says who rings when, what they do, and who works; the same seed draws the same people at the same moments, whatever
//! happens meanwhile. It is checked whole before anything starts; what is wrong is named with its line and its cure.

mod agents;
mod arrivals;
mod callers;
mod provider;
pub(crate) mod values;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::callers::CallerScript;
use crate::faults::Dice;
use crate::provider::ProviderConfig;
pub use agents::{Agents, Group};
pub use arrivals::{Arrivals, Burst, Rate, Stretch};
pub use callers::{Callers, Choice, Prompt, Redials};
pub use provider::ProviderSection;
pub use values::Shares;

/// A whole scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub about: String,
    /// The seed of everything decided by chance.
    #[serde(default = "one")]
    pub seed: u64,
    /// How much faster than life callers, agents and music are. The service's own clocks stay real.
    #[serde(default = "life", deserialize_with = "values::speed")]
    pub speed: f64,
    /// The provider.
    pub provider: ProviderSection,
    /// Who rings when.
    pub arrivals: Arrivals,
    /// What callers do.
    #[serde(default)]
    pub callers: Callers,
    /// Who works.
    #[serde(default)]
    pub agents: Option<Agents>,
}

fn one() -> u64 {
    1
}

fn life() -> f64 {
    1.0
}

/// What is wrong with a scenario, where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    /// The file, if it is known.
    pub file: Option<PathBuf>,
    /// The line, from 1, if it is one line.
    pub line: Option<usize>,
    /// What is wrong, and the cure.
    pub what: String,
}

impl std::error::Error for ScenarioError {}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}", file.display())?,
            None => write!(f, "scenario")?,
        }
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl Scenario {
    /// Reads and checks a scenario.
    ///
    /// # Errors
    /// When it is not of the form, or a value makes no sense.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1);
            ScenarioError { file: None, line, what: error.message().to_owned() }
        })?;
        scenario.makes_sense(text)?;
        Ok(scenario)
    }

    /// Reads and checks a scenario's file.
    ///
    /// # Errors
    /// The same, or when the file cannot be read.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let in_file = |error: ScenarioError| ScenarioError { file: Some(path.to_owned()), ..error };
        let text = std::fs::read_to_string(path)
            .map_err(|error| in_file(ScenarioError { file: None, line: None, what: error.to_string() }))?;
        Self::parse(&text).map_err(in_file)
    }

    /// What only makes sense together.
    fn makes_sense(&self, text: &str) -> Result<(), ScenarioError> {
        let line_of = |words: &str| text.lines().position(|line| line.contains(words)).map(|at| at + 1);
        let wrong = |near: &str, what: String| Err(ScenarioError { file: None, line: line_of(near), what });
        if let Some(agents) = &self.agents {
            let grouped: u32 = agents.groups.iter().map(|group| group.agents).sum();
            if grouped > agents.count {
                let what = format!("the groups have {grouped} agents, and there are {}: raise `count`", agents.count);
                return wrong("[[agents.groups]]", what);
            }
        }
        let known = |names: &Shares, name: &String| names.names().iter().any(|(_, known)| known == name);
        for choice in self.callers.prompts.iter().flat_map(|prompt| &prompt.choices) {
            for (kind, names, name) in [
                ("language", &self.callers.languages, &choice.language),
                ("topic", &self.callers.topics, &choice.topic),
            ] {
                if let Some(name) = name.as_ref().filter(|name| !known(names, name)) {
                    let what = format!("no caller has the {kind} `{name}`: give it a weight in [callers] {kind}s");
                    return wrong(&format!("{kind} = \"{name}\""), what);
                }
            }
        }
        Ok(())
    }

    /// The provider of this scenario.
    #[must_use]
    pub fn provider_config(&self) -> ProviderConfig {
        ProviderConfig { speed: self.speed, seed: self.seed, ..self.provider.config() }
    }

    /// The moments at which callers ring, in order, in simulated time.
    #[must_use]
    pub fn moments(&self) -> Vec<Duration> {
        self.arrivals.moments(&Dice::new(self.seed).of("arrivals"))
    }

    /// The n-th caller, from 0. Each has dice of their own, so that nobody changes by what others do.
    #[must_use]
    pub fn caller(&self, n: u32) -> CallerScript {
        self.callers.caller(n, &Dice::new(self.seed).of(&format!("caller {n}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTERNOON: &str = include_str!("../../scenarios/afternoon.toml");

    fn of_the_house() -> Vec<(PathBuf, Scenario)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        files.map(|file| (file.clone(), Scenario::read(&file).unwrap())).collect()
    }

    #[test]
    fn the_scenarios_of_the_house_can_be_read() {
        let all = of_the_house();
        assert!(all.len() >= 5, "{}", all.len());
        for (file, scenario) in all {
            assert!(!scenario.callers.prompts.is_empty(), "{}", file.display());
            assert!(scenario.agents.is_some(), "{}", file.display());
        }
    }

    #[test]
    fn the_evening_of_the_release_and_the_storm_are_as_large_as_they_were() {
        let expected = |name: &str| {
            let all = of_the_house();
            let (_, scenario) = all.iter().find(|(file, _)| file.ends_with(name)).unwrap().clone();
            (scenario.arrivals.expected(), scenario.moments().len() as f64, scenario.arrivals.lasts().as_secs())
        };
        let (calls, drawn, lasts) = expected("release.toml");
        assert!((calls - 52_000.0).abs() < 500.0 && (drawn / calls - 1.0).abs() < 0.02, "{calls} {drawn}");
        assert_eq!(lasts, 7_200);
        let (calls, drawn, _) = expected("storm.toml");
        assert!(calls > 8_000.0 && (drawn / calls - 1.0).abs() < 0.05, "{calls} {drawn}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_its_cure() {
        let said = |from: &str, to: &str| {
            assert!(AFTERNOON.contains(from), "{from}");
            Scenario::parse(&AFTERNOON.replacen(from, to, 1)).unwrap_err().to_string()
        };
        let line = AFTERNOON.lines().position(|line| line == "hidden = 0.04").unwrap() + 1;
        assert_eq!(
            said("hidden = 0.04", "hidden = 1.4"),
            format!("scenario, line {line}: 1.4 is no share: write a number from 0 to 1, as 0.4 for 40 of a hundred")
        );
        let misspelt = said("hidden = 0.04", "hiden = 0.04");
        assert!(misspelt.starts_with(&format!("scenario, line {line}: unknown field `hiden`, expected")), "{misspelt}");
        assert!(said("speed = 10.0", "speed = 0").contains("write 1 for as fast as life"));
        assert!(said("login = \"agent-{nnn}\"", "login = \"agent\"").contains("write {n} or {nnn}"));
        assert!(said("base = \"http://127.0.0.1:8081\"\n", "").contains("missing field `base`"));
        assert!(said("language = \"en\"", "language = \"fr\"").contains("give it a weight in [callers] languages"));
        assert!(said("[agents.habits]", "[[agents.groups]]\nagents = 99\n[agents.habits]").contains("raise `count`"));
        let named = Scenario::read(Path::new("/nowhere/at-all.toml")).unwrap_err().to_string();
        assert!(named.starts_with("/nowhere/at-all.toml: "), "{named}");
    }

    #[test]
    fn the_same_seed_draws_the_same_people_at_the_same_moments() {
        let scenario = Scenario::parse(AFTERNOON).unwrap();
        let drawn =
            |scenario: &Scenario| (scenario.moments(), (0..200).map(|n| scenario.caller(n)).collect::<Vec<_>>());
        assert_eq!(drawn(&scenario), drawn(&scenario));
        let other = Scenario { seed: 7, ..scenario.clone() };
        assert_ne!(drawn(&scenario), drawn(&other));
        // Nobody depends on who was drawn before.
        assert_eq!(scenario.caller(150), drawn(&scenario).1[150]);
    }
}
