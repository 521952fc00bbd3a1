//! Telephone numbers: what people write and carriers send becomes E.164, or a named refusal.
//!
//! **Must hold:** a number is personal data and never prints; it identifies nobody. It is only used to ring back, to
//! find the place in line of somebody who was cut off, and to propose data after the caller has named them.

use super::pii::Pii;

/// The harmonised number of the medical on-call service. It has no area code and cannot be dialled from abroad, so it
/// stays as it is.
pub const MEDICAL_SERVICE: &str = "116117";

/// What carriers send instead of a number when the caller does not show one.
const WITHHELD: [&str; 6] = ["anonymous", "private", "restricted", "unavailable", "unknown", "withheld"];

/// Longer texts are no numbers, whatever they contain.
const LONGEST_TEXT: usize = 64;

/// Fewer digits without a plus may be a number without its area code.
const SHORTEST_WITHOUT_PLUS: usize = 10;

/// A telephone number as E.164 (`+493514678104`), or the harmonised number 116117.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct PhoneNumber(Pii<String>);

/// Why a text is no telephone number. It never quotes the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing, or a word such as `anonymous`: the number is not shown.
    #[error("the number is withheld")]
    Withheld,
    /// It contains something that no number contains.
    #[error("this is not a telephone number")]
    NotANumber,
    /// Neither an area code nor a country code: `4678104` may be in any town.
    #[error("the area code is missing")]
    NoAreaCode,
    /// Fewer digits than the shortest number.
    #[error("the number is too short")]
    TooShort,
    /// More digits than the longest number.
    #[error("the number is too long")]
    TooLong,
}

impl PhoneError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Withheld => "phone_withheld",
            Self::NotANumber => "phone_not_a_number",
            Self::NoAreaCode => "phone_no_area_code",
            Self::TooShort => "phone_too_short",
            Self::TooLong => "phone_too_long",
        }
    }
}

impl PhoneNumber {
    /// Reads a number as people write it (`0351/4678-104`, `+49 (0) 351 4678104`, `0049…`); without a country code it
    /// is German.
    ///
    /// # Errors
    /// Says what is wrong, without the text.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let text = text.trim();
        if text.is_empty() || WITHHELD.iter().any(|word| text.eq_ignore_ascii_case(word)) {
            return Err(PhoneError::Withheld);
        }
        if text.len() > LONGEST_TEXT {
            return Err(PhoneError::TooLong);
        }
        let (international, digits) = digits(text)?;
        if digits == MEDICAL_SERVICE || (international && digits.strip_prefix("49") == Some(MEDICAL_SERVICE)) {
            return Ok(Self(Pii::new(MEDICAL_SERVICE.to_owned())));
        }
        let full = if international {
            // "+49 0351 …": the zero is only dialled inside the country.
            match digits.strip_prefix("490") {
                Some(rest) => format!("49{rest}"),
                None => digits,
            }
        } else {
            format!("49{}", digits.strip_prefix('0').ok_or(PhoneError::NoAreaCode)?)
        };
        check(&full)?;
        Ok(Self(Pii::new(format!("+{full}"))))
    }

    /// The caller's number as a carrier sends it: `None` when it is withheld or unreadable, because a caller is
    /// served without a number too. Some carriers leave the plus out. Whoever shows 116117 is put through by the medical
    /// service, like many others: the number is nobody's.
    #[must_use]
    pub fn of_caller(text: &str) -> Option<Self> {
        let is_bare =
            |text: &str| text.len() >= SHORTEST_WITHOUT_PLUS && text.bytes().all(|sign| sign.is_ascii_digit());
        let number = match Self::parse(text) {
            Err(PhoneError::NoAreaCode) if is_bare(text.trim()) => Self::parse(&format!("+{}", text.trim())),
            read => read,
        };
        number.ok().filter(|number| number.expose() != MEDICAL_SERVICE)
    }

    /// The number itself, for storing, dialling, or showing to who may see it.
    #[must_use]
    pub const fn expose(&self) -> &str {
        self.0.expose().as_str()
    }

    /// Country code and last three digits, for screens on which others look: `+49 … 104`.
    #[must_use]
    pub fn masked(&self) -> String {
        let number = self.expose();
        let end = number.get(number.len().saturating_sub(3)..).unwrap_or_default();
        match number.starts_with("+49") {
            true => format!("+49 … {end}"),
            false => format!("… {end}"),
        }
    }
}

impl std::fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// The digits alone, and whether they begin with a country code.
fn digits(text: &str) -> Result<(bool, String), PhoneError> {
    // "(0)" behind a country code is a habit of letterheads and is never dialled.
    let text =
        if text.starts_with('+') || text.starts_with("00") { text.replacen("(0)", "", 1) } else { text.to_owned() };
    let mut plus = false;
    let mut digits = String::new();
    for sign in text.chars() {
        match sign {
            '0'..='9' => digits.push(sign),
            '+' if digits.is_empty() && !plus => plus = true,
            ' ' | '\t' | '-' | '/' | '.' | '(' | ')' => {}
            // No-break spaces, hyphens and dashes that word processors put in.
            '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            _ => return Err(PhoneError::NotANumber),
        }
    }
    if digits.is_empty() {
        return Err(PhoneError::NotANumber);
    }
    match digits.strip_prefix("00") {
        Some(rest) if !plus => Ok((true, rest.to_owned())),
        _ => Ok((plus, digits)),
    }
}

