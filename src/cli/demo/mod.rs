//! `vaxline demo`: the whole hotline on this machine, with everything around it simulated: callers ring a provider, wait,
//! reach agents who book at real consoles; a print house pulls the letters, a mail server takes the mails.
//!
//! Only what lies outside the system is simulated, and it is reached as in production: over HTTP, WebSockets and SMTP.

mod callers;
mod mailbox;
mod print_service;
mod saxony;
mod ticker;

use super::say;
use super::start::Context;
use crate::app::lifecycle::{self, Planes};
use crate::foundation::events::feed::Feed;
use crate::scheduling::Campaign;
use anyhow::{Context as _, ensure};
use mailbox::Mailbox;
use print_service::PrintService;
use saxony::{LogIn, Seeded};
use sip_mock::agents::{Habits, RobotConfig, Robots};
use sip_mock::{Length, PhoneScript, Provider, ProviderConfig};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What webhooks are signed with, and what opens the provider's REST interface: for this demo alone.
const WEBHOOK_SECRET: &str = "demo-webhook-secret";
const API_KEY: &str = "demo-api-key";

/// How the demo is run.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Options {
    /// Simulated agents.
    #[arg(long, default_value_t = 12)]
    agents: usize,
    /// Callers who ring at the beginning.
    #[arg(long, default_value_t = 20)]
    callers: u32,
    /// A new caller every so many seconds, on average.
    #[arg(long, default_value_t = 3.0, value_parser = more_than_nothing)]
    every: f64,
    /// How much faster than life people speak, wait and work.
    #[arg(long, default_value_t = 6.0, value_parser = more_than_nothing)]
    speed: f64,
    /// Leave callers for somebody who joins in as an agent: only a third of the simulated agents comes to work.
    #[arg(long)]
    join: bool,
    /// Where letters, mails and the database go; a fresh folder without it.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// End by itself after so many seconds.
    #[arg(long)]
    seconds: Option<u64>,
}

/// A number above zero.
fn more_than_nothing(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        Ok(_) | Err(_) => Err("it must be a number above 0".to_owned()),
    }
}

impl Options {
    /// How many simulated agents work.
    const fn at_work(&self) -> usize {
        if self.join { self.agents.div_ceil(3) } else { self.agents }
    }

    /// Where everything goes. A fresh folder is named after this process, below the system's temporary folder: the
    /// database must be reachable for another account when this is run by root.
    pub(super) fn folder(&self) -> PathBuf {
        let fresh = || std::env::temp_dir().join(format!("vaxline-demo-{}", std::process::id()));
        self.folder.clone().unwrap_or_else(fresh)
    }

