//! The verdict for people: a table with small bars.

use std::fmt::{self, Display, Formatter};

use super::{RULES, Report};
use crate::judge::{Against, Figures, Oracle, Spread, Told};

/// How many broken promises of a rule are spelt out.
const SPELT_OUT: usize = 5;

/// The length of a bar.
const LENGTH: usize = 20;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let n = &self.figures;
        writeln!(
            f,
            "Calls {}, waited {} (at most {} at once), served {}",
            n.calls, n.waited, n.most_waiting, n.served
        )?;
        writeln!(
            f,
            "gave up {}, turned away {}, busy {}, places taken up again {}",
            n.abandoned, n.turned_away, n.busy, n.redeemed
        )?;
        self.promises(f)?;
        chain(f, n)?;
        measures(f, n)?;
        told(f, n.told.as_ref(), self.whole)?;
        n.oracle.as_ref().map_or(Ok(()), |oracle| beside(f, oracle))
    }
}

impl Report {
    fn promises(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nPromises")?;
        for rule in RULES.into_iter().filter(|rule| self.judged(rule)) {
            let count = self.count(rule);
            let said = if count == 0 { "kept".to_owned() } else { format!("BROKEN {count} times") };
            writeln!(f, "  {rule:<16} {said}")?;
            for violation in self.violations.iter().filter(|v| v.rule() == rule).take(SPELT_OUT) {
                writeln!(f, "      {violation}")?;
            }
        }
        if !self.whole {
            writeln!(f, "  (the other promises are judged with the event log)")?;
        }
        Ok(())
    }
}

/// The way of a call in stretches, and how fast the parts are; each bar goes to the 95th of a hundred, full up to half of them.
fn chain(f: &mut Formatter<'_>, n: &Figures) -> fmt::Result {
    writeln!(f, "\nTimes (real)               {:LENGTH$}       p50       p95       p99       max      n", "")?;
    let rows = [
        ("ringing to joining", &n.menu),
        ("joining to first offer", &n.wait_for_offer),
        ("could meet to offer", &n.assignment),
        ("offer to screen", &n.shown),
        ("offer to acceptance", &n.acceptance),
        ("acceptance to talking", &n.connecting),
        ("music to agent's voice", &n.wait),
        ("webhook answers", &n.hooks),
    ];
    for (name, spread) in rows {
        if spread.count == 0 {
            writeln!(f, "  {name:<24} -")?;
            continue;
        }
        let Spread { p50_ms, p95_ms, p99_ms, max_ms, count } = spread;
        let times = [p50_ms, p95_ms, p99_ms, max_ms].map(|ms| format!("{:>9}", Millis(*ms).to_string()));
        writeln!(f, "  {name:<24} {} {} {count:>6}", bar_of_times(*p50_ms, *p95_ms), times.join(" "))?;
    }
    Ok(())
}

fn measures(f: &mut Formatter<'_>, n: &Figures) -> fmt::Result {
    writeln!(f, "\nMeasures")?;
    writeln!(f, "  {:<32} {}", "webhooks that failed", n.hooks_failed)?;
    writeln!(
        f,
        "  {:<32} {:.3} on average, {} at most",
        "pairs that could have met",
        n.idle_while_queue,
        Millis(n.longest_apart_ms)
    )?;
    for ms in &n.first_offer_after_restart_ms {
        writeln!(f, "  {:<32} {}", "first offer after a restart", Millis(*ms))?;
    }
    let level = &n.service_level;
    for (name, share) in [
        ("service level of answered", level.of_answered),
        ("  of those who waited", level.of_offered),
        ("  without short abandons", level.without_short_abandons),
        ("  short abandons as answered", level.with_short_abandons),
    ] {
        writeln!(f, "  {name:<32} {} {:>5.1} %", bar(share), share * 100.0)?;
    }
    Ok(())
}

