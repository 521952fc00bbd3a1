//! People are stored as they write themselves and found however they are typed; every look at them is noted.

use crate::support::campaign::{BORN_ON, Saxony, code, form, person, riesa};
use std::sync::Arc;
use time::macros::{date, datetime};
use vaxline::foundation::fault::Refusal;
use vaxline::scheduling::model::{PersonInput, SchedulingError, Wish};
use vaxline::scheduling::persons::parse;

async fn saxony() -> Arc<Saxony> {
    let saxony = Saxony::at(datetime!(2021-03-20 11:00 UTC)).await;
    let day = date!(2021 - 03 - 29);
    saxony.release(&riesa("monday", day, day, 1)).await.unwrap();
    saxony
}

fn named(family_name: &str, given_name: &str) -> PersonInput {
    let mut raw = form(0);
    (raw.family_name, raw.given_name) = (family_name.to_owned(), given_name.to_owned());
    parse(&raw).unwrap()
}

#[tokio::test]
async fn names_are_stored_as_written_and_found_however_they_are_typed() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let long = "Freiherr von und zu der Tann-Rathsamhausen";
    for (family, given, typed) in [
        ("Groß", "Jürgen", vec!["Groß", "GROSS", "gross", "Gro\u{df}"]),
        ("Müller-Lüdenscheidt", "Ines", vec!["Mueller Luedenscheidt", "Muller-Ludenscheidt", "MÜLLERLÜDENSCHEIDT"]),
        ("Žurowa", "Łucja", vec!["Zurowa", "ŽUROWA", "Z\u{30c}urowa"]),
        ("Šołćic", "Hanka", vec!["Solcic"]),
        ("İnanç", "Gülşen", vec!["Inanc", "inanç"]),
        ("Åkesson", "Søren", vec!["Aakesson", "Akesson", "A\u{30a}kesson"]),
        ("Nguyễn", "Thị Hạnh", vec!["Nguyen", "nguyễn"]),
        ("O'Connor", "Sinéad", vec!["OConnor", "O’Connor", "o connor"]),
        ("D’Angelo", "Gina", vec!["D'Angelo", "dangelo"]),
        ("K͟huri", "Leyla", vec!["Khuri"]),
        ("Đặng", "Văn", vec!["Dang"]),
        ("Sukarno", "", vec!["sukarno"]),
        ("Null", "Nina", vec!["NULL"]),
        ("Ng", "O", vec!["ng"]),
        (long, "Karl-Heinz", vec![long]),
    ] {
        let booking = desk.book(&named(family, given), &Wish::default()).await.unwrap();
        assert_eq!(booking.name.expose(), format!("{given} {family}").trim());
        for spelling in typed {
            let found = desk.find_persons(spelling, BORN_ON).await.unwrap();
            let hit = found.iter().find(|hit| hit.person.family_name.expose() == family);
            assert!(hit.is_some(), "{family} is not found as {spelling}");
            assert_eq!(hit.unwrap().booked.as_deref().map(str::len), Some(14));
        }
    }
    saxony.is_sound().await;
}

#[tokio::test]
async fn composed_and_decomposed_spellings_are_one_person() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    desk.book(&named("Müller", "Jürgen"), &Wish::default()).await.unwrap();
    for (family, given) in [("Mu\u{308}ller", "Ju\u{308}rgen"), ("Mueller", "Juergen"), ("MÜLLER", "JÜRGEN")] {
        assert_eq!(code(desk.book(&named(family, given), &Wish::default()).await), "has_appointments");
    }
    assert_eq!(saxony.count("select count(*) from person").await, 1);
}

#[tokio::test]
async fn a_found_person_is_brought_up_to_date_and_stays_one() {
    let saxony = saxony().await;
    let desk = saxony.desk().await;
    let booking = desk.book(&person(1), &Wish::default()).await.unwrap();
    desk.cancel(&booking.reference, BORN_ON).await.unwrap();
    let found = desk.find_persons("Beispiel-b", BORN_ON).await.unwrap().remove(0).person;

    let mut raw = form(1);
    raw.id = Some(found.id.to_string());
    (raw.postcode, raw.town) = ("04109".to_owned(), "Leipzig".to_owned());
    desk.book(&parse(&raw).unwrap(), &Wish::default()).await.unwrap();
    let moved = desk.find_persons("Beispiel-b", BORN_ON).await.unwrap();
    assert_eq!(moved.len(), 1);
    assert_eq!((moved[0].person.id, moved[0].person.town.expose().as_str()), (found.id, "Leipzig"));

    // The birth date is the second factor: an id does not change it.
    raw.born_on = "25.03.1939".to_owned();
    assert_eq!(code(desk.book(&parse(&raw).unwrap(), &Wish::default()).await), "unknown_person");
}

#[tokio::test]
async fn a_search_needs_both_halves_finds_ten_at_most_and_is_noted() {
    let saxony = saxony().await;
    let mut desk = saxony.desk().await;
    for number in 0..12 {
        let mut raw = form(0);
        raw.given_name = form(number).family_name.replace("Beispiel-", "Anna-");
        desk.next_caller();
        desk.book(&parse(&raw).unwrap(), &Wish::default()).await.unwrap();
    }
    for nothing in ["", "  ", "-", "'"] {
        assert_eq!(code(desk.find_persons(nothing, BORN_ON).await), "required");
    }
    assert_eq!(desk.find_persons("Beispiel-a", date!(1939 - 03 - 25)).await.unwrap(), []);
    assert_eq!(desk.find_persons("Beispiel-a", BORN_ON).await.unwrap().len(), 10);
    let noted = "select count(*) from audit where action = 'person.search' and hits in (0, 10)
                    and actor_id is not null and channel = 'phone' and reason like 'entry %'";
    assert_eq!(saxony.count(noted).await, 2);
    assert_eq!(saxony.count("select count(*) from audit where action = 'person.read'").await, 10);
    let made = "select count(*) from audit where action = 'series.confirmed' and person_id is not null";
    assert_eq!(saxony.count(made).await, 12);
}

#[tokio::test]
async fn whoever_searches_too_often_is_stopped_and_works_again_later() {
    let mut saxony = saxony().await;
    Arc::get_mut(&mut saxony).unwrap().campaign.settings.searches_per_ten_minutes = 3;
    let desk = saxony.desk().await;
    for _ in 0..3 {
        desk.find_persons("Beispiel", BORN_ON).await.unwrap();
    }
    let refused: SchedulingError = desk.find_persons("Beispiel", BORN_ON).await.unwrap_err();
    assert_eq!(refused.code(), "too_many_searches");
    assert_eq!(code(desk.find_booking("2222 2222 2222", BORN_ON).await), "too_many_searches");
    let colleague = saxony.desk().await;
    assert!(colleague.find_persons("Beispiel", BORN_ON).await.is_ok());
    saxony.world.pass(time::Duration::minutes(11));
    assert!(desk.find_persons("Beispiel", BORN_ON).await.is_ok());
}
