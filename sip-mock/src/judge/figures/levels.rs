//! The service level in its four usual definitions, and what callers were told about their wait.

use serde::Serialize;

use super::spread::{at, share};
use crate::judge::Micros;
use crate::judge::replay::Log;

/// The four usual definitions, named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ServiceLevel {
    /// Answered in time of those answered.
    pub of_answered: f64,
    /// Answered in time of those who waited.
    pub of_offered: f64,
    /// The same without those who gave up within the time.
    pub without_short_abandons: f64,
    /// Answered or given up in time, of those who waited.
    pub with_short_abandons: f64,
}

impl ServiceLevel {
    pub(super) fn of(answered: &[Micros], abandoned: &[Micros], waited: usize, within: Micros) -> Self {
        let in_time = answered.iter().filter(|wait| **wait <= within).count();
        let short = abandoned.iter().filter(|wait| **wait <= within).count();
        Self {
            of_answered: share(in_time, answered.len()),
            of_offered: share(in_time, waited),
            without_short_abandons: share(in_time, waited.saturating_sub(short)),
            with_short_abandons: share(in_time + short, waited),
        }
    }
}

/// How true the announced waits were. Only callers who were connected can tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Told {
    /// Announcements to callers who were connected later.
    pub count: usize,
    /// Of these, the share that waited at most as long as announced; 0.8 to 0.9 is wanted.
    pub within_bound: f64,
    /// The share whose wait was in the range announced.
    pub within_range: f64,
    /// Half of the waits missed the middle of the range by at most this.
    pub median_error_ms: f64,
    /// Nine of ten.
    pub p90_error_ms: f64,
    /// Announcements that were later than one before: the promised moment moved away.
    pub grew: usize,
}

impl Told {
    /// `None` when nothing was announced.
    pub(super) fn of(log: &Log) -> Option<Self> {
        if log.told.is_empty() {
            return None;
        }
        let mut told = Self::default();
        let (mut errors, mut bound, mut range) = (Vec::new(), 0, 0);
        let mut last = std::collections::HashMap::new();
        for (entry, at, low, high) in &log.told {
            let promised = at + high * 1_000;
            told.grew += usize::from(last.insert(*entry, promised).is_some_and(|before| promised > before));
            let Some(talking) = log.entries.get(entry).and_then(|e| e.talking).filter(|talking| talking > at) else {
                continue;
            };
            let wait = talking - at;
            bound += usize::from(wait <= high * 1_000);
            range += usize::from((low * 1_000..=high * 1_000).contains(&wait));
            errors.push((wait - (low + high) * 500).abs());
        }
        errors.sort_unstable();
        told.count = errors.len();
        told.within_bound = share(bound, errors.len());
        told.within_range = share(range, errors.len());
        told.median_error_ms = at(&errors, 50);
        told.p90_error_ms = at(&errors, 90);
        Some(told)
    }
}
