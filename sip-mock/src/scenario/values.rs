//! Values that can be wrong: each is checked where it stands, so that an error names its line.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::faults::Faults;

/// A share or a chance.
pub(crate) fn share<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let share = f64::deserialize(from)?;
    if (0.0..=1.0).contains(&share) {
        return Ok(share);
    }
    Err(D::Error::custom(format!("{share} is no share: write a number from 0 to 1, as 0.4 for 40 of a hundred")))
}

/// A speed.
pub(super) fn speed<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let speed = f64::deserialize(from)?;
    if speed.is_finite() && speed > 0.0 {
        return Ok(speed);
    }
    Err(D::Error::custom(format!("{speed} is no speed: write 1 for as fast as life, 10 for ten times as fast")))
}

/// What goes wrong, each as a chance.
pub(super) fn faults<'de, D: Deserializer<'de>>(from: D) -> Result<Faults, D::Error> {
    let faults = Faults::deserialize(from)?;
    match faults.chances().into_iter().find(|(_, chance)| !(0.0..=1.0).contains(chance)) {
        None => Ok(faults),
        Some((name, chance)) => {
            Err(D::Error::custom(format!("`{name}` is {chance}, which is no chance: write a number from 0 to 1")))
        }
    }
}

/// Names with weights, as `{ de = 85, en = 15 }`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shares(Vec<(u32, String)>);

impl Shares {
    /// The names with their weights.
    #[must_use]
    pub fn names(&self) -> &[(u32, String)] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Shares {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let shares = BTreeMap::<String, u32>::deserialize(from)?;
        if shares.values().all(|weight| *weight == 0) {
            return Err(D::Error::custom("nobody has a weight: write whole numbers, as { de = 85, en = 15 }"));
        }
        Ok(Self(shares.into_iter().map(|(name, weight)| (weight, name)).collect()))
    }
}
