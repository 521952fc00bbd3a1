//! Scenarios: populations of callers and agents as data, in TOML.
//!
//! A scenario says who rings how often, what they do, and who works; the same seed draws the same people. It is checked whole
//! before anything starts.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::agents::{Habits, RobotConfig};
use crate::callers::{CallerScript, Cue, HangUp, Keys, Redial};
use crate::faults::{Dice, Faults};
use crate::phones::{Moods, PhoneScript, seconds};
use crate::provider::{ProviderConfig, RateLimit};

/// A whole scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub about: String,
    /// The seed of everything decided by chance.
    #[serde(default = "one")]
    pub seed: u64,
    /// How much faster than life callers and music are. The service's own clocks stay real.
    #[serde(default = "life")]
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
    #[serde(default)]
    pub faults: Faults,
    /// The agents' phones.
    #[serde(default)]
    pub phones: PhoneScript,
    /// In which mood they are, ring by ring.
    #[serde(default)]
    pub moods: Moods,
    /// Where the journal is written.
    #[serde(default)]
    pub journal: Option<PathBuf>,
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
            moods: self.moods,
            journal: self.journal.clone(),
            ..ProviderConfig::new(&self.base)
        }
    }
}

/// The arrival curve.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrivals {
    /// So many ring at once at the beginning.
    #[serde(default)]
    pub at_once: u32,
    /// One stretch after the other.
    #[serde(default)]
    pub curve: Vec<Stretch>,
}

/// A stretch of time with an arrival rate. Times are simulated.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// How long it lasts.
    #[serde(rename = "seconds", with = "seconds")]
    pub lasts: Duration,
    /// How many new callers ring in a minute, on average.
    pub per_minute: f64,
}

/// What callers do. Times are simulated.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Callers {
    /// The number they dial.
    pub dialled: String,
    /// The mean patience in the queue (exponential); zero: endless.
    #[serde(with = "seconds")]
    pub patience: Duration,
    /// The share that hides its number.
    pub hidden: f64,
    /// The share that gives up within the first minute, wherever it is.
    pub gives_up_early: f64,
    /// The share that hangs up while the agent's phone rings.
    pub leaves_while_connecting: f64,
    /// The share that rings again after a call that came to nothing.
    pub redials: f64,
    /// How often at most.
    pub redial_times: u32,
    /// After how long; mean.
    #[serde(with = "seconds")]
    pub redial_pause: Duration,
    /// Whether also after giving up.
    pub redials_after_giving_up: bool,
    /// The share that ends the talk by itself, after `talk`.
    pub ends_talk: f64,
    /// The median talk of those.
    #[serde(with = "seconds")]
    pub talk: Duration,
    /// What is pressed at which prompt.
    pub prompts: Vec<Prompt>,
}

impl Default for Callers {
    fn default() -> Self {
        Self {
            dialled: "08000899089".to_owned(),
            patience: Duration::from_mins(8),
            hidden: 0.04,
            gives_up_early: 0.03,
            leaves_while_connecting: 0.01,
            redials: 0.6,
            redial_times: 2,
            redial_pause: Duration::from_mins(1),
            redials_after_giving_up: true,
            ends_talk: 0.3,
            talk: Duration::from_mins(5),
            prompts: Vec::new(),
        }
    }
}

/// A prompt and the keys that callers choose there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// The prompt contains these words.
    pub hears: String,
    /// What they press, by weight; an empty choice is silence.
    pub choices: Vec<Choice>,
    /// How long they think; median.
    #[serde(with = "seconds")]
    pub thinks: Duration,
}

/// A choice.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The keys.
    pub press: String,
    /// How often it is chosen, compared with the others.
    pub weight: u32,
}

/// Who works.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agents {
    /// How many.
    pub count: u32,
    /// The address of the staff pages.
    pub console: String,
    /// Their logins: `{n}` is the number from 1, `{nnn}` the same with leading zeros.
    pub login: String,
    /// Their password; the same pattern.
    pub password: String,
    /// In how many real seconds they all come to work.
    #[serde(default, with = "seconds")]
    pub arrive_within: Duration,
    /// How they work.
    #[serde(default)]
    pub habits: Habits,
}

