//! Fitting an address into the window: by rule, never by luck.
//!
//! Order: name, further lines, street, postcode and town, country. At most six lines; with more, the further lines are
//! joined. A line that is too wide is set smaller, then the name alone is broken; street and town are never broken.
//! What does not fit is an error for a person to settle: no seventh line ever falls out of the window in silence.

use super::face::{Faces, Weight};
use super::profile::{AddressField, Profile};
use super::{LetterError, Mm};
use crate::correspondence::model::Addressee;
use std::sync::LazyLock;

/// What of an address does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A part that the post needs is empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// More lines than the window has.
    #[error("too many lines")]
    TooManyLines,
    /// A line that may not be broken is wider than the window.
    #[error("{0} is wider than the window")]
    TooWide(&'static str),
}

/// An address that fits.
#[derive(Clone, PartialEq)]
pub struct Fitted {
    /// The lines from the top.
    pub lines: Vec<String>,
    /// The size of all of them, in points.
    pub size: f32,
}

/// Fits an address into the field. `measure` gives the width of a text in a size.
///
/// # Errors
/// [`LetterError::Address`] when it does not fit, or what `measure` refuses.
pub fn fit(
    to: &Addressee,
    field: &AddressField,
    measure: &impl Fn(&str, f32) -> Result<Mm, LetterError>,
) -> Result<Fitted, LetterError> {
    let misfit = |what| LetterError::Address(what);
    for (part, name) in
        [(&to.family_name, "name"), (&to.street, "street"), (&to.postcode, "postcode"), (&to.town, "town")]
    {
        if part.trim().is_empty() {
            return Err(misfit(Misfit::Missing(name)));
        }
    }
    let abroad = to.country.as_ref().filter(|country| !country.trim().is_empty());
    let town = match abroad {
        // The post abroad reads capitals; the country stands alone in the last line.
        Some(_) => format!("{} {}", to.postcode.trim(), to.town.trim().to_uppercase()),
        None => format!("{} {}", to.postcode.trim(), to.town.trim()),
    };
    let below: Vec<(String, &'static str)> = [
        Some((to.street.trim().to_owned(), "street")),
        Some((town, "town")),
        abroad.map(|country| (country.trim().to_uppercase(), "country")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut further: Vec<String> =
        to.care_of.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    let name = to.full_name();
    let name = name.trim();

    for size in &field.sizes {
        let fits = |text: &str| measure(text, *size).map(|width| width <= field.width);
        let name_lines = if fits(name)? {
            vec![name.to_owned()]
        } else if size == field.sizes.last().unwrap_or(size) {
            break_name(name, &fits)?.ok_or(misfit(Misfit::TooWide("name")))?
        } else {
            continue;
        };
        let room = field.lines.saturating_sub(name_lines.len() + below.len());
        if further.len() > room {
            further = join(&further, room, &fits)?.ok_or(misfit(Misfit::TooManyLines))?;
        }
        let further_fit = further.iter().map(|line| fits(line)).collect::<Result<Vec<_>, _>>()?.into_iter().all(|f| f);
        let too_wide = below.iter().map(|(line, what)| Ok((fits(line)?, *what))).collect::<Result<Vec<_>, _>>()?;
        let too_wide = too_wide.into_iter().find(|(fits, _)| !fits).map(|(_, what)| what);
        if further_fit && too_wide.is_none() {
            let lines = name_lines.into_iter().chain(further).chain(below.into_iter().map(|(line, _)| line)).collect();
            return Ok(Fitted { lines, size: *size });
        }
        if size == field.sizes.last().unwrap_or(size) {
            return Err(misfit(Misfit::TooWide(too_wide.unwrap_or("care of"))));
        }
    }
    Err(misfit(Misfit::TooWide("name")))
}

/// Whether the window of our own profile shows an address: asked while its owner is on the line and can name another.
///
/// # Errors
/// What [`fit`] says.
pub fn fits(to: &Addressee) -> Result<(), LetterError> {
    static WINDOW: LazyLock<Result<(Faces, AddressField), LetterError>> = LazyLock::new(|| {
        let profile = Profile::parse(include_str!("../../../letter-templates/profiles/din5008-b.toml"));
        Ok((Faces::load()?, profile.map_err(LetterError::Engine)?.address))
    });
    let (faces, field) = WINDOW.as_ref().map_err(Clone::clone)?;
    fit(to, field, &|text, size| Ok(faces.shape(Weight::Regular, text)?.width_at(size))).map(|_| ())
}

/// Breaks a name at a space, or after a hyphen, into two lines that fit: the first as full as it can be.
fn break_name(
    name: &str,
    fits: &impl Fn(&str) -> Result<bool, LetterError>,
) -> Result<Option<Vec<String>>, LetterError> {
    let breaks: Vec<usize> = name
        .char_indices()
        .filter(|(_, character)| matches!(character, ' ' | '-'))
        .map(|(at, character)| at + character.len_utf8())
        .collect();
    for at in breaks.into_iter().rev() {
        let (first, second) = (name[..at].trim_end(), name[at..].trim_start());
        if fits(first)? && !second.is_empty() {
            return Ok(if fits(second)? { Some(vec![first.to_owned(), second.to_owned()]) } else { None });
        }
    }
    Ok(None)
}

/// Joins further lines from the end until there are no more than `room`.
fn join(
    lines: &[String],
    room: usize,
    fits: &impl Fn(&str) -> Result<bool, LetterError>,
) -> Result<Option<Vec<String>>, LetterError> {
    let mut joined = lines.to_vec();
    while joined.len() > room {
        let Some(last) = joined.pop() else { return Ok(None) };
        let Some(before) = joined.last_mut() else { return Ok(None) };
        let both = format!("{before}, {last}");
        if !fits(&both)? {
            return Ok(None);
        }
        *before = both;
    }
    Ok(Some(joined))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(to: &Addressee) -> Result<Fitted, LetterError> {
        let faces = Faces::load().unwrap();
        let profile = Profile::parse(include_str!("../../../letter-templates/profiles/din5008-b.toml")).unwrap();
        fit(to, &profile.address, &|text, size| Ok(faces.shape(Weight::Regular, text)?.width_at(size)))
    }

    fn to(given: &str, family: &str, care_of: &[&str], street: &str, town: &str) -> Addressee {
        Addressee {
            given_name: given.into(),
            family_name: family.into(),
            care_of: care_of.iter().map(|line| (*line).to_owned()).collect(),
            street: street.into(),
            postcode: "02625".into(),
            town: town.into(),
            country: None,
        }
    }

    #[test]
    fn an_ordinary_address_keeps_its_zero_and_its_size() {
        let fitted =
            fitted(&to("Hanka", "Šołćic", &["c/o Pflegeheim"], "Straße des 17. Juni 12 a", "Bautzen/Budyšin")).unwrap();
        assert_eq!(
            fitted.lines,
            ["Hanka Šołćic", "c/o Pflegeheim", "Straße des 17. Juni 12 a", "02625 Bautzen/Budyšin"]
        );
        assert!((fitted.size - 11.0).abs() < 0.01);
    }

    #[test]
    fn a_name_too_long_for_the_window_is_broken_and_nothing_else() {
        let fitted =
            fitted(&to("Freiherr Karl-Heinz Maria", "von und zu der Tann-Rathsamhausen", &[], "Nr. 5-7", "Plauen"))
                .unwrap();
        assert_eq!(fitted.lines.len(), 4);
        assert_eq!(fitted.lines[..2], ["Freiherr Karl-Heinz Maria von und zu der Tann-", "Rathsamhausen"]);
    }

    #[test]
    fn too_many_lines_are_joined_before_they_are_refused() {
        let many = to("A", "B", &["c/o C", "Haus 1", "Gang 2", "Zimmer 3"], "Weg 1", "Ort");
        assert_eq!(fitted(&many).unwrap().lines, ["A B", "c/o C", "Haus 1", "Gang 2, Zimmer 3", "Weg 1", "02625 Ort"]);
        let long = "Pflegewohnheim am Ufer der Weißen Elster";
        let refused = fitted(&to("A", "B", &[long, long, long, long], "Weg 1", "Ort")).err().unwrap();
        assert_eq!(refused, LetterError::Address(Misfit::TooManyLines));
    }

    #[test]
    fn a_street_is_never_broken() {
        let street = "Straße der deutsch-sowjetischen Freundschaft und des ewigen Friedens 112";
        let refused = fitted(&to("A", "B", &[], street, "Ort")).err().unwrap();
        assert_eq!(refused, LetterError::Address(Misfit::TooWide("street")));
        assert_eq!(refused.to_string(), "the address does not fit: street is wider than the window");
    }

    #[test]
    fn a_missing_part_is_named() {
        assert_eq!(
            fitted(&to("A", "B", &[], " ", "Ort")).err().unwrap(),
            LetterError::Address(Misfit::Missing("street"))
        );
    }

    #[test]
    fn a_country_stands_last_in_capitals() {
        let abroad =
            Addressee { country: Some("Tschechien".into()), ..to("Jan", "Dvořák", &[], "Náměstí 1", "Děčín") };
        assert_eq!(fitted(&abroad).unwrap().lines, ["Jan Dvořák", "Náměstí 1", "02625 DĚČÍN", "TSCHECHIEN"]);
    }
}
