//! The program's commands, one file each. Without a command it serves.

pub mod agents;
pub mod centres;
mod demo;
mod doctor;
mod events;
mod flows;
mod letters;
mod migrate;
pub mod notice;
pub mod rules;
mod serve;
pub mod slots;
pub mod staffing;
mod start;
mod statistics;
pub mod users;

use crate::scheduling::Campaign;
use clap::{Parser, Subcommand};
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use users::Terminal;

/// The hotline of a vaccination campaign: queue, console, scheduling, letters.
#[derive(Debug, Parser)]
#[command(name = "vaxline", version)]
struct Arguments {
    /// A configuration file; it names only what differs from the defaults (vaxline.example.toml).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Work until told to stop; this is what happens without a command.
    Serve {
        /// Serve only this plane; can be given several times.
        #[arg(long, value_enum)]
        only: Vec<serve::Plane>,
    },
    /// Show the whole hotline on this machine, with simulated callers, agents, print house and mail server.
    Demo(demo::Options),
    /// Bring the database's schema up to date.
    Migrate,
    /// Look at everything the hotline needs, and say what to do.
    Doctor,
    /// The event log.
    #[command(subcommand)]
    Events(events::Command),
    /// Figures of the hotline.
    #[command(subcommand)]
    Statistics(statistics::Command),
    /// The menu that callers hear.
    #[command(subcommand)]
    Flows(flows::Flows),
    /// The words and pages of letters and mails.
    #[command(subcommand)]
    Letters(letters::Letters),
    /// Vaccination centres, and what is given there.
    #[command(subcommand)]
    Centres(centres::Centres),
    /// What can be booked.
    #[command(subcommand)]
    Slots(slots::Slots),
    /// Who may book what, from when on.
    #[command(subcommand)]
    Rules(rules::Rules),
    /// How many agents are needed.
    #[command(subcommand)]
    Staffing(staffing::Staffing),
    /// Agents and supervisors.
    #[command(subcommand)]
    Users(users::Users),
    /// What every caller hears before the menu, at once.
    #[command(subcommand)]
    Notice(notice::Notice),
    /// What agents can do, and what they do now.
    #[command(subcommand)]
    Agents(agents::Agents),
    /// Programs that use an interface, such as a print house.
    #[command(subcommand)]
    Clients(users::Clients),
}

/// Runs the program with the process's arguments and environment.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line for people; the log has been told already what it needs.
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let command = arguments.command.unwrap_or(Command::Serve { only: Vec::new() });
    let fixed = if let Command::Demo(options) = &command { options.settings()? } else { Vec::new() };
    let start = start::Start::prepare(arguments.config.as_deref(), fixed)?;
    match command {
        Command::Demo(options) => start.block_on(|context| demo::run(context, options)),
        Command::Serve { only } => start.block_on(|context| serve::run(context, only)),
        Command::Migrate => start.block_on(migrate::run),
        Command::Doctor => start.block_on(doctor::run),
        Command::Events(command) => start.block_on(|context| events::run(context, command)),
        Command::Statistics(command) => start.block_on(|context| statistics::run(context, command)),
        Command::Flows(command) => command.run(&mut output()),
        Command::Letters(command) => command.run(start, &mut output()),
        Command::Centres(command) => {
            start.block_on(|context| async move { centres::run(command, &context.pools.staff, &mut output()).await })
        }
        Command::Slots(command) => start.block_on(|context| async move {
            let campaign = Campaign::open(context.config.scheduling.clone())?;
            slots::run(command, &context.pools.staff, &campaign, &mut output()).await
        }),
        Command::Rules(command) => command.run(&start.config.scheduling.rules, &mut output()),
        Command::Staffing(staffing::Staffing::Needed(wanted)) => {
            staffing::needed(&wanted, &start.config.staffing, &mut output())
        }
        Command::Staffing(staffing::Staffing::Forecast { json }) => start.block_on(|context| async move {
            staffing::forecast(json, &context.pools.staff, &context.config.staffing, &mut output()).await
        }),
        Command::Users(command) => start.block_on(|context| async move {
            let realm = &context.config.provider.sip_realm;
            users::users(command, &context.accounts(), realm, &mut Terminal::of_process(&mut input(), &mut output()))
                .await
        }),
        Command::Notice(command) => {
            start.block_on(|context| async move { notice::run(command, &context.pools.staff, &mut output()).await })
        }
        Command::Agents(command) => start.block_on(|context| async move {
            let routing = context.config.routing.routing().map_err(|wrong| anyhow::anyhow!("{}", wrong.join("\n")))?;
            agents::run(command, &context.pools.staff, &routing, &mut output()).await
        }),
        Command::Clients(command) => start.block_on(|context| async move {
            users::clients(command, &context.accounts(), &mut Terminal::of_process(&mut input(), &mut output())).await
        }),
    }
}

#[expect(clippy::print_stderr, reason = "a command tells the person who called it what went wrong")]
fn complain(error: &anyhow::Error) {
    eprintln!("vaxline: {error:#}");
}

fn input() -> io::StdinLock<'static> {
    io::stdin().lock()
}

fn output() -> io::StdoutLock<'static> {
    io::stdout().lock()
}

/// Writes a line for the person who called the command.
#[expect(clippy::print_stdout, reason = "a command's answer")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
