//! Releasing slots twice, half, from two nodes, and beyond what a centre has.

use crate::support::campaign::{Saxony, riesa};
use time::macros::{date, datetime};
use vaxline::foundation::fault::Refusal;
use vaxline::scheduling::capacity::{Release, ReleaseError, Summary, release_days};

const SLOTS: &str = "select count(*) from slot";

#[tokio::test]
async fn a_release_that_is_repeated_changes_nothing() {
    let saxony = Saxony::at(datetime!(2021-03-20 08:00 UTC)).await;
    let release = riesa("monday", date!(2021 - 03 - 29), date!(2021 - 03 - 31), 1);
    let made = saxony.release(&release).await.unwrap();
    // Three weekdays of ten hours: 120 first doses a day, and five in a hundred more second ones.
    assert_eq!(made, Summary { days: 3, first: 360, second: 378, ..Summary::default() });
    let again = saxony.release(&release).await.unwrap();
    assert_eq!(again, Summary { before: 3, ..Summary::default() });
    assert_eq!(saxony.count(SLOTS).await, 738);
}

#[tokio::test]
async fn a_release_that_was_stopped_half_way_is_completed_when_it_is_repeated() {
    let saxony = Saxony::at(datetime!(2021-03-20 08:00 UTC)).await;
    let whole = riesa("monday", date!(2021 - 03 - 29), date!(2021 - 04 - 01), 1);
    let half = Release { last_day: date!(2021 - 03 - 30), ..whole.clone() };
    saxony.release(&half).await.unwrap();
    let rest = saxony.release(&whole).await.unwrap();
    assert_eq!((rest.days, rest.before), (2, 2));
    assert_eq!(saxony.count(SLOTS).await, 4 * (120 + 126));
}

#[tokio::test]
async fn a_release_that_was_stopped_overnight_is_completed_for_the_days_to_come() {
    let saxony = Saxony::at(datetime!(2021-03-20 08:00 UTC)).await;
    let whole = riesa("week", date!(2021 - 03 - 21), date!(2021 - 03 - 26), 1);
    saxony.release(&Release { last_day: date!(2021 - 03 - 22), ..whole.clone() }).await.unwrap();
    saxony.world.travel_to(datetime!(2021-03-23 22:05 UTC));
    let rest = saxony.release(&whole).await.unwrap();
    // The 23rd has nearly passed, and was not released.
    assert_eq!((rest.before, rest.past, rest.days), (2, 1, 3));
}

#[tokio::test]
async fn a_day_without_room_writes_nothing_and_is_counted() {
    let saxony = Saxony::at(datetime!(2021-03-20 08:00 UTC)).await;
    let day = date!(2021 - 03 - 29);
    saxony.release(&riesa("one", day, day, 8)).await.unwrap();
    // What is left of the day itself has no second dose six weeks later.
    let rest = saxony.release(&riesa("two", day, day, 8)).await.unwrap();
    assert_eq!(rest, Summary { full: 1, ..Summary::default() });
    assert_eq!(saxony.count("select count(*) from release_day").await, 1);
}

#[tokio::test]
async fn a_release_is_planned_by_the_rules_that_are_in_force_when_it_opens() {
    // With 11 March the interval of Comirnaty becomes six weeks.
    let saxony = Saxony::at(datetime!(2021-03-10 20:00 UTC)).await;
    let day = date!(2021 - 03 - 29);
    let at_once = riesa("at once", day, day, 1);
    let later =
        Release { name: "later".to_owned(), opens_at: Some(datetime!(2021-03-11 08:00 UTC)), ..at_once.clone() };
    saxony.release(&at_once).await.unwrap();
    saxony.release(&later).await.unwrap();
    let days = "select (second_day - day)::bigint from release_day order by release";
    let between: Vec<i64> = sqlx::query_scalar(days).fetch_all(saxony.world.work().pool()).await.unwrap();
    assert_eq!(between, [28, 42]);
}

#[tokio::test]
async fn two_nodes_that_release_at_once_make_every_slot_once() {
    let saxony = Saxony::at(datetime!(2021-03-20 08:00 UTC)).await;
    let release = riesa("monday", date!(2021 - 03 - 29), date!(2021 - 04 - 01), 1);
    let (one, other) = tokio::join!(
        release_days(&saxony.world.pools.work, &saxony.campaign, &release),
        release_days(&saxony.world.pools.staff, &saxony.campaign, &release),
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.days + other.days, 4);
    assert_eq!(one.before + other.before, 4);
    assert_eq!(saxony.count(SLOTS).await, 4 * (120 + 126));
}

#[tokio::test]
async fn releases_together_never_exceed_what_the_lanes_serve() {
    let saxony = Saxony::at(datetime!(2021-03-20 08:00 UTC)).await;
    let day = date!(2021 - 03 - 29);
    // Two lanes serve eight persons in five minutes, whatever they are vaccinated with.
    assert_eq!(saxony.release(&riesa("one", day, day, 6)).await.unwrap().first, 720);
    let moderna = Release { vaccine: "mrna-1273".into(), ..riesa("two", day, day, 6) };
    let rest = saxony.release(&moderna).await.unwrap();
    // 240 places are left on the day itself, and 204 six weeks later, of which five in a hundred are slack.
    assert_eq!((rest.first, rest.second), (194, 204));
    let overfull =
        "select count(*) from (select from slot group by centre, day, bucket having count(*) > 8) as full_up";
    assert_eq!(saxony.count(overfull).await, 0);
}

#[tokio::test]
async fn nothing_is_released_that_could_not_be_completed() {
    let saxony = Saxony::at(datetime!(2021-08-01 08:00 UTC)).await;
    // Riesa closes on 12 September; six weeks before is 1 August, three weeks (the least interval) is 22 August.
    let late = riesa("late", date!(2021 - 08 - 20), date!(2021 - 08 - 25), 1);
    let made = saxony.release(&late).await.unwrap();
    assert_eq!((made.days, made.closed), (3, 3));
    assert_eq!(saxony.count("select count(*) from slot where day > '2021-09-12'").await, 0);
}

#[tokio::test]
async fn a_release_is_refused_by_name() {
    let saxony = Saxony::at(datetime!(2021-03-16 08:00 UTC)).await;
    let day = date!(2021 - 03 - 29);
    let good = riesa("x", day, day, 1);
    let refused = [
        (Release { centre: "atlantis".into(), ..good.clone() }, "unknown_centre"),
        (Release { vaccine: "water".into(), ..good.clone() }, "unknown_vaccine"),
        // Suspended on the day before.
        (Release { vaccine: "azd1222".into(), ..good.clone() }, "vaccine_not_offered"),
        (Release { first_day: date!(2021 - 03 - 15), last_day: date!(2021 - 03 - 16), ..good.clone() }, "day_is_past"),
        (Release { name: String::new(), ..good.clone() }, "release_without_name"),
        (Release { per_bucket: 0, ..good.clone() }, "release_empty"),
        (Release { first_day: date!(2021 - 04 - 01), ..good.clone() }, "release_days"),
    ];
    for (release, code) in refused {
        let error: ReleaseError = saxony.release(&release).await.unwrap_err();
        assert_eq!(error.code(), code);
    }
    assert_eq!(saxony.count(SLOTS).await, 0);
}

#[tokio::test]
async fn before_the_campaign_nothing_is_released() {
    let saxony = Saxony::at(datetime!(2021-01-11 12:59 UTC)).await;
    let day = date!(2021 - 01 - 20);
    assert_eq!(saxony.release(&riesa("x", day, day, 1)).await.unwrap_err().code(), "not_open_yet");
}
