//! Figures of many runs: their mean, how sure it is, and which bounds it misses.

use crate::callers::{HANDLING, Model, SECOND};
use crate::run::{Run, Tally, WITHIN};
use std::fmt;
use time::Duration;
use vaxline::hotline::staffing::erlang::{Expected, Load, expected};

/// Agents who may be idle while callers wait, on average: what a router may lose.
pub const MOST_UNMATCHED: f64 = 0.05;

/// How far a router may be from the ideal one under the same chance.
pub const MOST_BEHIND: f64 = 0.01;

/// What is compared with the theory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    Waiting,
    MeanWait,
    Abandoned,
    InTime,
}

impl Figure {
    pub fn of(self, tally: &Tally) -> f64 {
        let callers = tally.callers as f64;
        match self {
            Self::Waiting => tally.waited as f64 / callers,
            Self::MeanWait => tally.waits as f64 / SECOND as f64 / callers,
            Self::Abandoned => tally.abandoned as f64 / callers,
            Self::InTime => tally.in_time as f64 / callers,
        }
    }

    pub fn expected(self, theory: &Expected) -> f64 {
        match self {
            Self::Waiting => theory.waiting,
            Self::MeanWait => theory.mean_wait.as_seconds_f64(),
            Self::Abandoned => theory.abandoned,
            Self::InTime => theory.answered,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting probability",
            Self::MeanWait => "mean wait",
            Self::Abandoned => "abandonment",
            Self::InTime => "service level",
        })
    }
}

/// A mean of independent values, and by how much it may be wrong: the half width of the interval that holds the truth in 95
/// of 100 cases, as a share of the mean.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    pub mean: f64,
    pub half_width: f64,
}

impl Estimate {
    pub fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Self { mean, half_width: student(count - 1.0) * (variance / count).sqrt() / mean }
    }
}

/// The 97.5th percentile of Student's distribution, by Cornish and Fisher: exact to a hundredth from 5 degrees on.
fn student(freedom: f64) -> f64 {
    let z = 1.959_964_f64;
    z + (z.powi(3) + z) / (4.0 * freedom)
        + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * freedom.powi(2))
        + (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / (384.0 * freedom.powi(3))
}

/// The runs of all seeds.
#[derive(Debug)]
pub struct Runs {
    pub model: Model,
    pub runs: Vec<Run>,
}

impl Runs {
    pub fn estimate(&self, figure: Figure) -> Estimate {
        let values: Vec<f64> = self.runs.iter().map(|run| figure.of(&run.product)).collect();
        Estimate::of(&values)
    }

    pub fn callers(&self) -> u64 {
        self.runs.iter().map(|run| run.product.callers).sum()
    }

    pub fn differing(&self) -> u64 {
        self.runs.iter().map(|run| run.differing).sum()
    }

    /// Agents who were idle while callers waited, on average.
    pub fn unmatched(&self) -> f64 {
        let sum = |part: fn(&Run) -> i64| self.runs.iter().map(part).sum::<i64>() as f64;
        sum(|run| run.unmatched) / sum(|run| run.length)
    }

    /// How much more than with the ideal router, for the same callers.
    pub fn behind_the_ideal(&self, figure: Figure) -> f64 {
        let sum = |tally: fn(&Run) -> &Tally| self.runs.iter().map(|run| figure.of(tally(run))).sum::<f64>();
        sum(|run| &run.product) / sum(|run| &run.ideal) - 1.0
    }

    /// What the theory says of the model.
    pub fn theory(&self) -> Expected {
        self.theory_of(self.model.load())
    }

    /// What the theory says of the load that these callers have brought. A short run has little chance left in it then:
    /// most of what makes it deviate is that more callers came than should have, or longer talks.
    pub fn theory_of_what_came(&self) -> Expected {
        let callers = self.callers() as f64;
        let seconds = |part: fn(&Run) -> i64| self.runs.iter().map(part).sum::<i64>() as f64 / SECOND as f64;
        let handling = seconds(|run| run.product.handling) / callers;
        let calls_per_hour = 3_600.0 * callers / seconds(|run| run.length);
        self.theory_of(Load { calls_per_hour, handling: Duration::seconds_f64(handling) })
    }

    fn theory_of(&self, load: Load) -> Expected {
        let patience = self.model.patience.map(Duration::seconds_f64);
        expected(load, self.model.agents, patience, Duration::microseconds(WITHIN)).expect("the line comes to rest")
    }

    /// Every bound that the runs miss: of the theory, of the ideal router, and of idle agents.
    pub fn missed(&self, theory: &Expected, figures: &[Figure], tolerance: f64) -> Vec<String> {
        let mut missed = Vec::new();
        for figure in figures {
            let (found, expected) = (self.estimate(*figure).mean, figure.expected(theory));
            let is_near = (found / expected - 1.0).abs() <= tolerance;
            if !is_near {
                missed.push(format!("{figure}: {found:.4} is not the {expected:.4} of the theory"));
            }
            let behind = self.behind_the_ideal(*figure);
            let keeps_up = behind.abs() <= MOST_BEHIND;
            if !keeps_up {
                missed.push(format!("{figure}: {:+.1} % beside the ideal router", 100.0 * behind));
            }
        }
        let unmatched = self.unmatched();
        let is_busy = unmatched < MOST_UNMATCHED;
        if !is_busy {
            missed.push(format!("idle while queue: {unmatched:.3} agents on average"));
        }
        missed
    }

    /// A table of the figures beside the theory, for the documents.
    pub fn table(&self, theory: &Expected, figures: &[Figure]) -> String {
        let Model { agents, erlangs, patience } = self.model;
        let patience = patience.map_or_else(|| "nobody gives up".to_owned(), |mean| format!("patience {mean} s"));
        let mut text = format!(
            "{agents} agents, {erlangs} Erlang of {HANDLING} s, {patience}: {} seeds, {} callers\n",
            self.runs.len(),
            self.callers()
        );
        for figure in figures {
            let Estimate { mean, half_width } = self.estimate(*figure);
            let expected = figure.expected(theory);
            text += &format!(
                "  {figure:<20} measured {mean:>9.5} ± {:.2} %   theory {expected:>9.5}   deviation {:+.2} %\n",
                100.0 * half_width,
                100.0 * (mean / expected - 1.0),
                figure = figure.to_string()
            );
        }
        text + &format!(
            "  idle while queue {:.4} agents; {} callers fared other than with the ideal router\n",
            self.unmatched(),
            self.differing()
        )
    }
}
