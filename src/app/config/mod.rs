//! The configuration: the commented defaults that are compiled in, then a file, then the environment.
//!
//! `vaxline.example.toml` *is* the defaults. A file names only what differs; `VAXLINE__SECTION__KEY` wins over both.
//! Any secret may be given as `<key>_file`. An unknown key is an error, and so is a value that cannot work.

mod layers;

use crate::accounts;
use crate::correspondence;
use crate::foundation::db::Sizes;
use crate::foundation::events::retention;
use crate::foundation::fault::Fault;
use crate::hotline::{console, provider, queue, staffing, statistics};
use crate::scheduling;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The defaults, with their comments.
pub const DEFAULTS: &str = include_str!("../../../vaxline.example.toml");

/// The whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The database.
    pub database: Database,
    /// Where the provider reaches us.
    pub hooks: Listener,
    /// Where agents, supervisors and the print service reach us.
    pub staff: Listener,
    /// What is logged, and how.
    pub telemetry: Telemetry,
    /// Log-ins.
    pub accounts: accounts::settings::Settings,
    /// The telephone provider.
    pub provider: provider::settings::Settings,
    /// What callers hear before they wait.
    pub menu: provider::settings::Menu,
    /// The queue.
    pub queue: queue::settings::Settings,
    /// Queues, skills and priorities.
    pub routing: queue::routing::Settings,
    /// What the number of agents is planned for.
    pub staffing: staffing::settings::Settings,
    /// Thresholds of the statistics.
    pub statistics: statistics::settings::Settings,
    /// How long facts are kept.
    pub events: retention::Settings,
    /// Rules, proposals and reservations.
    pub scheduling: scheduling::settings::Settings,
    /// Letters and e-mails.
    pub correspondence: correspondence::settings::Settings,
    /// The agents' desks.
    pub console: console::settings::Settings,
}

/// Section `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// The database's URL; `DATABASE_URL` wins over it. Empty: none.
    pub url: String,
    /// Run a private cluster instead.
    pub embedded: bool,
    /// Where the private cluster stands.
    pub folder: PathBuf,
    /// Connections of each plane.
    pub connections: Sizes,
    /// Become ready on a database that loses acknowledged commits: for tests alone.
    pub accept_unsafe_durability: bool,
}

/// A listener and its limits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listener {
    /// Address and port.
    pub listen: SocketAddr,
    /// How others reach it, as an absolute URL without a slash at the end.
    pub public_url: String,
    /// How many connections are held at once; more wait in the kernel's backlog.
    pub connections: usize,
    /// How many requests are worked on at once; more are told to come back.
    pub requests: usize,
}

