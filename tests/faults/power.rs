//! The power goes while callers ring and agents book: what people were told is on the disk. And with `fsync = off` it is not.

use crate::disk::Disk;
use crate::scene::{SMALL, Scene, Size};
use crate::season;
use crate::service::Postgres;
use sip_mock::Happening;
use std::collections::BTreeSet;
use std::time::Duration;

/// Callers who are in line before anything counts.
const BEFORE: usize = 20;

/// Callers who must have come after that when the power goes. Soon enough that the kernel has flushed little by itself.
const TOLD: usize = 25;

/// Agents who are quick and book every caller.
const SIZE: Size = Size {
    callers: BEFORE,
    agents: 8,
    books: 1.0,
    reaction: Duration::from_millis(100),
    talk: Duration::from_secs(2),
    on_the_way: 10,
    speed: 8.0,
    ..SMALL
};

/// What was found on the disk.
struct Found {
    /// Callers who heard that they stand in line, or talked, and of whom the disk knows nothing.
    lost_places: usize,
    /// Bookings that agents were told of, less those on the disk.
    lost_bookings: i64,
}

/// Lets callers ring and agents book, and pulls the plug; nothing when there can be no disk here.
#[expect(clippy::print_stdout, reason = "it says what was found, and what was not tried")]
async fn cut(name: &str, is_durable: bool) -> Option<Found> {
    let disk = match Disk::new(name) {
        Ok(disk) => disk,
        Err(why) => {
            println!("NOT TRIED: a power cut needs root and loop devices ({why})");
            return None;
        }
    };
    let mut scene = Scene::on(Postgres::start_in(disk.mount.join("database")), name, SIZE).await;
    season::open(&scene.postgres.url()).await;
    scene.fill(BEFORE).await;
    if !is_durable {
        scene.do_not_flush().await;
    }
    disk.flush();
    scene.hire(1..=SIZE.agents);
    scene.ring(TOLD * 2);
    scene
        .until("enough is told", Duration::from_secs(120), async |scene| {
            told(scene).len() >= BEFORE + TOLD && scene.robots.tally().booked >= 3
        })
        .await;
    scene.stop_everything();
    let (told, booked) = (told(&scene), i64::try_from(scene.robots.tally().booked).unwrap());
    let found = disk.as_found_after_a_power_cut("found");
    scene.postgres.kill();
    let recovered = Postgres::recover_in(found.mount.join("database"));
    let found = match &recovered {
        Ok(postgres) => what_is_there(postgres, &told, booked).await,
        // A disk from which nothing can be read has kept nothing.
        Err(_) => Found { lost_places: told.len(), lost_bookings: booked },
    };
    let Found { lost_places, lost_bookings } = found;
    println!("{name}: of {} places {lost_places} are lost, of {booked} bookings {}", told.len(), lost_bookings.max(0));
    drop(recovered);
    scene.end().await;
    Some(found)
}

/// Callers who have heard the music of the line: by then they were told that they have a place.
fn told(scene: &Scene) -> BTreeSet<String> {
    let entries = scene.provider.journal().entries();
    let parked = entries.into_iter().filter_map(|entry| {
        let Happening::Parked { call } = entry.what else { return None };
        Some(call)
    });
    parked.collect()
}

async fn what_is_there(postgres: &Postgres, told: &BTreeSet<String>, booked: i64) -> Found {
    let pool = sqlx::PgPool::connect(&postgres.url()).await.unwrap();
    let placed = "select provider_call_sid from queue_entry join call on call.id = queue_entry.call_id";
    let placed: Vec<String> = sqlx::query_scalar(placed).fetch_all(&pool).await.unwrap_or_default();
    let placed: BTreeSet<String> = placed.into_iter().collect();
    let series = "select count(*) from series where state = 'confirmed'";
    let series: i64 = sqlx::query_scalar(series).fetch_one(&pool).await.unwrap_or_default();
    Found { lost_places: told.difference(&placed).count(), lost_bookings: booked - series }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_loses_no_place_and_no_booking_that_anybody_was_told_of() {
    if let Some(found) = cut("kept", true).await {
        assert_eq!(found.lost_places, 0);
        assert!(found.lost_bookings <= 0, "{} bookings are lost", found.lost_bookings);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_flush_is_found_out_by_a_power_cut() {
    if let Some(found) = cut("lost", false).await {
        assert!(found.lost_places > 0, "nothing was lost: this would not show a loss either");
    }
}
