//! The section `[correspondence]` of the configuration.

use crate::foundation::ids::EmailId;
use crate::foundation::pii::Pii;
use lettre::Address;
use lettre::address::AddressError;
use serde::{Deserialize, Deserializer};
use std::path::PathBuf;
use std::time::Duration;
use time::Time;
use time::macros::format_description;
use uuid::Uuid;

/// How letters and mails leave the house.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// A folder with templates; empty for the set that is compiled in.
    pub templates: PathBuf,
    /// What the codes on letters are sealed with.
    pub seal: Seal,
    /// The post and the print house.
    pub post: Post,
    /// E-mails.
    pub email: Email,
}

/// Section `[correspondence.seal]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// The number under which centres know the key.
    pub number: u8,
    /// 64 hexadecimal digits; empty for a key that is made at the first start and kept in the database.
    pub secret: Pii<String>,
}

/// Section `[correspondence.post]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// How many working days a letter travels.
    pub run_days: u16,
    /// Until when the print house takes letters of the day, in local time.
    #[serde(deserialize_with = "local_time")]
    pub cut_off: Time,
    /// How long a batch is leased when the house names nothing.
    #[serde(rename = "lease_seconds", deserialize_with = "seconds")]
    pub lease: Duration,
    /// After so many lapsed leases a letter is held for a person.
    pub lapses_until_held: i32,
}

/// Section `[correspondence.email]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Email {
    /// The relay; empty: no mail is sent, and who wanted one gets a letter.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Whom we log in as; empty for a relay that knows us by address.
    pub user: String,
    /// With which password.
    pub password: Pii<String>,
    /// The name in `From`: it names no illness.
    pub from_name: String,
    /// The address in `From`.
    pub from_address: String,
    /// The envelope's sender; `{id}` becomes the mail's id, so that a bounce names it.
    pub bounce_address: String,
    /// What a mail carries.
    pub mode: Mode,
    /// How long one step with the relay may take.
    #[serde(rename = "step_seconds", deserialize_with = "seconds")]
    pub step: Duration,
    /// How long the relay may take to answer for the whole mail.
    #[serde(rename = "content_seconds", deserialize_with = "seconds")]
    pub content: Duration,
    /// How many mails are sent at once.
    pub parallel: usize,
}

impl Email {
    /// Whether mails leave this house at all.
    #[must_use]
    pub const fn has_relay(&self) -> bool {
        !self.host.is_empty()
    }

    /// The address in `From`.
    ///
    /// # Errors
    /// When it is none.
    pub fn sender(&self) -> Result<Address, AddressError> {
        self.from_address.parse()
    }

    /// The envelope's sender of a mail, by its id.
    ///
    /// # Errors
    /// When it is no address.
    pub fn bounces_to(&self, id: EmailId) -> Result<Address, AddressError> {
        self.bounce_address.replace("{id}", &id.0.simple().to_string()).parse()
    }
}

/// How the connection to the relay is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Not at all: for a relay on this machine.
    None,
    /// From the second word on; a relay that does not offer it is refused.
    Starttls,
    /// From the first byte.
    Implicit,
}

/// What a mail carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Days, times and places in words, and nothing that says what for.
    Text,
    /// The letter as well: for people who agreed to it.
    Pdf,
}

impl Settings {
    /// Says what is wrong with the section.
    ///
    /// # Errors
    /// The key and what it must be.
    pub fn validate(&self) -> Result<(), String> {
        let loopback = matches!(self.email.host.as_str(), "" | "localhost" | "127.0.0.1" | "::1");
        let steps = [self.email.step, self.email.content];
        let checks = [
            (self.seal.number < 16, "seal.number: 0 to 15"),
            (self.seal_secret().is_ok(), "seal.secret: 64 hexadecimal digits (openssl rand -hex 32), or empty"),
            (self.post.run_days <= 20, "post.run_days: at most 20"),
            (self.post.lease >= Duration::from_secs(60), "post.lease_seconds: at least 60"),
            (self.post.lease <= LONGEST_LEASE, "post.lease_seconds: at most 12 hours"),
            (self.post.lapses_until_held > 0, "post.lapses_until_held: at least 1"),
            (self.email.tls != Tls::None || loopback, "email.tls: none is for a relay on this machine alone"),
            (self.email.sender().is_ok(), "email.from_address: an address"),
            (self.email.bounces_to(EmailId(Uuid::nil())).is_ok(), "email.bounce_address: an address"),
            (
                steps.iter().all(|step| (1..=300).contains(&step.as_secs())),
                "email.step_seconds, email.content_seconds: 1 to 300",
            ),
            ((1..=64).contains(&self.email.parallel), "email.parallel: 1 to 64"),
            (
                self.email.user.is_empty() == self.email.password.expose().is_empty(),
                "email.user and email.password: both or none",
            ),
        ];
        match checks.iter().find(|(holds, _)| !holds) {
            Some((_, wrong)) => Err(format!("correspondence.{wrong}")),
            None => Ok(()),
        }
    }

    /// The secret of the seal, where the configuration names one.
    ///
    /// # Errors
    /// When it is not 64 hexadecimal digits.
    pub fn seal_secret(&self) -> Result<Option<[u8; 32]>, String> {
        let digits = self.seal.secret.expose();
        if digits.is_empty() {
            return Ok(None);
        }
        let mut secret = [0; 32];
        hex::decode_to_slice(digits.trim(), &mut secret).map_err(|_| "not 64 hexadecimal digits".to_owned())?;
        Ok(Some(secret))
    }
}

/// A house that needs longer than this to take its letters has lost them.
pub const LONGEST_LEASE: Duration = Duration::from_secs(12 * 3_600);

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_secs)
}

fn local_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    let text = String::deserialize(deserializer)?;
    Time::parse(&text, format_description!("[hour]:[minute]"))
        .map_err(|_| serde::de::Error::custom("a time of day is written as 17:30"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Whole {
        correspondence: Settings,
    }

    fn shipped() -> Settings {
        toml::from_str::<Whole>(include_str!("../../vaxline.example.toml")).unwrap().correspondence
    }

    #[test]
    fn the_defaults_work() {
        shipped().validate().unwrap();
        assert_eq!(shipped().seal_secret().unwrap(), None);
    }

    #[test]
    fn a_sender_that_is_no_address_is_refused_before_it_stops_a_mail() {
        for wrong in ["Servicezentrale <a@example.org>", "a@", "@example.org", "a b@example.org"] {
            let mut settings = shipped();
            settings.email.from_address = wrong.to_owned();
            assert!(settings.validate().unwrap_err().starts_with("correspondence.email.from_address"), "{wrong}");
            let mut settings = shipped();
            settings.email.bounce_address = wrong.to_owned();
            assert!(settings.validate().unwrap_err().starts_with("correspondence.email.bounce_address"), "{wrong}");
        }
    }

    #[test]
    fn a_distant_relay_without_encryption_and_a_short_secret_are_refused() {
        let mut settings = shipped();
        settings.email.host = "relay.example".into();
        settings.email.tls = Tls::None;
        assert!(settings.validate().unwrap_err().starts_with("correspondence.email.tls"));
        let mut settings = shipped();
        settings.seal.secret = Pii::new("abc".into());
        assert!(settings.validate().unwrap_err().starts_with("correspondence.seal.secret"));
        assert!(!format!("{settings:?}").contains("abc"));
    }
}
