//! Whether a reservation becomes a booking, and whether a booking can be cancelled.

use crate::correspondence::letters::LetterError;
use crate::correspondence::letters::address::{Misfit, fits};
use crate::correspondence::model::Addressee;
use crate::foundation::audit::Channel;
use crate::foundation::calendar;
use crate::foundation::fault::Fault;
use crate::scheduling::SchedulingError;
use crate::scheduling::appointments::model::{Appointment, BookingState, Wanted};
use crate::scheduling::eligibility::{self, Ineligible};
use crate::scheduling::persons::{FieldError, PersonInput};
use crate::scheduling::rules::{Claim, RuleSet};
use crate::supply::model::VaccineCode;
use time::OffsetDateTime;

/// What was taken out of a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken<'a> {
    /// What is given.
    pub vaccine: &'a VaccineCode,
    /// First dose.
    pub first: Appointment,
    /// Second dose.
    pub second: Option<Appointment>,
}

/// Whether the person may have what was taken; the claim that entitles.
///
/// `reserved_by` are the rules that were in force when it was reserved: who is already agreeing appointments keeps
/// them. `now_in_force` decides whether the vaccine is still given, from and up to which age, and how long the post
/// needs: a limit that protects people is not outrun by a reservation.
///
/// # Errors
/// The first thing that does not fit.
pub(super) fn book<'r>(
    reserved_by: &'r RuleSet,
    now_in_force: &RuleSet,
    taken: &Taken<'_>,
    person: &PersonInput,
    wanted: Wanted,
    channel: Channel,
    now: OffsetDateTime,
) -> Result<&'r Claim, SchedulingError> {
    let claim = eligibility::entitled(reserved_by, &person.claim, channel)?;
    let given = now_in_force.vaccine(taken.vaccine).filter(|rule| rule.offered).ok_or(Ineligible::NotOffered)?;
    let rule = reserved_by.vaccine(taken.vaccine).ok_or(Ineligible::NotOffered)?;
    let (born_on, second_day) = (*person.born_on.expose(), taken.second.map(|second| second.day));
    eligibility::check_pair(claim, rule, born_on, taken.first.day, second_day)?;
    for day in [Some(taken.first.day), second_day].into_iter().flatten() {
        eligibility::check_age(given, born_on, day)?;
    }
    if wanted.letter {
        if !person.is_postal() {
            return Err(SchedulingError::NoPostalAddress);
        }
        shows_in_the_window(person)?;
        let arrives = calendar::add_working_days(calendar::local_date(now), now_in_force.post_days);
        if taken.first.day < arrives {
            return Err(SchedulingError::LetterTooLate);
        }
    }
    if wanted.email && person.email.is_none() {
        return Err(SchedulingError::NoEmail);
    }
    Ok(claim)
}

/// Whether the envelope's window shows the address. Later there would be nobody to ask for a shorter one.
fn shows_in_the_window(person: &PersonInput) -> Result<(), SchedulingError> {
    let to = Addressee {
        given_name: person.given_name.expose().clone(),
        family_name: person.family_name.expose().clone(),
        care_of: Vec::new(),
        street: person.street.expose().clone(),
        postcode: person.postcode.expose().clone(),
        town: person.town.expose().clone(),
        country: None,
    };
    let refuse = |field, code| Err(FieldError { field, code }.into());
    match fits(&to) {
        Ok(()) => Ok(()),
        Err(LetterError::Address(Misfit::TooWide("name"))) => refuse("family_name", "too_wide"),
        Err(LetterError::Address(Misfit::TooWide("town"))) => refuse("town", "too_wide"),
        Err(LetterError::Address(Misfit::TooWide(_) | Misfit::TooManyLines | Misfit::Missing(_))) => {
            refuse("street", "too_wide")
        }
        // What a form may be written with is in the fonts.
        Err(
            error @ (LetterError::MissingGlyph(_)
            | LetterError::Unprintable(_)
            | LetterError::TooWide(_)
            | LetterError::TooLong(_)
            | LetterError::Engine(_)),
        ) => Err(Fault::new("fit an address into the window", error).into()),
    }
}

