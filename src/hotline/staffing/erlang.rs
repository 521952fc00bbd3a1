//! Erlang's formulas: what callers meet when so many agents are at work. Pure.
//!
//! Callers come at random (Poisson), occupy an agent for an exponential time, and are served in the order in which they
//! came. Where nobody gives up this is Erlang C, where each gives up after an exponential time it is Erlang A. Nothing
//! here is a factorial: B is a recursion, and A is solved in logarithms, so thousands of agents cost no digits.

use serde::{Serialize, Serializer};
use time::Duration;

/// Callers who come, and how long each of them occupies an agent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Load {
    /// How many come in an hour.
    pub calls_per_hour: f64,
    /// From the offer to the end of the wrap-up, on average.
    #[serde(rename = "handling_seconds", serialize_with = "as_seconds")]
    pub handling: Duration,
}

impl Load {
    /// How many agents are occupied on average if nobody has to go unserved: the offered load.
    #[must_use]
    pub fn erlangs(self) -> f64 {
        self.per_second() * self.handling.as_seconds_f64()
    }

    fn per_second(self) -> f64 {
        self.calls_per_hour / Duration::HOUR.as_seconds_f64()
    }
}

/// What callers meet once the hotline has run for so long that its beginning does not matter any more.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// Share of all callers who have to wait at all.
    pub waiting: f64,
    /// Share of all callers who give up.
    pub abandoned: f64,
    /// Share of all callers who are answered within the time asked for; who gives up counts as not answered.
    pub answered: f64,
    /// How long callers wait on average, those who are answered at once and those who give up included.
    #[serde(rename = "mean_wait_seconds", serialize_with = "as_seconds")]
    pub mean_wait: Duration,
    /// How many wait, on average over time.
    pub mean_queue: f64,
    /// Share of their time in which agents are occupied.
    pub occupancy: f64,
}

/// What callers meet with `agents` at work, and how many of them are answered `within`. `None` where more come than can
/// be served and nobody gives up: the line grows without end.
#[must_use]
pub fn expected(load: Load, agents: u32, patience: Option<Duration>, within: Duration) -> Option<Expected> {
    if load.calls_per_hour <= 0.0 {
        let nobody = Expected {
            waiting: 0.0,
            abandoned: 0.0,
            answered: 1.0,
            mean_wait: Duration::ZERO,
            mean_queue: 0.0,
            occupancy: 0.0,
        };
        return Some(nobody);
    }
    match patience {
        None => without_abandonment(load, agents, within),
        Some(patience) => Some(with_abandonment(load, agents, patience, within)),
    }
}

/// Erlang B: the share of callers who find all agents occupied where nobody can wait.
#[must_use]
pub fn blocked(erlangs: f64, agents: u32) -> f64 {
    (1..=agents).fold(1.0, |blocked, agent| erlangs * blocked / (f64::from(agent) + erlangs * blocked))
}

/// Erlang C.
fn without_abandonment(load: Load, agents: u32, within: Duration) -> Option<Expected> {
    let (erlangs, agents_f) = (load.erlangs(), f64::from(agents));
    if erlangs >= agents_f {
        return None;
    }
    let blocked = blocked(erlangs, agents);
    let waiting = agents_f * blocked / (agents_f - erlangs * (1.0 - blocked));
    let spare = agents_f - erlangs;
    let handling = load.handling.as_seconds_f64();
    Some(Expected {
        waiting,
        abandoned: 0.0,
        answered: 1.0 - waiting * (-spare * within.as_seconds_f64() / handling).exp(),
        mean_wait: Duration::saturating_seconds_f64(waiting * handling / spare),
        mean_queue: waiting * erlangs / spare,
        occupancy: erlangs / agents_f,
    })
}

/// Erlang A.
fn with_abandonment(load: Load, agents: u32, patience: Duration, within: Duration) -> Expected {
    let arrivals = load.per_second();
    let service = 1.0 / load.handling.as_seconds_f64();
    let leaving = 1.0 / patience.as_seconds_f64();
    let shares = shares_of_time(arrivals, agents, service, leaving);
    let (free, occupied) = shares.split_at(shares.len().min(agents as usize));
    let mean_queue: f64 = (0_u32..).zip(occupied).map(|(waiting, share)| f64::from(waiting) * share).sum();
    let abandoned = leaving * mean_queue / arrivals;
    let mut answered: f64 = free.iter().sum();
    let mut in_time = InTime::for_the_first(f64::from(agents) * service / leaving, leaving * within.as_seconds_f64());
    for share in occupied {
        answered += share * in_time.answered();
        in_time.one_more_ahead();
    }
    Expected {
        waiting: occupied.iter().sum(),
        abandoned,
        answered,
        mean_wait: Duration::saturating_seconds_f64(mean_queue / arrivals),
        mean_queue,
        occupancy: if agents == 0 { 0.0 } else { load.erlangs() * (1.0 - abandoned) / f64::from(agents) },
    }
}

