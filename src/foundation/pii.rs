//! Personal data has a type that does not print.
//!
//! A name, a number, an address or a birth date travels as [`Pii`]: its `Debug` shows `…`, it has no `Display`, and it
//! is serialised only where a wire format names it. What is logged, measured or put in a URL is an id.

use serde::{Deserialize, Serialize};

/// A value about a person. `expose` is the only way to it, so that every use can be found.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Wraps a value about a person.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for storing, showing to who may see it, or comparing.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Takes the value out.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl<T> From<T> for Pii<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debug_print_shows_nothing_of_the_person() {
        assert_eq!(format!("{:?}", Pii::new("Erika Beispiel")), "…");
    }
}
