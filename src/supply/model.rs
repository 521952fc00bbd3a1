//! Vaccines and centres.

use time::{Date, Time, Weekday};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                Self(code.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

codes! {
    /// A vaccine's stable code.
    VaccineCode,
    /// A centre's stable code.
    CentreCode,
}

/// Whether a text may be a code: 2 to 32 small letters, digits and hyphens.
#[must_use]
pub fn is_code(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The type of a vaccine: it decides which leaflet belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Messenger RNA.
    Mrna,
    /// A viral vector.
    Vector,
}

impl Kind {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mrna => "mrna",
            Self::Vector => "vector",
        }
    }
}

/// A vaccine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vaccine {
    /// Stable code.
    pub code: VaccineCode,
    /// Its type.
    pub kind: Kind,
    /// Doses of a complete series: one or two.
    pub doses: u8,
    /// What it is called, from each date on; oldest first, never empty.
    pub names: Vec<(Date, String)>,
}

/// From and until, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// From.
    pub opens: Time,
    /// Until; the last appointment lies before it.
    pub closes: Time,
}

/// A vaccination centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Centre {
    /// Stable code.
    pub code: CentreCode,
    /// Its name.
    pub name: String,
    /// Street and house number, or site.
    pub street: String,
    /// Five digits, with leading zero.
    pub postcode: String,
    /// Town.
    pub town: String,
    /// Official district key.
    pub district: String,
    /// Whether the address was made up for demonstrations.
    pub address_is_demo: bool,
    /// Lanes that can be staffed.
    pub lanes: u8,
    /// First day.
    pub opens_on: Date,
    /// Last day.
    pub closes_on: Option<Date>,
    /// Monday to Friday.
    pub weekday: Hours,
    /// Weekends and holidays.
    pub weekend: Hours,
}

/// Persons that one lane serves in five minutes. Two lanes make about a thousand a day; more would let people queue
/// on the premises, less would leave a lane idle.
pub const LANE_RATE: u8 = 4;

impl Centre {
    /// When it is open on a day; `None` before it opens for the first time and after its last day.
    #[must_use]
    pub fn hours_on(&self, day: Date, is_holiday: bool) -> Option<Hours> {
        if day < self.opens_on || self.closes_on.is_some_and(|last| day > last) {
            return None;
        }
        let weekend = is_holiday || matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Some(if weekend { self.weekend } else { self.weekday })
    }

    /// How many persons it can serve in five minutes with every lane staffed.
    #[must_use]
    pub const fn places_per_bucket(&self) -> u8 {
        self.lanes.saturating_mul(LANE_RATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, time};

    fn centre() -> Centre {
        Centre {
            code: "riesa".into(),
            name: "Impfzentrum".to_owned(),
            street: "Am Sportzentrum 5".to_owned(),
            postcode: "01589".to_owned(),
            town: "Riesa".to_owned(),
            district: "14627".to_owned(),
            address_is_demo: true,
            lanes: 2,
            opens_on: date!(2021 - 01 - 11),
            closes_on: Some(date!(2021 - 09 - 12)),
            weekday: Hours { opens: time!(8:00), closes: time!(18:00) },
            weekend: Hours { opens: time!(9:00), closes: time!(17:00) },
        }
    }

    #[test]
    fn a_centre_is_open_from_its_first_to_its_last_day() {
        assert_eq!(centre().hours_on(date!(2021 - 01 - 10), false), None);
        assert_eq!(centre().hours_on(date!(2021 - 01 - 11), false), Some(centre().weekday));
        assert_eq!(centre().hours_on(date!(2021 - 09 - 12), false), Some(centre().weekend));
        assert_eq!(centre().hours_on(date!(2021 - 09 - 13), false), None);
    }

    #[test]
    fn on_holidays_a_centre_keeps_weekend_hours() {
        assert_eq!(centre().hours_on(date!(2021 - 05 - 13), true), Some(centre().weekend));
    }
}
