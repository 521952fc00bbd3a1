//! How many agents a goal needs. Pure.

use super::erlang::{Expected, Load, expected};
use serde::Serialize;
use time::Duration;

/// What the hotline shall achieve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// At least this share of all callers is answered within the time.
    Answered {
        /// Between 0 and 1.
        share: f64,
        /// The time.
        within: Duration,
    },
    /// Callers wait for no longer than this on average.
    MeanWait(Duration),
    /// At most this share of all callers gives up.
    Abandoned(f64),
}

impl Goal {
    fn is_met(self, found: &Expected) -> bool {
        match self {
            Self::Answered { share, .. } => found.answered >= share,
            Self::MeanWait(longest) => found.mean_wait <= longest,
            Self::Abandoned(most) => found.abandoned <= most,
        }
    }
}

/// Who comes, and how patient they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Callers and their handling.
    pub load: Load,
    /// How long a caller waits on average before giving up. None: nobody gives up.
    pub patience: Option<Duration>,
}

/// More callers, longer calls and more patience than these are mistakes, and would take long to compute.
const MOST_CALLS_PER_HOUR: f64 = 200_000.0;
const LONGEST_HANDLING: Duration = Duration::hours(2);
const LONGEST_PATIENCE: Duration = Duration::hours(4);

/// No hotline has more agents. Above what the largest load needs.
pub const MOST_AGENTS: u32 = 500_000;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum No {
    /// The number of calls cannot be meant.
    #[error("calls per hour must be between 0 and 200000")]
    Calls,
    /// The handling time cannot be meant.
    #[error("the handling time must be between 1 second and 2 hours")]
    Handling,
    /// The patience cannot be meant.
    #[error("patience must be between 1 second and 4 hours")]
    Patience,
    /// The number of agents cannot be meant.
    #[error("there are at most 500000 agents")]
    Agents,
    /// No number of agents reaches it: somebody always waits.
    #[error("a share must be more than 0 and less than 100 percent, and a time more than 0 seconds")]
    Unreachable,
    /// Who never gives up needs no goal for it.
    #[error("a goal for those who give up needs a patience")]
    NobodyGivesUp,
    /// Nothing is known of any caller.
    #[error("the event log knows no whole hour of callers yet")]
    NothingKnown,
}

impl No {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Handling => "handling",
            Self::Patience => "patience",
            Self::Agents => "agents",
            Self::Unreachable => "goal_out_of_reach",
            Self::NobodyGivesUp => "nobody_gives_up",
            Self::NothingKnown => "nothing_known",
        }
    }
}

/// What so many agents achieve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The line comes to rest.
    Settles(Expected),
    /// More come than are served, and nobody gives up.
    GrowsWithoutEnd {
        /// By so many callers an hour.
        callers_per_hour: f64,
    },
}

/// What callers meet with `agents` at work, and how many of them are answered `within`.
///
/// # Errors
/// A figure that cannot be meant.
pub fn achieved(demand: Demand, agents: u32, within: Duration) -> Result<Outcome, No> {
    check(demand)?;
    if agents > MOST_AGENTS {
        return Err(No::Agents);
    }
    Ok(outcome(demand, agents, within))
}

fn outcome(Demand { load, patience }: Demand, agents: u32, within: Duration) -> Outcome {
    let served_per_hour = f64::from(agents) * (Duration::HOUR / load.handling);
    expected(load, agents, patience, within)
        .map_or(Outcome::GrowsWithoutEnd { callers_per_hour: load.calls_per_hour - served_per_hour }, Outcome::Settles)
}

/// The fewest agents with whom the goal is met; at least one, who is there for the first caller.
///
/// # Errors
/// A figure that cannot be meant, or a goal that no number of agents meets.
pub fn needed(demand: Demand, goal: Goal) -> Result<u32, No> {
    check(demand)?;
    match goal {
        Goal::Answered { share, .. } if share <= 0.0 || 1.0 <= share => return Err(No::Unreachable),
        Goal::MeanWait(longest) if longest <= Duration::ZERO => return Err(No::Unreachable),
        Goal::Abandoned(most) if most <= 0.0 || 1.0 <= most => return Err(No::Unreachable),
        Goal::Abandoned(_) if demand.patience.is_none() => return Err(No::NobodyGivesUp),
        Goal::Answered { .. } | Goal::MeanWait(_) | Goal::Abandoned(_) => {}
    }
    let within = match goal {
        Goal::Answered { within, .. } => within,
        Goal::MeanWait(_) | Goal::Abandoned(_) => Duration::ZERO,
    };
    let meets = |agents: u32| match outcome(demand, agents, within) {
        Outcome::Settles(found) => goal.is_met(&found),
        Outcome::GrowsWithoutEnd { .. } => false,
    };
    fewest(square_root_rule(demand.load), meets).ok_or(No::Agents)
}

/// Nearly the number: as many agents as are occupied, and the square root of that beside.
fn square_root_rule(load: Load) -> u32 {
    let erlangs = load.erlangs();
    ((erlangs + erlangs.sqrt()).ceil() as u32).clamp(1, MOST_AGENTS)
}

