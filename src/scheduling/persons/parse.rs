//! From the strings of a form to a person.

use super::letters::{is_address, is_mark, is_name};
use super::model::{FieldError, PersonInput, RawPerson};
use crate::correspondence::model::Language;
use crate::foundation::phone::PhoneNumber;
use crate::foundation::pii::Pii;
use crate::scheduling::rules::ClaimCode;
use crate::supply::model::is_code;
use time::{Date, Month};
use unicode_normalization::UnicodeNormalization;

/// Letters of a name; the longest names that offices know have about sixty.
const LONGEST_NAME: usize = 80;

/// Letters of a street or town.
const LONGEST_PLACE: usize = 80;

/// What RFC 5321 allows.
const LONGEST_EMAIL: usize = 254;

/// Nobody was born before.
const OLDEST_YEAR: i32 = 1895;

/// Bytes that are looked at in any field.
const LONGEST_TEXT: usize = 2_000;

/// Reads a form.
///
/// # Errors
/// The first field that is not valid, in the order of the form.
pub fn parse(raw: &RawPerson) -> Result<PersonInput, FieldError> {
    Ok(PersonInput {
        id: match raw.id.as_deref() {
            None | Some("") => None,
            Some(id) => Some(id.parse().map_err(|_| FieldError { field: "id", code: "id" })?),
        },
        family_name: required("family_name", name("family_name", &raw.family_name)?)?,
        given_name: Pii::new(name("given_name", &raw.given_name)?),
        born_on: Pii::new(parse_date(&raw.born_on)?),
        street: required("street", place("street", &raw.street)?)?,
        postcode: postcode(&raw.postcode)?,
        town: required("town", place("town", &raw.town)?)?,
        phone: phone(&raw.phone)?,
        email: email(&raw.email)?,
        claim: parse_claim(&raw.claim)?,
        language: Language::from_code(raw.language.trim()).ok_or(FieldError { field: "language", code: "language" })?,
    })
}

/// Reads a birth date as people say it (`24.03.1939`), as machines write it (`1939-03-24`), or as digits (`24031939`).
///
/// # Errors
/// `required`, `date_incomplete` (`00.00.1936`, as registers know it), or `date`.
pub fn parse_date(text: &str) -> Result<Date, FieldError> {
    let refuse = |code| FieldError { field: "born_on", code };
    let text = text.trim();
    if text.is_empty() {
        return Err(refuse("required"));
    }
    let (year, month, day) = parts_of_date(text).ok_or(refuse("date"))?;
    if month == 0 || day == 0 {
        return Err(refuse("date_incomplete"));
    }
    let month = Month::try_from(month).map_err(|_| refuse("date"))?;
    let date = Date::from_calendar_date(year, month, day).map_err(|_| refuse("date"))?;
    if date.year() < OLDEST_YEAR { Err(refuse("date")) } else { Ok(date) }
}

fn parts_of_date(text: &str) -> Option<(i32, u8, u8)> {
    let number = |part: &str, longest: usize| {
        let digits = !part.is_empty() && part.len() <= longest && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (year, month, day) = if text.contains('-') {
        let mut parts = text.splitn(3, '-');
        (parts.next()?, parts.next()?, parts.next()?)
    } else if text.contains('.') {
        let mut parts = text.splitn(3, '.').map(str::trim);
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        (year, month, day)
    } else if text.len() == 8 && text.is_ascii() {
        (&text[4..], &text[2..4], &text[..2])
    } else {
        return None;
    };
    // A year of two digits is a guess about a century: it is asked for.
    let year = number(year, 4).filter(|_| year.len() == 4)?;
    Some((i32::from(year), u8::try_from(number(month, 2)?).ok()?, u8::try_from(number(day, 2)?).ok()?))
}

/// Reads a claim's code. Whether the rules know it is decided by the rules of the moment.
///
/// # Errors
/// `required`, or `claim_unknown` when no claim could have that code.
pub fn parse_claim(text: &str) -> Result<ClaimCode, FieldError> {
    match text.trim() {
        "" => Err(FieldError { field: "claim", code: "required" }),
        code if is_code(code) => Ok(ClaimCode(code.to_owned())),
        _ => Err(FieldError { field: "claim", code: "claim_unknown" }),
    }
}

fn required(field: &'static str, text: String) -> Result<Pii<String>, FieldError> {
    if text.is_empty() { Err(FieldError { field, code: "required" }) } else { Ok(Pii::new(text)) }
}

/// A text in NFC with single spaces, without control characters.
fn clean(field: &'static str, text: &str, longest: usize) -> Result<String, FieldError> {
    if text.len() > LONGEST_TEXT {
        return Err(FieldError { field, code: "too_long" });
    }
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(FieldError { field, code: "control_character" });
    }
    let composed: String = text.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    // Letters are counted, not code points: a mark belongs to its letter.
    if composed.chars().filter(|sign| !is_mark(*sign)).count() > longest {
        return Err(FieldError { field, code: "too_long" });
    }
    Ok(composed)
}