fn told(f: &mut Formatter<'_>, told: Option<&Told>, whole: bool) -> fmt::Result {
    match told {
        None if whole => writeln!(f, "  {:<32} not announced", "announced waits"),
        None => Ok(()),
        Some(told) => {
            writeln!(
                f,
                "  {:<32} {} {:>5.1} % of {} within the bound",
                "announced waits",
                bar(told.within_bound),
                told.within_bound * 100.0,
                told.count
            )?;
            writeln!(
                f,
                "  {:<32} {:.1} % in the range, off by {} (p50), {} (p90), grew {} times",
                "",
                told.within_range * 100.0,
                Millis(told.median_error_ms),
                Millis(told.p90_error_ms),
                told.grew
            )
        }
    }
}

fn beside(f: &mut Formatter<'_>, oracle: &Oracle) -> fmt::Result {
    writeln!(f, "\nBeside the best possible dispatcher on the same day    real      ideal      gap")?;
    let row = |f: &mut Formatter<'_>, name: &str, against: &Against, say: fn(f64) -> String| {
        let gap = against.gap().map_or_else(|| "-".to_owned(), |gap| format!("{:+.1} %", gap * 100.0));
        writeln!(f, "  {name:<46} {:>10} {:>10} {gap:>8}", say(against.real), say(against.ideal))
    };
    row(f, "served", &oracle.served, |n| format!("{n:.0}"))?;
    row(f, "mean wait for the offer", &oracle.mean_wait_ms, |ms| Millis(ms).to_string())?;
    row(f, "95 of a hundred waited at most", &oracle.p95_wait_ms, |ms| Millis(ms).to_string())?;
    row(f, "gave up", &oracle.abandoned, |share| format!("{:.1} %", share * 100.0))
}

/// A share as a bar.
fn bar(share: f64) -> String {
    let full = (0..LENGTH).filter(|place| (f64_of(*place) + 0.5) / f64_of(LENGTH) <= share).count();
    format!("{}{}", "█".repeat(full), "·".repeat(LENGTH - full))
}

/// Times over six powers of ten, from a millisecond to a quarter of an hour: half of them, and all but five of a hundred.
fn bar_of_times(p50_ms: f64, p95_ms: f64) -> String {
    let length = |ms: f64| (0..LENGTH).filter(|place| 10_f64.powf(f64_of(*place) * 6.0 / f64_of(LENGTH)) <= ms).count();
    let (half, most) = (length(p50_ms), length(p95_ms));
    format!("{}{}{}", "█".repeat(half), "░".repeat(most - half), " ".repeat(LENGTH - most))
}

#[expect(clippy::cast_precision_loss, reason = "a place in a bar")]
fn f64_of(place: usize) -> f64 {
    place as f64
}

/// A time as people say it.
struct Millis(f64);

impl Display for Millis {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            ms if ms < 10.0 => write!(f, "{ms:.1} ms"),
            ms if ms < 1_000.0 => write!(f, "{ms:.0} ms"),
            ms if ms < 100_000.0 => write!(f, "{:.1} s", ms / 1_000.0),
            ms => write!(f, "{:.1} min", ms / 60_000.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_what_they_show() {
        assert_eq!(bar(0.0).matches('█').count(), 0);
        assert_eq!(bar(0.5).matches('█').count(), 10);
        assert_eq!(bar(1.0).matches('█').count(), LENGTH);
        let times = bar_of_times(10.0, 1_000.0);
        assert_eq!((times.matches('█').count(), times.matches('░').count(), times.chars().count()), (4, 7, LENGTH));
        assert_eq!(bar_of_times(0.0, 0.0).trim(), "");
    }

    #[test]
    fn times_are_said_in_units_that_fit() {
        assert_eq!(
            [0.25, 250.0, 2_500.0, 250_000.0].map(|ms| Millis(ms).to_string()),
            ["0.2 ms", "250 ms", "2.5 s", "4.2 min"]
        );
    }
}
