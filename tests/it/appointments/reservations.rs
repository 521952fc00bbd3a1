//! Reservations: taken as proposed, held by one desk, free again in time.

use super::racing::done_or_refused;
use crate::support::campaign::{Saxony, code, person, riesa};
use crate::support::eventually;
use std::sync::Arc;
use std::time::Instant;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vaxline::foundation::fault::Refusal;
use vaxline::scheduling::appointments::worker;
use vaxline::scheduling::model::{Applicant, Wanted, Wish};

const NOON: OffsetDateTime = datetime!(2021-03-20 11:00 UTC);
const RESERVED: &str = "select count(*) from slot where state = 'reserved'";

async fn saxony() -> Arc<Saxony> {
    let saxony = Saxony::at(NOON).await;
    let day = date!(2021 - 03 - 29);
    saxony.release(&riesa("monday", day, day, 1)).await.unwrap();
    saxony
}

#[tokio::test]
async fn only_the_desk_that_reserved_confirms_and_only_once() {
    let saxony = saxony().await;
    let (desk, other) = (saxony.desk().await, saxony.desk().await);
    let person = person(1);
    let applicant = Applicant::of(&person);
    let pair = desk.propose(&applicant, &Wish::default()).await.unwrap().remove(0);
    let reservation = desk.reserve(&pair.token, &applicant).await.unwrap();
    assert_eq!(code(other.confirm(reservation.id, &person, Wanted::default()).await), "reservation_lost");
    other.release(reservation.id).await;
    assert_eq!(saxony.count(RESERVED).await, 2, "another desk cannot give it back");
    desk.confirm(reservation.id, &person, Wanted::default()).await.unwrap();
    assert_eq!(code(desk.confirm(reservation.id, &person, Wanted::default()).await), "reservation_lost");
    saxony.is_sound().await;
}

#[tokio::test]
async fn a_lapsed_reservation_is_not_confirmed_even_before_it_is_swept() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let person = person(1);
    let applicant = Applicant::of(&person);
    let pair = desk.propose(&applicant, &Wish::default()).await.unwrap().remove(0);
    let reservation = desk.reserve(&pair.token, &applicant).await.unwrap();
    saxony.world.pass(Duration::minutes(10));
    assert_eq!(code(desk.confirm(reservation.id, &person, Wanted::default()).await), "reservation_lost");
    assert_eq!((desk.reservation().await, desk.renew().await), (None, None));
}

#[tokio::test]
async fn the_slots_of_a_lapsed_reservation_are_soon_bookable_by_somebody_else() {
    let saxony = saxony().await;
    let (desk, other) = (saxony.desk().await, saxony.desk().await);
    let applicant = Applicant::of(&person(1));
    let pair = desk.propose(&applicant, &Wish::default()).await.unwrap().remove(0);
    desk.reserve(&pair.token, &applicant).await.unwrap();
    let stop = CancellationToken::new();
    let sweeping = tokio::spawn(worker::run(saxony.world.work().clone(), stop.clone()));

    saxony.world.pass(Duration::minutes(10));
    let lapsed = Instant::now();
    eventually("somebody else has the pair", async || other.reserve(&pair.token, &applicant).await.is_ok()).await;
    // Five seconds are promised; this machine may have other things to do.
    assert!(lapsed.elapsed().as_secs() < 15);
    stop.cancel();
    sweeping.await.unwrap();
    let expired = "select count(*) from event where kind = 'pair.released' and data ->> 'reason' = 'expired'";
    assert_eq!(saxony.count(expired).await, 1);
    saxony.is_sound().await;
}

#[tokio::test]
async fn two_sweepers_end_every_reservation_once() {
    let saxony = saxony().await;
    let applicant = Applicant::of(&person(1));
    for desk in saxony.desks(20).await {
        let pairs = desk.propose(&applicant, &Wish::default()).await.unwrap();
        desk.reserve(&pairs[0].token, &applicant).await.unwrap();
    }
    assert_eq!(saxony.count(RESERVED).await, 40);
    saxony.world.pass(Duration::minutes(10));
    let (one, other) = tokio::join!(worker::sweep(&saxony.world.pools.work), worker::sweep(&saxony.world.pools.staff));
    assert_eq!(one.unwrap() + other.unwrap(), 20);
    assert_eq!(saxony.count(RESERVED).await, 0);
    assert_eq!(saxony.count("select count(*) from event where kind = 'pair.released'").await, 20);
}