/// The smallest number that `meets`, which no larger one misses. Looked for from `guess` in steps that double, then by
/// halves: the guess decides only how soon it is found.
fn fewest(guess: u32, meets: impl Fn(u32) -> bool) -> Option<u32> {
    let (mut too_few, mut enough) = (0, guess);
    let mut step = 1;
    if meets(guess) {
        // Downwards, to one that misses.
        loop {
            let fewer = enough.saturating_sub(step);
            if fewer == 0 || !meets(fewer) {
                too_few = fewer;
                break;
            }
            (enough, step) = (fewer, step * 2);
        }
    } else {
        while !meets(enough) {
            if enough == MOST_AGENTS {
                return None;
            }
            (too_few, enough) = (enough, enough.saturating_add(step).min(MOST_AGENTS));
            step *= 2;
        }
    }
    while too_few + 1 < enough {
        let middle = too_few.midpoint(enough);
        if meets(middle) { enough = middle } else { too_few = middle }
    }
    Some(enough)
}

fn check(Demand { load, patience }: Demand) -> Result<(), No> {
    if !(0.0..=MOST_CALLS_PER_HOUR).contains(&load.calls_per_hour) {
        return Err(No::Calls);
    }
    if !(Duration::SECOND..=LONGEST_HANDLING).contains(&load.handling) {
        return Err(No::Handling);
    }
    if patience.is_some_and(|patience| !(Duration::SECOND..=LONGEST_PATIENCE).contains(&patience)) {
        return Err(No::Patience);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN: Duration = Duration::seconds(20);
    const GOAL: Goal = Goal::Answered { share: 0.8, within: WITHIN };

    fn of_erlangs(erlangs: f64, patience: Option<Duration>) -> Demand {
        let load = Load { calls_per_hour: erlangs * 12.0, handling: Duration::seconds(300) };
        Demand { load, patience }
    }

    #[test]
    fn eighty_in_twenty_needs_as_many_agents_as_the_published_table_says() {
        for (erlangs, agents) in [(100.0, 108), (200.0, 210), (250.0, 261), (280.0, 291), (295.0, 306), (300.0, 312)] {
            assert_eq!(needed(of_erlangs(erlangs, None), GOAL), Ok(agents), "{erlangs} Erlang");
        }
        assert_eq!(needed(of_erlangs(3_469.0 / 12.0, None), GOAL), Ok(300), "the most that 300 agents carry");
        assert_eq!(needed(of_erlangs(3_470.0 / 12.0, None), GOAL), Ok(301));
    }

    #[test]
    fn one_agent_less_misses_the_goal_whatever_it_is() {
        let patience = Some(Duration::seconds(180));
        for goal in [GOAL, Goal::MeanWait(Duration::seconds(10)), Goal::Abandoned(0.03)] {
            for erlangs in [0.4, 7.0, 280.0, 330.0, 3_033.0] {
                let demand = of_erlangs(erlangs, patience);
                let agents = needed(demand, goal).unwrap();
                let meets = |agents| match achieved(demand, agents, WITHIN).unwrap() {
                    Outcome::Settles(found) => goal.is_met(&found),
                    Outcome::GrowsWithoutEnd { .. } => false,
                };
                assert!(meets(agents) && (agents == 1 || !meets(agents - 1)), "{goal:?}, {erlangs} Erlang: {agents}");
            }
        }
    }

    #[test]
    fn those_who_give_up_spare_agents() {
        let patient = needed(of_erlangs(330.0, None), GOAL).unwrap();
        let impatient = needed(of_erlangs(330.0, Some(Duration::seconds(180))), GOAL).unwrap();
        assert!(impatient < patient, "{impatient} and {patient}");
    }

    #[test]
    fn a_load_that_cannot_be_carried_is_said_to_be_one() {
        let growing = achieved(of_erlangs(310.0, None), 300, WITHIN).unwrap();
        assert_eq!(growing, Outcome::GrowsWithoutEnd { callers_per_hour: 120.0 });
        let Outcome::Settles(found) = achieved(of_erlangs(600.0, Some(Duration::seconds(180))), 300, WITHIN).unwrap()
        else {
            panic!("where callers give up every line comes to rest");
        };
        assert!((found.abandoned - 0.5).abs() < 1e-3, "{found:?}");
    }

    #[test]
    fn nobody_is_needed_for_nobody_but_one_to_be_there() {
        assert_eq!(needed(of_erlangs(0.0, None), GOAL), Ok(1));
    }

    #[test]
    fn what_cannot_be_meant_or_reached_is_refused_by_name() {
        let demand = of_erlangs(280.0, None);
        let load = |calls_per_hour, handling| Demand { load: Load { calls_per_hour, handling }, ..demand };
        let handling = Duration::seconds(300);
        assert_eq!(needed(load(-1.0, handling), GOAL), Err(No::Calls));
        assert_eq!(needed(load(f64::NAN, handling), GOAL), Err(No::Calls));
        assert_eq!(needed(load(10.0, Duration::ZERO), GOAL), Err(No::Handling));
        assert_eq!(needed(Demand { patience: Some(Duration::ZERO), ..demand }, GOAL), Err(No::Patience));
        assert_eq!(needed(demand, Goal::Answered { share: 1.0, within: WITHIN }), Err(No::Unreachable));
        assert_eq!(needed(demand, Goal::MeanWait(Duration::ZERO)), Err(No::Unreachable));
        assert_eq!(needed(demand, Goal::Abandoned(0.03)), Err(No::NobodyGivesUp));
        assert_eq!(achieved(demand, MOST_AGENTS + 1, WITHIN), Err(No::Agents));
    }

    #[test]
    fn the_largest_load_has_an_answer() {
        let load = Load { calls_per_hour: MOST_CALLS_PER_HOUR, handling: LONGEST_HANDLING };
        let agents = needed(Demand { load, patience: None }, GOAL).unwrap();
        assert!((400_000..MOST_AGENTS).contains(&agents), "{agents}");
    }
}
