//! The agents' phones: what each does when it rings, by SIP user.
//!
//! A phone holds one call; a second one finds it busy. The talk ends when the phone hangs up (by script or by hand), when the
//! caller does, or when the provider is told to end it.

mod moods;
mod script;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

use crate::faults::Dice;
use crate::lengths::Length;
pub use moods::Moods;
pub use script::{OnRing, PhoneScript};

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
    ring_times: Option<Length>,
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
    pub(crate) fn new(others: Option<PhoneScript>, ring_times: Option<Length>, moods: Moods, dice: Arc<Dice>) -> Self {
        Self { known: Arc::default(), others, ring_times, moods, dice }
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
        let Some(script) = own.or_else(|| self.of_many()) else {
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

    /// What a phone without a script of its own does this time.
    fn of_many(&self) -> Option<PhoneScript> {
        let mut script = self.others.clone()?;
        if let (OnRing::Answer { after }, Some(times)) = (&mut script.on_ring, &self.ring_times) {
            *after = times.draw(&self.dice);
        }
        Some(self.moods.on(script, &self.dice))
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn phones(others: Option<PhoneScript>, moods: Moods) -> Phones {
        Phones::new(others, None, moods, Arc::new(Dice::new(1)))
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
    fn ring_times_differ_from_ring_to_ring() {
        let times = Some(Length::Exponential(Duration::from_secs(3)));
        let phones = Phones::new(Some(PhoneScript::answers()), times, Moods::default(), Arc::new(Dice::new(1)));
        let after = || {
            let Found::Phone { script, .. } = phones.ring("a", "leg") else { panic!("no phone") };
            phones.free("a", "leg");
            script.on_ring
        };
        assert_ne!(after(), after());
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
