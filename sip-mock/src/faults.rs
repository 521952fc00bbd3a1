//! What goes wrong on purpose, and the seeded dice that decide when.
//!
//! Every fault is a chance between 0 and 1. The same seed and the same order of throws give the same faults; the order of throws
//! depends on the order of events, so a run over real sockets is repeatable in kind, not to the last hook.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use serde::Deserialize;

/// The faults a provider and the network before it may show.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// A status hook is never sent.
    pub status_drop: f64,
    /// A status hook is sent twice, byte for byte.
    pub status_duplicate: f64,
    /// A status hook is held back, so that later ones overtake it.
    pub status_delay: f64,
    /// How long a delayed status hook is held back at most, in real milliseconds.
    pub status_delay_ms: u64,
    /// An action hook is sent twice, byte for byte; only the first answer counts.
    pub action_duplicate: f64,
    /// An action hook is sent late.
    pub action_delay: f64,
    /// How late at most, in real milliseconds.
    pub action_delay_ms: u64,
    /// The request is delivered and answered, and the answer is lost on its way.
    pub answer_lost: f64,
    /// The connection is refused before anything is sent.
    pub refuse: f64,
    /// The clock that signs is wrong by this much.
    pub clock_skew_seconds: i64,
    /// A REST request is refused with 429 although the quota is not used up.
    pub rest_too_many: f64,
    /// How many requests such a burst refuses.
    pub rest_too_many_burst: u32,
    /// A REST request fails with 500 before it had any effect.
    pub rest_fails: f64,
    /// A REST request takes effect and is answered with 500 all the same.
    pub rest_fails_after_effect: f64,
    /// The final status of a leg that was cancelled while it rang does get through. The real provider removes its listeners
    /// before the 487 arrives, so by default it stays silent and the verb's result still says `ringing`.
    pub cancelled_leg_speaks: f64,
}

impl Faults {
    /// Every chance with its name.
    pub(crate) fn chances(&self) -> [(&'static str, f64); 11] {
        [
            ("status_drop", self.status_drop),
            ("status_duplicate", self.status_duplicate),
            ("status_delay", self.status_delay),
            ("action_duplicate", self.action_duplicate),
            ("action_delay", self.action_delay),
            ("answer_lost", self.answer_lost),
            ("refuse", self.refuse),
            ("rest_too_many", self.rest_too_many),
            ("rest_fails", self.rest_fails),
            ("rest_fails_after_effect", self.rest_fails_after_effect),
            ("cancelled_leg_speaks", self.cancelled_leg_speaks),
        ]
    }
}

/// Seeded chance, shared by everything that the simulation decides by chance.
#[derive(Debug)]
pub struct Dice {
    seed: u64,
    rng: Mutex<StdRng>,
}

impl Dice {
    /// Dice that fall the same way for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, rng: Mutex::new(StdRng::seed_from_u64(seed)) }
    }

    /// Dice for somebody of this name: they fall the same way whatever others throw.
    #[must_use]
    pub fn of(&self, name: &str) -> Self {
        // FNV-1a: names that are nearly alike give seeds that are not.
        let mixed = name.bytes().fold(self.seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self::new(mixed)
    }

    fn with<T>(&self, throw: impl FnOnce(&mut StdRng) -> T) -> T {
        throw(&mut self.rng.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether something of this probability happens. Nothing is thrown for 0 and 1, so that a fault that is off changes no run.
    pub fn happens(&self, chance: f64) -> bool {
        if chance <= 0.0 {
            return false;
        }
        chance >= 1.0 || self.with(|rng| rng.random_bool(chance))
    }

    /// A duration up to `most`.
    pub fn up_to(&self, most: Duration) -> Duration {
        most.mul_f64(self.with(|rng| rng.random_range(0.0..1.0)))
    }

    /// A duration around `mean`, exponentially distributed and cut at eight times the mean.
    pub fn exponential(&self, mean: Duration) -> Duration {
        let u: f64 = self.with(|rng| rng.random_range(f64::EPSILON..1.0));
        mean.mul_f64((-u.ln()).min(8.0))
    }

    /// A duration around `median`, log-normally distributed: handling times have a long tail.
    pub fn log_normal(&self, median: Duration, sigma: f64) -> Duration {
        let (u, v): (f64, f64) = self.with(|rng| (rng.random_range(f64::EPSILON..1.0), rng.random_range(0.0..1.0)));
        let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        median.mul_f64((sigma * normal).exp().clamp(0.02, 20.0))
    }

    /// A number below `bound`.
    pub fn below(&self, bound: usize) -> usize {
        if bound < 2 { 0 } else { self.with(|rng| rng.random_range(0..bound)) }
    }

    /// One of several, as often as its weight says; `None` when none has a weight.
    pub fn weighted<'a, T>(&self, choices: &'a [(u32, T)]) -> Option<&'a T> {
        let whole: u32 = choices.iter().map(|(weight, _)| *weight).sum();
        let mut left = u32::try_from(self.below(whole as usize)).unwrap_or(0);
        let chosen = choices.iter().find(|(weight, _)| {
            let chosen = left < *weight;
            left = left.saturating_sub(*weight);
            chosen
        });
        chosen.map(|(_, choice)| choice)
    }

    /// An identifier as the provider makes them: random, in the form of a UUID.
    pub fn sid(&self) -> String {
        let mut bytes = [0_u8; 16];
        self.with(|rng| rng.fill_bytes(&mut bytes));
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way() {
        let (a, b) = (Dice::new(7), Dice::new(7));
        for _ in 0..50 {
            assert_eq!(a.happens(0.3), b.happens(0.3));
            assert_eq!(a.sid(), b.sid());
        }
    }

    #[test]
    fn everybody_has_dice_of_their_own() {
        let dice = Dice::new(7);
        let first = dice.of("caller 1").sid();
        dice.sid();
        assert_eq!(first, dice.of("caller 1").sid());
        assert_ne!(first, dice.of("caller 2").sid());
    }

    #[test]
    fn what_has_no_weight_is_never_chosen() {
        let dice = Dice::new(7);
        assert!((0..100).all(|_| dice.weighted(&[(0, 'a'), (3, 'b'), (0, 'c')]) == Some(&'b')));
        assert_eq!(dice.weighted(&[(0, 'a')]), None);
        assert_eq!(dice.weighted::<char>(&[]), None);
    }

    #[test]
    fn a_fault_that_is_off_throws_no_dice() {
        let (a, b) = (Dice::new(7), Dice::new(7));
        assert!(!a.happens(0.0));
        assert!(a.happens(1.0));
        assert_eq!(a.sid(), b.sid());
    }

    #[test]
    fn an_exponential_patience_has_its_mean() {
        let dice = Dice::new(1);
        let mean = Duration::from_secs(100);
        let sum: f64 = (0..20_000).map(|_| dice.exponential(mean).as_secs_f64()).sum();
        assert!((sum / 20_000.0 - 100.0).abs() < 3.0);
    }
}
