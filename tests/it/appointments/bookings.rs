//! A caller gets both doses, or nothing and a named reason.

use crate::support::campaign::{BORN_ON, Saxony, code, form, person, riesa};
use std::sync::Arc;
use time::Duration;
use time::macros::{date, datetime};
use vaxline::correspondence::model::AppointmentSource;
use vaxline::scheduling::capacity::Release;
use vaxline::scheduling::model::{Applicant, BookingState, DayPart, Wanted, Wish};
use vaxline::scheduling::papers::AppointmentsNow;
use vaxline::scheduling::persons::parse;

/// Saxony on a Saturday in March, with Comirnaty at Riesa from the 29th to the 31st.
async fn saxony() -> Arc<Saxony> {
    let saxony = Saxony::at(datetime!(2021-03-20 08:00 UTC)).await;
    saxony.release(&riesa("monday", date!(2021 - 03 - 29), date!(2021 - 03 - 31), 1)).await.unwrap();
    saxony
}

#[tokio::test]
async fn a_caller_gets_both_doses_with_letter_and_mail() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let person = person(1);
    let applicant = Applicant::of(&person);
    let wish = Wish { by_post: true, ..Wish::default() };

    let pairs = desk.propose(&applicant, &wish).await.unwrap();
    assert!((2..=5).contains(&pairs.len()), "{pairs:?}");
    for pair in &pairs {
        assert_eq!(pair.second.unwrap().day - pair.first.day, Duration::days(42));
        assert_eq!(pair.vaccine_name, "Comirnaty (BioNTech/Pfizer)");
    }
    let reservation = desk.reserve(&pairs[0].token, &applicant).await.unwrap();
    assert_eq!(reservation.pair, pairs[0]);
    assert_eq!(desk.reservation().await.unwrap(), reservation);

    let wanted = Wanted { letter: true, email: true };
    let booking = desk.confirm(reservation.id, &person, wanted).await.unwrap();
    assert_eq!((booking.state, booking.version, &booking.pair), (BookingState::Confirmed, 1, &pairs[0]));
    assert_eq!(booking.name.expose(), "Erika Beispiel-b");
    assert_eq!(desk.reservation().await, None);
    assert_eq!(desk.bookings().await, std::slice::from_ref(&booking));
    assert_eq!(
        desk.find_booking(&booking.reference.to_lowercase(), BORN_ON).await.unwrap(),
        std::slice::from_ref(&booking)
    );

    assert_eq!(saxony.count("select count(*) from slot where state = 'booked'").await, 2);
    assert_eq!(saxony.count("select count(*) from letter where state = 'ordered'").await, 1);
    assert_eq!(saxony.count("select count(*) from email where state = 'ordered'").await, 1);
    saxony.is_sound().await;
}

#[tokio::test]
async fn a_paper_says_what_is_booked_and_nothing_of_another_version() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let booking = desk.book(&person(1), &Wish::default()).await.unwrap();
    let source = AppointmentsNow::new(saxony.world.work().clone());
    let content = source.content(booking.series, 1).await.unwrap().unwrap();
    assert_eq!(content.reference, booking.reference);
    assert_eq!(content.addressee.expose().town, "Dresden");
    assert_eq!(content.issued_on, date!(2021 - 03 - 20));
    let named: Vec<_> = content.appointments.iter().map(|it| (it.dose_no, it.day, it.time)).collect();
    let (first, second) = (booking.pair.first, booking.pair.second.unwrap());
    assert_eq!(named, [(1, first.day, first.time), (2, second.day, second.time)]);
    assert_eq!(content.appointments[0].centre_town, "Riesa");

    assert!(source.content(booking.series, 2).await.unwrap().is_none());
    desk.cancel(&booking.reference, BORN_ON).await.unwrap();
    assert!(source.content(booking.series, 1).await.unwrap().is_none(), "it has moved on");
    let cancelled = source.content(booking.series, 2).await.unwrap().unwrap();
    assert!(cancelled.appointments.is_empty());
    let reads = "select count(*) from audit where channel = 'correspondence' and action = 'series.read'";
    assert_eq!(saxony.count(reads).await, 2, "a program's read is audited too");
}

#[tokio::test]
async fn a_vaccine_of_one_dose_is_booked_with_one_slot() {
    let saxony = Saxony::at(datetime!(2021-04-29 08:00 UTC)).await;
    let day = date!(2021 - 05 - 10);
    let janssen = Release { vaccine: "ad26-cov2-s".into(), ..riesa("janssen", day, day, 1) };
    assert_eq!(saxony.release(&janssen).await.unwrap().second, 0);
    let booking = saxony.desk().await.book(&person(1), &Wish::default()).await.unwrap();
    assert_eq!(booking.pair.second, None);
    assert_eq!(booking.pair.vaccine_name, "COVID-19 Vaccine Janssen");
    assert_eq!(saxony.count("select count(*) from slot where state = 'booked'").await, 1);
    saxony.is_sound().await;
}

