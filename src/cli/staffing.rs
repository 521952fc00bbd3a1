//! `vaxline staffing needed|forecast`: how many agents a load needs, and what the next hour brings.

use crate::foundation::calendar;
use crate::foundation::db::Db;
use crate::hotline::staffing::commands::{self, Outlook, Plan, Row};
use crate::hotline::staffing::decide::{Demand, Goal, Outcome};
use crate::hotline::staffing::erlang::Load;
use crate::hotline::staffing::forecast::{Basis, QUARTER};
use crate::hotline::staffing::settings::Settings;
use crate::in_tx;
use std::io::{self, Write};
use time::{Duration, OffsetDateTime};

/// What can be asked of staffing.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Staffing {
    /// How many agents a goal needs, and what a few more or fewer would achieve
    Needed(Wanted),
    /// What the next hour brings, from the event log, and how many agents it needs
    Forecast {
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
}

/// A load, and a goal for it. What is not given is taken from the configuration.
#[derive(Clone, Debug, clap::Args)]
pub struct Wanted {
    /// Callers in an hour
    #[arg(long)]
    calls_per_hour: f64,
    /// Seconds that a caller occupies an agent on average: ring, talk and wrap-up
    #[arg(long, value_name = "SECONDS")]
    handling: Option<u32>,
    /// Seconds that a caller waits on average before giving up; 0: nobody gives up
    #[arg(long, value_name = "SECONDS")]
    patience: Option<u32>,
    /// Percent of all callers who are answered within so many seconds: 80/20
    #[arg(long, value_name = "PERCENT/SECONDS", value_parser = answered)]
    goal: Option<Goal>,
    /// Instead: seconds that callers wait at most on average
    #[arg(long, value_name = "SECONDS", conflicts_with_all = ["goal", "abandoned"])]
    mean_wait: Option<u32>,
    /// Instead: percent of all callers who give up at most
    #[arg(long, value_name = "PERCENT", conflicts_with = "goal")]
    abandoned: Option<f64>,
    /// Show as well what so many agents achieve
    #[arg(long)]
    agents: Option<u32>,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

fn answered(text: &str) -> Result<Goal, String> {
    let parts = text.split_once('/').and_then(|(percent, seconds)| {
        Some((percent.trim().parse::<f64>().ok()?, seconds.trim().parse::<u32>().ok()?))
    });
    let (percent, seconds) = parts.ok_or_else(|| "a goal is written as 80/20".to_owned())?;
    Ok(Goal::Answered { share: percent / 100.0, within: Duration::seconds(i64::from(seconds)) })
}

impl Wanted {
    fn demand(&self, settings: &Settings) -> Demand {
        let seconds = |value: u32| Duration::seconds(i64::from(value));
        let load =
            Load { calls_per_hour: self.calls_per_hour, handling: self.handling.map_or(settings.handling(), seconds) };
        let patience = match self.patience {
            Some(0) => None,
            Some(value) => Some(seconds(value)),
            None => settings.patience(),
        };
        Demand { load, patience }
    }

    fn goal(&self, settings: &Settings) -> Goal {
        match (self.goal, self.mean_wait, self.abandoned) {
            (Some(goal), ..) => goal,
            (None, Some(seconds), _) => Goal::MeanWait(Duration::seconds(i64::from(seconds))),
            (None, None, Some(percent)) => Goal::Abandoned(percent / 100.0),
            (None, None, None) => settings.goal(),
        }
    }
}

/// Answers how many agents are needed.
///
/// # Errors
/// A figure that cannot be meant, or a goal that no number of agents meets.
pub fn needed(wanted: &Wanted, settings: &Settings, out: &mut impl Write) -> anyhow::Result<()> {
    let goal = wanted.goal(settings);
    let within = match goal {
        Goal::Answered { within, .. } => within,
        Goal::MeanWait(_) | Goal::Abandoned(_) => settings.within(),
    };
    let plan = commands::plan(wanted.demand(settings), goal, within, wanted.agents)?;
    if wanted.json {
        return write_json(&plan, out);
    }
    draw_plan(&plan, goal, within, out)?;
    Ok(())
}

/// Looks at the next hour.
///
/// # Errors
/// When nothing is known yet, or the database is away.
pub async fn forecast(json: bool, db: &Db, settings: &Settings, out: &mut impl Write) -> anyhow::Result<()> {
    let outlook = in_tx!(db, "look at the next hour", |tx| commands::outlook(tx, settings))?;
    if json {
        return write_json(&outlook, out);
    }
    draw_hours(&outlook, out)?;
    draw_plan(&outlook.plan, settings.goal(), settings.within(), out)?;
    let Outlook { needed_for_low, needed_for_high, at_work, .. } = outlook;
    writeln!(
        out,
        "\nIf few come {needed_for_low} agents are enough, if many come {needed_for_high} are needed; {at_work} are signed in."
    )?;
    Ok(())
}

fn write_json(answer: &impl serde::Serialize, out: &mut impl Write) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, answer)?;
    writeln!(out)?;
    Ok(())
}

