//! Invented people and appointments: what templates are proved with, what golden transcripts show.

use super::token::{Claim, Seal};
use crate::correspondence::model::{Addressee, Appointment, Content, Kind, Language};
use crate::foundation::pii::Pii;
use time::macros::{date, time};

/// The name of the specimen that transcripts show.
pub const ORDINARY: &str = "ordinary";

/// A letter to nobody.
#[derive(Clone, Debug)]
pub struct Specimen {
    /// What it tries.
    pub name: &'static str,
    /// What the letter says.
    pub content: Content,
    /// The code on it.
    pub token: Option<String>,
}

/// Every specimen for every kind and language.
#[must_use]
pub fn all() -> Vec<(Kind, Language, Specimen)> {
    let mut all = Vec::new();
    for kind in Kind::ALL {
        for language in Language::ALL {
            for (name, content) in
                [(ORDINARY, ordinary(language)), ("longest", longest(language)), ("one dose", one_dose(language))]
            {
                let content = match kind {
                    Kind::Confirmation => content,
                    Kind::Cancellation => Content { appointments: Vec::new(), ..content },
                };
                let token = Claim::of(&content).and_then(|claim| Seal::new(0, &[1; 32]).sign(&claim).ok());
                all.push((kind, language, Specimen { name, content, token }));
            }
        }
    }
    all
}

fn ordinary(language: Language) -> Content {
    Content {
        reference: "K7QM 42XP 9RTY".into(),
        version: 1,
        addressee: Pii::new(Addressee {
            given_name: "Hanka".into(),
            family_name: "Šołćic".into(),
            care_of: Vec::new(),
            street: "Straße des 17. Juni 12 a".into(),
            postcode: "01067".into(),
            town: "Dresden".into(),
            country: None,
        }),
        email: None,
        language,
        appointments: vec![appointment(1), appointment(2)],
        issued_on: date!(2021 - 04 - 29),
    }
}

fn appointment(dose_no: i16) -> Appointment {
    let (day, time) = match dose_no {
        1 => (date!(2021 - 05 - 11), time!(10:21)),
        _ => (date!(2021 - 06 - 22), time!(9:48)),
    };
    Appointment {
        dose_no,
        day,
        time,
        centre_code: "dresden".into(),
        centre_name: "Impfzentrum Dresden".into(),
        centre_street: "Messering 6, Halle 4".into(),
        centre_postcode: "01067".into(),
        centre_town: "Dresden".into(),
        vaccine_name: "Comirnaty (BioNTech/Pfizer)".into(),
    }
}

fn one_dose(language: Language) -> Content {
    let janssen = Appointment { vaccine_name: "COVID-19 Vaccine Janssen".into(), ..appointment(1) };
    Content { appointments: vec![janssen], ..ordinary(language) }
}

/// The longest values that a field allows, and a version that replaces another.
fn longest(language: Language) -> Content {
    let far = |appointment: Appointment| Appointment {
        day: appointment.day.replace_month(time::Month::September).unwrap_or(appointment.day),
        centre_name: "Impfzentrum Landkreis Sächsische Schweiz-Osterzgebirge".into(),
        centre_street: "Rottwerndorfer Straße 45 m, Halle 2".into(),
        centre_town: "Pirna-Jessen".into(),
        vaccine_name: "COVID-19 Vaccine AstraZeneca".into(),
        ..appointment
    };
    Content {
        reference: "WMWM WMWM WMWM".into(),
        version: 12,
        addressee: Pii::new(Addressee {
            given_name: "Karl-Heinz Maximilian".into(),
            family_name: "Freiherr von und zu der Tann-Rathsamhausen".into(),
            care_of: vec!["c/o Seniorenresidenz am Großen Garten".into(), "Haus Elbblick, 3. Obergeschoss".into()],
            street: "Straße der Befreiung des Landes 112-114 b".into(),
            postcode: "01796".into(),
            town: "Pirna, OT Mockethal".into(),
            country: None,
        }),
        appointments: vec![far(appointment(1)), far(appointment(2))],
        ..ordinary(language)
    }
}
