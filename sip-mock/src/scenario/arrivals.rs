//! When callers ring: a curve of rates, and bursts on top of it. Times are simulated.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::faults::Dice;
use crate::lengths::seconds;

/// When callers ring.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Arrivals {
    /// So many ring at once at the beginning.
    pub at_once: u32,
    /// One stretch after the other.
    pub curve: Vec<Stretch>,
    /// Crowds on top of the curve.
    pub bursts: Vec<Burst>,
}

/// A stretch of time with its rate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// How long it lasts.
    #[serde(rename = "seconds", with = "seconds")]
    pub lasts: Duration,
    /// How many new callers ring in a second, on average; a pair goes in a straight line from one rate to the other.
    pub per_second: Rate,
}

/// A rate at the beginning and at the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// At the beginning.
    pub from: f64,
    /// At the end.
    pub to: f64,
}

/// Many callers within a short time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// When it begins.
    #[serde(with = "seconds")]
    pub at: Duration,
    /// How many ring.
    pub calls: u32,
    /// Within how long.
    #[serde(with = "seconds")]
    pub within: Duration,
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a rate is a number or a pair: write 7.2, or [2, 50] for a rate that climbs")]
        enum Written {
            Steady(f64),
            Slope([f64; 2]),
        }
        let (from, to) = match Written::deserialize(from)? {
            Written::Steady(rate) => (rate, rate),
            Written::Slope([from, to]) => (from, to),
        };
        match [from, to].into_iter().find(|rate| !(rate.is_finite() && (0.0..=10_000.0).contains(rate))) {
            None => Ok(Self { from, to }),
            Some(rate) => Err(D::Error::custom(format!("{rate} is no rate: write callers a second, from 0 to 10000"))),
        }
    }
}

impl Arrivals {
    /// How long callers ring.
    #[must_use]
    pub fn lasts(&self) -> Duration {
        let curve: Duration = self.curve.iter().map(|stretch| stretch.lasts).sum();
        let bursts = self.bursts.iter().map(|burst| burst.at + burst.within).max();
        curve.max(bursts.unwrap_or_default())
    }

    /// How many ring, on average.
    #[must_use]
    pub fn expected(&self) -> f64 {
        let curve = self.curve.iter().map(|s| s.lasts.as_secs_f64() * (s.per_second.from + s.per_second.to) / 2.0);
        f64::from(self.at_once) + self.bursts.iter().map(|b| f64::from(b.calls)).sum::<f64>() + curve.sum::<f64>()
    }

    /// The moments at which somebody rings, in order.
    #[must_use]
    pub fn moments(&self, dice: &Dice) -> Vec<Duration> {
        let mut moments = vec![Duration::ZERO; self.at_once as usize];
        let mut begins = Duration::ZERO;
        for stretch in &self.curve {
            stretch.ring(begins, dice, &mut moments);
            begins += stretch.lasts;
        }
        for burst in &self.bursts {
            moments.extend((0..burst.calls).map(|_| burst.at + dice.up_to(burst.within)));
        }
        moments.sort_unstable();
        moments
    }
}

impl Stretch {
    /// Independent callers at a rate that goes in a straight line: the expected number up to each moment is a quadratic, and
    /// its steps are exponential.
    fn ring(&self, begins: Duration, dice: &Dice, moments: &mut Vec<Duration>) {
        let (lasts, Rate { from, to }) = (self.lasts.as_secs_f64(), self.per_second);
        if lasts <= 0.0 {
            return;
        }
        let slope = (to - from) / lasts;
        let whole = lasts * (from + to) / 2.0;
        let mut expected = 0.0;
        loop {
            expected += dice.exponential(Duration::from_secs(1)).as_secs_f64();
            if expected >= whole {
                return;
            }
            let at = if slope.abs() < 1e-12 {
                expected / from
            } else {
                ((from * from + 2.0 * slope * expected).max(0.0).sqrt() - from) / slope
            };
            moments.push(begins + Duration::from_secs_f64(at.clamp(0.0, lasts)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(moments: &[Duration], from: u64, to: u64) -> usize {
        let range = Duration::from_secs(from)..Duration::from_secs(to);
        moments.iter().filter(|at| range.contains(*at)).count()
    }

    #[test]
    fn a_rate_that_climbs_rings_the_more_the_later_it_is() {
        let text = "curve = [{ seconds = 1000, per_second = [0, 20] }, { seconds = 500, per_second = 4 }]";
        let arrivals: Arrivals = toml::from_str(text).unwrap();
        let moments = arrivals.moments(&Dice::new(1));
        assert!((arrivals.expected() - 12_000.0).abs() < 1e-6);
        assert!((between(&moments, 0, 500) as f64 - 2_500.0).abs() < 150.0);
        assert!((between(&moments, 500, 1_000) as f64 - 7_500.0).abs() < 260.0);
        assert!((between(&moments, 1_000, 1_500) as f64 - 2_000.0).abs() < 135.0);
        assert!(moments.is_sorted());
        assert_eq!(moments, arrivals.moments(&Dice::new(1)));
    }

    #[test]
    fn a_burst_comes_on_top() {
        let text = "at_once = 3\nbursts = [{ at = 60, calls = 500, within = 10 }]";
        let arrivals: Arrivals = toml::from_str(text).unwrap();
        let moments = arrivals.moments(&Dice::new(1));
        assert_eq!((moments.len(), between(&moments, 60, 70)), (503, 500));
        assert_eq!(arrivals.lasts(), Duration::from_secs(70));
    }

    #[test]
    fn no_rate_rings_nobody() {
        let arrivals: Arrivals = toml::from_str("curve = [{ seconds = 60, per_second = 0 }]").unwrap();
        assert!(arrivals.moments(&Dice::new(1)).is_empty());
    }

    #[test]
    fn a_wrong_rate_is_refused_with_its_cure() {
        let said = |rate: &str| {
            let text = format!("curve = [{{ seconds = 60, per_second = {rate} }}]");
            toml::from_str::<Arrivals>(&text).unwrap_err().to_string()
        };
        assert!(said("-1").contains("callers a second"));
        assert!(said("\"many\"").contains("write 7.2"));
    }
}
