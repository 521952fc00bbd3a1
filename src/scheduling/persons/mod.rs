//! People as they named themselves.
//!
//! **In:** the strings of a form. **Out:** a [`PersonInput`] whose every field is valid, or the first field that is not;
//! people found by name and birth date. **Must hold:** what is stored can be printed (letters of DIN 91379 in NFC, no
//! control characters) and found again (two folds of the name); a birth date is a whole date; e-mail and telephone are
//! never required; every search is audited, bounded and limited.

mod commands;
mod fold;
mod letters;
mod model;
mod parse;
pub(super) mod search;
pub(super) mod store;

pub use commands::find_persons;
pub use fold::{fold_a, fold_ae};
pub use model::{FieldError, Found, Person, PersonInput, RawPerson};
pub use parse::{parse, parse_claim, parse_date};