#[tokio::test]
async fn renewing_has_a_limit_so_that_nobody_hoards() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let applicant = Applicant::of(&person(1));
    let pair = desk.propose(&applicant, &Wish::default()).await.unwrap().remove(0);
    let made = desk.reserve(&pair.token, &applicant).await.unwrap();
    for _ in 0..4 {
        saxony.world.pass(Duration::minutes(7));
        let renewed = desk.renew().await.unwrap();
        assert_eq!(renewed.pair, made.pair);
    }
    let last = desk.renew().await.unwrap();
    assert!(last.expires_at <= made.expires_at + Duration::minutes(20), "thirty minutes in all");
    saxony.world.pass(Duration::minutes(3));
    assert_eq!(desk.renew().await, None);
}

#[tokio::test]
async fn a_desk_holds_one_pair_and_a_new_one_gives_the_old_one_back() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let applicant = Applicant::of(&person(1));
    let pairs = desk.propose(&applicant, &Wish::default()).await.unwrap();
    let first = desk.reserve(&pairs[0].token, &applicant).await.unwrap();
    let second = desk.reserve(&pairs[1].token, &applicant).await.unwrap();
    assert_eq!(saxony.count(RESERVED).await, 2);
    assert_eq!(desk.reservation().await.unwrap(), second);
    assert_eq!(code(desk.confirm(first.id, &person(1), Wanted::default()).await), "reservation_lost");
    // The same pair again is had again.
    let again = desk.reserve(&pairs[1].token, &applicant).await.unwrap();
    assert_eq!(again.pair, second.pair);
    saxony.is_sound().await;
}

#[tokio::test]
async fn a_pair_reserved_for_one_caller_is_neither_seen_nor_confirmed_for_the_next() {
    let saxony = saxony().await;
    let mut desk = saxony.desk().await;
    let person = person(1);
    let applicant = Applicant::of(&person);
    let pair = desk.propose(&applicant, &Wish::default()).await.unwrap().remove(0);
    let reservation = desk.reserve(&pair.token, &applicant).await.unwrap();
    let before = desk.clone();

    desk.next_caller();
    assert_eq!((desk.reservation().await, desk.renew().await), (None, None));
    assert_eq!(code(desk.confirm(reservation.id, &person, Wanted::default()).await), "reservation_lost");
    desk.release(reservation.id).await;
    assert_eq!(before.reservation().await, Some(reservation), "the next caller's desk cannot give it back either");
    // A desk holds one pair: with the next caller's, the one before is free.
    let pairs = desk.propose(&applicant, &Wish::default()).await.unwrap();
    let next = desk.reserve(&pairs[0].token, &applicant).await.unwrap();
    assert_eq!((before.reservation().await, desk.reservation().await), (None, Some(next)));
    assert_eq!(saxony.count(RESERVED).await, 2);
    saxony.is_sound().await;
}

#[tokio::test]
async fn what_is_reserved_for_a_caller_is_given_back_by_the_place_in_line() {
    let saxony = saxony().await;
    let (desk, other) = (saxony.desk().await, saxony.desk().await);
    let applicant = Applicant::of(&person(1));
    for desk in [&desk, &other] {
        let pair = desk.propose(&applicant, &Wish::default()).await.unwrap().remove(0);
        desk.reserve(&pair.token, &applicant).await.unwrap();
    }
    desk.give_back().await;
    desk.give_back().await;
    assert_eq!((desk.reservation().await, other.reservation().await.is_some()), (None, true));
    assert_eq!(saxony.count("select count(*) from event where kind = 'pair.released'").await, 1);
}