fn name(field: &'static str, text: &str) -> Result<String, FieldError> {
    let name = clean(field, text, LONGEST_NAME)?;
    let has_letter = name.is_empty() || name.chars().any(char::is_alphabetic);
    if has_letter && is_name(&name) { Ok(name) } else { Err(FieldError { field, code: "characters" }) }
}

fn place(field: &'static str, text: &str) -> Result<String, FieldError> {
    let place = clean(field, text, LONGEST_PLACE)?;
    if is_address(&place) { Ok(place) } else { Err(FieldError { field, code: "characters" }) }
}

fn postcode(text: &str) -> Result<Pii<String>, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError { field: "postcode", code: "required" });
    }
    let five_digits = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    if five_digits { Ok(Pii::new(text.to_owned())) } else { Err(FieldError { field: "postcode", code: "postcode" }) }
}

fn phone(text: &str) -> Result<Option<PhoneNumber>, FieldError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    PhoneNumber::parse(text).map(Some).map_err(|error| FieldError { field: "phone", code: error.code() })
}

/// An address to which a mail can be sent without doubt: one at sign, printable ASCII, a domain with a dot.
fn email(text: &str) -> Result<Option<Pii<String>>, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let refuse = FieldError { field: "email", code: "email" };
    if text.len() > LONGEST_EMAIL {
        return Err(FieldError { field: "email", code: "too_long" });
    }
    let (local, domain) = text.rsplit_once('@').ok_or(refuse)?;
    let in_local = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&byte);
    let local_fits = (1..=64).contains(&local.len())
        && local.bytes().all(in_local)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let domain_fits = domain.contains('.') && domain.split('.').all(label_fits);
    if local_fits && domain_fits { Ok(Some(Pii::new(text.to_owned()))) } else { Err(refuse) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    fn raw() -> RawPerson {
        RawPerson {
            id: None,
            family_name: "Groß".to_owned(),
            given_name: "Jürgen".to_owned(),
            born_on: "24.03.1939".to_owned(),
            street: "Straße des 17. Juni 12 a".to_owned(),
            postcode: "01067".to_owned(),
            town: "Dresden".to_owned(),
            phone: "0351/4678-104".to_owned(),
            email: "jg@example.org".to_owned(),
            claim: "age-80".to_owned(),
            language: "de".to_owned(),
        }
    }

    fn refused(change: impl FnOnce(&mut RawPerson)) -> (&'static str, &'static str) {
        let mut raw = raw();
        change(&mut raw);
        let error = parse(&raw).unwrap_err();
        (error.field, error.code)
    }

    #[test]
    fn a_whole_form_is_a_person() {
        let person = parse(&raw()).unwrap();
        assert_eq!(*person.born_on.expose(), date!(1939 - 03 - 24));
        assert_eq!(person.phone.unwrap().expose(), "+493514678104");
    }

    #[test]
    fn birth_dates_are_read_as_people_and_machines_write_them() {
        for text in ["29.02.1940", "29.2.1940", " 29. 2. 1940 ", "1940-02-29", "29021940"] {
            assert_eq!(parse_date(text), Ok(date!(1940 - 02 - 29)), "{text}");
        }
        for (text, code) in [
            ("", "required"),
            ("29.02.1941", "date"),
            ("31.04.1950", "date"),
            ("24.03.39", "date"),
            ("1939", "date"),
            ("gestern", "date"),
            ("24.13.1939", "date"),
            ("24.03.1839", "date"),
            ("-24.03.1939", "date"),
            ("٢٤.٠٣.١٩٣٩", "date"),
            ("00.00.1936", "date_incomplete"),
        ] {
            assert_eq!(parse_date(text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn telephone_mail_and_given_name_may_be_missing() {
        let mut raw = raw();
        (raw.phone, raw.email, raw.given_name) = (String::new(), " ".to_owned(), String::new());
        let person = parse(&raw).unwrap();
        assert_eq!((person.phone, person.email, person.given_name.expose().as_str()), (None, None, ""));
    }

    #[test]
    fn the_first_field_that_is_not_valid_is_named() {
        assert_eq!(refused(|raw| raw.family_name = " ".to_owned()), ("family_name", "required"));
        assert_eq!(refused(|raw| raw.family_name = "Gro\0ß".to_owned()), ("family_name", "control_character"));
        assert_eq!(refused(|raw| raw.family_name = "Γεωργίου".to_owned()), ("family_name", "characters"));
        assert_eq!(refused(|raw| raw.family_name = "--".to_owned()), ("family_name", "characters"));
        assert_eq!(refused(|raw| raw.given_name = "A".repeat(81)), ("given_name", "too_long"));
        assert_eq!(refused(|raw| raw.given_name = "A".repeat(1 << 20)), ("given_name", "too_long"));
        assert_eq!(refused(|raw| raw.street = "Weg 1\r\nBcc: x".to_owned()), ("street", "control_character"));
        assert_eq!(refused(|raw| raw.postcode = "1067".to_owned()), ("postcode", "postcode"));
        assert_eq!(refused(|raw| raw.phone = "4678104".to_owned()), ("phone", "phone_no_area_code"));
        assert_eq!(refused(|raw| raw.claim = String::new()), ("claim", "required"));
        assert_eq!(refused(|raw| raw.claim = "Robert'); drop".to_owned()), ("claim", "claim_unknown"));
        assert_eq!(refused(|raw| raw.language = "fr".to_owned()), ("language", "language"));
        assert_eq!(refused(|raw| raw.id = Some("7".to_owned())), ("id", "id"));
        for mail in ["a", "a@b", "a@@b.de", "a b@c.de", "a@b.de\r\nBcc: x@y.de", "ä@b.de", ".a@b.de", "a@-b.de"] {
            assert_eq!(refused(|raw| raw.email = mail.to_owned()), ("email", "email"), "{mail:?}");
        }
    }

    #[test]
    fn marks_do_not_count_as_letters() {
        let mut raw = raw();
        raw.family_name = "K͟h".repeat(40);
        assert!(parse(&raw).is_ok());
    }

    #[test]
    fn a_decomposed_name_is_stored_composed() {
        let mut raw = raw();
        raw.given_name = "Ju\u{308}rgen\u{a0} Otto".to_owned();
        assert_eq!(parse(&raw).unwrap().given_name.expose(), "Jürgen Otto");
    }

    proptest! {
        #[test]
        fn no_text_stops_the_program_and_what_passes_passes_again(text in any::<String>()) {
            let mut raw = raw();
            (raw.family_name, raw.born_on, raw.email, raw.street) =
                (text.clone(), text.clone(), text.clone(), text.clone());
            let _ = parse(&raw);
            let _ = parse_date(&text);
            if let Ok(once) = name("family_name", &text) {
                prop_assert_eq!(name("family_name", &once), Ok(once));
            }
        }

        #[test]
        fn every_date_is_read_back(day in 0_i32..45_000) {
            let date = date!(1900 - 01 - 01) + time::Duration::days(i64::from(day));
            prop_assert_eq!(parse_date(&date.to_string()), Ok(date));
            let german = format!("{}.{}.{}", date.day(), u8::from(date.month()), date.year());
            prop_assert_eq!(parse_date(&german), Ok(date));
        }
    }
}
