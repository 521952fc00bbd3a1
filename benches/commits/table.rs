//! The table, as it stands in `docs/BENCHMARKS.md`.

use crate::load::Work;
use std::collections::BTreeMap;
use std::time::Duration;

/// One measurement beside its limit.
pub struct Row {
    what: &'static str,
    clients: usize,
    rate: f64,
    plain: f64,
    median: Duration,
    p99: Duration,
}

impl Row {
    /// The limit is the mean of what was measured before and after.
    pub fn new(what: &'static str, clients: usize, work: &Work, plain: [f64; 2]) -> Self {
        Self {
            what,
            clients,
            rate: work.rate,
            plain: plain.iter().sum::<f64>() / 2.0,
            median: work.median,
            p99: work.p99,
        }
    }

    fn ratio(&self) -> f64 {
        self.rate / self.plain
    }
}

/// A line a path and number of clients: the median round, with the lowest and the highest ratio.
pub fn draw(rows: Vec<Row>) -> String {
    let mut groups: BTreeMap<(&str, usize), Vec<Row>> = BTreeMap::new();
    for row in rows {
        groups.entry((row.what, row.clients)).or_default().push(row);
    }
    let mut text = String::from(
        "| path | clients | ratio to a plain commit (lowest to highest) | a second | plain commits a second | p50 | p99 |\n\
         |---|---:|---:|---:|---:|---:|---:|\n",
    );
    for ((what, clients), mut rounds) in groups {
        rounds.sort_by(|one, other| one.ratio().total_cmp(&other.ratio()));
        let (lowest, highest) = (rounds[0].ratio(), rounds[rounds.len() - 1].ratio());
        let middle = &rounds[rounds.len() / 2];
        text += &format!(
            "| {what} | {clients} | **{:.2}** ({lowest:.2} to {highest:.2}) | {:.0} | {:.0} | {:.1} ms | {:.1} ms |\n",
            middle.ratio(),
            middle.rate,
            middle.plain,
            middle.median.as_secs_f64() * 1e3,
            middle.p99.as_secs_f64() * 1e3,
        );
    }
    text
}