/// What cancelling does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cancelling {
    /// The doses are cancelled and the slots are free.
    Cancel,
    /// It was cancelled before: nothing changes.
    Before,
}

/// Whether a booking can be cancelled by its owner.
///
/// # Errors
/// When the first appointment has begun: whether the dose was given is settled in the centre.
pub(super) fn cancel(
    state: BookingState,
    first_begins_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<Cancelling, SchedulingError> {
    match state {
        BookingState::Cancelled => Ok(Cancelling::Before),
        BookingState::Confirmed if first_begins_at > now => Ok(Cancelling::Cancel),
        BookingState::Confirmed | BookingState::Completed => Err(SchedulingError::AlreadyBegun),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::fault::Refusal;
    use crate::foundation::pii::Pii;
    use crate::scheduling::Campaign;
    use crate::scheduling::persons::{RawPerson, parse};
    use time::macros::{date, datetime, time};
    use time::{Date, Duration};

    fn person(claim: &str, born_on: &str, street: &str, email: &str) -> PersonInput {
        parse(&RawPerson {
            family_name: "Groß".to_owned(),
            given_name: "Jürgen".to_owned(),
            born_on: born_on.to_owned(),
            street: street.to_owned(),
            postcode: "01067".to_owned(),
            town: "Dresden".to_owned(),
            email: email.to_owned(),
            claim: claim.to_owned(),
            language: "de".to_owned(),
            ..RawPerson::default()
        })
        .unwrap()
    }

    fn eligible(now: OffsetDateTime, person: &PersonInput, wanted: Wanted) -> Result<(), SchedulingError> {
        let campaign = Campaign::shipped().unwrap();
        let rules = campaign.rules.in_force(now).unwrap();
        let at = |day| Appointment { day, time: time!(10:21) };
        let vaccine = "bnt162b2".into();
        let (first, second) = (at(date!(2021 - 04 - 12)), Some(at(date!(2021 - 05 - 24))));
        book(rules, rules, &Taken { vaccine: &vaccine, first, second }, person, wanted, Channel::Phone, now).map(|_| ())
    }

    fn try_booking(
        reserved_at: OffsetDateTime,
        now: OffsetDateTime,
        vaccine: &str,
        first: Date,
        gap: i64,
        person: &PersonInput,
        wanted: Wanted,
    ) -> Result<String, &'static str> {
        let campaign = Campaign::shipped().unwrap();
        let at = |day| Appointment { day, time: time!(10:21) };
        let taken = Taken { vaccine: &vaccine.into(), first: at(first), second: Some(at(first + Duration::days(gap))) };
        let rules = |moment| campaign.rules.in_force(moment).unwrap();
        book(rules(reserved_at), rules(now), &taken, person, wanted, Channel::Phone, now)
            .map(|claim| claim.clause.clone())
            .map_err(|error| error.code())
    }

    #[test]
    fn who_is_already_agreeing_appointments_keeps_the_interval_of_that_moment() {
        let (before, after) = (datetime!(2021-03-10 22:59 UTC), datetime!(2021-03-10 23:01 UTC));
        let person = person("age-80", "24.03.1939", "Weg 1", "");
        let try_at = |reserved, now| {
            try_booking(reserved, now, "bnt162b2", date!(2021 - 03 - 22), 28, &person, Wanted::default())
        };
        assert_eq!(try_at(before, before), Ok("§ 2 Abs. 1 Nr. 1".to_owned()));
        assert_eq!(try_at(before, after), Ok("§ 2 Abs. 1 Nr. 1".to_owned()));
        assert_eq!(try_at(after, after), Err("interval"));
    }

    #[test]
    fn a_vaccine_that_is_suspended_meanwhile_is_not_booked() {
        let (before, after) = (datetime!(2021-03-15 14:29 UTC), datetime!(2021-03-15 14:31 UTC));
        let person = person("age-80", "24.03.1939", "Weg 1", "");
        let try_at = |reserved, now| {
            try_booking(reserved, now, "azd1222", date!(2021 - 03 - 22), 84, &person, Wanted::default())
        };
        assert!(try_at(before, before).is_ok());
        assert_eq!(try_at(before, after), Err("vaccine_not_offered"));
    }

    #[test]
    fn a_reservation_does_not_outrun_an_age_limit() {
        // With 1 April AstraZeneca is for people of sixty years and more.
        let (before, after) = (datetime!(2021-03-31 21:59 UTC), datetime!(2021-03-31 22:01 UTC));
        let try_born = |born_on: &str, now| {
            let person = person("care-home", born_on, "Weg 1", "");
            try_booking(before, now, "azd1222", date!(2021 - 04 - 12), 84, &person, Wanted::default())
        };
        assert!(try_born("24.03.1980", before).is_ok());
        assert_eq!(try_born("24.03.1980", after), Err("too_young"));
        assert!(try_born("24.03.1950", after).is_ok());
    }

    #[test]
    fn a_letter_must_arrive_and_a_mail_must_have_an_address() {
        let now = datetime!(2021-04-01 08:00 UTC);
        let letter = Wanted { letter: true, email: false };
        let email = Wanted { letter: false, email: true };
        let try_with = |first, street: &str, mail: &str, wanted| {
            try_booking(now, now, "bnt162b2", first, 42, &person("age-80", "24.03.1939", street, mail), wanted)
        };
        // Five working days after Maundy Thursday, with Easter between.
        assert_eq!(try_with(date!(2021 - 04 - 11), "Weg 1", "", letter), Err("letter_too_late"));
        assert!(try_with(date!(2021 - 04 - 12), "Weg 1", "", letter).is_ok());
        assert_eq!(try_with(date!(2021 - 04 - 12), "-", "", letter), Err("no_postal_address"));
        assert!(try_with(date!(2021 - 04 - 02), "-", "", Wanted::default()).is_ok());
        assert_eq!(try_with(date!(2021 - 04 - 02), "-", "", email), Err("no_email"));
        assert!(try_with(date!(2021 - 04 - 02), "-", "a@example.org", email).is_ok());
    }

    #[test]
    fn an_address_that_the_window_cannot_show_is_named_while_somebody_is_on_the_line() {
        let now = datetime!(2021-04-01 08:00 UTC);
        let street = "Straße der deutsch-sowjetischen Freundschaft und des ewigen Friedens 112";
        let try_with = |person: &PersonInput, letter| {
            let claim = eligible(now, person, Wanted { letter, email: false });
            claim.map_err(|error| (error.field(), error.code()))
        };
        let mut person = person("age-80", "24.03.1939", street, "");
        assert_eq!(try_with(&person, true), Err((Some("street"), "too_wide")));
        assert_eq!(try_with(&person, false), Ok(()), "no letter, no window");
        person.street = Pii::new("Weg 1".to_owned());
        person.town = Pii::new("Hinterhermsdorf ".repeat(5).trim().to_owned());
        assert_eq!(try_with(&person, true), Err((Some("town"), "too_wide")));
    }

    #[test]
    fn another_birth_date_at_the_end_of_the_call_is_noticed() {
        let now = datetime!(2021-01-12 08:00 UTC);
        let try_born = |born_on: &str| {
            let person = person("age-80", born_on, "Weg 1", "");
            try_booking(now, now, "bnt162b2", date!(2021 - 01 - 25), 21, &person, Wanted::default())
        };
        assert!(try_born("25.01.1941").is_ok());
        assert_eq!(try_born("26.01.1941"), Err("too_young"));
    }

    #[test]
    fn cancelling_ends_when_the_first_appointment_begins() {
        let begins = datetime!(2021-03-29 08:21 UTC);
        let second = Duration::SECOND;
        assert!(matches!(cancel(BookingState::Confirmed, begins, begins - second), Ok(Cancelling::Cancel)));
        assert!(matches!(cancel(BookingState::Confirmed, begins, begins), Err(SchedulingError::AlreadyBegun)));
        assert!(matches!(cancel(BookingState::Cancelled, begins, begins + second), Ok(Cancelling::Before)));
    }
}