#[tokio::test]
async fn a_wish_is_kept() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let applicant = Applicant::of(&person(1));
    let morning = Wish { day_part: DayPart::Morning, from_day: Some(date!(2021 - 03 - 30)), ..Wish::default() };
    let pairs = desk.propose(&applicant, &morning).await.unwrap();
    assert!(pairs.iter().all(|pair| pair.first.time.hour() < 12 && pair.second.unwrap().time.hour() < 12));
    assert!(pairs.iter().all(|pair| pair.first.day >= date!(2021 - 03 - 30)));
    let elsewhere = Wish { centre: Some("dresden".into()), ..Wish::default() };
    assert_eq!(code(desk.propose(&applicant, &elsewhere).await), "sold_out");
    let nowhere = Wish { centre: Some("atlantis".into()), ..Wish::default() };
    assert_eq!(code(desk.propose(&applicant, &nowhere).await), "unknown_centre");
    let late = Wish { from_day: Some(date!(2021 - 04 - 01)), ..Wish::default() };
    assert_eq!(code(desk.propose(&applicant, &late).await), "sold_out");
}

#[tokio::test]
async fn days_whose_second_doses_are_gone_do_not_hide_the_days_behind_them() {
    let saxony = Saxony::at(datetime!(2021-03-20 08:00 UTC)).await;
    saxony.release(&riesa("week", date!(2021 - 03 - 29), date!(2021 - 04 - 02), 1)).await.unwrap();
    // The second doses of the first four days are gone; those of the fifth lie six weeks behind it.
    sqlx::query("update slot set state = 'withdrawn' where pool = 2 and day < '2021-05-14'")
        .execute(saxony.world.work().pool())
        .await
        .unwrap();
    let desk = saxony.desk().await;
    // The interval is six weeks and not a day less or more.
    let pairs = desk.propose(&Applicant::of(&person(1)), &Wish::default()).await.unwrap();
    assert!(pairs.iter().all(|pair| pair.first.day == date!(2021 - 04 - 02)), "{pairs:?}");
    sqlx::query("update slot set state = 'withdrawn' where pool = 2")
        .execute(saxony.world.work().pool())
        .await
        .unwrap();
    assert_eq!(code(desk.propose(&Applicant::of(&person(1)), &Wish::default()).await), "sold_out");
}

#[tokio::test]
async fn without_a_centre_nothing_is_free_and_only_a_wish_can_name_an_unknown_one() {
    let saxony = Saxony::at(datetime!(2021-03-20 08:00 UTC)).await;
    sqlx::query("delete from centre").execute(saxony.world.work().pool()).await.unwrap();
    let (desk, applicant) = (saxony.desk().await, Applicant::of(&person(1)));
    assert_eq!(code(desk.propose(&applicant, &Wish::default()).await), "sold_out");
    let riesa = Wish { centre: Some("riesa".into()), ..Wish::default() };
    assert_eq!(code(desk.propose(&applicant, &riesa).await), "unknown_centre");
}

#[tokio::test]
async fn those_whose_turn_it_is_not_are_told_so() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    for (claim, born_on, refusal) in [
        ("food-retail", "24.03.1980", "group_not_open"),
        ("age-80", "24.03.1951", "too_young"),
        ("no-such-claim", "24.03.1939", "claim_unknown"),
    ] {
        let applicant = Applicant::parse(born_on, claim).unwrap();
        assert_eq!(code(desk.propose(&applicant, &Wish::default()).await), refusal);
    }
}

#[tokio::test]
async fn slots_open_at_their_second_and_not_before() {
    let saxony = Saxony::at(datetime!(2021-04-28 15:00 UTC)).await;
    let day = date!(2021 - 05 - 10);
    let opens_at = Some(datetime!(2021-04-28 16:00 UTC));
    saxony.release(&Release { opens_at, ..riesa("evening", day, day, 1) }).await.unwrap();
    let desk = saxony.desk().await;
    let applicant = Applicant::of(&person(1));
    assert_eq!(code(desk.propose(&applicant, &Wish::default()).await), "sold_out");
    // A pair that somebody knows from elsewhere is not to be had either.
    let token = "riesa.bnt162b2.2021-05-10.0800.2021-06-21.0800";
    assert_eq!(code(desk.reserve(token, &applicant).await), "pair_taken");
    saxony.world.travel_to(datetime!(2021-04-28 16:00 UTC));
    let pairs = desk.propose(&applicant, &Wish::default()).await.unwrap();
    assert!(desk.reserve(&pairs[0].token, &applicant).await.is_ok());
}

