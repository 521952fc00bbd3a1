//! How long will it take? The wait that is expected, the range that is said, and that what was said is kept. Pure.
//!
//! With `n` agents who each finish a call in the mean after `handling`, and callers who give up in the mean after
//! `patience`, the caller at place `k` moves up at the rate `n / handling + i / patience` when `i` wait before them. The
//! mean of the wait is the sum of the inverse rates, its variance the sum of their squares.
//!
//! **Must hold:** what is said errs on the long side; it never grows, except when a promised moment has passed, and then it
//! says so.

use crate::hotline::queue::skills::{Needs, Skills};
use time::{Duration, OffsetDateTime};

/// An agent at work: with a caller, in wrap-up, or ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtWork {
    /// What they can do.
    pub skills: Skills,
    /// Whether they have no caller.
    pub is_idle: bool,
}

/// How fast the line moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Agents at work who can take this caller.
    pub agents: u32,
    /// Those of them who have no caller.
    pub idle: u32,
    /// From offer to free again, in the mean.
    pub handling: Duration,
    /// After how long callers give up, in the mean; none: never.
    pub patience: Option<Duration>,
}

impl Pace {
    /// The pace of callers with these needs, and how many of those before them stand in their way. Others who wait share
    /// the agents: of them counts the part that falls on those who can take this caller.
    #[must_use]
    pub fn of(
        crew: &[AtWork],
        needs: &Needs,
        handling: Duration,
        patience: Option<Duration>,
        ahead: (u32, u32),
    ) -> (Self, u32) {
        let able = || crew.iter().filter(|agent| needs.met_by(&agent.skills, Duration::ZERO));
        let count = |agents: usize| u32::try_from(agents).unwrap_or(u32::MAX);
        let agents = count(able().count());
        let (same, others) = ahead;
        let share = if crew.is_empty() { 1.0 } else { f64::from(agents) / crew.len() as f64 };
        let ahead = f64::from(same) + f64::from(others) * share;
        let idle = count(able().filter(|agent| agent.is_idle).count());
        (Self { agents, idle, handling, patience }, ahead.ceil() as u32)
    }
}

/// How long an agent is occupied by a call: what was measured, and what is assumed as long as little was.
#[must_use]
pub fn handling(assumed: Duration, calls: u32, in_all: Duration) -> Duration {
    (assumed * ASSUMED_CALLS + in_all) / (ASSUMED_CALLS + calls)
}

/// What is assumed counts as much as so many calls.
const ASSUMED_CALLS: u32 = 20;

/// The wait that is expected at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// In the mean.
    pub expected: Duration,
    /// Nine of ten wait no longer, as far as handling times stay as they are.
    pub at_most: Duration,
}

/// Nine of ten values of a normal distribution are below so many deviations.
const NINE_OF_TEN: f64 = 1.28;

/// How far the pace itself may be wrong: it was measured on some minutes of the past.
const OF_THE_PACE: f64 = 1.15;

/// The wait of a caller with `ahead` callers before them; none when nobody is there to take them.
#[must_use]
pub fn outlook(ahead: u32, pace: Pace) -> Option<Outlook> {
    let handling = pace.handling.as_seconds_f64();
    if pace.agents == 0 || handling <= 0.0 {
        return None;
    }
    if ahead < pace.idle {
        return Some(Outlook { expected: Duration::ZERO, at_most: Duration::ZERO });
    }
    let served = f64::from(pace.agents) / handling;
    let leaving = pace.patience.map(Duration::as_seconds_f64).filter(|it| *it > 0.0).map_or(0.0, f64::recip);
    let (mut mean, mut variance) = (0.0, 0.0);
    for before in 0..=ahead {
        let rate = served + f64::from(before) * leaving;
        mean += rate.recip();
        variance += rate.recip().powi(2);
    }
    let at_most = OF_THE_PACE * NINE_OF_TEN.mul_add(variance.sqrt(), mean);
    Some(Outlook { expected: Duration::seconds_f64(mean), at_most: Duration::seconds_f64(at_most) })
}

/// What a caller is told of the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The caller is about to be served.
    Soon,
    /// Between so many and so many minutes.
    Between(u32, u32),
    /// It takes longer than was said before: so many minutes to so many from now on.
    Longer(u32, u32),
}

/// What is said, and the moment that it promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saying {
    /// The words.
    pub told: Told,
    /// The caller was told to be served by then.
    pub by: OffsetDateTime,
}

/// What to say of an outlook to a caller who was promised an earlier or later moment before.
#[must_use]
pub fn say(outlook: Outlook, promised: Option<OffsetDateTime>, now: OffsetDateTime) -> Saying {
    let new = now + minutes(rounded_up(outlook.at_most));
    match promised {
        // The promise is broken, or so near that it will be: honesty before comfort.
        Some(promise) if promise < new && promise <= now + Duration::MINUTE && outlook.expected > Duration::MINUTE => {
            let (low, high) = range(outlook, rounded_up(outlook.at_most));
            Saying { told: Told::Longer(low, high), by: new }
        }
        _ => {
            let by = promised.map_or(new, |promise| promise.min(new)).max(now);
            let high = whole_minutes(by - now);
            let (low, high) = range(outlook, high);
            let told = if high <= 1 { Told::Soon } else { Told::Between(low, high) };
            Saying { told, by }
        }
    }
}

