//! `sip-mock provider`: serves until it is interrupted, says every second what happens, and sums it up at the end.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use sip_mock::judge::{Rules, testimony};
use sip_mock::load::Watcher;
use sip_mock::scenario::ProviderSection;
use sip_mock::{Provider, ProviderConfig};

use super::{end_is_asked_for, say, show};

/// What is set when no file is given.
const DEFAULTS: &str = include_str!("../../provider.example.toml");

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A file with the settings of `provider.example.toml`.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Where it listens.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// The service's base address for webhooks.
    #[arg(long)]
    base: Option<String>,
    /// How much faster than life callers and music are.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// The seed of everything decided by chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the journal is written.
    #[arg(long)]
    journal: Option<PathBuf>,
}

fn config(arguments: Arguments) -> anyhow::Result<ProviderConfig> {
    let text = match &arguments.config {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?,
        None => DEFAULTS.to_owned(),
    };
    let section: ProviderSection = toml::from_str(&text).context("the settings cannot be read")?;
    let mut config = section.config();
    config.listen = arguments.listen.unwrap_or(config.listen);
    if let Some(base) = arguments.base {
        config = config.at(&base);
    }
    config.speed = arguments.speed;
    config.seed = arguments.seed;
    config.journal = arguments.journal.or(config.journal);
    config.control = true;
    Ok(config)
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let config = config(arguments)?;
    let hook = config.call_hook.clone();
    let provider = Provider::start(config).await.context("the provider cannot start")?;
    say(format_args!("REST     {}", provider.base_url()))?;
    say(format_args!("music    {}/hold.wav", provider.media_url()))?;
    say(format_args!("control  {}", provider.control_url()))?;
    say(format_args!("calls    {hook}"))?;
    let mut watcher = Watcher::default();
    tokio::select! {
        () = watch(&provider, &mut watcher) => {}
        asked = end_is_asked_for() => asked?,
    }
    say("")?;
    let journal = provider.journal().clone();
    provider.shutdown().await;
    watcher.follow(&journal, Duration::ZERO);
    say(testimony(&watcher.witness().context("there is no summary")?, &Rules::default()))?;
    Ok(ExitCode::SUCCESS)
}

/// Says what happens, whenever something has.
async fn watch(provider: &Provider, watcher: &mut Watcher) {
    let began = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if watcher.follow(provider.journal(), provider.pace().simulated(began.elapsed())) {
            show(&watcher.progress);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_the_default_and_can_be_read() {
        let section: ProviderSection = toml::from_str(DEFAULTS).unwrap();
        assert_eq!(section.config().call_hook, "http://127.0.0.1:8081/providers/jambonz/call");
    }
}
