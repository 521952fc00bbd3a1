//! Between the words of the frames and those of scheduling.

use super::error::ConsoleError;
use super::view::millis;
use super::wire::{AppointmentView, BookingView, Choice, DraftForm, PairView, PersonForm, PersonHit, ReservationView};
use crate::correspondence::model::{Language, Paper};
use crate::scheduling::model::{
    Applicant, Appointment, Booking, DayPart, FieldError, Found, Pair, RawPerson, Reservation, SchedulingError, Wish,
};
use crate::scheduling::rules::Claim;
use crate::supply::model::{CentreCode, is_code};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Time};

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const TIME: &[BorrowedFormatItem<'_>] = format_description!("[hour]:[minute]");

fn day(day: Date) -> String {
    day.format(DAY).unwrap_or_default()
}

fn time(time: Time) -> String {
    time.format(TIME).unwrap_or_default()
}

fn appointment(at: Appointment) -> AppointmentView {
    AppointmentView { day: day(at.day), time: time(at.time) }
}

/// A pair, as it is shown.
#[must_use]
pub fn pair(pair: &Pair) -> PairView {
    PairView {
        token: pair.token.clone(),
        centre: pair.centre.to_string(),
        vaccine: pair.vaccine_name.clone(),
        first: appointment(pair.first),
        second: pair.second.map(appointment),
    }
}

/// A reservation, as it is shown.
#[must_use]
pub fn reservation(reservation: &Reservation) -> ReservationView {
    ReservationView {
        id: reservation.id.to_string(),
        pair: pair(&reservation.pair),
        until_ms: millis(reservation.expires_at),
    }
}

/// A booking with what became of its papers, as it is shown.
#[must_use]
pub fn booking(booking: &Booking, papers: &[Paper]) -> BookingView {
    let paper = papers.iter().find(|paper| paper.series == booking.series);
    BookingView {
        reference: booking.reference.clone(),
        name: booking.name.expose().clone(),
        pair: pair(&booking.pair),
        state: booking.state.name().to_owned(),
        letter: paper.and_then(|paper| paper.letter.clone()),
        email: paper.and_then(|paper| paper.email.clone()),
    }
}

/// A person that was found, as a form that is filled in.
#[must_use]
pub fn hit(found: &Found) -> PersonHit {
    let person = &found.person;
    let language = match person.language {
        Language::De => "de",
        Language::En => "en",
    };
    PersonHit {
        person: PersonForm {
            id: Some(person.id.to_string()),
            family_name: person.family_name.expose().clone(),
            given_name: person.given_name.expose().clone(),
            born_on: day(*person.born_on.expose()),
            street: person.street.expose().clone(),
            postcode: person.postcode.expose().clone(),
            town: person.town.expose().clone(),
            phone: person.phone.as_ref().map(|phone| phone.expose().clone()).unwrap_or_default(),
            email: person.email.as_ref().map(|email| email.expose().clone()).unwrap_or_default(),
            claim: String::new(),
            language: language.to_owned(),
        },
        booked: found.booked.clone(),
    }
}

/// Claims as they are chosen, in the order in which people read them.
#[must_use]
pub fn claims(claims: &[&Claim]) -> Vec<Choice> {
    let choice = |code: &str, label: &str| Choice { code: code.to_owned(), label: label.to_owned() };
    claims.iter().map(|claim| choice(claim.code.as_str(), &claim.label_de)).collect()
}

/// A form as scheduling reads it.
#[must_use]
pub fn raw(form: &PersonForm) -> RawPerson {
    RawPerson {
        id: form.id.clone(),
        family_name: form.family_name.clone(),
        given_name: form.given_name.clone(),
        born_on: form.born_on.clone(),
        street: form.street.clone(),
        postcode: form.postcode.clone(),
        town: form.town.clone(),
        phone: form.phone.clone(),
        email: form.email.clone(),
        claim: form.claim.clone(),
        language: form.language.clone(),
    }
}

/// As much of the person as a proposal needs.
///
/// # Errors
/// The field that is not valid.
pub fn applicant(form: &DraftForm) -> Result<Applicant, ConsoleError> {
    Ok(Applicant::parse(&form.person.born_on, &form.person.claim).map_err(SchedulingError::from)?)
}

/// What the caller wishes.
///
/// # Errors
/// The field that is not valid.
pub fn wish(form: &DraftForm) -> Result<Wish, ConsoleError> {
    let filled =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let refuse = |field: &'static str, code: &'static str| SchedulingError::from(FieldError { field, code });
    let centre = match filled(&form.centre) {
        Some(code) if is_code(&code) => Some(CentreCode(code)),
        Some(_) => return Err(SchedulingError::UnknownCentre.into()),
        None => None,
    };
    let from_day = match filled(&form.from_day) {
        Some(text) => Some(Date::parse(&text, DAY).map_err(|_| refuse("from_day", "date"))?),
        None => None,
    };
    let day_part = DayPart::from_code(&form.day_part).ok_or(refuse("day_part", "day_part"))?;
    // A letter has to arrive before the first dose: where one is wanted, and where nothing else could confirm.
    let by_post = form.letter || form.person.email.trim().is_empty();
    Ok(Wish { centre, from_day, day_part, by_post })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::fault::Refusal;

    #[test]
    fn a_form_that_is_empty_wishes_for_anything_by_post() {
        let wish = wish(&DraftForm::default()).expect("an empty form is a wish");
        assert_eq!(wish, Wish { by_post: true, ..Wish::default() });
    }

    #[test]
    fn only_who_has_an_address_and_wants_no_letter_need_not_wait_for_the_post() {
        for (letter, email, by_post) in [
            (true, "", true),
            (true, "erika@example.org", true),
            (false, " ", true),
            (false, "erika@example.org", false),
        ] {
            let person = PersonForm { email: email.to_owned(), ..PersonForm::default() };
            let form = DraftForm { letter, person, ..DraftForm::default() };
            assert_eq!(wish(&form).expect("a wish").by_post, by_post, "{letter} {email:?}");
        }
    }

    #[test]
    fn a_wish_that_cannot_be_read_names_its_field() {
        for (form, field, code) in [
            (DraftForm { from_day: Some("31.02.".into()), ..DraftForm::default() }, Some("from_day"), "date"),
            (DraftForm { day_part: "night".into(), ..DraftForm::default() }, Some("day_part"), "day_part"),
            (DraftForm { centre: Some("Ri esa".into()), ..DraftForm::default() }, None, "unknown_centre"),
        ] {
            let ConsoleError::Scheduling(error) = wish(&form).expect_err("it cannot be read") else {
                unreachable!("scheduling refuses")
            };
            assert_eq!((error.field(), error.code()), (field, code));
        }
    }

    #[test]
    fn days_and_times_are_read_aloud_as_they_are_written() {
        let at = Appointment { day: time::macros::date!(2021 - 05 - 04), time: time::macros::time!(09:20) };
        assert_eq!(appointment(at), AppointmentView { day: "2021-05-04".into(), time: "09:20".into() });
    }
}