#[tokio::test]
async fn a_token_written_by_hand_gets_nothing_that_the_rules_refuse() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let applicant = Applicant::of(&person(1));
    for (token, refusal) in [
        ("", "bad_token"),
        ("riesa.bnt162b2", "bad_token"),
        ("riesa.bnt162b2.2021-03-29.0800.2021-05-11.0800", "interval"),
        ("riesa.bnt162b2.2021-03-29.0800", "interval"),
        ("riesa.azd1223.2021-03-29.0800.2021-05-10.0800", "vaccine_not_offered"),
        ("riesa.bnt162b2.2021-03-19.0800.2021-04-30.0800", "bad_token"),
        ("riesa.bnt162b2.2021-03-29.0801.2021-05-10.0800", "pair_taken"),
        ("dresden.bnt162b2.2021-03-29.0800.2021-05-10.0800", "pair_taken"),
    ] {
        assert_eq!(code(desk.reserve(token, &applicant).await), refusal, "{token}");
    }
    assert_eq!(saxony.count("select count(*) from slot where state <> 'free'").await, 0);
}

#[tokio::test]
async fn a_refused_confirmation_leaves_everything_as_it_was() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let person = person(1);
    let applicant = Applicant::of(&person);
    let pairs = desk.propose(&applicant, &Wish::default()).await.unwrap();
    let reservation = desk.reserve(&pairs[0].token, &applicant).await.unwrap();
    for (change, refusal) in [
        (Box::new(|raw: &mut _| set_claim(raw, "food-retail")) as Box<dyn Fn(&mut _)>, "group_not_open"),
        (Box::new(|raw: &mut _| set_born(raw, "24.03.1951")), "too_young"),
        (Box::new(|raw: &mut _| set_id(raw)), "unknown_person"),
    ] {
        let mut raw = form(1);
        change(&mut raw);
        let other = parse(&raw).unwrap();
        assert_eq!(code(desk.confirm(reservation.id, &other, Wanted::default()).await), refusal);
    }
    assert_eq!(desk.reservation().await.unwrap(), reservation, "the pair is still reserved");
    let nothing = "select (select count(*) from series) + (select count(*) from dose) + (select count(*) from person)";
    assert_eq!(saxony.count(nothing).await, 0);
    assert!(desk.confirm(reservation.id, &person, Wanted::default()).await.is_ok());
    saxony.is_sound().await;
}

fn set_claim(raw: &mut vaxline::scheduling::model::RawPerson, claim: &str) {
    raw.claim = claim.to_owned();
}

fn set_born(raw: &mut vaxline::scheduling::model::RawPerson, born_on: &str) {
    raw.born_on = born_on.to_owned();
}

fn set_id(raw: &mut vaxline::scheduling::model::RawPerson) {
    raw.id = Some("01890a5d-ac96-774b-bcce-b302099a8057".to_owned());
}

#[tokio::test]
async fn nobody_gets_two_active_series() {
    let saxony = saxony().await;
    let (one, other) = (saxony.desk().await, saxony.desk().await);
    let person = person(1);
    one.book(&person, &Wish::default()).await.unwrap();
    assert_eq!(code(other.book(&person, &Wish::default()).await), "has_appointments");
    let found = other.find_persons("beispiel b", BORN_ON).await.unwrap();
    assert_eq!((found.len(), found[0].booked.is_some()), (1, true));
    saxony.is_sound().await;
}

#[tokio::test]
async fn who_rings_two_desks_at_once_gets_one_series() {
    let saxony = saxony().await;
    let desks = saxony.desks(2).await;
    for number in 0..10 {
        let person = person(number);
        let wish = Wish::default();
        let (one, other) = tokio::join!(desks[0].book(&person, &wish), desks[1].book(&person, &wish));
        let won = usize::from(one.is_ok()) + usize::from(other.is_ok());
        assert_eq!(won, 1, "{one:?} {other:?}");
    }
    assert_eq!(saxony.count("select count(*) from series").await, 10);
}

#[tokio::test]
async fn no_refusal_reads_like_an_appointment() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let person = person(1);
    let applicant = Applicant::of(&person);
    let pairs = desk.propose(&applicant, &Wish::default()).await.unwrap();
    let reservation = desk.reserve(&pairs[0].token, &applicant).await.unwrap();
    desk.confirm(reservation.id, &person, Wanted::default()).await.unwrap();
    let other = saxony.desk().await;
    let taken = other.reserve(&pairs[0].token, &applicant).await.unwrap_err();
    assert!(!taken.alternatives().is_empty());
    for refusal in [taken, desk.confirm(reservation.id, &person, Wanted::default()).await.unwrap_err()] {
        let text = refusal.to_string().to_lowercase();
        for word in ["gebucht", "bestätigt", "booked", "confirmed"] {
            assert!(!text.contains(word), "{text}");
        }
    }
}
