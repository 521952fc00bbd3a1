//! What callers do: what they want, what they press, how patient they are, whether they ring again. Times are simulated.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::values::{Shares, share};
use crate::callers::{CallerScript, Cue, HangUp, Keys, Redial};
use crate::faults::Dice;
use crate::lengths::Length;
use crate::phones::{Moods, PhoneScript};

/// What callers do.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Callers {
    /// The numbers they dial, by weight.
    pub numbers: Shares,
    /// The languages they speak, by weight: choices at prompts may be for one of them.
    pub languages: Shares,
    /// What they ring for, by weight: the same.
    pub topics: Shares,
    /// How long they wait from the first music on; absent: for ever.
    pub patience: Option<Length>,
    /// The share that hides its number.
    #[serde(deserialize_with = "share")]
    pub hidden: f64,
    /// The share that gives up within the first minute, wherever it is.
    #[serde(deserialize_with = "share")]
    pub gives_up_early: f64,
    /// The share that hangs up while the agent's phone rings.
    #[serde(deserialize_with = "share")]
    pub leaves_while_connecting: f64,
    /// The share that ends the talk by itself, after `talk`.
    #[serde(deserialize_with = "share")]
    pub ends_talk: f64,
    /// How long those talk.
    pub talk: Length,
    /// Ringing again.
    pub redials: Redials,
    /// How their phones behave when they are rung back; absent: nobody can be reached.
    pub rung: Option<Moods>,
    /// What is pressed at which prompt.
    pub prompts: Vec<Prompt>,
}

/// Ringing again after a call that came to nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redials {
    /// The share that does.
    #[serde(deserialize_with = "share")]
    pub share: f64,
    /// How often at most.
    pub at_most: u32,
    /// After how long.
    pub pause: Length,
    /// Of these, the share that rings again after giving up, too.
    #[serde(deserialize_with = "share")]
    pub after_giving_up: f64,
    /// Of these, the share that rings again after a busy tone, too.
    #[serde(deserialize_with = "share")]
    pub when_busy: f64,
}

/// A prompt and the keys that callers choose there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// The prompt contains these words.
    pub hears: String,
    /// What they press, by weight; an empty choice is silence.
    #[serde(deserialize_with = "choices")]
    pub choices: Vec<Choice>,
    /// How long they think.
    pub thinks: Length,
}

/// A choice.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The keys.
    pub press: String,
    /// How often it is chosen, compared with the others.
    pub weight: u32,
    /// Only callers who speak this choose it.
    #[serde(default)]
    pub language: Option<String>,
    /// Only callers who ring for this choose it.
    #[serde(default)]
    pub topic: Option<String>,
}

fn choices<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Choice>, D::Error> {
    let choices = Vec::<Choice>::deserialize(from)?;
    if choices.iter().all(|choice| choice.weight == 0) {
        return Err(D::Error::custom("nobody chooses anything here: write a choice with a weight of 1 or more"));
    }
    Ok(choices)
}

impl Default for Callers {
    fn default() -> Self {
        Self {
            numbers: Shares::default(),
            languages: Shares::default(),
            topics: Shares::default(),
            patience: None,
            hidden: 0.0,
            gives_up_early: 0.0,
            leaves_while_connecting: 0.0,
            ends_talk: 0.0,
            talk: Length::around(Duration::from_mins(5), 0.4),
            redials: Redials::default(),
            rung: None,
            prompts: Vec::new(),
        }
    }
}

impl Default for Redials {
    fn default() -> Self {
        let pause = Length::Exponential(Duration::from_mins(1));
        Self { share: 0.0, at_most: 2, pause, after_giving_up: 1.0, when_busy: 1.0 }
    }
}

