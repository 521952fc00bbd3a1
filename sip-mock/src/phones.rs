//! The agents' phones: what each does when it rings, by SIP user.
//!
//! A phone holds one call; a second one finds it busy. The talk ends when the phone hangs up (by script or by hand), when the
//! caller does, or when the provider is told to end it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::faults::Dice;

/// What a phone does when it rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRing {
    /// Answers after this long.
    Answer {
        /// From the first ring.
        #[serde(with = "seconds")]
        after: Duration,
    },
    /// 486.
    Busy,
    /// 603.
    Decline,
    /// Rings until the provider gives up.
    Silence,
    /// 404: nobody is registered under this name.
    NotRegistered,
}

/// The script of a phone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhoneScript {
    /// Until it begins to ring.
    #[serde(with = "seconds")]
    pub ring_delay: Duration,
    /// What it does then.
    pub on_ring: OnRing,
    /// Hangs up after this much talk.
    #[serde(with = "seconds::maybe")]
    pub talk: Option<Duration>,
    /// Keys pressed once connected, for a question asked before the bridge.
    pub keys: String,
}

impl Default for PhoneScript {
    /// Auto-answer: rings at once, answers after two tenths of a second, never hangs up.
    fn default() -> Self {
        Self {
            ring_delay: Duration::from_millis(100),
            on_ring: OnRing::Answer { after: Duration::from_millis(200) },
            talk: None,
            keys: String::new(),
        }
    }
}

impl PhoneScript {
    /// Answers by itself.
    #[must_use]
    pub fn answers() -> Self {
        Self::default()
    }

    /// Does this when it rings.
    #[must_use]
    pub fn does(on_ring: OnRing) -> Self {
        Self { on_ring, ..Self::default() }
    }

    /// Answers and hangs up after so much talk.
    #[must_use]
    pub fn talks(talk: Duration) -> Self {
        Self { talk: Some(talk), ..Self::default() }
    }
}

#[derive(Debug, Default)]
struct Phone {
    script: Option<PhoneScript>,
    leg: Option<(String, CancellationToken)>,
}

/// All phones of the realm.
#[derive(Debug, Clone)]
pub struct Phones {
    known: Arc<Mutex<HashMap<String, Phone>>>,
    others: Option<PhoneScript>,
    moods: Moods,
    dice: Arc<Dice>,
}

/// One phone, for a test to script and to hang up.
#[derive(Debug, Clone)]
pub struct PhoneHandle {
    phones: Phones,
    user: String,
}

/// What an INVITE finds.
#[derive(Debug)]
pub(crate) enum Found {
    Phone { script: PhoneScript, hung_up: CancellationToken },
    Busy,
    Nobody,
}

impl Phones {
    /// `others` is the script of every user without one of their own; without it they are not registered.
    pub(crate) fn new(others: Option<PhoneScript>, moods: Moods, dice: Arc<Dice>) -> Self {
        Self { known: Arc::default(), others, moods, dice }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Phone>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn handle(&self, user: &str) -> PhoneHandle {
        PhoneHandle { phones: self.clone(), user: user.to_owned() }
    }

    /// Rings a phone: it is taken from now until [`Self::free`].
    pub(crate) fn ring(&self, user: &str, leg: &str) -> Found {
        let mut known = self.known();
        let own = known.get(user).and_then(|p| p.script.clone());
        let Some(script) = own.or_else(|| Some(self.moods.on(self.others.clone()?, &self.dice))) else {
            return Found::Nobody;
        };
        let phone = known.entry(user.to_owned()).or_default();
        if phone.leg.is_some() {
            return Found::Busy;
        }
        let hung_up = CancellationToken::new();
        phone.leg = Some((leg.to_owned(), hung_up.clone()));
        Found::Phone { script, hung_up }
    }

    /// The leg is over and the phone can be rung again.
    pub(crate) fn free(&self, user: &str, leg: &str) {
        if let Some(phone) = self.known().get_mut(user)
            && phone.leg.as_ref().is_some_and(|(taken_by, _)| taken_by == leg)
        {
            phone.leg = None;
        }
    }
}

impl PhoneHandle {
    /// Gives the phone a script; it holds from the next ring on.
    pub fn set(&self, script: PhoneScript) {
        self.phones.known().entry(self.user.clone()).or_default().script = Some(script);
    }

