//! The last slot: many want it at once, one gets it, everybody else is told so. The control shows that the same race
//! overbooks when it is read before it is written.

use super::racing::done_or_refused;
use crate::support::campaign::{BORN_ON, Desk, Saxony, person, riesa};
use std::sync::Arc;
use time::macros::{date, datetime};
use tokio::task::JoinSet;
use vaxline::foundation::fault::Refusal;
use vaxline::scheduling::model::{Applicant, Booking, BookingState, SchedulingError, Wanted};

const CLIENTS: usize = 64;
const ROUNDS: usize = 100;
const TOKEN: &str = "riesa.bnt162b2.2021-03-29.0800.2021-05-10.0800";

/// Saxony with one pair of slots left.
async fn saxony() -> Arc<Saxony> {
    let saxony = Saxony::for_a_race(datetime!(2021-03-20 11:00 UTC), 64).await;
    let day = date!(2021 - 03 - 29);
    saxony.release(&riesa("monday", day, day, 1)).await.unwrap();
    sqlx::query("update slot set state = 'withdrawn' where starts_at <> '08:00'")
        .execute(saxony.world.staff().pool())
        .await
        .unwrap();
    assert_eq!(saxony.count("select count(*) from slot where state = 'free' and pool = 1").await, 1);
    assert_eq!(saxony.count("select count(*) from slot where state = 'free' and pool = 2").await, 1);
    saxony
}

async fn try_to_book(desk: Desk, number: usize) -> Result<Booking, SchedulingError> {
    let person = person(number);
    let reservation = desk.reserve(TOKEN, &Applicant::of(&person)).await?;
    desk.confirm(reservation.id, &person, Wanted::default()).await
}

async fn book_or_be_refused(desk: Desk, number: usize) -> Result<Booking, SchedulingError> {
    let booked = async || {
        let made = desk.try_bookings().await?;
        Ok(made.into_iter().find(|made| made.state == BookingState::Confirmed))
    };
    done_or_refused(|| try_to_book(desk.clone(), number), booked).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_pair_is_booked_once_in_every_round() {
    let saxony = saxony().await;
    let desks = saxony.desks(CLIENTS).await;
    for round in 0..ROUNDS {
        let mut racing = JoinSet::new();
        for (number, desk) in desks.iter().enumerate() {
            racing.spawn(book_or_be_refused(desk.clone(), number));
        }
        let mut booked = Vec::new();
        for outcome in racing.join_all().await {
            match outcome {
                Ok(booking) => booked.push(booking),
                Err(refusal) => assert_eq!(refusal.code(), "pair_taken", "round {round}: {refusal:?}"),
            }
        }
        assert_eq!(booked.len(), 1, "round {round}");
        desks[0].cancel(&booked[0].reference, BORN_ON).await.unwrap();
    }
    assert_eq!(saxony.count("select count(*) from series").await, i64::try_from(ROUNDS).unwrap());
    saxony.is_sound().await;
}

/// Reads whether the slot is free, thinks, and writes: what must not be done.
async fn read_then_write(pool: sqlx::PgPool) -> bool {
    let free: Option<uuid::Uuid> = sqlx::query_scalar("select id from slot where pool = 1 and state = 'free' limit 1")
        .fetch_optional(&pool)
        .await
        .unwrap();
    let Some(slot) = free else { return false };
    sqlx::query("update slot set state = 'booked' where id = $1").bind(slot).execute(&pool).await.unwrap();
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_control_that_reads_and_then_writes_overbooks() {
    let saxony = saxony().await;
    let mut overbooked = 0;
    for _ in 0..ROUNDS {
        let mut racing = JoinSet::new();
        for _ in 0..CLIENTS {
            racing.spawn(read_then_write(saxony.world.staff().pool().clone()));
        }
        let booked = racing.join_all().await.into_iter().filter(|booked| *booked).count();
        overbooked += usize::from(booked > 1);
        sqlx::query("update slot set state = 'free' where state = 'booked'")
            .execute(saxony.world.staff().pool())
            .await
            .unwrap();
    }
    assert!(overbooked > 0, "the race is too weak to prove anything");
}

#[tokio::test]
async fn the_database_refuses_a_second_dose_on_a_slot_whatever_the_program_does() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    try_to_book(desk.clone(), 1).await.unwrap();
    // Somebody else's series, so that nothing but the slot is taken twice.
    let other =
        "insert into person select gen_random_uuid(), 'Andere', given_name, born_on, street, postcode, town, phone,
                        email, language, 'ANDERE', given_ae, 'ANDERE', made_at, changed_at from person";
    let series =
        "insert into series (id, person_id, reference, centre, vaccine, rules, claim, priority, clause, letter,
                                      email, language, made_at, changed_at)
                  select gen_random_uuid(), person.id, 'XXXXXXXXXXXX', centre, vaccine, rules, claim, priority, clause,
                         letter, series.email, series.language, series.made_at, series.changed_at
                    from series, person where family_name = 'Andere'";
    let dose = "insert into dose (id, series_id, no, slot_id, centre, vaccine, day, starts_at, begins_at, changed_at)
                select gen_random_uuid(), series.id, 1, slot_id, dose.centre, dose.vaccine, day, starts_at, begins_at,
                       dose.changed_at
                  from dose, series where no = 1 and reference = 'XXXXXXXXXXXX'";
    let pool = saxony.world.staff().pool();
    for harmless in [other, series] {
        sqlx::query(harmless).execute(pool).await.unwrap();
    }
    let again = sqlx::query(dose).execute(pool).await.unwrap_err();
    assert_eq!(again.as_database_error().and_then(|error| error.constraint()), Some("dose_slot"));
}