/// States that together weigh less than this power of e beside the heaviest one are left out.
const NEGLIGIBLE: f64 = -50.0;

/// The share of time with 0, 1, 2, … callers at the agents and in line: a birth-death chain, which a new caller sees as
/// it is (Poisson arrivals see time averages).
fn shares_of_time(arrivals: f64, agents: u32, service: f64, leaving: f64) -> Vec<f64> {
    let mut logs = vec![0.0_f64];
    let (mut log, mut highest) = (0.0_f64, 0.0_f64);
    for callers in 1_u32.. {
        let served = f64::from(callers.min(agents));
        let waiting = f64::from(callers.saturating_sub(agents));
        log += (arrivals / (served * service + waiting * leaving)).ln();
        if callers > agents && log < highest + NEGLIGIBLE {
            break;
        }
        highest = highest.max(log);
        logs.push(log);
    }
    let weights: Vec<f64> = logs.into_iter().map(|log| (log - highest).exp()).collect();
    let all: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / all).collect()
}

/// How likely a caller who has to wait is answered in time, by the number of callers ahead.
///
/// With j ahead, the wait until one's turn is a sum of j + 1 exponential times with the rates nμ, nμ + θ, …, nμ + jθ. So
/// e^(-θ · wait) has a beta distribution with the parameters c = nμ/θ and j + 1, and being answered within t, before one's
/// own patience ends, has the probability c/(c + j + 1) · I(1 - e^(-θt); j + 1, c + 1), whose second factor falls from
/// one j to the next by a term that is easy to follow.
#[derive(Clone, Copy, Debug)]
struct InTime {
    /// c: how many are served while one gives up.
    pace: f64,
    /// ln(1 - e^(-θt)).
    log_reach: f64,
    /// j.
    ahead: f64,
    /// The incomplete beta function I.
    beta: f64,
    /// The logarithm of what it falls by next.
    log_fall: f64,
}

impl InTime {
    fn for_the_first(pace: f64, within: f64) -> Self {
        let log_missed = -within * (pace + 1.0);
        let log_reach = (-(-within).exp_m1()).ln();
        Self {
            pace,
            log_reach,
            ahead: 0.0,
            beta: -log_missed.exp_m1(),
            log_fall: log_missed + log_reach + (pace + 1.0).ln(),
        }
    }

    fn answered(&self) -> f64 {
        self.pace / (self.pace + self.ahead + 1.0) * self.beta
    }

    fn one_more_ahead(&mut self) {
        self.beta = (self.beta - self.log_fall.exp()).max(0.0);
        self.ahead += 1.0;
        self.log_fall += self.log_reach + ((self.pace + 1.0 + self.ahead) / (self.ahead + 1.0)).ln();
    }
}