/// The range below an upper bound: from half of what is expected, in the steps in which people speak.
fn range(outlook: Outlook, high: u32) -> (u32, u32) {
    let low = whole_minutes(outlook.expected / 2);
    let low = low / step(low) * step(low);
    (low.clamp(1, high.saturating_sub(1).max(1)), high)
}

/// Minutes in the steps in which people speak of them, rounded up.
fn rounded_up(wait: Duration) -> u32 {
    let exact = whole_minutes(wait);
    exact.div_ceil(step(exact)) * step(exact)
}

const fn step(minutes: u32) -> u32 {
    match minutes {
        0..=9 => 1,
        10..=29 => 5,
        30..=89 => 10,
        _ => 30,
    }
}

/// Minutes, begun ones counted.
fn whole_minutes(wait: Duration) -> u32 {
    u32::try_from(wait.whole_seconds().max(0)).unwrap_or(u32::MAX).div_ceil(60)
}

fn minutes(count: u32) -> Duration {
    Duration::minutes(i64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2021-04-28 16:00 UTC);

    fn pace(agents: u32) -> Pace {
        Pace { agents, idle: 0, handling: Duration::seconds(300), patience: None }
    }

    fn of(seconds: i64) -> Outlook {
        let expected = Duration::seconds(seconds);
        Outlook { expected, at_most: expected * 1.2 }
    }

    #[test]
    fn without_losses_a_place_takes_as_long_as_those_before_it_are_handled() {
        let outlook = outlook(299, pace(300)).unwrap();
        assert_eq!(outlook.expected.whole_seconds(), 300);
        assert!(outlook.at_most > outlook.expected * 1.15);
    }

    #[test]
    fn those_who_give_up_shorten_the_wait() {
        // Fluid: 1,950 wait where 7.22 a second come, 0.71 are served and patience is 300 s: the last of them waits ln(rho)/theta.
        let pace =
            Pace { agents: 300, idle: 0, handling: Duration::seconds(420), patience: Some(Duration::seconds(300)) };
        let expected = outlook(1_950, pace).unwrap().expected.as_seconds_f64();
        let fluid = (7.22_f64 / 0.714).ln() * 300.0;
        assert!((expected / fluid - 1.0).abs() < 0.02, "{expected} against {fluid}");
    }

    #[test]
    fn callers_who_need_more_share_the_agents_who_can_it() {
        let crew: Vec<AtWork> =
            ["", "", "", "en:1"].map(|skills| AtWork { skills: skills.parse().unwrap(), is_idle: false }).into();
        let of = |needs: &str, ahead| Pace::of(&crew, &needs.parse().unwrap(), Duration::MINUTE, None, ahead);
        let (german, ahead) = of("", (8, 4));
        assert_eq!((german.agents, ahead), (4, 12));
        let (english, ahead) = of("en:1", (2, 40));
        assert_eq!((english.agents, ahead), (1, 12), "a quarter of the others falls on them");
    }

    #[test]
    fn what_is_measured_takes_the_place_of_what_is_assumed() {
        let of = |calls: u32| handling(Duration::seconds(300), calls, Duration::seconds(100) * calls).whole_seconds();
        assert_eq!((of(0), of(20), of(380)), (300, 200, 110));
    }

    #[test]
    fn who_finds_an_agent_idle_is_served_at_once() {
        let pace = Pace { idle: 2, ..pace(10) };
        let said = |ahead| say(outlook(ahead, pace).unwrap(), None, NOW).told;
        assert_eq!((said(0), said(1)), (Told::Soon, Told::Soon));
        assert_ne!(said(2), Told::Soon, "two are before, and take the two");
    }

    #[test]
    fn nobody_there_is_no_outlook() {
        assert_eq!(outlook(3, pace(0)), None);
    }

    #[test]
    fn the_bound_holds_for_nine_of_ten() {
        // One agent, nine before: the sum of ten exponential times, of which nine of ten are below 14.2 means.
        let outlook = outlook(9, pace(1)).unwrap();
        let bound = outlook.at_most.as_seconds_f64() / 300.0;
        assert!((14.0..17.5).contains(&bound), "{bound}");
    }

    #[test]
    fn minutes_are_said_in_the_steps_in_which_people_speak() {
        for (expected, told) in [
            (30, Told::Soon),
            (90, Told::Between(1, 2)),
            (400, Told::Between(4, 8)),
            (900, Told::Between(8, 20)),
            (2_400, Told::Between(20, 50)),
            (9_000, Told::Between(70, 180)),
        ] {
            assert_eq!(say(of(expected), None, NOW).told, told, "{expected} s");
        }
    }

    #[test]
    fn what_was_said_does_not_grow_while_its_moment_is_to_come() {
        let first = say(of(600), None, NOW);
        assert_eq!(first.told, Told::Between(5, 15));
        let later = NOW + Duration::minutes(5);
        let second = say(of(900), Some(first.by), later);
        assert_eq!((second.told, second.by), (Told::Between(8, 10), first.by));
        // It may shrink.
        assert_eq!(say(of(120), Some(first.by), later).told, Told::Between(1, 3));
    }

    #[test]
    fn a_broken_promise_is_named() {
        let promise = NOW + Duration::seconds(20);
        assert_eq!(say(of(600), Some(promise), NOW).told, Told::Longer(5, 15));
        assert_eq!(say(of(20), Some(promise), NOW).told, Told::Soon, "served before anybody wonders");
    }
}
