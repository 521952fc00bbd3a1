//! A catalogue of vaccines and centres as data, checked whole before it is used.

use super::model::{Centre, CentreCode, Hours, Kind, Vaccine, VaccineCode, is_code};
use serde::Deserialize;
use std::collections::BTreeSet;
use time::{Date, Month, Time};

/// Saxony in 2021, as shipped.
const SAXONY: &str = include_str!("../../rules/catalogue/saxony.toml");

/// Larger files are refused before they are read.
const LONGEST_TEXT: usize = 256 * 1024;

/// Vaccines and centres that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// Vaccines.
    pub vaccines: Vec<Vaccine>,
    /// Centres.
    pub centres: Vec<Centre>,
}

/// Why a catalogue cannot be used; every finding at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the catalogue cannot be used: {}", findings.join("; "))]
pub struct CatalogueError {
    /// What is wrong, in words, with the code it is about.
    pub findings: Vec<String>,
}

impl CatalogueError {
    fn one(finding: impl Into<String>) -> Self {
        Self { findings: vec![finding.into()] }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    vaccine: Vec<VaccineEntry>,
    hours: HoursEntry,
    centre: Vec<CentreEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VaccineEntry {
    code: String,
    kind: Kind,
    doses: u8,
    names: Vec<NameEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameEntry {
    from: toml::value::Datetime,
    name: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursEntry {
    weekday: Span,
    weekend: Span,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    opens: String,
    closes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CentreEntry {
    code: String,
    name: String,
    street: String,
    postcode: String,
    town: String,
    district: String,
    address_is_demo: bool,
    lanes: u8,
    opens_on: toml::value::Datetime,
    closes_on: Option<toml::value::Datetime>,
    hours: Option<HoursEntry>,
}

impl Catalogue {
    /// Saxony in 2021.
    ///
    /// # Errors
    /// Never for the file as shipped: a test reads it.
    pub fn saxony() -> Result<Self, CatalogueError> {
        Self::parse(SAXONY)
    }

    /// Reads and checks a catalogue.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        if text.len() > LONGEST_TEXT {
            return Err(CatalogueError::one("the file is larger than 256 KiB"));
        }
        let file: File = toml::from_str(text).map_err(|error| CatalogueError::one(error.to_string()))?;
        let mut findings = Vec::new();
        let vaccines: Vec<Vaccine> = file.vaccine.iter().filter_map(|entry| entry.read(&mut findings)).collect();
        let centres: Vec<Centre> =
            file.centre.iter().filter_map(|entry| entry.read(&file.hours, &mut findings)).collect();
        only_once("vaccine", file.vaccine.iter().map(|entry| entry.code.as_str()), &mut findings);
        only_once("centre", file.centre.iter().map(|entry| entry.code.as_str()), &mut findings);
        if findings.is_empty() { Ok(Self { vaccines, centres }) } else { Err(CatalogueError { findings }) }
    }

    /// The same places in another campaign: open from `day` on, without a last day. For demonstrations.
    #[must_use]
    pub fn reopened(mut self, day: Date) -> Self {
        for centre in &mut self.centres {
            centre.opens_on = day;
            centre.closes_on = None;
        }
        self
    }

    /// The vaccine with a code.
    #[must_use]
    pub fn vaccine(&self, code: &VaccineCode) -> Option<&Vaccine> {
        self.vaccines.iter().find(|vaccine| vaccine.code == *code)
    }
}

fn only_once<'a>(what: &str, codes: impl Iterator<Item = &'a str>, findings: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for code in codes {
        if !seen.insert(code) {
            findings.push(format!("{what} {code} is named twice"));
        }
    }
}

impl VaccineEntry {
    fn read(&self, findings: &mut Vec<String>) -> Option<Vaccine> {
        let code = &self.code;
        if !is_code(code) {
            findings.push(format!("vaccine code {code:?} is not 2 to 32 small letters, digits and hyphens"));
        }
        if !(1..=2).contains(&self.doses) {
            findings.push(format!("vaccine {code} has {} doses; one or two are possible", self.doses));
        }
        let mut names = Vec::new();
        for entry in &self.names {
            match date_of(&entry.from) {
                Some(from) if !entry.name.trim().is_empty() => names.push((from, entry.name.clone())),
                _ => findings.push(format!("vaccine {code} has a name without date or text")),
            }
        }
        if names.is_empty() {
            findings.push(format!("vaccine {code} has no name"));
        }
        if !names.is_sorted_by(|one, next| one.0 < next.0) {
            findings.push(format!("the names of vaccine {code} are not in the order of their dates"));
        }
        Some(Vaccine { code: VaccineCode(code.clone()), kind: self.kind, doses: self.doses, names })
    }
}

impl CentreEntry {
    fn read(&self, usual: &HoursEntry, findings: &mut Vec<String>) -> Option<Centre> {
        let code = &self.code;
        if !is_code(code) {
            findings.push(format!("centre code {code:?} is not 2 to 32 small letters, digits and hyphens"));
        }
        for (field, text) in [("postcode", &self.postcode), ("district", &self.district)] {
            if text.len() != 5 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                findings.push(format!("the {field} of centre {code} is not five digits"));
            }
        }
        for (field, text) in [("name", &self.name), ("street", &self.street), ("town", &self.town)] {
            if text.trim().is_empty() || text.chars().count() > 80 || text.chars().any(char::is_control) {
                findings.push(format!("the {field} of centre {code} is empty, too long or not plain text"));
            }
        }
        if !(1..=20).contains(&self.lanes) {
            findings.push(format!("centre {code} has {} lanes; 1 to 20 are possible", self.lanes));
        }
        let hours = self.hours.as_ref().unwrap_or(usual);
        let weekday = span(code, &hours.weekday, findings);
        let weekend = span(code, &hours.weekend, findings);
        let opens_on = date_of(&self.opens_on);
        let closes_on = self.closes_on.as_ref().map(date_of);
        let closes_before = opens_on.zip(closes_on.flatten()).is_some_and(|(opens, closes)| closes < opens);
        if opens_on.is_none() || closes_on == Some(None) || closes_before {
            findings.push(format!("the first and last day of centre {code} are no dates in order"));
        }
        Some(Centre {
            code: CentreCode(code.clone()),
            name: self.name.clone(),
            street: self.street.clone(),
            postcode: self.postcode.clone(),
            town: self.town.clone(),
            district: self.district.clone(),
            address_is_demo: self.address_is_demo,
            lanes: self.lanes,
            opens_on: opens_on?,
            closes_on: closes_on.flatten(),
            weekday: weekday?,
            weekend: weekend?,
        })
    }
}

fn span(code: &str, span: &Span, findings: &mut Vec<String>) -> Option<Hours> {
    // Slots are made by five minutes; hours between them would open late or close early.
    let on_grid = |time: &Time| time.minute().is_multiple_of(5);
    let hours = time_of(&span.opens)
        .zip(time_of(&span.closes))
        .filter(|(opens, closes)| opens < closes && on_grid(opens) && on_grid(closes));
    if hours.is_none() {
        findings.push(format!("the opening hours of centre {code} are no times in order, by five minutes"));
    }
    hours.map(|(opens, closes)| Hours { opens, closes })
}

/// A date of a data file (`2021-03-08`, without quotes).
pub(crate) fn date_of(value: &toml::value::Datetime) -> Option<Date> {
    let date = value.date.filter(|_| value.time.is_none() && value.offset.is_none())?;
    Date::from_calendar_date(i32::from(date.year), Month::try_from(date.month).ok()?, date.day).ok()
}

fn time_of(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::from_hms(hour.parse().ok()?, minute.parse().ok()?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saxony_has_thirteen_centres_in_thirteen_districts() {
        let saxony = Catalogue::saxony().unwrap();
        let districts: BTreeSet<_> = saxony.centres.iter().map(|centre| centre.district.as_str()).collect();
        assert_eq!((saxony.centres.len(), districts.len(), saxony.vaccines.len()), (13, 13, 4));
    }

    #[test]
    fn every_fault_of_a_catalogue_is_named_at_once() {
        let text = SAXONY
            .replace("code = \"riesa\"", "code = \"leipzig\"")
            .replace("\"01589\"", "\"1589\"")
            .replace("opens = \"09:00\"", "opens = \"19:00\"")
            .replace(
                "code = \"azd1222\"\nkind = \"vector\"\ndoses = 2",
                "code = \"azd1222\"\nkind = \"vector\"\ndoses = 3",
            );
        let findings = Catalogue::parse(&text).unwrap_err().findings;
        assert!(findings.contains(&"centre leipzig is named twice".to_owned()), "{findings:?}");
        assert!(findings.contains(&"the postcode of centre leipzig is not five digits".to_owned()));
        assert!(findings.contains(&"vaccine azd1222 has 3 doses; one or two are possible".to_owned()));
        assert!(
            findings.contains(&"the opening hours of centre dresden are no times in order, by five minutes".to_owned())
        );
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let text = SAXONY.replace("lanes = 8", "lanes = 8\nrooms = 3");
        assert!(Catalogue::parse(&text).unwrap_err().to_string().contains("rooms"));
    }
}
