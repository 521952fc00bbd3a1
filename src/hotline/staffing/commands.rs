//! What supervisors ask: what does the next hour bring, and how many agents does it need?

use super::decide::{Demand, Goal, No, Outcome, achieved, needed};
use super::erlang::Load;
use super::forecast::{self, Forecast, HISTORY, Manner, Quarter};
use super::settings::Settings;
use super::store;
use crate::foundation::db::Tx;
use crate::foundation::fault::{Fault, Refusal};
use serde::Serialize;
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime};

/// How far handling and patience are looked for: what is older would count less than an eighth.
const MANNER_WITHIN: Duration = Duration::days(3);

/// Refused, or broken.
#[derive(Debug, thiserror::Error)]
pub enum StaffingError {
    /// There is no answer.
    #[error(transparent)]
    No(#[from] No),
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for StaffingError {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::No(_) => None,
            Self::Fault(fault) => Some(fault),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::No(no) => no.code(),
            Self::Fault(_) => "fault",
        }
    }
}

/// What so many agents achieve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Agents at work.
    pub agents: u32,
    /// What callers meet.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// How many agents a demand needs, and what a few more or fewer would achieve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// Callers and their handling.
    pub load: Load,
    /// How long a caller waits on average before giving up; none when nobody gives up.
    pub patience_seconds: Option<f64>,
    /// How many agents are occupied on average.
    pub erlangs: f64,
    /// The fewest with whom the goal is met.
    pub needed: u32,
    /// That number and its neighbours, in order.
    pub rows: Vec<Row>,
}

/// Plans a demand for a goal; what `also` so many agents would achieve is shown as well.
///
/// # Errors
/// A figure that cannot be meant, or a goal that no number of agents meets.
pub fn plan(demand: Demand, goal: Goal, within: Duration, also: Option<u32>) -> Result<Plan, No> {
    let needed = needed(demand, goal)?;
    // Steps that people can see in the figures: for a large staff more than one agent.
    let step = needed.div_ceil(200);
    let fewer = [8, 4, 2, 1].map(|steps| needed.saturating_sub(steps * step));
    let more = [0, 1, 2, 4].map(|steps| needed + steps * step);
    let numbers: BTreeSet<u32> = fewer.into_iter().chain(more).filter(|agents| *agents > 0).chain(also).collect();
    let rows: Result<Vec<Row>, No> =
        numbers.into_iter().map(|agents| Ok(Row { agents, outcome: achieved(demand, agents, within)? })).collect();
    Ok(Plan {
        load: demand.load,
        patience_seconds: demand.patience.map(Duration::as_seconds_f64),
        erlangs: demand.load.erlangs(),
        needed,
        rows: rows?,
    })
}

/// A quarter of an hour that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Past {
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub begins: OffsetDateTime,
    /// How many joined the line.
    pub arrivals: u32,
}

/// The goal as it is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Aim {
    /// So many percent of all callers …
    pub percent: u8,
    /// … are answered within so many seconds.
    pub seconds: u32,
}

/// What the next hour brings, and what it needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outlook {
    /// What it is planned for.
    pub goal: Aim,
    /// Agents who are signed in, those in a pause too.
    pub at_work: u32,
    /// The last quarters, in order.
    pub recent: Vec<Past>,
    /// The next hour.
    pub forecast: Forecast,
    /// The agents that the goal needs if few come, as few as in one hour of ten.
    pub needed_for_low: u32,
    /// The same if many come.
    pub needed_for_high: u32,
    /// What as many as are expected need.
    pub plan: Plan,
}

/// How many past quarters an outlook shows.
const RECENT: usize = 12;

/// Looks at the next hour.
///
/// # Errors
/// When nothing is known yet, or the database is away.
pub async fn outlook(tx: &mut Tx, settings: &Settings) -> Result<Outlook, StaffingError> {
    let now = tx.now();
    let quarters = store::quarters(tx.conn(), forecast::next_quarter(now) - HISTORY, now).await?;
    let hours = store::hours(tx.conn(), now - MANNER_WITHIN, now).await?;
    let at_work = store::at_work(tx.conn()).await?;
    let assumed = Manner { handling: settings.handling(), patience: settings.patience() };
    Ok(foresee(&quarters, forecast::manner(&hours, assumed, now), at_work, settings, now)?)
}

fn foresee(
    quarters: &[Quarter],
    manner: Manner,
    at_work: u32,
    settings: &Settings,
    now: OffsetDateTime,
) -> Result<Outlook, No> {
    let forecast = forecast::forecast(quarters, now)?;
    let demand = |calls_per_hour: f64| Demand {
        load: Load { calls_per_hour, handling: manner.handling },
        patience: manner.patience,
    };
    let goal = settings.goal();
    let over = quarters.iter().filter(|quarter| quarter.begins + forecast::QUARTER <= now);
    let recent: Vec<Past> = over.map(|quarter| Past { begins: quarter.begins, arrivals: quarter.arrivals }).collect();
    Ok(Outlook {
        recent: recent[recent.len().saturating_sub(RECENT)..].to_vec(),
        needed_for_low: needed(demand(forecast.low), goal)?,
        needed_for_high: needed(demand(forecast.high), goal)?,
        goal: Aim { percent: settings.goal_percent, seconds: settings.goal_seconds },
        at_work,
        // What those who are there achieve is what is asked first.
        plan: plan(demand(forecast.calls), goal, settings.within(), Some(at_work).filter(|agents| *agents > 0))?,
        forecast,
    })
}
