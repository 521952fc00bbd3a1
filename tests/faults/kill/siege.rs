//! The same kills with two hundred callers waiting and twenty offers open, and kills again and again: minutes each.

use crate::crash;
use crate::scene::{LARGE, Scene, Size};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::time::Duration;

/// How often it happens while they are served.
const KILLS: u32 = 3;

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
async fn killed_again_and_again_while_they_are_served_nobody_is_lost() {
    #[expect(clippy::disallowed_methods, reason = "SEED repeats a run that failed")]
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(2021);
    let mut chance = StdRng::seed_from_u64(seed);
    let mut scene = Scene::crowded("again", Size { books: 0.5, ..LARGE }).await;
    let mut served = 0;
    for _ in 0..KILLS {
        served += chance.random_range(10..40);
        scene
            .until("some more are served", Duration::from_secs(120), async |scene| {
                scene.served().await.is_some_and(|now| now >= served)
            })
            .await;
        if chance.random_bool(0.5) {
            scene.kill();
            scene.restart().await;
        } else {
            scene.crash_database();
        }
    }
    scene.must_be_clean().await;
    // A booking that an agent was told of is there. Others may be: their answers were lost.
    let told = usize::try_from(scene.robots.tally().booked).unwrap();
    let kept = scene.count("select count(*) from series where state = 'confirmed'").await.unwrap();
    assert!(told > 0 && told <= kept, "agents were told of {told} bookings, and {kept} are there (seed {seed})");
    scene.end().await;
}
