//! What every benchmark needs: its switches, and the ranks of what it has measured.

use std::time::Duration;

/// A number from the environment.
pub fn switch(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// The time that so large a share did not exceed.
pub fn rank(sorted: &[Duration], share: f64) -> Duration {
    assert!(!sorted.is_empty(), "nothing was measured");
    sorted[((sorted.len() as f64 * share) as usize).min(sorted.len() - 1)]
}
