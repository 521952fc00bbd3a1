//! What a paper or a mail says, and where it is on its way.

use crate::foundation::fault::Fault;
use crate::foundation::ids::SeriesId;
use crate::foundation::pii::Pii;
use serde::{Deserialize, Serialize};
use time::{Date, Time};

/// The language of a paper or mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// German.
    De,
    /// English.
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::De, Self::En];

    /// The code of ISO 639-1, as stored and as used in file names.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// The language of a stored code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// These are your appointments.
    Confirmation,
    /// Your appointments were cancelled.
    Cancellation,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Confirmation, Self::Cancellation];

    /// The code that is stored and that names the folder of its templates.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Cancellation => "cancellation",
        }
    }

    /// The kind of a stored code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// To whom a letter goes. It is always carried as `Pii<Addressee>` and prints nothing of itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// Given names; empty for people who have one name.
    pub given_name: String,
    /// Family name, or the one name.
    pub family_name: String,
    /// Further lines between name and street: "c/o …", a home, a district.
    pub care_of: Vec<String>,
    /// Street and house number, as entered.
    pub street: String,
    /// Postcode: text, most of Saxony's begin with a zero.
    pub postcode: String,
    /// Town.
    pub town: String,
    /// The country's name when it is not Germany.
    pub country: Option<String>,
}

impl Addressee {
    /// The name as it is written on the envelope.
    #[must_use]
    pub fn full_name(&self) -> String {
        if self.given_name.is_empty() {
            self.family_name.clone()
        } else {
            format!("{} {}", self.given_name, self.family_name)
        }
    }

    /// Whether there is enough of an address for the post.
    #[must_use]
    pub fn is_postal(&self) -> bool {
        [&self.family_name, &self.street, &self.postcode, &self.town].iter().all(|part| !part.trim().is_empty())
    }
}

/// One appointment as the paper names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// First or second dose.
    pub dose_no: i16,
    /// The centre's local day.
    pub day: Date,
    /// The centre's local time, to the minute.
    pub time: Time,
    /// The centre's stable code.
    pub centre_code: String,
    /// The centre's name.
    pub centre_name: String,
    /// The centre's street and house number.
    pub centre_street: String,
    /// The centre's postcode.
    pub centre_postcode: String,
    /// The centre's town.
    pub centre_town: String,
    /// The vaccine as it was named on that day.
    pub vaccine_name: String,
}

/// What the database says of a series at the moment of rendering.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// The short code that people read and type.
    pub reference: String,
    /// The version of the booking that this content is.
    pub version: i32,
    /// To whom.
    pub addressee: Pii<Addressee>,
    /// The mail address, where one was given.
    pub email: Option<Pii<String>>,
    /// In which language.
    pub language: Language,
    /// The appointments, in the order of the doses. Empty when the series is cancelled.
    pub appointments: Vec<Appointment>,
    /// The day on which this version was made, in the centre's time: the letter's date.
    pub issued_on: Date,
}

/// Who knows what a paper must say. Implemented by the module that owns appointments, asked by the workers when they
/// render and again when they send, so that no paper says what is no longer true.
#[async_trait::async_trait]
pub trait AppointmentSource: Send + Sync + 'static {
    /// The content of exactly this version, or nothing when the series has moved on or was erased.
    async fn content(&self, series: SeriesId, version: i32) -> Result<Option<Content>, Fault>;
}

/// What is ordered in the transaction of a booking: which version is to be said, and by which channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The appointments.
    pub series: SeriesId,
    /// Their version.
    pub version: i32,
    /// What is said of them.
    pub kind: Kind,
    /// Whether a letter is wanted.
    pub letter: bool,
    /// Whether an e-mail is wanted.
    pub email: bool,
    /// In which language.
    pub language: Language,
    /// The day of the first appointment: what comes after it is of no use.
    pub first_day: Date,
}

/// How far the papers of a version have come, as codes for the console: `ordered`, `mailed`, `sent`, `failed` …
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paper {
    /// The appointments.
    pub series: SeriesId,
    /// The latest letter.
    pub letter: Option<String>,
    /// The latest e-mail.
    pub email: Option<String>,
}
