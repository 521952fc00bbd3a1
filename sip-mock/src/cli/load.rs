//! `sip-mock load`: runs a scenario and prints a summary; fails when a promise was broken.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use sip_mock::judge::{hear, judge, read_events};
use sip_mock::load::Load;
use sip_mock::scenario::Scenario;

use super::{end_is_asked_for, rules, say, show};

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
    #[command(flatten)]
    rules: rules::Times,
}

fn scenario(arguments: &Arguments) -> anyhow::Result<Scenario> {
    let path = &arguments.scenario;
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut scenario = Scenario::parse(&text)?;
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
    let journal = load.end().await.context("there can be no verdict; name a file with --journal")?;
    let rules = arguments.rules.rules();
    let report = match &arguments.events_from {
        Some(command) => {
            let output = tokio::process::Command::new("sh")
                .arg("-c")
                .arg(command)
                .output()
                .await
                .context("cannot run the command for the event log")?;
            anyhow::ensure!(
                output.status.success(),
                "the command for the event log failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
            judge(&read_events(output.stdout.as_slice())?, &journal, &rules)
        }
        None => hear(&journal, &rules),
    };
    say(&report)?;
    say(format_args!(
        "Agents: {} offers, {} accepted, {} declined, {} let pass, {} talks, {} bookings, {} sockets opened again, {} frames not understood",
        tally.offers,
        tally.accepted,
        tally.declined,
        tally.revoked,
        tally.talks,
        tally.booked,
        tally.reconnects,
        tally.not_understood
    ))?;
    for (code, times) in &tally.refused {
        say(format_args!("  refused {times} times: {code}"))?;
    }
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
