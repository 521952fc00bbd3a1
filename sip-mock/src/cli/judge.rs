//! `sip-mock judge`: reads both logs and prints the verdict; fails when a promise was broken.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use sip_mock::judge::{Rules, judge, read_events, read_journal};

use super::say;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The hotline's event log, as `vaxline events export` writes it.
    #[arg(long)]
    events: PathBuf,
    /// The provider's journal.
    #[arg(long)]
    journal: PathBuf,
    /// How long an agent is kept from an entry they let pass (`queue.back_off_seconds`).
    #[arg(long, default_value_t = 60)]
    back_off_seconds: u64,
    /// How long accepting to talking may take (`queue.connect_seconds`).
    #[arg(long, default_value_t = 30)]
    connect_seconds: u64,
    /// How long a redial takes its place up again (`queue.redeem_seconds`).
    #[arg(long, default_value_t = 600)]
    redeem_seconds: u64,
    /// Callers have priority classes: the order of keys need not be the order of joining.
    #[arg(long)]
    classes: bool,
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    File::open(path).map(BufReader::new).with_context(|| format!("cannot read {}", path.display()))
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let events = read_events(open(&arguments.events)?).with_context(|| arguments.events.display().to_string())?;
    let journal = read_journal(open(&arguments.journal)?).with_context(|| arguments.journal.display().to_string())?;
    let rules = Rules {
        back_off: Duration::from_secs(arguments.back_off_seconds),
        connect: Duration::from_secs(arguments.connect_seconds),
        redeem: Duration::from_secs(arguments.redeem_seconds),
        one_class: !arguments.classes,
        ..Rules::default()
    };
    let report = judge(&events, &journal, &rules);
    say(&report)?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