    /// The settings of the demo's process, as the environment would give them. A configured database is never used.
    ///
    /// # Errors
    /// When the folder holds anything: what a demo invents must not come among what somebody keeps.
    pub(super) fn settings(&self) -> anyhow::Result<Vec<(String, String)>> {
        let folder = self.folder();
        let is_empty = std::fs::read_dir(&folder).map_or(true, |mut content| content.next().is_none());
        ensure!(is_empty, "{} is not empty: the demo begins in a fresh folder", folder.display());
        let folder = folder.join("database");
        let settings = [
            ("DATABASE_URL", String::new()),
            ("VAXLINE__DATABASE__URL", String::new()),
            ("VAXLINE__DATABASE__EMBEDDED", "true".to_owned()),
            ("VAXLINE__DATABASE__FOLDER", folder.display().to_string()),
            ("VAXLINE__PROVIDER__WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
            ("VAXLINE__PROVIDER__API_KEY", API_KEY.to_owned()),
            ("VAXLINE__PROVIDER__ACCOUNT_SID", "demo".to_owned()),
            ("VAXLINE__PROVIDER__CALLER_ID", "+493023125999".to_owned()),
            // Named again when the provider has found its port.
            ("VAXLINE__PROVIDER__API_URL", "http://127.0.0.1".to_owned()),
            ("VAXLINE__PROVIDER__PARK__MUSIC_URL", "http://127.0.0.1/music".to_owned()),
            ("VAXLINE__PROVIDER__REQUESTS_PER_MINUTE", "6000".to_owned()),
            ("VAXLINE__MENU__ALWAYS_OPEN", "true".to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        Ok(settings)
    }
}

/// Runs the demo until Ctrl-C, or for the time that was asked for.
pub(super) async fn run(mut context: Context, options: Options) -> anyhow::Result<()> {
    let database = &context.config.database;
    ensure!(database.embedded && database.url.is_empty(), "the demo works on a database of its own and on no other");
    let folder = options.folder();
    let stop = CancellationToken::new();
    say(format_args!("vaxline demo: the database, the letters and the mails stand in {}", folder.display()));

    let seeded = {
        let campaign = Campaign::open(context.config.scheduling.clone())?;
        saxony::seed(&context, &campaign, options.at_work()).await?
    };
    let mailbox = Mailbox::open(&folder.join("mails"), stop.clone()).await?;
    let provider = Arc::new(start_provider(&context, &options, &folder).await?);
    point_at(&mut context, &provider, &mailbox);

    let node = Uuid::from_u128(rand::random());
    let running = lifecycle::start(&context.config, &context.pools, &context.clock, node, Planes::ALL).await?;
    let console = context.config.staff.public_url.clone();
    let printing = PrintService::new(&console, &seeded.print_secret, &folder.join("letters"), &context.clock)?;
    tokio::spawn(printing.run(stop.clone()));
    let robots = hire(&provider, &seeded, &console)?;
    welcome(&console, &seeded, options.at_work());

    let rung = Arc::new(AtomicU32::new(0));
    let feed = Feed::default();
    tokio::spawn(feed.clone().run(context.pools.work.clone(), stop.clone()));
    tokio::spawn(ticker::show(context.pools.work.clone(), feed, Arc::clone(&rung), stop.clone()));
    let every = Duration::try_from_secs_f64(options.every).context("--every is a number of seconds")?;
    tokio::spawn(callers::ring(Arc::clone(&provider), every, options.callers, rung, stop.clone()));

    let time_is_up = async {
        match options.seconds {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        outcome = tokio::signal::ctrl_c() => outcome.context("listen for Ctrl-C")?,
        () = time_is_up => {}
        () = running.stopping().cancelled() => {}
    }
    stop.cancel();
    ticker::refusals(&robots.tally().refused);
    robots.dismiss().await;
    running.stop().await?;
    say(format_args!("what was printed and mailed stays in {}", folder.display()));
    Ok(())
}

async fn start_provider(context: &Context, options: &Options, folder: &Path) -> anyhow::Result<Provider> {
    let mut config = ProviderConfig::new(&context.config.hooks.public_url);
    config.secret = WEBHOOK_SECRET.to_owned();
    config.api_key = API_KEY.to_owned();
    config.account_sid.clone_from(&context.config.provider.account_sid);
    config.sip_realm.clone_from(&context.config.provider.sip_realm);
    config.speed = options.speed;
    config.seed = rand::random();
    config.rate_limit = None;
    config.other_phones = Some(PhoneScript::answers());
    config.journal = Some(folder.join("provider.jsonl"));
    Provider::start(config).await.context("start the simulated provider")
}

/// Tells the configuration where the simulated provider and the mail server listen.
fn point_at(context: &mut Context, provider: &Provider, mailbox: &Mailbox) {
    context.config.provider.api_url = provider.base_url();
    context.config.provider.park.music_url = format!("{}/hold-music.wav", provider.media_url());
    context.config.correspondence.email.host = mailbox.address.ip().to_string();
    context.config.correspondence.email.port = mailbox.address.port();
}

fn hire(provider: &Provider, seeded: &Seeded, console: &str) -> anyhow::Result<Robots> {
    let robots = Robots::new(provider.pace(), provider.dice());
    for (number, LogIn { login, password }) in seeded.robots.iter().enumerate() {
        let config = RobotConfig {
            console: console.to_owned(),
            login: login.clone(),
            password: password.clone(),
            habits: Habits { talk: Length::around(Duration::from_secs(90), 0.4), ..Habits::default() },
        };
        let after = Duration::from_millis(150 * u64::try_from(number).unwrap_or_default());
        robots.hire(config, after).context("set up an agent's robot")?;
    }
    Ok(robots)
}

fn welcome(console: &str, seeded: &Seeded, agents: usize) {
    let Seeded { supervisor, guest, slots, .. } = seeded;
    say("");
    say(format_args!("  {agents} simulated agents, {slots} slots in 13 centres"));
    say(format_args!("  join in as an agent:   {console}/console       {} / {}", guest.login, guest.password));
    say(format_args!(
        "  watch as a supervisor: {console}/supervision   {} / {}",
        supervisor.login, supervisor.password
    ));
    say("  stop with Ctrl-C");
    say("");
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn read(arguments: &[&str]) -> Result<Options, String> {
        let line = std::iter::once("demo").chain(arguments.iter().copied());
        Line::try_parse_from(line).map(|line| line.options).map_err(|error| error.to_string())
    }

    #[test]
    fn a_folder_with_content_is_refused_before_anything_starts() {
        let folder = std::env::temp_dir().join(format!("vaxline-demo-test-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let options = read(&["--folder", folder.to_str().unwrap()]).unwrap();
        assert!(options.settings().is_ok());
        std::fs::write(folder.join("letter.pdf"), "kept").unwrap();
        let refused = options.settings().unwrap_err().to_string();
        assert!(refused.ends_with("is not empty: the demo begins in a fresh folder"), "{refused}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_configured_database_is_never_used() {
        let settings = read(&[]).unwrap().settings().unwrap();
        for name in ["DATABASE_URL", "VAXLINE__DATABASE__URL"] {
            assert!(settings.contains(&(name.to_owned(), String::new())), "{name}");
        }
    }

    #[test]
    fn callers_who_ring_all_at_once_for_ever_are_refused() {
        for nothing in ["0", "-1", "nan", "inf", "soon"] {
            let every = format!("--every={nothing}");
            assert!(read(&[&every]).unwrap_err().contains("it must be a number above 0"), "{nothing}");
        }
        assert_eq!((read(&["--agents", "12"]).unwrap().at_work(), read(&["--join"]).unwrap().at_work()), (12, 4));
    }
}
