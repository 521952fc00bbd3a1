//! `sip-mock load`: runs a scenario and prints a summary; fails when a promise was broken.

use std::io::BufReader;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context;
use sip_mock::judge::{Account, testimony, verdict};
use sip_mock::load::Load;
use sip_mock::scenario::Scenario;

use super::{end_is_asked_for, rules, say, show, write_json};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The scenario's file.
    scenario: PathBuf,
    /// Where the provider listens, instead of what the scenario says.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// The service's base address for webhooks.
    #[arg(long)]
    base: Option<String>,
    /// The address of the staff pages.
    #[arg(long)]
    console: Option<String>,
    /// How many agents work.
    #[arg(long)]
    agents: Option<u32>,
    /// How much faster than life callers and music are.
    #[arg(long)]
    speed: Option<f64>,
    /// The seed.
    #[arg(long)]
    seed: Option<u64>,
    /// Where the journal is written.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// A command that prints the hotline's event log after the run, for the judge (`vaxline events export`).
    #[arg(long)]
    events_from: Option<String>,
    /// A file for the summary as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
    #[command(flatten)]
    rules: rules::Times,
}

fn scenario(arguments: &Arguments) -> anyhow::Result<Scenario> {
    let mut scenario = Scenario::read(&arguments.scenario)?;
    scenario.provider.listen = arguments.listen.unwrap_or(scenario.provider.listen);
    if let Some(base) = &arguments.base {
        scenario.provider.base.clone_from(base);
    }
    if arguments.journal.is_some() {
        scenario.provider.journal.clone_from(&arguments.journal);
    }
    scenario.speed = arguments.speed.unwrap_or(scenario.speed);
    scenario.seed = arguments.seed.unwrap_or(scenario.seed);
    if let Some(agents) = &mut scenario.agents {
        agents.count = arguments.agents.unwrap_or(agents.count);
        if let Some(console) = &arguments.console {
            agents.console.clone_from(console);
        }
    }
    Ok(scenario)
}

/// The event log that a command prints, read while it is printed.
fn account(command: &str) -> anyhow::Result<Account> {
    let mut printing = Command::new("sh")
        .args(["-c", command])
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run the command for the event log")?;
    let printed = printing.stdout.take().context("the command for the event log has no output")?;
    let account = Account::read(BufReader::new(printed)).context("the event log")?;
    anyhow::ensure!(printing.wait()?.success(), "the command for the event log failed");
    Ok(account)
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let scenario = scenario(&arguments)?;
    say(&scenario.about)?;
    let mut load = Load::start(scenario).await.context("the scenario cannot start")?;
    let run = load.run(|progress, tally| {
        let states: Vec<String> =
            tally.states.iter().filter(|(_, n)| **n > 0).map(|(state, n)| format!("{state} {n}")).collect();
        show(format_args!("{progress}  agents {} ({})  booked {}", tally.linked, states.join(", "), tally.booked));
    });
    tokio::select! {
        () = run => {}
        asked = end_is_asked_for() => asked?,
    }
    say("")?;
    let tally = load.robots.tally();
    let witness = load.end().await.context("there can be no verdict")?;
    let rules = arguments.rules.rules();
    let report = match &arguments.events_from {
        Some(command) => verdict(&account(command)?, &witness, &rules),
        None => testimony(&witness, &rules),
    };
    say(&report)?;
    write_json(arguments.json.as_deref(), &report)?;
    say(format_args!(
        "Agents: {} offers, {} accepted, {} declined, {} let pass, {} talks, {} bookings, {} sockets opened again, {} vanished, {} went home, {} frames not understood",
        tally.offers,
        tally.accepted,
        tally.declined,
        tally.revoked,
        tally.talks,
        tally.booked,
        tally.reconnects,
        tally.vanished,
        tally.went_home,
        tally.not_understood
    ))?;
    for (code, times) in &tally.refused {
        say(format_args!("  refused {times} times: {code}"))?;
    }
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
