//! People, before and after they were checked.

use crate::correspondence::model::Language;
use crate::foundation::ids::PersonId;
use crate::foundation::phone::PhoneNumber;
use crate::foundation::pii::Pii;
use crate::scheduling::rules::ClaimCode;
use time::Date;

/// The strings of a form, under the form's names.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawPerson {
    /// Id of a person that was found; empty for a new one.
    pub id: Option<String>,
    /// Family name, or the only name.
    pub family_name: String,
    /// Given names.
    pub given_name: String,
    /// Birth date.
    pub born_on: String,
    /// Street and house number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// Town.
    pub town: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Claim of entitlement.
    pub claim: String,
    /// Language of papers.
    pub language: String,
}

impl std::fmt::Debug for RawPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RawPerson(…)")
    }
}

/// A field of the form that is not valid. It never quotes what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {code}")]
pub struct FieldError {
    /// The form's name of the field.
    pub field: &'static str,
    /// The stable code: `required`, `too_long`, `characters`, `control_character`, `date`, `date_incomplete`, `postcode`,
    /// `email`, `claim_unknown`, `language`, `id`, or a code of the telephone number.
    pub code: &'static str,
}

/// A person whose every field is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonInput {
    /// A person that was found; none for a new one.
    pub id: Option<PersonId>,
    /// Family name, or the only name.
    pub family_name: Pii<String>,
    /// Given names; empty for people with one name.
    pub given_name: Pii<String>,
    /// Birth date.
    pub born_on: Pii<Date>,
    /// Street and house number, as entered.
    pub street: Pii<String>,
    /// Five digits.
    pub postcode: Pii<String>,
    /// Town.
    pub town: Pii<String>,
    /// Telephone.
    pub phone: Option<PhoneNumber>,
    /// E-mail.
    pub email: Option<Pii<String>>,
    /// Claim of entitlement.
    pub claim: ClaimCode,
    /// Language of papers.
    pub language: Language,
}

impl PersonInput {
    /// Whether there is an address that the post finds: a person may live without one.
    #[must_use]
    pub fn is_postal(&self) -> bool {
        self.street.expose().chars().any(char::is_alphanumeric)
    }
}

/// A person as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Id.
    pub id: PersonId,
    /// Family name, or the only name.
    pub family_name: Pii<String>,
    /// Given names; empty for people with one name.
    pub given_name: Pii<String>,
    /// Birth date.
    pub born_on: Pii<Date>,
    /// Street and house number.
    pub street: Pii<String>,
    /// Postcode.
    pub postcode: Pii<String>,
    /// Town.
    pub town: Pii<String>,
    /// Telephone, E.164.
    pub phone: Option<Pii<String>>,
    /// E-mail.
    pub email: Option<Pii<String>>,
    /// Language of papers.
    pub language: Language,
}

/// A person found by search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The person.
    pub person: Person,
    /// The reference of active appointments, in groups of four.
    pub booked: Option<String>,
}
