//! Running a scenario: the provider, its callers and the agents' robots, with a line of what happens and a summary at the end.
//!
//! In: a scenario. Out: progress for whoever watches, the journal, and what the judge makes of it. Numbers of callers appear in
//! the journal alone.

use std::io;
use std::time::{Duration, Instant};

use crate::agents::{Robots, Tally};
use crate::faults::Dice;
use crate::journal::{Entry, Incomplete};
use crate::progress::Progress;
use crate::provider::Provider;
use crate::scenario::{Scenario, Stretch};

/// How long a run waits for its last callers after the arrivals are over, in simulated time.
const DRAIN: Duration = Duration::from_mins(30);

/// How many calls begin in the same instant, at most; the next ones a fiftieth of a second later.
const AT_ONCE: u32 = 20;

/// A running scenario.
#[derive(Debug)]
pub struct Load {
    scenario: Scenario,
    /// The provider, for marks, faults and the journal.
    pub provider: Provider,
    /// The agents, if the scenario has any.
    pub robots: Robots,
    progress: Progress,
    began: Instant,
}

impl Load {
    /// Starts the provider and sends the agents to work; nobody rings yet.
    ///
    /// # Errors
    /// When the provider cannot listen or the HTTP client cannot be set up.
    pub async fn start(scenario: Scenario) -> io::Result<Self> {
        let provider = Provider::start(scenario.provider_config()).await?;
        let robots = Robots::new(provider.pace(), provider.dice());
        if let Some(agents) = &scenario.agents {
            for n in 1..=agents.count {
                let after = agents.arrive_within.mul_f64(f64::from(n - 1) / f64::from(agents.count));
                robots.hire(agents.robot(n), after)?;
            }
        }
        Ok(Self { scenario, provider, robots, progress: Progress::default(), began: Instant::now() })
    }

    /// Lets the callers ring as the scenario says, then waits until the last has left; `watch` is told every second.
    pub async fn run(&mut self, mut watch: impl FnMut(&Progress, &Tally)) {
        // The callers have dice of their own, so that they are the same whatever the provider throws.
        let dice = Dice::new(self.scenario.seed ^ 0x5eed);
        let mut next_line = Instant::now();
        let mut rung = 0;
        for n in 1..=self.scenario.arrivals.at_once {
            self.ring(&mut rung, &dice);
            // A carrier's calls arrive one after the other, too; without this only the kernel's accept queue is tested.
            if n % AT_ONCE == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        let curve = self.scenario.arrivals.curve.clone();
        for stretch in &curve {
            self.stretch(stretch, &mut rung, &dice, &mut next_line, &mut watch).await;
        }
        let drained = Instant::now() + self.provider.pace().real(DRAIN);
        while Instant::now() < drained && !self.provider.calls().is_empty() {
            self.line(&mut next_line, &mut watch);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        next_line = Instant::now();
        self.line(&mut next_line, &mut watch);
    }

    async fn stretch(
        &mut self,
        stretch: &Stretch,
        rung: &mut u32,
        dice: &Dice,
        next_line: &mut Instant,
        watch: &mut impl FnMut(&Progress, &Tally),
    ) {
        let pace = self.provider.pace();
        let end = tokio::time::Instant::now() + pace.real(stretch.lasts);
        // From a planned moment, not from the last wake-up: a slow machine changes no rate.
        let mut next = tokio::time::Instant::now();
        loop {
            let mean = if stretch.per_minute > 0.0 {
                Duration::from_secs_f64(60.0 / stretch.per_minute)
            } else {
                stretch.lasts
            };
            next += pace.real(dice.exponential(mean));
            while tokio::time::Instant::now() < next.min(end) {
                self.line(next_line, watch);
                let until = next.min(end).min(tokio::time::Instant::now() + Duration::from_millis(200));
                tokio::time::sleep_until(until).await;
            }
            if next >= end {
                return;
            }
            if stretch.per_minute > 0.0 {
                self.ring(rung, dice);
            }
        }
    }

    fn ring(&mut self, rung: &mut u32, dice: &Dice) {
        let script = self.scenario.caller(*rung, dice);
        *rung += 1;
        // The journal follows the call; nobody here needs its handle.
        let _ = self.provider.ring(script);
    }

    fn line(&mut self, next: &mut Instant, watch: &mut impl FnMut(&Progress, &Tally)) {
        let now = Instant::now();
        if now < *next {
            return;
        }
        *next = now + Duration::from_secs(1);
        let running = self.provider.pace().simulated(self.began.elapsed());
        self.progress.follow(self.provider.journal(), running);
        watch(&self.progress, &self.robots.tally());
    }

    /// Ends the run and answers with the whole journal.
    ///
    /// # Errors
    /// When it outgrew memory and no file has all of it.
    pub async fn end(self) -> Result<Vec<Entry>, Incomplete> {
        self.robots.dismiss().await;
        let journal = self.provider.journal().clone();
        self.provider.shutdown().await;
        journal.whole()
    }
}