/// Eight first doses and three second ones in one minute, and nothing else.
async fn one_minute(saxony: &Saxony) {
    let day = date!(2021 - 03 - 29);
    saxony.release(&riesa("monday", day, day, 8)).await.unwrap();
    for arrange in [
        "update slot set starts_at = '08:00' where bucket = 96",
        "update slot set state = 'withdrawn' where bucket <> 96 or (pool = 2 and place > 3)",
    ] {
        sqlx::query(arrange).execute(saxony.world.work().pool()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_want_the_same_minute_are_all_answered_and_no_pair_is_left() {
    const DESKS: usize = 64;
    const ROUNDS: usize = 10;
    let saxony = Saxony::for_a_race(NOON, 64).await;
    one_minute(&saxony).await;
    let seconds = saxony.count("select count(*) from slot where state = 'free' and pool = 2").await;
    assert!((1..=3).contains(&seconds) && saxony.count("select count(*) from slot where state = 'free'").await > 4);
    let desks = saxony.desks(DESKS).await;
    let token = "riesa.bnt162b2.2021-03-29.0800.2021-05-10.0800";
    for round in 0..ROUNDS {
        let mut racing = JoinSet::new();
        for (number, desk) in desks.iter().cloned().enumerate() {
            racing.spawn(async move {
                let applicant = Applicant::of(&person(number));
                done_or_refused(|| desk.reserve(token, &applicant), || desk.try_reservation()).await
            });
        }
        let outcomes = racing.join_all().await;
        let reserved = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(i64::try_from(reserved).unwrap(), seconds, "round {round}: nobody is refused while a pair is left");
        for refusal in outcomes.into_iter().filter_map(Result::err) {
            assert_eq!(refusal.code(), "pair_taken", "round {round}: {refusal:?}");
        }
        for desk in &desks {
            desk.give_back().await;
        }
    }
}

#[tokio::test]
async fn a_pair_that_somebody_is_about_to_take_is_still_proposed_and_had_when_they_do_not() {
    let saxony = saxony().await;
    sqlx::query("update slot set state = 'withdrawn' where starts_at <> '08:00'")
        .execute(saxony.world.work().pool())
        .await
        .unwrap();
    let desk = saxony.desk().await;
    let applicant = Applicant::of(&person(1));
    let mut faster = saxony.world.holder().await;
    sqlx::raw_sql("begin; select from slot where state = 'free' for update").execute(&mut faster).await.unwrap();

    let pair = desk.propose(&applicant, &Wish::default()).await.unwrap().remove(0);
    let waiting = tokio::spawn({
        let (desk, token) = (desk.clone(), pair.token.clone());
        async move { desk.reserve(&token, &applicant).await }
    });
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    eventually("the desk waits", async || saxony.count(waits).await == 1).await;
    sqlx::raw_sql("rollback").execute(&mut faster).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().pair, pair);
}

#[tokio::test]
async fn a_pair_that_is_taken_is_answered_with_the_three_nearest_and_the_old_one_stays() {
    let saxony = saxony().await;
    let (desk, faster) = (saxony.desk().await, saxony.desk().await);
    let applicant = Applicant::of(&person(1));
    let mine = desk.propose(&applicant, &Wish::default()).await.unwrap().remove(0);
    let held = desk.reserve(&mine.token, &applicant).await.unwrap();
    let wanted = desk.propose(&applicant, &Wish::default()).await.unwrap().remove(0);
    faster.reserve(&wanted.token, &applicant).await.unwrap();

    let refusal = desk.reserve(&wanted.token, &applicant).await.unwrap_err();
    let others = refusal.alternatives();
    assert!((1..=3).contains(&others.len()), "{others:?}");
    for other in others {
        assert_ne!(other.first, wanted.first);
        assert!((other.first.time - wanted.first.time).abs() <= Duration::minutes(20), "{other:?} {wanted:?}");
    }
    assert_eq!(desk.reservation().await.unwrap(), held);
    assert!(desk.reserve(&others[0].token, &applicant).await.is_ok());
    saxony.is_sound().await;
}

#[tokio::test]
async fn what_is_given_back_is_free_at_once() {
    let saxony = saxony().await;
    let (desk, other) = (saxony.desk().await, saxony.desk().await);
    let applicant = Applicant::of(&person(1));
    let pair = desk.propose(&applicant, &Wish::default()).await.unwrap().remove(0);
    let reservation = desk.reserve(&pair.token, &applicant).await.unwrap();
    desk.release(reservation.id).await;
    desk.release(reservation.id).await;
    assert_eq!(saxony.count("select count(*) from event where kind = 'pair.released'").await, 1);
    assert!(other.reserve(&pair.token, &applicant).await.is_ok());
}
