//! `vaxline statistics`: figures of the hotline as CSV or JSON, up to the last fact that is published; and the proof that they
//! are what the event log says.

use super::say;
use super::start::Context;
use crate::hotline::statistics::commands::{catch_up, columns, report};
use crate::hotline::statistics::model::{By, Range, StatisticsError};
use crate::hotline::statistics::recount::{Recount, recount};
use crate::hotline::statistics::wire::Report;
use crate::in_tx;
use clap::ValueEnum;
use std::collections::BTreeSet;
use std::io::Write;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Write the figures of a range, at most 35 days of it.
    Export {
        /// The beginning: a local day (2021-04-28), or a whole hour with its offset (2021-04-28T18:00:00+02:00).
        #[arg(long)]
        from: String,
        /// The end, which is not part of it: written as the beginning.
        #[arg(long)]
        to: String,
        /// What the rows are: hour, queue, language, topic or agent.
        #[arg(long)]
        by: By,
        /// How they are written.
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
    },
    /// Fold the whole event log anew and compare: an error when some sum is not what the log says.
    Check,
}

/// How figures are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A line for each row, with a header.
    Csv,
    /// One object, with totals and the present state.
    Json,
}

pub(super) async fn run(context: Context, command: Command) -> anyhow::Result<()> {
    let Command::Export { from, to, by, format } = command else { return check(&context).await };
    let range = Range::parse(&from, &to)?;
    let (db, thresholds) = (&context.pools.work, context.config.statistics);
    // Where a server is at work it has folded all but the last second; where none is, this does it.
    catch_up(db, Uuid::from_u128(rand::random())).await?;
    let made: Result<Report, StatisticsError> = in_tx!(db, "export statistics", |tx| report(tx, by, range, thresholds));
    let made = made?;
    let mut out = std::io::stdout().lock();
    match format {
        Format::Csv => out.write_all(made.to_csv(&columns(by, thresholds))?.as_bytes())?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &made.to_json()?)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(())
}

async fn check(context: &Context) -> anyhow::Result<()> {
    let db = &context.pools.work;
    catch_up(db, Uuid::from_u128(rand::random())).await?;
    let Recount { facts, compared, differ } = recount(db).await?;
    anyhow::ensure!(
        differ.is_empty(),
        "sums differ from the log in {} hours, first in {}",
        differ.len(),
        first(&differ)
    );
    say(format_args!("{facts} facts give the {compared} sums that are stored"));
    Ok(())
}

fn first(hours: &BTreeSet<OffsetDateTime>) -> String {
    hours.first().map(ToString::to_string).unwrap_or_default()
}
