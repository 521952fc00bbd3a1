//! Invented people who want to be vaccinated: names with the letters that make trouble, Saxon towns, no real addresses.

use serde::{Deserialize, Serialize};

use crate::faults::Dice;

/// The form of a booking, as the console's frames name its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    pub(super) person: Person,
    pub(super) centre: Option<String>,
    pub(super) from_day: Option<String>,
    pub(super) day_part: String,
    pub(super) letter: bool,
    pub(super) email: bool,
    pub(super) note: String,
}

/// By which ways somebody wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) letter: bool,
    pub(super) email: bool,
}

/// A person as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Person {
    pub(super) id: Option<String>,
    pub(super) family_name: String,
    pub(super) given_name: String,
    pub(super) born_on: String,
    pub(super) street: String,
    pub(super) postcode: String,
    pub(super) town: String,
    pub(super) phone: String,
    pub(super) email: String,
    pub(super) claim: String,
    pub(super) language: String,
}

const GIVEN: [&str; 24] = [
    "Hannelore",
    "Jürgen",
    "Käthe",
    "Günter",
    "Łukasz",
    "Zoë",
    "Brigitte",
    "Ðorđe",
    "Françoise",
    "Siegfried",
    "Ursula",
    "Björn",
    "Ingeborg",
    "Jadwiga",
    "Anneliese",
    "Karl-Heinz",
    "Şengül",
    "Wolfgang",
    "Renate",
    "Matěj",
    "Gisela",
    "Håkan",
    "Helga",
    "José",
];

const FAMILY: [&str; 24] = [
    "Müller",
    "Dvořák",
    "Großmann",
    "Schäfer",
    "Wójcik",
    "Krüger",
    "Weiß",
    "Yılmaz",
    "Nowotny",
    "Böhme",
    "von der Aue",
    "Köhler",
    "Hoyerswerder",
    "Jänicke",
    "Lehmann-Öhme",
    "Noack",
    "Zschoche",
    "Richter",
    "Bräunlich",
    "Kotzschmar",
    "Kühn",
    "Lößnitz",
    "Straße",
    "Ünal",
];

const TOWNS: [(&str, &str); 13] = [
    ("01067", "Dresden"),
    ("04109", "Leipzig"),
    ("09111", "Chemnitz"),
    ("08056", "Zwickau"),
    ("02625", "Bautzen"),
    ("08523", "Plauen"),
    ("02826", "Görlitz"),
    ("01796", "Pirna"),
    ("01662", "Meißen"),
    ("09599", "Freiberg"),
    ("04860", "Torgau"),
    ("02708", "Löbau"),
    ("09456", "Annaberg-Buchholz"),
];

const STREETS: [&str; 8] = [
    "Musterstraße",
    "Beispielweg",
    "Am Übungsplatz",
    "Straße der Probe",
    "Testgasse",
    "Zum Entwurf",
    "Platz der Muster",
    "Versuchsring",
];

impl Form {
    /// Somebody who may book under this claim: born long enough ago for every group by age.
    pub(super) fn invent(dice: &Dice, claims: &[String], language: &str, wanted: Wanted) -> Self {
        let one = |list: &[&str]| list.get(dice.below(list.len())).copied().unwrap_or_default().to_owned();
        let (postcode, town) = TOWNS.get(dice.below(TOWNS.len())).copied().unwrap_or(("01067", "Dresden"));
        let born_on = format!("{}-{:02}-{:02}", 1925 + dice.below(14), 1 + dice.below(12), 1 + dice.below(28));
        let person = Person {
            id: None,
            family_name: one(&FAMILY),
            given_name: one(&GIVEN),
            born_on,
            street: format!("{} {}", one(&STREETS), 1 + dice.below(180)),
            postcode: postcode.to_owned(),
            town: town.to_owned(),
            phone: String::new(),
            email: if wanted.email { format!("person-{}@example.org", dice.below(1_000_000)) } else { String::new() },
            claim: claims.first().cloned().unwrap_or_default(),
            language: language.to_owned(),
        };
        let Wanted { letter, email } = wanted;
        Self { person, centre: None, from_day: None, day_part: "any".to_owned(), letter, email, note: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_invents_the_same_person() {
        let wanted = Wanted { letter: false, email: true };
        let invent = || Form::invent(&Dice::new(3), &["age_80".to_owned()], "de", wanted);
        assert_eq!(invent(), invent());
        assert_eq!(invent().person.claim, "age_80");
        assert!(invent().person.email.ends_with("@example.org"));
        assert!(invent().email && !invent().letter);
    }
}
