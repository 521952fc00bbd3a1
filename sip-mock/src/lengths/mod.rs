//! Lengths of time that differ from one to the next: how long people wait, talk, think, pause.
//!
//! In a file: `20` or `{ fixed = 20 }`, `{ exponential = 300 }` (the mean), `{ log_normal = 240, sigma = 0.4 }` (the median),
//! `{ uniform = [30, 600] }`, or several populations: `{ mix = [{ weight = 7, exponential = 120 }, { weight = 3, fixed = 900 }] }`.
//! All in seconds.

pub(crate) mod seconds;

use std::fmt;
use std::time::Duration;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use crate::faults::Dice;

/// A length of time that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Length {
    /// Always the same.
    Fixed(Duration),
    /// Around a mean, as waiting and patience are; cut at eight times the mean.
    Exponential(Duration),
    /// Around a median, with a long tail, as talks are.
    LogNormal {
        /// Half are shorter.
        median: Duration,
        /// How much they differ.
        sigma: f64,
    },
    /// Anything in between.
    Uniform(Duration, Duration),
    /// Different populations, by weight.
    Mix(Vec<(u32, Self)>),
}

impl From<Duration> for Length {
    fn from(length: Duration) -> Self {
        Self::Fixed(length)
    }
}

impl Length {
    /// Around a median, as talks are.
    #[must_use]
    pub const fn around(median: Duration, sigma: f64) -> Self {
        Self::LogNormal { median, sigma }
    }

    /// One of them.
    pub fn draw(&self, dice: &Dice) -> Duration {
        match self {
            Self::Fixed(length) => *length,
            Self::Exponential(mean) => dice.exponential(*mean),
            Self::LogNormal { median, sigma } => dice.log_normal(*median, *sigma),
            Self::Uniform(from, to) => *from + dice.up_to(to.saturating_sub(*from)),
            Self::Mix(populations) => dice.weighted(populations).map_or(Duration::ZERO, |one| one.draw(dice)),
        }
    }
}

/// As it stands in a file.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    fixed: Option<f64>,
    exponential: Option<f64>,
    log_normal: Option<f64>,
    sigma: Option<f64>,
    uniform: Option<[f64; 2]>,
    mix: Option<Vec<Part>>,
}

/// A population of a mix.
#[derive(Debug, serde::Deserialize)]
struct Part {
    weight: u32,
    #[serde(flatten)]
    length: Length,
}

fn of_seconds(seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| format!("{seconds} is no length of time: write seconds, zero or more"))
}

impl Written {
    fn length(self) -> Result<Length, String> {
        let sigma = self.sigma;
        if sigma.is_some() && self.log_normal.is_none() {
            return Err("`sigma` belongs to `log_normal`: write { log_normal = 240, sigma = 0.4 }".to_owned());
        }
        let mut lengths = Vec::new();
        lengths.extend(self.fixed.map(|length| of_seconds(length).map(Length::Fixed)));
        lengths.extend(self.exponential.map(|mean| of_seconds(mean).map(Length::Exponential)));
        lengths.extend(self.log_normal.map(|median| {
            let sigma = sigma.unwrap_or(0.4);
            if !(sigma.is_finite() && (0.0..=3.0).contains(&sigma)) {
                return Err(format!("a sigma of {sigma} is not between 0 and 3: 0.4 is usual for talks"));
            }
            Ok(Length::LogNormal { median: of_seconds(median)?, sigma })
        }));
        lengths.extend(self.uniform.map(|[from, to]| {
            if from > to {
                return Err(format!("a range from {from} to {to} is upside down: write [{to}, {from}]"));
            }
            Ok(Length::Uniform(of_seconds(from)?, of_seconds(to)?))
        }));
        lengths.extend(self.mix.map(|parts| {
            if parts.iter().all(|part| part.weight == 0) {
                return Err("a mix needs a part with a weight: write { weight = 1, exponential = 300 }".to_owned());
            }
            Ok(Length::Mix(parts.into_iter().map(|part| (part.weight, part.length)).collect()))
        }));
        match (lengths.pop(), lengths.is_empty()) {
            (Some(length), true) => length,
            _ => Err("a length is exactly one of `fixed`, `exponential`, `log_normal`, `uniform`, `mix`: \
                      write { exponential = 300 }"
                .to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads;
        impl<'de> Visitor<'de> for Reads {
            type Value = Length;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds, or a table such as { exponential = 300 }")
            }

            fn visit_f64<E: de::Error>(self, length: f64) -> Result<Length, E> {
                of_seconds(length).map(Length::Fixed).map_err(E::custom)
            }

            fn visit_i64<E: de::Error>(self, length: i64) -> Result<Length, E> {
                #[expect(clippy::cast_precision_loss, reason = "seconds of a run fit a float's mantissa")]
                self.visit_f64(length as f64)
            }

            fn visit_u64<E: de::Error>(self, length: u64) -> Result<Length, E> {
                Ok(Length::Fixed(Duration::from_secs(length)))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Length, A::Error> {
                Written::deserialize(MapAccessDeserializer::new(map))?.length().map_err(de::Error::custom)
            }
        }
        from.deserialize_any(Reads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct File {
        length: Length,
    }

    fn read(text: &str) -> Result<Length, String> {
        toml::from_str::<File>(&format!("length = {text}")).map(|f| f.length).map_err(|e| e.message().to_owned())
    }

    fn mean(length: &Length) -> f64 {
        let dice = Dice::new(3);
        (0..20_000).map(|_| length.draw(&dice).as_secs_f64()).sum::<f64>() / 20_000.0
    }

    #[test]
    fn every_kind_is_read_and_has_its_mean() {
        for (text, expected) in [
            ("20", 20.0),
            ("{ fixed = 20.5 }", 20.5),
            ("{ exponential = 100 }", 100.0),
            ("{ uniform = [30, 90] }", 60.0),
            // The mean of a log-normal distribution is median · e^(σ²/2).
            ("{ log_normal = 240, sigma = 0.4 }", 240.0 * 0.08_f64.exp()),
            ("{ mix = [{ weight = 1, fixed = 10 }, { weight = 3, exponential = 100 }] }", 77.5),
        ] {
            let mean = mean(&read(text).unwrap());
            assert!((mean / expected - 1.0).abs() < 0.03, "{text}: {mean}");
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_cure() {
        for (text, part) in [
            ("-3", "zero or more"),
            ("{ exponential = 300, fixed = 3 }", "exactly one of"),
            ("{ }", "exactly one of"),
            ("{ uniform = [90, 30] }", "write [30, 90]"),
            ("{ exponential = 3, sigma = 1 }", "belongs to `log_normal`"),
            ("{ log_normal = 3, sigma = 9 }", "between 0 and 3"),
            ("{ mix = [{ weight = 0, fixed = 3 }] }", "needs a part with a weight"),
            ("{ exponentiel = 3 }", "unknown field `exponentiel`"),
            ("\"long\"", "seconds, or a table"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(part), "{text}: {said}");
        }
    }
}