    /// Hangs up, whether it rings or talks. False when there is no call.
    #[must_use]
    pub fn hang_up(&self) -> bool {
        match self.phones.known().get(&self.user).and_then(|p| p.leg.as_ref()) {
            Some((_, hung_up)) => {
                hung_up.cancel();
                true
            }
            None => false,
        }
    }

    /// Whether it rings or talks.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.phones.known().get(&self.user).is_some_and(|p| p.leg.is_some())
    }
}

/// How the phones of many agents behave, by weight: each ring draws anew. By default all do what their script says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Moods {
    /// As the script says.
    pub answers: u32,
    /// Busy with another call.
    pub busy: u32,
    /// Declined by hand.
    pub declines: u32,
    /// Rings, and nobody comes.
    pub silent: u32,
    /// Answered at the last moment.
    pub slow: u32,
}

/// When a slow phone is answered, in simulated time: most callers are still there.
const SLOW: Duration = Duration::from_secs(8);

impl Default for Moods {
    fn default() -> Self {
        Self { answers: 1, busy: 0, declines: 0, silent: 0, slow: 0 }
    }
}

impl Moods {
    fn weights(self, answers: OnRing) -> [(OnRing, u32); 5] {
        [
            (answers, self.answers),
            (OnRing::Busy, self.busy),
            (OnRing::Decline, self.declines),
            (OnRing::Silence, self.silent),
            (OnRing::Answer { after: SLOW }, self.slow),
        ]
    }

    /// Whether any mood can be drawn.
    pub(crate) fn can_be_drawn(self) -> bool {
        self.weights(OnRing::Busy).iter().any(|(_, weight)| *weight > 0)
    }

    /// The script of one ring.
    fn on(self, script: PhoneScript, dice: &Dice) -> PhoneScript {
        let weights = self.weights(script.on_ring);
        // Where only one is possible nothing is thrown, so that moods that are off change no run.
        let possible = weights.iter().filter(|(_, weight)| *weight > 0).count();
        let whole: u32 = weights.iter().map(|(_, weight)| weight).sum();
        let mut left = if possible > 1 { u32::try_from(dice.below(whole as usize)).unwrap_or(0) } else { 0 };
        for (on_ring, weight) in weights {
            if left < weight {
                return PhoneScript { on_ring, ..script };
            }
            left -= weight;
        }
        script
    }
}

/// Durations in files: seconds, fractions allowed.
pub(crate) mod seconds {
    use std::time::Duration;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(from)?).map_err(D::Error::custom)
    }

    pub(crate) mod maybe {
        use super::{Deserialize, Deserializer, Duration, Error};

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
            Option::<f64>::deserialize(from)?.map(Duration::try_from_secs_f64).transpose().map_err(D::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phones(others: Option<PhoneScript>, moods: Moods) -> Phones {
        Phones::new(others, moods, Arc::new(Dice::new(1)))
    }

    #[test]
    fn many_phones_are_in_every_mood_as_often_as_their_weights_say() {
        let moods = Moods { answers: 6, busy: 1, declines: 1, silent: 1, slow: 1 };
        let phones = phones(Some(PhoneScript::answers()), moods);
        let mut drawn = HashMap::new();
        for n in 0..2_000 {
            let Found::Phone { script, .. } = phones.ring(&format!("agent-{n}"), "leg") else { panic!("no phone") };
            *drawn.entry(format!("{:?}", script.on_ring)).or_insert(0) += 1;
        }
        assert_eq!(drawn.len(), 5);
        assert!((1_100..1_300).contains(&drawn[&format!("{:?}", PhoneScript::answers().on_ring)]), "{drawn:?}");
    }

    #[test]
    fn a_phone_holds_one_call() {
        let phones = phones(Some(PhoneScript::answers()), Moods::default());
        assert!(matches!(phones.ring("a", "1"), Found::Phone { .. }));
        assert!(matches!(phones.ring("a", "2"), Found::Busy));
        phones.free("a", "2");
        assert!(matches!(phones.ring("a", "2"), Found::Busy));
        phones.free("a", "1");
        assert!(matches!(phones.ring("a", "2"), Found::Phone { .. }));
    }

    #[test]
    fn without_a_script_for_others_nobody_else_is_registered() {
        let phones = phones(None, Moods::default());
        phones.handle("a").set(PhoneScript::does(OnRing::Busy));
        assert!(matches!(phones.ring("b", "1"), Found::Nobody));
        assert!(matches!(phones.ring("a", "1"), Found::Phone { .. }));
        assert!(phones.handle("a").hang_up());
        assert!(!phones.handle("b").hang_up());
    }
}
