//! `sip-mock judge`: reads both logs and prints the verdict; fails when a promise was broken.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use sip_mock::judge::{Account, Witness, verdict};

use super::{rules, say, write_json};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The hotline's event log, as `vaxline events export` writes it.
    #[arg(long)]
    events: PathBuf,
    /// The provider's journal.
    #[arg(long)]
    journal: PathBuf,
    /// A file for the verdict as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    #[command(flatten)]
    rules: rules::Times,
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    File::open(path).map(BufReader::new).with_context(|| format!("cannot read {}", path.display()))
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let account = Account::read(open(&arguments.events)?).with_context(|| arguments.events.display().to_string())?;
    let witness = Witness::read(open(&arguments.journal)?).with_context(|| arguments.journal.display().to_string())?;
    let report = verdict(&account, &witness, &arguments.rules.rules());
    say(&report)?;
    write_json(arguments.json.as_deref(), &report)?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
