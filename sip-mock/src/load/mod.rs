//! Running a scenario: the provider, its callers and the agents' robots, with a line of what happens and a summary at the end.
//!
//! In: a scenario. Out: progress for whoever watches, and the witness for the judge. Numbers of callers appear in the journal alone.
//! What must hold: who rings when is planned before the first call, so a slow machine changes no rate; memory grows with the calls
//! that are on the line, not with all that ever were.

mod watcher;

use std::io;
use std::time::{Duration, Instant};

use crate::agents::{Robots, Tally};
use crate::journal::Incomplete;
use crate::judge::Witness;
use crate::progress::Progress;
use crate::provider::{Provider, ProviderConfig};
use crate::scenario::Scenario;
pub use watcher::Watcher;

/// How long a run waits for its last callers after the arrivals are over, in simulated time.
const DRAIN: Duration = Duration::from_mins(30);

/// How many calls begin in the same instant, at most; the next ones a fiftieth of a second later. A carrier's calls arrive one after
/// the other, too; without this only the kernel's accept queue is tested.
const AT_ONCE: usize = 20;

/// How many entries of the journal are kept in memory: many times what is written between two looks at it.
const KEEPS: usize = 200_000;

/// A running scenario.
#[derive(Debug)]
pub struct Load {
    scenario: Scenario,
    /// The provider, for marks, faults and the journal.
    pub provider: Provider,
    /// The agents, if the scenario has any.
    pub robots: Robots,
    watcher: Watcher,
    began: Instant,
}

impl Load {
    /// Starts the provider and sends the agents to work; nobody rings yet.
    ///
    /// # Errors
    /// When the provider cannot listen or the HTTP client cannot be set up.
    pub async fn start(scenario: Scenario) -> io::Result<Self> {
        let config = ProviderConfig { journal_keeps: KEEPS, ..scenario.provider_config() };
        let provider = Provider::start(config).await?;
        let pace = provider.pace();
        let robots = Robots::new(pace, provider.dice());
        if let Some(agents) = &scenario.agents {
            for n in 1..=agents.count {
                let (robot, comes) = agents.robot(n);
                robots.hire(robot, pace.real(comes))?;
            }
        }
        Ok(Self { scenario, provider, robots, watcher: Watcher::default(), began: Instant::now() })
    }

    /// Lets the callers ring as the scenario says, then waits until the last has left; `watch` is told every second.
    pub async fn run(&mut self, mut watch: impl FnMut(&Progress, &Tally)) {
        let pace = self.provider.pace();
        let mut next_line = Instant::now();
        let begins = tokio::time::Instant::now();
        let mut together = 0;
        for (n, moment) in (0..).zip(self.scenario.moments()) {
            let due = begins + pace.real(moment);
            if tokio::time::Instant::now() < due {
                together = 0;
            }
            while tokio::time::Instant::now() < due {
                self.line(&mut next_line, &mut watch);
                tokio::time::sleep_until(due.min(tokio::time::Instant::now() + Duration::from_millis(200))).await;
            }
            // The journal follows the call; nobody here needs its handle.
            let _ = self.provider.ring(self.scenario.caller(n));
            together += 1;
            if together % AT_ONCE == 0 {
                self.line(&mut next_line, &mut watch);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        let end = begins + pace.real(self.scenario.arrivals.lasts() + DRAIN);
        while tokio::time::Instant::now() < end && !self.provider.calls().is_empty() {
            self.line(&mut next_line, &mut watch);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        next_line = Instant::now();
        self.line(&mut next_line, &mut watch);
    }

    fn line(&mut self, next: &mut Instant, watch: &mut impl FnMut(&Progress, &Tally)) {
        let now = Instant::now();
        if now < *next {
            return;
        }
        *next = now + Duration::from_secs(1);
        self.follow();
        watch(&self.watcher.progress, &self.robots.tally());
    }

    fn follow(&mut self) {
        let running = self.provider.pace().simulated(self.began.elapsed());
        self.watcher.follow(self.provider.journal(), running);
    }

    /// Ends the run and answers with what the journal told.
    ///
    /// # Errors
    /// When something of it was missed.
    pub async fn end(mut self) -> Result<Witness, Incomplete> {
        self.follow();
        self.robots.dismiss().await;
        let journal = self.provider.journal().clone();
        self.provider.shutdown().await;
        self.watcher.follow(&journal, Duration::ZERO);
        self.watcher.witness()
    }
}
