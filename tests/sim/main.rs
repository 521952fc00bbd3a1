//! Seeded simulation of calls, agents and the dispatcher on the pure core: the invariants Q1-Q7 after each step.
//!
//! `SEED=7 STEPS=100000 cargo test --test sim` runs one history again. A history that found a bug is frozen in
//! `reproduction.rs`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod invariants;
mod op;
mod reproduction;
mod world;

use op::Op;
use rand::SeedableRng;
use rand::rngs::StdRng;
use world::{Flaw, Violation, World};

/// Runs `steps` random operations and checks every invariant after each; then lets the faults stop and the queue drain.
fn run(seed: u64, steps: usize, flaw: Option<Flaw>) -> Result<World, Violation> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut world = World::new(flaw);
    for step in 0..steps {
        let op = Op::random(&world, &mut chance);
        world.apply(op);
        invariants::check(&world)
            .map_err(|found| Violation::of(found.rule, format!("{} (seed {seed}, step {step}, {op:?})", found.how)))?;
    }
    Ok(world)
}

fn seeds() -> Vec<u64> {
    #[expect(clippy::disallowed_methods, reason = "a developer names the seed to repeat")]
    match std::env::var("SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (1..=20).collect(),
    }
}

fn steps() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the long run names its length")]
    std::env::var("STEPS").map_or(5_000, |steps| steps.parse().unwrap())
}

#[test]
fn no_history_breaks_an_invariant() {
    for seed in seeds() {
        run(seed, steps(), None).unwrap_or_else(|violation| panic!("{violation}"));
    }
}

#[test]
fn when_the_faults_stop_every_queue_drains() {
    for seed in seeds() {
        let mut world = run(seed, 1_000, None).unwrap_or_else(|violation| panic!("{violation}"));
        world.drain(20_000);
        invariants::check(&world).unwrap_or_else(|violation| panic!("seed {seed}, draining: {violation}"));
        assert_eq!(world.waiting(), 0, "seed {seed}: somebody still waits although agents are ready");
    }
}

#[test]
fn the_same_seed_is_the_same_history() {
    let once = run(11, 2_000, None).unwrap();
    let twice = run(11, 2_000, None).unwrap();
    assert_eq!(once.journal, twice.journal);
}

/// The controls: a queue with a known flaw must be found out, and by the rule that it breaks, or the rules prove nothing.
#[test]
fn each_flaw_is_found_out_by_its_rule() {
    for (flaw, rule) in [
        (Flaw::NewestFirst, "Q4"),
        (Flaw::KeepsOfferAfterHangUp, "Q1"),
        (Flaw::RequeuesAtTheEnd, "Q4"),
        (Flaw::TransfersToTheEnd, "Q4"),
        (Flaw::ForgetsDeadlines, "Q6"),
        (Flaw::OffersTwice, "Q2"),
        (Flaw::ForgetsAnAgent, "Q3"),
        (Flaw::ShortestIdleFirst, "longest idle"),
        (Flaw::LosesPlacesAtRestart, "Q5"),
        (Flaw::OffersFromOldHeads, "Q4"),
        (Flaw::BlamesTheCaller, "Q4"),
        (Flaw::EndsAnyTalk, "Q1"),
        (Flaw::ForgetsToOverflow, "Q6"),
        (Flaw::ForgetsWhoIsHeld, "Q6"),
        (Flaw::IgnoresSkills, "skills"),
        (Flaw::EndsCallbacks, "Q5"),
        (Flaw::RingsAtOnce, "callback"),
    ] {
        let found = (1..=20).find_map(|seed| run(seed, 5_000, Some(flaw)).err());
        let found = found.unwrap_or_else(|| panic!("{flaw:?} went unnoticed"));
        assert_eq!(found.rule, rule, "{flaw:?}: {found}");
    }
}
