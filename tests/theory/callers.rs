//! Callers as the theory has them: they come at random, and talk and wait for exponential times.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use vaxline::hotline::staffing::erlang::Load;

/// Moments and lengths of time in microseconds, as the database keeps them: whole numbers, so that two programs that
/// add the same ones come to the same.
pub type Micros = i64;

pub const SECOND: Micros = 1_000_000;

/// How long a caller occupies an agent, on average.
pub const HANDLING: f64 = 300.0;

/// A hotline of the theory.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// Agents at work.
    pub agents: u32,
    /// How many agents are occupied on average, if all callers are served.
    pub erlangs: f64,
    /// Seconds that callers wait before giving up, on average; none: nobody gives up.
    pub patience: Option<f64>,
}

impl Model {
    pub fn load(&self) -> Load {
        let handling = time::Duration::seconds_f64(HANDLING);
        Load { calls_per_hour: 3_600.0 * self.erlangs / HANDLING, handling }
    }
}

/// A caller: what they bring, whoever serves them and whenever.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    pub arrives: Micros,
    pub handling: Micros,
    pub patience: Option<Micros>,
}

/// The callers of one seed, in the order in which they come. The same seed brings the same callers, so that routers are
/// compared under the same chance.
#[derive(Debug)]
pub struct Callers {
    chance: StdRng,
    model: Model,
    clock: Micros,
}

impl Callers {
    pub fn of(model: Model, seed: u64) -> Self {
        Self { chance: StdRng::seed_from_u64(seed), model, clock: 0 }
    }

    fn exponential(&mut self, mean_seconds: f64) -> Micros {
        let share: f64 = self.chance.random();
        (-mean_seconds * (1.0 - share).ln() * SECOND as f64) as Micros
    }
}

impl Iterator for Callers {
    type Item = Caller;

    fn next(&mut self) -> Option<Caller> {
        self.clock += self.exponential(HANDLING / self.model.erlangs);
        let handling = self.exponential(HANDLING);
        // Drawn in any case, so that the other figures of a caller do not depend on it.
        let patience = self.exponential(self.model.patience.unwrap_or(1.0));
        Some(Caller { arrives: self.clock, handling, patience: self.model.patience.map(|_| patience) })
    }
}
