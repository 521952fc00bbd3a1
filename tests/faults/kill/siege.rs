//! The same kills with two hundred callers waiting and twenty offers open, and kills again and again: minutes each.

use crate::crash;
use crate::patience;
use crate::scene::{LARGE, Scene, Size, now};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often it happens while they are served.
const KILLS: u32 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_loses_no_place_among_two_hundred_and_offers_again_within_five_seconds() {
    crash::of_the_program(LARGE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_loses_no_place_among_two_hundred() {
    crash::of_the_database(LARGE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_kept_only_in_memory_is_found_to_be_lost() {
    crash::that_forgets_the_line(LARGE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_nodes_with_two_hundred_callers_the_one_that_is_left_goes_on_within_five_seconds() {
    crash::of_either_node(LARGE).await;
}

/// Whom it hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Victim {
    Leader,
    Follower,
    Database,
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_twenty_times_at_random_nobody_is_lost_and_offers_come_within_five_seconds() {
    #[expect(clippy::disallowed_methods, reason = "SEED repeats a run that failed")]
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(2021);
    let mut chance = StdRng::seed_from_u64(seed);
    // A machine that starts programs and recovers databases all the time is a busy one.
    let rules = patience::on_a_busy_machine;
    let size = Size { nodes: 2, agents: 16, open_offers: 8, books: 0.5, rules, ..LARGE };
    let mut scene = Scene::crowded("again", size).await;
    scene.relieve();
    let mut waits: BTreeMap<Victim, Vec<Duration>> = BTreeMap::new();
    for round in 1..=KILLS {
        // Callers go on ringing, also while it happens.
        scene.ring(chance.random_range(4..12));
        tokio::time::sleep(Duration::from_millis(chance.random_range(0..4_000))).await;
        let victim = match chance.random_range(0..3) {
            0 => Victim::Leader,
            1 => Victim::Follower,
            _ => Victim::Database,
        };
        let leader = scene.leader().await;
        let wait = if victim == Victim::Database {
            scene.crash_database();
            scene.first_offer_after(now()).await
        } else {
            let node = if victim == Victim::Leader { leader } else { 1 - leader };
            scene.kill(node);
            let wait = scene.first_offer_after(now()).await;
            scene.restart(node).await;
            wait
        };
        progress(round, victim, wait);
        assert!(wait <= size.first_offer, "round {round} of seed {seed}, {victim:?}: {wait:?}\n{}", scene.log());
        waits.entry(victim).or_default().push(wait);
    }
    scene.must_be_clean().await;
    // A booking that an agent was told of is there. Others may be: their answers were lost.
    let told = usize::try_from(scene.robots.tally().booked).unwrap();
    let kept = scene.count("select count(*) from series where state = 'confirmed'").await.unwrap();
    assert!(told > 0 && told <= kept, "agents were told of {told} bookings, and {kept} are there (seed {seed})");
    table(&mut waits);
    scene.end().await;
}

#[expect(clippy::print_stdout, reason = "a long run shows how far it is")]
fn progress(round: u32, victim: Victim, wait: Duration) {
    println!("{round:>2} of {KILLS}: {victim:?} killed, first offer after {wait:.1?}");
}

/// From the kill of a node, or the database's recovery, to the first offer on a screen.
#[expect(clippy::print_stdout, reason = "what was measured goes into the documents")]
fn table(waits: &mut BTreeMap<Victim, Vec<Duration>>) {
    for (victim, waits) in waits {
        waits.sort_unstable();
        let (middle, longest) = (waits[waits.len() / 2], waits[waits.len() - 1]);
        println!("{victim:?}: {} kills, first offer after {middle:.1?} (median), {longest:.1?} (longest)", waits.len());
    }
}
