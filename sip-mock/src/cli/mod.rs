//! The command line. One file a command; each says what it does on the standard output and fails with one line.

mod judge;
mod load;
mod provider;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
