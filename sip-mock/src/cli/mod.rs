//! The command line. One file a command; each says what it does on the standard output and fails with one line.

mod judge;
mod load;
mod provider;
mod rules;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use sip_mock::judge::Report;
use tokio::signal::unix::{SignalKind, signal};

/// A simulated SIP/IVR provider (jambonz 0.9), callers and agents, for tests and demonstrations.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the provider alone; callers are made to ring through its control interface.
    Provider(provider::Arguments),
    /// Runs a scenario: callers, agents, a summary.
    Load(load::Arguments),
    /// Judges a run by the hotline's event log and the provider's journal.
    Judge(judge::Arguments),
}

pub(crate) async fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Provider(arguments) => provider::run(arguments).await,
        Command::Load(arguments) => load::run(arguments).await,
        Command::Judge(arguments) => judge::run(&arguments),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "sip-mock: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A line on the standard output; a closed pipe ends the program as it ends every other.
fn say(line: impl std::fmt::Display) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}

/// A line of progress: on a terminal it takes the place of the last one. A closed pipe ends nothing but the progress.
fn show(line: impl std::fmt::Display) {
    let mut out = std::io::stdout();
    let _ = if out.is_terminal() { write!(out, "\r\x1b[2K{line}") } else { writeln!(out, "{line}") };
    let _ = out.flush();
}

/// The verdict for programs, where a file is named for it.
fn write_json(path: Option<&Path>, report: &Report) -> anyhow::Result<()> {
    let Some(path) = path else { return Ok(()) };
    let text = format!("{:#}\n", report.to_json());
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Waits until somebody wants the program to end, by Ctrl-C or as a service manager does.
async fn end_is_asked_for() -> anyhow::Result<()> {
    let mut told = signal(SignalKind::terminate()).context("cannot wait for a signal")?;
    tokio::select! {
        asked = tokio::signal::ctrl_c() => asked.context("cannot wait for an interrupt"),
        _ = told.recv() => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn every_command_can_be_called() {
        super::Arguments::command().debug_assert();
    }
}