/// Section `[telemetry]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// What is logged, as a filter (`info,vaxline=debug`).
    pub log: String,
    /// `text` or `json`.
    pub format: LogFormat,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Config {
    /// Loads the configuration. `environment` holds the variables of the process.
    ///
    /// # Errors
    /// One sentence that names the file or the variable, the key and what is wrong with it.
    pub fn load(file: Option<&Path>, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, Fault> {
        let environment: Vec<(String, String)> = environment.into_iter().collect();
        let mut table = layers::parse("the defaults", DEFAULTS)?;
        if let Some(file) = file {
            let text = std::fs::read_to_string(file)
                .map_err(|error| Fault::new(format!("read the configuration {}", file.display()), error))?;
            layers::merge(&mut table, layers::parse(&file.display().to_string(), &text)?);
        }
        layers::apply_environment(&mut table, &environment)?;
        layers::read_secrets(&mut table)?;
        let mut config: Self = table
            .try_into()
            .map_err(|error: toml::de::Error| Fault::plain(format!("configuration: {}", one_line(&error))))?;
        if let Some((_, url)) = environment.iter().find(|(name, value)| name == "DATABASE_URL" && !value.is_empty()) {
            config.database.url.clone_from(url);
        }
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), Fault> {
        let wrong = |sentence: String| Fault::plain(format!("configuration: {sentence}"));
        self.accounts.validate().map_err(wrong)?;
        self.console.validate().map_err(wrong)?;
        self.provider.validate().map_err(wrong)?;
        self.queue.policy(&self.staffing).map_err(wrong)?;
        self.routing.routing().map_err(|sentences| wrong(sentences.join("; ")))?;
        self.staffing.validate().map_err(wrong)?;
        self.statistics.validate().map_err(wrong)?;
        self.events.validate().map_err(wrong)?;
        self.scheduling.validate().map_err(wrong)?;
        self.correspondence.validate().map_err(wrong)?;
        for (name, listener) in [("hooks", &self.hooks), ("staff", &self.staff)] {
            let url = &listener.public_url;
            if !(url.starts_with("http://") || url.starts_with("https://")) || url.ends_with('/') {
                return Err(wrong(format!("{name}.public_url must be an absolute URL without a slash at its end")));
            }
            if listener.connections == 0 || listener.requests == 0 {
                return Err(wrong(format!("{name}.connections and {name}.requests must be more than 0")));
            }
        }
        let sizes = self.database.connections;
        if sizes.hooks == 0 || sizes.staff == 0 || sizes.work < 4 {
            return Err(wrong(
                "database.connections: every plane needs connections, the work plane at least 4".to_owned(),
            ));
        }
        Ok(())
    }
}

/// What is wrong, and at which key.
fn one_line(error: &toml::de::Error) -> String {
    error.to_string().trim().replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(variables: &[(&str, &str)]) -> Result<Config, Fault> {
        Config::load(None, variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_example_file_is_a_whole_configuration() {
        let config = load(&[]).expect("the defaults are valid");
        assert!(config.database.url.is_empty());
        assert_eq!(config.scheduling, scheduling::settings::Settings::default());
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let config = load(&[("VAXLINE__QUEUE__OFFER_SECONDS", "20"), ("DATABASE_URL", "postgresql:///here")])
            .expect("a number is a number");
        assert_eq!(config.queue.offer_seconds, 20);
        assert_eq!(config.database.url, "postgresql:///here");
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let fault = load(&[("VAXLINE__QUEUE__OFER_SECONDS", "20")]).expect_err("there is no such key");
        assert!(fault.to_string().contains("ofer_seconds"), "{fault}");
    }

    #[test]
    fn a_value_of_another_kind_is_an_error_that_names_the_key() {
        let fault = load(&[("VAXLINE__QUEUE__OFFER_SECONDS", "soon")]).expect_err("soon is no number");
        assert!(fault.to_string().contains("queue.offer_seconds"), "{fault}");
    }

    #[test]
    fn pages_over_https_need_cookies_for_https() {
        let origins = ("VAXLINE__ACCOUNTS__ALLOWED_ORIGINS", "[\"https://localhost\"]");
        let fault = load(&[origins]).expect_err("a cookie could be read on its way");
        assert!(fault.to_string().contains("accounts.secure_cookies"), "{fault}");
        assert!(load(&[origins, ("VAXLINE__ACCOUNTS__SECURE_COOKIES", "true")]).is_ok());
    }

    #[test]
    fn a_value_that_cannot_work_is_an_error() {
        let fault = load(&[("VAXLINE__QUEUE__MISSED_LIMIT", "0")]).expect_err("nobody would ever be ready");
        assert!(fault.to_string().contains("missed_limit"), "{fault}");
        let fault = load(&[("VAXLINE__STAFFING__GOAL_PERCENT", "100")]).expect_err("no number of agents is enough");
        assert!(fault.to_string().contains("staffing.goal_percent"), "{fault}");
        let fault = load(&[("VAXLINE__SCHEDULING__PROPOSALS", "0")]).expect_err("nothing would ever be proposed");
        assert!(fault.to_string().contains("scheduling.proposals"), "{fault}");
        let fault = load(&[("VAXLINE__ROUTING__QUEUES", "[]")]).expect_err("nobody could wait anywhere");
        assert!(fault.to_string().contains("routing.queues"), "{fault}");
    }
}