/// Checks the digits behind the plus. German numbers have no fixed length, so the bounds are wide.
fn check(full: &str) -> Result<(), PhoneError> {
    if full.starts_with('0') {
        return Err(PhoneError::NotANumber);
    }
    let (length, shortest, longest) = match full.strip_prefix("49") {
        Some(national) if national.starts_with('0') => return Err(PhoneError::NotANumber),
        Some(national) => (national.len(), 6, 13),
        None => (full.len(), 7, 15),
    };
    match length {
        _ if length < shortest => Err(PhoneError::TooShort),
        _ if length > longest => Err(PhoneError::TooLong),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, PhoneError> {
        PhoneNumber::parse(text).map(|number| number.expose().to_owned())
    }

    #[test]
    fn every_way_to_write_a_number_in_dresden_means_the_same() {
        for text in [
            "0351/4678-104",
            "(0351) 4678 104",
            "+49 (0) 351 4678104",
            "+49(0)351/4678104",
            "0049 351 4678104",
            "0049 (0)351 4678104",
            "+49 0351 4678104",
            "0351\u{a0}4678\u{2011}104",
            " +493514678104 ",
            "0351.4678.104",
        ] {
            assert_eq!(read(text).as_deref(), Ok("+493514678104"), "{text}");
        }
    }

    #[test]
    fn the_freecall_number_of_the_hotline_is_read() {
        assert_eq!(read("0800 0899 089").as_deref(), Ok("+498000899089"));
    }

    #[test]
    fn numbers_of_other_countries_keep_their_country() {
        assert_eq!(read("+420 222 123 456").as_deref(), Ok("+420222123456"));
        assert_eq!(read("0048 22 1234567").as_deref(), Ok("+48221234567"));
    }

    #[test]
    fn the_harmonised_number_stays_as_it_is() {
        for text in ["116117", "116 117", "+49 116117"] {
            assert_eq!(read(text).as_deref(), Ok("116117"));
        }
    }

    #[test]
    fn a_caller_may_hide_the_number() {
        for text in ["", "  ", "anonymous", "Anonymous", "unknown", "RESTRICTED"] {
            assert_eq!(read(text), Err(PhoneError::Withheld));
            assert_eq!(PhoneNumber::of_caller(text), None);
        }
    }

    #[test]
    fn a_carrier_may_leave_the_plus_out() {
        let of_caller = |text: &str| PhoneNumber::of_caller(text).map(|number| number.expose().to_owned());
        assert_eq!(of_caller("493514678104").as_deref(), Some("+493514678104"));
        assert_eq!(of_caller("4678104"), None, "this may be in any town");
    }

    #[test]
    fn whoever_is_put_through_by_the_medical_service_shows_no_number_of_their_own() {
        for text in ["116117", "+49116117"] {
            assert_eq!(PhoneNumber::of_caller(text), None);
        }
    }

    #[test]
    fn what_is_no_number_is_refused_by_name() {
        assert_eq!(read("4678104"), Err(PhoneError::NoAreaCode));
        assert_eq!(read("0351 46"), Err(PhoneError::TooShort));
        assert_eq!(read("0351 12345678901"), Err(PhoneError::TooLong));
        assert_eq!(read("+000"), Err(PhoneError::NotANumber));
        assert_eq!(read("0351 4678 ext 4"), Err(PhoneError::NotANumber));
        assert_eq!(read("+"), Err(PhoneError::NotANumber));
        assert_eq!(read("agent-017@vaxline.example"), Err(PhoneError::NotANumber));
        assert_eq!(read(&"0".repeat(1_000_000)), Err(PhoneError::TooLong));
    }

    #[test]
    fn the_mask_shows_three_digits_and_debug_shows_nothing() {
        let number = PhoneNumber::parse("0351 4678104").unwrap();
        assert_eq!(number.masked(), "+49 … 104");
        assert_eq!(format!("{number:?}"), "…");
    }

    proptest! {
        #[test]
        fn no_text_stops_the_program_and_a_number_read_again_is_itself(text in "\\PC{0,40}") {
            if let Ok(number) = PhoneNumber::parse(&text) {
                prop_assert_eq!(PhoneNumber::parse(number.expose()), Ok(number));
            }
        }

        #[test]
        fn separators_change_nothing(digits in "0[1-9][0-9]{6,11}", at in 1usize..7) {
            let (head, tail) = digits.split_at(at);
            prop_assert_eq!(PhoneNumber::parse(&format!("({head}) / {tail}")), PhoneNumber::parse(&digits));
        }
    }
}