/// A length of time as a number of seconds.
pub(super) fn as_seconds<S: Serializer>(length: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_f64(length.as_seconds_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANDLING: Duration = Duration::seconds(300);
    const WITHIN: Duration = Duration::seconds(20);

    fn of_erlangs(erlangs: f64) -> Load {
        Load { calls_per_hour: erlangs * 12.0, handling: HANDLING }
    }

    /// Whether `value` is printed as `text`, rounded to the digits that the text has. A published table may have rounded
    /// its last digit either way.
    fn prints_as(value: f64, text: &str) -> bool {
        let decimals = text.split_once('.').map_or(0, |(_, digits)| digits.len());
        let unit = 10_f64.powi(-i32::try_from(decimals).unwrap());
        (value - text.parse::<f64>().unwrap()).abs() <= 0.501 * unit
    }

    #[track_caller]
    fn assert_row(found: Expected, waiting: &str, mean_wait: &str, answered: &str, mean_queue: &str) {
        assert!(prints_as(found.waiting, waiting), "{waiting} wait at all: {found:?}");
        assert!(prints_as(found.mean_wait.as_seconds_f64(), mean_wait), "a mean wait of {mean_wait} s: {found:?}");
        assert!(prints_as(found.answered, answered), "{answered} in time: {found:?}");
        assert!(prints_as(found.mean_queue, mean_queue), "{mean_queue} wait: {found:?}");
    }

    #[test]
    fn erlang_c_has_the_values_of_the_published_table() {
        for (erlangs, waiting, mean_wait, answered, mean_queue) in [
            (250.0, "0.0013", "0.008", "1.000", "0.006"),
            (270.0, "0.0457", "0.457", "0.994", "0.41"),
            (280.0, "0.1638", "2.46", "0.957", "2.3"),
            (285.0, "0.279", "5.59", "0.897", "5.3"),
            (290.0, "0.449", "13.5", "0.769", "13"),
            (295.0, "0.686", "41.1", "0.509", "40"),
            (298.0, "0.864", "130", "0.244", "129"),
            (299.0, "0.930", "279", "0.130", "278"),
        ] {
            let found = expected(of_erlangs(erlangs), 300, None, WITHIN).unwrap();
            assert_row(found, waiting, mean_wait, answered, mean_queue);
            assert!((found.occupancy - erlangs / 300.0).abs() < 1e-12);
        }
    }

    #[test]
    fn erlang_a_has_the_values_of_the_published_table() {
        for (erlangs, waiting, abandoned, mean_wait, answered, mean_queue) in [
            (280.0, "0.111", "0.0045", "0.81", "0.990", "0.8"),
            (290.0, "0.253", "0.0123", "2.2", "0.968", "2.1"),
            (295.0, "0.346", "0.0184", "3.3", "0.947", "3.2"),
            (300.0, "0.445", "0.0259", "4.7", "0.917", "4.7"),
            (310.0, "0.640", "0.0452", "8.1", "0.829", "8.4"),
            (330.0, "0.899", "0.0933", "16.8", "0.549", "18.5"),
            (400.0, "1.00", "0.250", "45", "0.006", "60"),
            (600.0, "1.00", "0.500", "90", "0", "180"),
        ] {
            let found = expected(of_erlangs(erlangs), 300, Some(Duration::seconds(180)), WITHIN).unwrap();
            assert_row(found, waiting, mean_wait, answered, mean_queue);
            assert!(prints_as(found.abandoned, abandoned), "{abandoned} give up: {found:?}");
        }
    }

    #[test]
    fn other_patience_gives_the_other_published_values() {
        for (patience, erlangs, abandoned, answered) in [
            (120, 300.0, "0.028", "0.946"),
            (120, 330.0, "0.095", "0.727"),
            (300, 300.0, "0.023", "0.858"),
            (300, 330.0, "0.092", "0.292"),
        ] {
            let found = expected(of_erlangs(erlangs), 300, Some(Duration::seconds(patience)), WITHIN).unwrap();
            assert!(prints_as(found.abandoned, abandoned), "{abandoned} give up: {found:?}");
            assert!(prints_as(found.answered, answered), "{answered} in time: {found:?}");
        }
    }

    #[test]
    fn erlang_b_blocks_as_in_its_oldest_table() {
        assert!(prints_as(blocked(10.0, 10), "0.2146"));
        assert!(prints_as(blocked(5.0, 10), "0.0184"));
        assert!((blocked(280.0, 0) - 1.0).abs() < 1e-12, "nobody is there");
    }

    #[test]
    fn a_line_in_which_nobody_gives_up_and_more_come_than_are_served_has_no_end() {
        assert_eq!(expected(of_erlangs(300.0), 300, None, WITHIN), None);
    }

    #[test]
    fn endless_patience_is_erlang_c() {
        let patient = expected(of_erlangs(280.0), 300, Some(Duration::days(400)), WITHIN).unwrap();
        let endless = expected(of_erlangs(280.0), 300, None, WITHIN).unwrap();
        assert!((patient.answered - endless.answered).abs() < 1e-5, "{patient:?} {endless:?}");
        assert!((patient.mean_queue - endless.mean_queue).abs() < 1e-3, "{patient:?} {endless:?}");
    }

    #[test]
    fn whoever_is_not_answered_in_all_time_has_given_up() {
        for erlangs in [30.0, 280.0, 330.0, 2_167.0] {
            let found = expected(of_erlangs(erlangs), 300, Some(Duration::seconds(180)), Duration::days(1)).unwrap();
            assert!((found.answered + found.abandoned - 1.0).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn in_the_rush_of_april_nine_of_ten_cannot_be_answered_whatever_the_router_does() {
        let rush = Load { calls_per_hour: 26_000.0, handling: Duration::seconds(420) };
        let found = expected(rush, 300, Some(HANDLING), WITHIN).unwrap();
        assert!(prints_as(found.abandoned, "0.90"), "{found:?}");
        assert!((found.abandoned - (1.0 - 300.0 / rush.erlangs())).abs() < 1e-6, "1 - 1/load: {found:?}");
    }

    #[test]
    fn nobody_calls_and_nobody_waits() {
        let found = expected(of_erlangs(0.0), 3, Some(HANDLING), WITHIN).unwrap();
        assert_eq!((found.waiting, found.answered, found.mean_wait), (0.0, 1.0, Duration::ZERO));
    }
}
