//! The queue against the theory of queues, in simulated time: what the product's own core does to callers must be what
//! Erlang's formulas say of the ideal router, and caller by caller what the ideal router does.
//!
//! The short run is part of every test. `CALLS=15000000 cargo test --release --test theory -- --nocapture` is the whole proof,
//! which prints what it has found; `SEEDS=4` names how many histories there are.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod callers;
mod desk;
mod figures;
mod ideal;
mod run;

use callers::{Model, SECOND};
use figures::{Figure, Runs};
use run::{Router, Run};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// The hotline of the model case on a good day: one caller in six has to wait.
const CALM: Model = Model { agents: 300, erlangs: 280.0, patience: None };

/// The same on a bad day: one in eleven gives up.
const CROWDED: Model = Model { agents: 300, erlangs: 330.0, patience: Some(180.0) };

/// A small one, which forgets its past soon: a short run says much about it.
const SMALL: Model = Model { agents: 10, erlangs: 8.0, patience: None };

/// So long a large hotline takes to fill and to forget that it began empty: ten times the time in which its line changes.
const WARM_UP: u64 = 8_000;

/// What the whole proof allows, and how sure it must be of it.
const TOLERANCE: f64 = 0.05;
const MOST_UNSURE: f64 = 0.02;

/// Three standard errors of the short runs, beside the theory of the load that came.
const TOLERANCE_OF_SHORT_RUNS: f64 = 0.08;

#[expect(clippy::disallowed_methods, reason = "a long run names its length")]
fn wished(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap())
}

/// The callers of each seed in the whole proof; none in a short run.
fn whole() -> Option<u64> {
    wished("CALLS")
}

/// Runs every seed, on all cores.
fn runs(model: Model, router: Router, seeds: u64, warm_up: u64, callers: u64) -> Runs {
    let next = AtomicU64::new(1);
    let work = || {
        let mut done = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > seeds {
                return done;
            }
            done.push((seed, run::run(model, router, seed, warm_up, callers)));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(u64, Run)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    // The sum of the same numbers in another order is another number.
    done.sort_by_key(|(seed, _)| *seed);
    Runs { model, runs: done.into_iter().map(|(_, run)| run).collect() }
}

/// A run long enough to forget how it began.
#[derive(Clone, Copy, Debug)]
struct Short {
    model: Model,
    warm_up: u64,
    callers: u64,
}

/// The product: in the whole proof beside the theory of the model, with so many callers a seed; else in a short run.
#[expect(clippy::print_stdout, reason = "the proof shows what it has found")]
fn assert_as_in_theory(model: Model, callers: Option<u64>, short: Short, figures: &[Figure]) {
    let seeds = wished("SEEDS").unwrap_or(20);
    let begun = std::time::Instant::now();
    let (runs, theory, tolerance) = if let Some(callers) = callers {
        let runs = runs(model, Router::AtOnce, seeds, WARM_UP, callers);
        let theory = runs.theory();
        (runs, theory, TOLERANCE)
    } else {
        let runs = runs(short.model, Router::AtOnce, seeds, short.warm_up, short.callers);
        let theory = runs.theory_of_what_came();
        (runs, theory, TOLERANCE_OF_SHORT_RUNS)
    };
    println!("\n{}  in {:.1?}", runs.table(&theory, figures), begun.elapsed());
    assert_eq!(runs.missed(&theory, figures, tolerance), Vec::<String>::new());
    assert_eq!(runs.differing(), 0, "somebody fared other than with the ideal router");
    for figure in figures.iter().filter(|_| callers.is_some()) {
        let unsure = runs.estimate(*figure).half_width;
        assert!(unsure <= MOST_UNSURE, "{figure}: {unsure:.3}, so this was too short to say anything");
    }
}

#[test]
fn where_nobody_gives_up_callers_wait_as_erlang_c_says() {
    let short = Short { model: SMALL, warm_up: 1_000, callers: 8_000 };
    assert_as_in_theory(CALM, whole(), short, &[Figure::Waiting, Figure::MeanWait]);
}

#[test]
fn where_callers_give_up_they_fare_as_erlang_a_says() {
    let short = Short { model: CROWDED, warm_up: 2_000, callers: 5_000 };
    let figures = [Figure::Waiting, Figure::MeanWait, Figure::Abandoned, Figure::InTime];
    // Where callers give up the line soon forgets its past: fewer of them say as much.
    assert_as_in_theory(CROWDED, whole().map(|callers| callers / 15), short, &figures);
}

#[test]
fn each_caller_fares_as_with_the_ideal_router() {
    for model in [CALM, CROWDED, SMALL] {
        let runs = runs(model, Router::AtOnce, 4, 0, 5_000);
        assert_eq!((runs.callers(), runs.differing()), (20_000, 0), "{model:?}");
        assert_eq!(runs.unmatched(), 0.0, "{model:?}: nobody is idle while somebody waits");
    }
}

#[test]
fn the_same_seed_is_the_same_day() {
    let once = runs(CROWDED, Router::AtOnce, 3, 100, 2_000);
    let twice = runs(CROWDED, Router::AtOnce, 3, 100, 2_000);
    assert_eq!(format!("{:?}", once.runs), format!("{:?}", twice.runs));
}

/// The controls: routers that lose time must be found out, or the bounds prove nothing.
#[test]
fn a_router_that_loses_a_second_for_each_call_or_polls_misses_the_bounds() {
    let seeds = if whole().is_some() { wished("SEEDS").unwrap_or(20) } else { 4 };
    let (warm_up, callers) = whole().map_or((4_000, 6_000), |callers| (WARM_UP, callers / 15));
    let figures = [Figure::MeanWait];
    for router in [Router::DeadTime(SECOND), Router::Polls(5 * SECOND)] {
        let runs = runs(CALM, router, seeds, warm_up, callers);
        let theory = runs.theory();
        let missed = runs.missed(&theory, &figures, TOLERANCE);
        println!("\n{router:?}\n{}  {}", runs.table(&theory, &figures), missed.join("\n  "));
        // A short run of so large a hotline says nothing beside the theory, whatever the router.
        let of_theory = whole().map(|_| "of the theory");
        for bound in ["beside the ideal router", "idle while queue"].into_iter().chain(of_theory) {
            assert!(missed.iter().any(|line| line.contains(bound)), "{router:?} keeps the bound {bound}: {missed:?}");
        }
    }
}
