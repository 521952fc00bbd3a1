//! What stands between a proposal and its reservation: the pair itself, as text. It is no secret and no promise:
//! `reserve` checks it against rules, applicant and slots as if somebody had written it by hand.

use super::model::{Appointment, Pair};
use crate::supply::model::{CentreCode, VaccineCode, is_code};
use time::format_description::FormatItem;
use time::macros::format_description;
use time::{Date, Time};

const DAY: &[FormatItem<'static>] = format_description!("[year]-[month]-[day]");
const TIME: &[FormatItem<'static>] = format_description!("[hour][minute]");

/// Longer texts are none.
const LONGEST: usize = 128;

/// Where, what and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// Where.
    pub centre: CentreCode,
    /// What.
    pub vaccine: VaccineCode,
    /// First dose.
    pub first: Appointment,
    /// Second dose.
    pub second: Option<Appointment>,
}

impl Choice {
    /// As text.
    pub(super) fn token(&self) -> String {
        let Self { centre, vaccine, first, second } = self;
        let appointment = |it: &Appointment| format!("{}.{:02}{:02}", it.day, it.time.hour(), it.time.minute());
        let second = second.as_ref().map(|second| format!(".{}", appointment(second))).unwrap_or_default();
        format!("{centre}.{vaccine}.{}{second}", appointment(first))
    }

    /// As a pair to show.
    pub(super) fn into_pair(self, vaccine_name: String) -> Pair {
        Pair {
            token: self.token(),
            centre: self.centre,
            vaccine: self.vaccine,
            vaccine_name,
            first: self.first,
            second: self.second,
        }
    }

    /// From text. None when it cannot be one.
    pub(super) fn read(token: &str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let parts: Vec<&str> = token.split('.').collect();
        let (centre, vaccine, first, second) = match parts[..] {
            [centre, vaccine, day, time] => (centre, vaccine, appointment(day, time)?, None),
            [centre, vaccine, day, time, other_day, other_time] => {
                (centre, vaccine, appointment(day, time)?, Some(appointment(other_day, other_time)?))
            }
            _ => return None,
        };
        (is_code(centre) && is_code(vaccine)).then(|| Self {
            centre: centre.into(),
            vaccine: vaccine.into(),
            first,
            second,
        })
    }
}

fn appointment(day: &str, time: &str) -> Option<Appointment> {
    Some(Appointment { day: Date::parse(day, DAY).ok()?, time: Time::parse(time, TIME).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::{date, time};

    #[test]
    fn a_pair_is_read_back_from_its_token() {
        let first = Appointment { day: date!(2021 - 03 - 29), time: time!(10:21) };
        let second = Appointment { day: date!(2021 - 05 - 10), time: time!(9:48) };
        for second in [None, Some(second)] {
            let choice = Choice { centre: "riesa".into(), vaccine: "ad26-cov2-s".into(), first, second };
            assert_eq!(Choice::read(&choice.token()), Some(choice));
        }
    }

    proptest! {
        #[test]
        fn no_text_stops_the_program(token in any::<String>()) {
            let _ = Choice::read(&token);
        }
    }
}