/// A scenario is no good.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file is not a scenario.
    #[error("the scenario cannot be read")]
    Form(#[from] toml::de::Error),
    /// A value makes no sense.
    #[error("the scenario makes no sense: {0}")]
    Sense(&'static str),
}

impl Scenario {
    /// Reads and checks a scenario.
    ///
    /// # Errors
    /// When it is not of the form, or a value makes no sense.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text)?;
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let callers = &scenario.callers;
        let shares = [
            callers.hidden,
            callers.gives_up_early,
            callers.leaves_while_connecting,
            callers.redials,
            callers.ends_talk,
        ];
        if !shares.into_iter().all(share) {
            return Err(ScenarioError::Sense("a share is outside 0 to 1"));
        }
        if !(scenario.speed.is_finite() && scenario.speed > 0.0) {
            return Err(ScenarioError::Sense("the speed must be above 0"));
        }
        if scenario.arrivals.curve.iter().any(|s| !(s.per_minute.is_finite() && s.per_minute >= 0.0)) {
            return Err(ScenarioError::Sense("an arrival rate is negative"));
        }
        if !scenario.provider.moods.can_be_drawn() {
            return Err(ScenarioError::Sense("phones without a mood that has a weight"));
        }
        if callers.prompts.iter().any(|p| p.choices.iter().map(|c| c.weight).sum::<u32>() == 0) {
            return Err(ScenarioError::Sense("a prompt without a choice that has a weight"));
        }
        Ok(scenario)
    }

    /// The provider of this scenario.
    #[must_use]
    pub fn provider_config(&self) -> ProviderConfig {
        ProviderConfig { speed: self.speed, seed: self.seed, ..self.provider.config() }
    }

    /// The n-th caller, from 0.
    #[must_use]
    pub fn caller(&self, n: u32, dice: &Dice) -> CallerScript {
        let callers = &self.callers;
        let hang_up = if dice.happens(callers.gives_up_early) {
            Some(HangUp::After(dice.up_to(Duration::from_mins(1))))
        } else if dice.happens(callers.leaves_while_connecting) {
            Some(HangUp::WhileConnecting)
        } else {
            None
        };
        CallerScript {
            number: if dice.happens(callers.hidden) { "anonymous".to_owned() } else { number(n) },
            dialled: callers.dialled.clone(),
            patience: (!callers.patience.is_zero()).then(|| dice.exponential(callers.patience)),
            keys: callers.prompts.iter().filter_map(|prompt| prompt.keys(dice)).collect(),
            talk: dice.happens(callers.ends_talk).then(|| dice.log_normal(callers.talk, 0.4)),
            hang_up,
            redial: Redial {
                times: if dice.happens(callers.redials) { callers.redial_times } else { 0 },
                pause: dice.exponential(callers.redial_pause),
                after_giving_up: callers.redials_after_giving_up,
            },
        }
    }
}

impl Prompt {
    fn keys(&self, dice: &Dice) -> Option<Keys> {
        let whole: u32 = self.choices.iter().map(|c| c.weight).sum();
        let mut left = u32::try_from(dice.below(whole as usize)).unwrap_or(0);
        let choice = self.choices.iter().find(|choice| {
            let chosen = left < choice.weight;
            left = left.saturating_sub(choice.weight);
            chosen
        })?;
        let after = dice.log_normal(self.thinks, 0.4);
        (!choice.press.is_empty()).then(|| Keys {
            at: Cue::Hears(self.hears.clone()),
            press: choice.press.clone(),
            after,
            again: true,
        })
    }
}

/// A number that belongs to nobody: first those reserved for films and books, then a range that is not given out.
fn number(n: u32) -> String {
    const RESERVED: [&str; 5] = ["+493023125", "+496990009", "+494066969", "+492214710", "+498999998"];
    let (prefix, rest) = (n / 1_000, n % 1_000);
    match RESERVED.get(prefix as usize) {
        Some(prefix) => format!("{prefix}{rest:03}"),
        None => format!("+49199{n:07}"),
    }
}

impl Agents {
    /// The n-th robot, from 1.
    #[must_use]
    pub fn robot(&self, n: u32) -> RobotConfig {
        let fill = |pattern: &str| pattern.replace("{nnn}", &format!("{n:03}")).replace("{n}", &n.to_string());
        RobotConfig {
            console: self.console.trim_end_matches('/').to_owned(),
            login: fill(&self.login),
            password: fill(&self.password),
            habits: self.habits.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scenarios_of_the_house_can_be_read() {
        for text in [
            include_str!("../scenarios/afternoon.toml"),
            include_str!("../scenarios/evening.toml"),
            include_str!("../scenarios/rough.toml"),
        ] {
            let scenario = Scenario::parse(text).unwrap();
            assert!(!scenario.callers.prompts.is_empty());
        }
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        let text = include_str!("../scenarios/afternoon.toml");
        let refused = |from: &str, to: &str| Scenario::parse(&text.replace(from, to)).unwrap_err().to_string();
        assert_eq!(refused("hidden = 0.04", "hidden = 1.4"), "the scenario makes no sense: a share is outside 0 to 1");
        assert_eq!(refused("hidden = 0.04", "hiden = 0.04"), "the scenario cannot be read");
    }

    #[test]
    fn callers_are_drawn_the_same_way_and_nobody_owns_their_numbers() {
        let scenario = Scenario::parse(include_str!("../scenarios/afternoon.toml")).unwrap();
        let draw = || {
            (0..50)
                .map({
                    let dice = Dice::new(9);
                    move |n| scenario.clone().caller(n, &dice)
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(draw.clone()(), draw());
        assert_eq!(number(42), "+493023125042");
        assert_eq!(number(4_999), "+498999998999");
        assert_eq!(number(5_000), "+491990005000");
    }

    #[test]
    fn logins_follow_the_pattern() {
        let agents = Agents {
            count: 2,
            console: "http://c/".into(),
            login: "agent-{nnn}".into(),
            password: "p{n}".into(),
            arrive_within: Duration::ZERO,
            habits: Habits::default(),
        };
        let robot = agents.robot(7);
        assert_eq!(
            (robot.login.as_str(), robot.password.as_str(), robot.console.as_str()),
            ("agent-007", "p7", "http://c")
        );
    }
}