impl Callers {
    /// The n-th caller, from 0, drawn with dice of their own.
    pub(super) fn caller(&self, n: u32, dice: &Dice) -> CallerScript {
        let hang_up = if dice.happens(self.gives_up_early) {
            Some(HangUp::After(dice.up_to(Duration::from_mins(1))))
        } else if dice.happens(self.leaves_while_connecting) {
            Some(HangUp::WhileConnecting)
        } else {
            None
        };
        let one = |shares: &Shares| dice.weighted(shares.names()).cloned();
        let (language, topic) = (one(&self.languages), one(&self.topics));
        let wants = |choice: &Choice| {
            let is = |wanted: &Option<String>, has: &Option<String>| wanted.is_none() || wanted == has;
            is(&choice.language, &language) && is(&choice.topic, &topic)
        };
        let unset = CallerScript::default();
        CallerScript {
            number: if dice.happens(self.hidden) { "anonymous".to_owned() } else { number(n) },
            dialled: one(&self.numbers).unwrap_or(unset.dialled),
            patience: self.patience.as_ref().map(|patience| patience.draw(dice)),
            keys: self.prompts.iter().filter_map(|prompt| prompt.keys(dice, wants)).collect(),
            talk: dice.happens(self.ends_talk).then(|| self.talk.draw(dice)),
            hang_up,
            redial: self.redials.draw(dice),
            rung: self.rung.map(|moods| moods.on(PhoneScript { keys: "1".to_owned(), ..PhoneScript::answers() }, dice)),
        }
    }
}

impl Redials {
    fn draw(&self, dice: &Dice) -> Redial {
        let times = if dice.happens(self.share) { self.at_most } else { 0 };
        Redial {
            pauses: (0..times).map(|_| self.pause.draw(dice)).collect(),
            after_giving_up: dice.happens(self.after_giving_up),
            when_busy: dice.happens(self.when_busy),
        }
    }
}

impl Prompt {
    fn keys(&self, dice: &Dice, wants: impl Fn(&Choice) -> bool) -> Option<Keys> {
        let open: Vec<(u32, &Choice)> = self.choices.iter().filter(|c| wants(c)).map(|c| (c.weight, c)).collect();
        let choice = *dice.weighted(&open)?;
        let after = self.thinks.draw(dice);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn callers(text: &str) -> Vec<CallerScript> {
        let callers: Callers = toml::from_str(text).unwrap();
        (0..1_000).map(|n| callers.caller(n, &Dice::new(u64::from(n)))).collect()
    }

    #[test]
    fn nobody_owns_their_numbers() {
        assert_eq!(number(42), "+493023125042");
        assert_eq!(number(4_999), "+498999998999");
        assert_eq!(number(5_000), "+491990005000");
    }

    #[test]
    fn who_speaks_a_language_presses_its_key() {
        let drawn = callers(
            r#"
            languages = { de = 80, en = 20 }
            topics = { book = 1 }
            numbers = { "08000899089" = 3, "+493514678104" = 1 }
            [[prompts]]
            hears = "Sprache"
            thinks = 1
            choices = [{ press = "1", weight = 1, language = "de" }, { press = "2", weight = 1, language = "en" }]
            [[prompts]]
            hears = "Thema"
            thinks = 1
            choices = [{ press = "1", weight = 1, topic = "book" }, { press = "9", weight = 50, topic = "other" }]
            "#,
        );
        let pressed = |prompt: usize, key: &str| drawn.iter().filter(|c| c.keys[prompt].press == key).count();
        assert_eq!(pressed(0, "1") + pressed(0, "2"), 1_000);
        assert!((150..250).contains(&pressed(0, "2")), "{}", pressed(0, "2"));
        assert_eq!(pressed(1, "1"), 1_000, "nobody rings for anything else");
        let landline = drawn.iter().filter(|c| c.dialled == "+493514678104").count();
        assert!((200..300).contains(&landline), "{landline}");
    }

    #[test]
    fn each_redial_has_a_pause_of_its_own() {
        let drawn = callers("redials = { share = 0.5, at_most = 3, pause = { uniform = [10, 90] }, when_busy = 0.2 }");
        let again: Vec<_> = drawn.iter().filter(|c| !c.redial.pauses.is_empty()).collect();
        assert!((430..570).contains(&again.len()), "{}", again.len());
        assert!(again.iter().all(|c| c.redial.pauses.len() == 3 && c.redial.pauses[0] != c.redial.pauses[1]));
        assert!(drawn.iter().all(|c| c.redial.after_giving_up));
        assert!((130..270).contains(&drawn.iter().filter(|c| c.redial.when_busy).count()));
    }
}
