//! The sections `[provider]` and `[menu]` of the configuration.

use crate::hotline::ivr::check;
use crate::hotline::ivr::flow::Flow;
use crate::hotline::ivr::library::Library;
use crate::hotline::queue::model::Language;
use crate::hotline::queue::routing::Routing;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The shortest secret that is accepted.
const SHORTEST_SECRET: usize = 16;

/// A text that opens something. It does not print.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Its bytes.
    #[must_use]
    pub const fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// Whether none is set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Section `[provider]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The REST interface, up to `/v1`.
    pub api_url: String,
    /// Our account there.
    pub account_sid: String,
    /// The key of the REST interface.
    pub api_key: Secret,
    /// What hooks are signed with.
    pub webhook_secret: Secret,
    /// What hooks were signed with before, while the secret is being changed.
    pub webhook_secret_before: Secret,
    /// The SIP realm of the agents' phones.
    pub sip_realm: String,
    /// The number that agents' phones show, and from which people are rung back.
    pub caller_id: String,
    /// How many REST requests we make in a minute, at most.
    pub requests_per_minute: u32,
    /// How often our calls are compared with the provider's.
    pub reconcile_seconds: u32,
    /// What waiting callers hear.
    pub park: Park,
    /// Who speaks.
    pub voices: Voices,
}

/// Section `[provider.park]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Park {
    /// A piece of music, hosted outside this process.
    pub music_url: String,
    /// How long it plays.
    pub music_seconds: u16,
    /// How many pieces a caller hears when nobody can be asked any more.
    pub pieces: u16,
    /// An announcement follows every so many pieces.
    pub announce_every: u16,
}

/// Section `[provider.voices]`: a voice for each language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voices {
    /// German.
    pub de: Voice,
    /// English.
    pub en: Voice,
}

/// A voice, in the provider's words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// Who makes it.
    pub vendor: String,
    /// Its language.
    pub language: String,
    /// Its name.
    pub voice: String,
}

impl Voices {
    /// The voice of a language.
    #[must_use]
    pub const fn of(&self, language: Language) -> &Voice {
        match language {
            Language::De => &self.de,
            Language::En => &self.en,
        }
    }
}

impl Park {
    /// How long a caller hears music when nobody can be asked any more: the bound of the promise that our death is music.
    #[must_use]
    pub fn bound(&self) -> Duration {
        // Each piece is followed by the second in which its tick is asked.
        Duration::from_secs(u64::from(self.pieces) * (u64::from(self.music_seconds) + 1))
    }
}

impl Settings {
    /// Says what is wrong with the section. Without a secret the provider is not set up: every hook is refused.
    ///
    /// # Errors
    /// The key and what it must be.
    pub fn validate(&self) -> Result<(), String> {
        let park = &self.park;
        if !(1..=120).contains(&park.music_seconds) {
            return Err("provider.park.music_seconds: 1 to 120".into());
        }
        if !(4..=100).contains(&park.pieces) {
            return Err("provider.park.pieces: 4 to 100".into());
        }
        if !(1..=park.pieces).contains(&park.announce_every) {
            return Err("provider.park.announce_every: 1 to provider.park.pieces".into());
        }
        if self.requests_per_minute == 0 {
            return Err("provider.requests_per_minute: at least 1".into());
        }
        if !(5..=3_600).contains(&self.reconcile_seconds) {
            return Err("provider.reconcile_seconds: 5 to 3600".into());
        }
        for voice in [&self.voices.de, &self.voices.en] {
            if voice.vendor.is_empty() || voice.language.is_empty() {
                return Err("provider.voices: every voice needs a vendor and a language".into());
            }
        }
        for (name, secret) in
            [("webhook_secret", &self.webhook_secret), ("webhook_secret_before", &self.webhook_secret_before)]
        {
            if !secret.is_empty() && secret.expose().len() < SHORTEST_SECRET {
                return Err(format!("provider.{name}: at least {SHORTEST_SECRET} characters"));
            }
        }
        if !self.is_set_up() {
            return Ok(());
        }
        for (name, url) in [("api_url", &self.api_url), ("park.music_url", &park.music_url)] {
            if !(url.starts_with("http://") || url.starts_with("https://")) || url.ends_with('/') {
                return Err(format!("provider.{name}: an absolute URL without a slash at its end"));
            }
        }
        if self.account_sid.is_empty() || self.api_key.is_empty() {
            return Err("provider.account_sid and provider.api_key: the provider's REST interface asks for both".into());
        }
        Ok(())
    }

    /// Whether there is a provider to speak with.
    #[must_use]
    pub const fn is_set_up(&self) -> bool {
        !self.webhook_secret.is_empty()
    }

    /// Every secret with which a hook may be signed, today's first. The one before opens nothing alone: without today's the
    /// provider is not set up.
    #[must_use]
    pub fn secrets(&self) -> Vec<Secret> {
        if !self.is_set_up() {
            return Vec::new();
        }
        [&self.webhook_secret, &self.webhook_secret_before].into_iter().filter(|it| !it.is_empty()).cloned().collect()
    }
}

/// Section `[menu]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Menu {
    /// The flow file. Empty: the one that is compiled in.
    pub flow: PathBuf,
    /// Opening hours do not apply: for exercises and demonstrations.
    pub always_open: bool,
    /// The flow files of numbers that have their own.
    pub numbers: BTreeMap<String, PathBuf>,
}

/// The flow that is compiled in.
pub const DEFAULT_FLOW: &str = include_str!("../../../ivr-flows/hotline.toml");

impl Menu {
    /// Reads the flows and checks each whole: also whether the queues and classes that it names are there.
    ///
    /// # Errors
    /// What is wrong, a line each.
    pub fn load(&self, routing: &Routing) -> Result<Library, String> {
        let first = if self.flow.as_os_str().is_empty() {
            checked("the flow that is compiled in", DEFAULT_FLOW, routing)?
        } else {
            read("menu.flow", &self.flow, routing)?
        };
        let mut numbers = BTreeMap::new();
        for (number, path) in &self.numbers {
            let setting = format!("menu.numbers.{number:?}");
            if !number.bytes().any(|byte| byte.is_ascii_digit()) {
                return Err(format!("{setting}: this is no number"));
            }
            numbers.insert(number.clone(), read(&setting, path, routing)?);
        }
        Ok(Library::new(first, numbers))
    }
}

fn read(setting: &str, path: &Path, routing: &Routing) -> Result<Flow, String> {
    let name = format!("{setting}: {}", path.display());
    let source = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    checked(&name, &source, routing)
}

fn checked(name: &str, source: &str, routing: &Routing) -> Result<Flow, String> {
    let flow = Flow::load(source).map_err(|findings| format!("{name}: {}", findings.join("\n")))?;
    let findings = check::check_queues(&flow.plan, routing);
    if findings.is_empty() { Ok(flow) } else { Err(format!("{name}: {}", findings.join("\n"))) }
}
