//! Cancelling: by both factors, once, with the slots free in the same moment.

use crate::support::campaign::{BORN_ON, Saxony, code, person, riesa};
use std::sync::Arc;
use time::Duration;
use time::macros::{date, datetime};
use vaxline::scheduling::model::{Applicant, BookingState, Wanted, Wish};

async fn saxony() -> Arc<Saxony> {
    let saxony = Saxony::at(datetime!(2021-03-20 11:00 UTC)).await;
    let day = date!(2021 - 03 - 29);
    saxony.release(&riesa("monday", day, day, 1)).await.unwrap();
    saxony
}

#[tokio::test]
async fn a_cancelled_pair_is_free_for_somebody_else_at_once() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let booking = desk.book(&person(1), &Wish::default()).await.unwrap();
    let cancelled = desk.cancel(&booking.reference, BORN_ON).await.unwrap();
    assert_eq!((cancelled.state, cancelled.version), (BookingState::Cancelled, 2));
    assert_eq!(cancelled.pair, booking.pair, "what was cancelled is still named");
    assert_eq!(saxony.count("select count(*) from slot where state = 'booked'").await, 0);

    let other = person(2);
    let applicant = Applicant::of(&other);
    let reservation = desk.reserve(&booking.pair.token, &applicant).await.unwrap();
    desk.confirm(reservation.id, &other, Wanted::default()).await.unwrap();
    saxony.is_sound().await;
}

#[tokio::test]
async fn cancelling_again_changes_nothing() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let booking = desk.book(&person(1), &Wish::default()).await.unwrap();
    let once = desk.cancel(&booking.reference, BORN_ON).await.unwrap();
    // Somebody else has the slots now: a second cancellation must not free them.
    let reservation = desk.reserve(&booking.pair.token, &Applicant::of(&person(2))).await.unwrap();
    desk.confirm(reservation.id, &person(2), Wanted::default()).await.unwrap();
    let twice = desk.cancel(&booking.reference, BORN_ON).await.unwrap();
    assert_eq!(once, twice);
    assert_eq!(saxony.count("select count(*) from event where kind = 'series.cancelled'").await, 1);
    assert_eq!(saxony.count("select count(*) from slot where state = 'booked'").await, 2);
    saxony.is_sound().await;
}

#[tokio::test]
async fn two_who_cancel_at_once_free_the_slots_once() {
    let saxony = saxony().await;
    let desks = saxony.desks(2).await;
    for number in 0..10 {
        let booking = desks[0].book(&person(number), &Wish::default()).await.unwrap();
        let (one, other) =
            tokio::join!(desks[0].cancel(&booking.reference, BORN_ON), desks[1].cancel(&booking.reference, BORN_ON),);
        assert_eq!((one.unwrap().version, other.unwrap().version), (2, 2));
    }
    assert_eq!(saxony.count("select count(*) from event where kind = 'series.cancelled'").await, 10);
    saxony.is_sound().await;
}

#[tokio::test]
async fn after_cancelling_the_person_may_book_again() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let booking = desk.book(&person(1), &Wish::default()).await.unwrap();
    desk.cancel(&booking.reference, BORN_ON).await.unwrap();
    let again = desk.book(&person(1), &Wish::default()).await.unwrap();
    assert_ne!(again.reference, booking.reference);
    let found = desk.find_persons("Beispiel-b", BORN_ON).await.unwrap();
    assert_eq!(found.len(), 1);
    saxony.is_sound().await;
}

#[tokio::test]
async fn a_reference_alone_opens_nothing() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let booking = desk.book(&person(1), &Wish::default()).await.unwrap();
    let wrong = date!(1939 - 03 - 25);
    let unknown = "2222 2222 2222";
    for (reference, born_on) in [(booking.reference.as_str(), wrong), (unknown, BORN_ON), ("", BORN_ON)] {
        assert_eq!(desk.find_booking(reference, born_on).await.unwrap(), []);
        assert_eq!(desk.try_to_cancel(reference, born_on).await.unwrap(), None);
    }
    assert_eq!(saxony.count("select count(*) from audit where action = 'person.search' and hits = 0").await, 6);
    assert_eq!(saxony.count("select count(*) from slot where state = 'booked'").await, 2);
}

#[tokio::test]
async fn guessing_by_cancelling_is_noted_and_stopped_like_searching() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let booking = desk.book(&person(1), &Wish::default()).await.unwrap();
    let most = saxony.campaign.settings.searches_per_ten_minutes;
    for day in 0..i64::from(most) {
        let born_on = BORN_ON + Duration::days(1 + day);
        assert_eq!(desk.try_to_cancel(&booking.reference, born_on).await.unwrap(), None);
    }
    // The right birth date comes too late: who guesses learns nothing any more.
    assert_eq!(code(desk.try_to_cancel(&booking.reference, BORN_ON).await), "too_many_searches");
    let noted = "select count(*) from audit where action = 'person.search' and hits = 0";
    assert_eq!(saxony.count(noted).await, i64::from(most));
    saxony.world.pass(Duration::minutes(11));
    assert_eq!(desk.cancel(&booking.reference, BORN_ON).await.unwrap().state, BookingState::Cancelled);
}

#[tokio::test]
async fn what_has_begun_is_settled_in_the_centre() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let booking = desk.book(&person(1), &Wish::default()).await.unwrap();
    saxony.world.travel_to(datetime!(2021-03-29 18:00 UTC));
    assert_eq!(code(desk.cancel(&booking.reference, BORN_ON).await), "already_begun");
    saxony.is_sound().await;
}

#[tokio::test]
async fn a_cancellation_withdraws_the_letter_that_has_not_left() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let person = person(1);
    let applicant = Applicant::of(&person);
    let wish = Wish { by_post: true, ..Wish::default() };
    let pair = desk.propose(&applicant, &wish).await.unwrap().remove(0);
    let reservation = desk.reserve(&pair.token, &applicant).await.unwrap();
    let wanted = Wanted { letter: true, email: false };
    let booking = desk.confirm(reservation.id, &person, wanted).await.unwrap();
    desk.cancel(&booking.reference, BORN_ON).await.unwrap();
    assert_eq!(saxony.count("select count(*) from letter where version = 1 and state = 'superseded'").await, 1);
    assert_eq!(saxony.count("select count(*) from letter where version = 2 and kind = 'cancellation'").await, 1);
    assert_eq!(saxony.count("select count(*) from email").await, 0);
}