/// The last quarters of an hour and the next ones, as bars.
fn draw_hours(outlook: &Outlook, out: &mut impl Write) -> io::Result<()> {
    let forecast = &outlook.forecast;
    let came = outlook.recent.iter().map(|past| (past.begins, f64::from(past.arrivals), '█'));
    let comes = (0_i32..).zip(forecast.quarters).map(|(count, calls)| (forecast.from + QUARTER * count, calls, '░'));
    let bars: Vec<(OffsetDateTime, f64, char)> = came.chain(comes).collect();
    let most = bars.iter().map(|(_, calls, _)| *calls).fold(1.0, f64::max);
    for (begins, calls, ink) in bars {
        let time = calendar::local(begins).time();
        writeln!(
            out,
            "{:02}:{:02} {} {calls:>6.0}",
            time.hour(),
            time.minute(),
            bar(calls / most, 40, &ink.to_string())
        )?;
    }
    let why = match forecast.basis {
        Basis::SameWeekday => format!("the same weekday in {} weeks before", forecast.days),
        Basis::AllDays => format!("{} days before, none of them this weekday", forecast.days),
        Basis::LastHour => "the last hour alone".to_owned(),
    };
    writeln!(
        out,
        "\nThe next hour brings {:.0} callers; eight of ten such hours bring {:.0} to {:.0}. From {why}; today is at {:.0} % \
         of an ordinary day.\n",
        forecast.calls,
        forecast.low,
        forecast.high,
        100.0 * forecast.level
    )
}

fn draw_plan(plan: &Plan, goal: Goal, within: Duration, out: &mut impl Write) -> io::Result<()> {
    let patience = plan
        .patience_seconds
        .map_or_else(|| "nobody gives up".to_owned(), |patience| format!("who waits gives up after {patience:.0} s"));
    writeln!(
        out,
        "{:.0} callers an hour, each for {:.0} s, are {:.1} Erlang; {patience}.",
        plan.load.calls_per_hour,
        plan.load.handling.as_seconds_f64(),
        plan.erlangs
    )?;
    let goal = match goal {
        Goal::Answered { share, within } => {
            format!("{} % answered within {} s", percent(share), within.whole_seconds())
        }
        Goal::MeanWait(longest) => format!("a mean wait of at most {} s", longest.whole_seconds()),
        Goal::Abandoned(most) => format!("at most {} % who give up", percent(most)),
    };
    writeln!(out, "For {goal}: {} agents.\n", plan.needed)?;
    writeln!(out, "  agents  occupied  must wait  give up  mean wait  in line  within {} s", within.whole_seconds())?;
    for Row { agents, outcome } in &plan.rows {
        let mark = if *agents == plan.needed { '>' } else { ' ' };
        match outcome {
            Outcome::GrowsWithoutEnd { callers_per_hour } => {
                writeln!(
                    out,
                    "{mark} {agents:>6}  the line grows by {callers_per_hour:.0} callers an hour, without end"
                )?;
            }
            Outcome::Settles(found) => writeln!(
                out,
                "{mark} {agents:>6}  {:>6.1} %  {:>7.1} %  {:>5.1} %  {:>7.1} s  {:>7.1}  {:>5.1} % {}",
                100.0 * found.occupancy,
                100.0 * found.waiting,
                100.0 * found.abandoned,
                found.mean_wait.as_seconds_f64(),
                found.mean_queue,
                100.0 * found.answered,
                bar(found.answered, 20, "█").trim_end()
            )?,
        }
    }
    Ok(())
}

/// A share in percent, as it was typed.
fn percent(share: f64) -> f64 {
    (share * 10_000.0).round() / 100.0
}

/// A bar of `width` columns, filled up to `share`.
fn bar(share: f64, width: usize, ink: &str) -> String {
    let filled = (share.clamp(0.0, 1.0) * width as f64).round() as usize;
    format!("{}{}", ink.repeat(filled), " ".repeat(width - filled))
}
