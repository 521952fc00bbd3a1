//! Where things stand on the sheet: data, because printing houses differ.

use super::Mm;
use serde::Deserialize;

/// The zones of a letter.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Name by which templates ask for it.
    pub name: String,
    /// Width of the sheet.
    pub width: Mm,
    /// Height of the sheet.
    pub height: Mm,
    /// The sender's name.
    pub letterhead: Letterhead,
    /// The line above the address.
    pub return_line: ReturnLine,
    /// The address field.
    pub address: AddressField,
    /// The information block.
    pub information: Information,
    /// The text.
    pub body: Body,
    /// The foot of the page.
    pub footer: Footer,
    /// Fold and hole marks.
    pub marks: Marks,
    /// The machine-readable code.
    pub code: Code,
}

/// The sender's name above the address.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names of the zones are documented where their figures stand, in the profile")]
pub struct Letterhead {
    pub left: Mm,
    pub baseline: Mm,
    pub size: f32,
}

/// The small line with the sender's address.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as above")]
pub struct ReturnLine {
    pub left: Mm,
    pub baseline: Mm,
    pub width: Mm,
    pub size: f32,
}

/// The field of the address.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as above")]
pub struct AddressField {
    pub left: Mm,
    pub width: Mm,
    pub baseline: Mm,
    pub pitch: Mm,
    pub lines: usize,
    pub sizes: Vec<f32>,
}

/// The block of reference, date and telephone.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as above")]
pub struct Information {
    pub left: Mm,
    pub width: Mm,
    pub baseline: Mm,
    pub pitch: Mm,
    pub size: f32,
}

/// The text.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as above")]
pub struct Body {
    pub left: Mm,
    pub right: Mm,
    pub top: Mm,
    pub bottom: Mm,
    pub size: f32,
    pub leading: f32,
}

/// The foot of the page.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as above")]
pub struct Footer {
    pub left: Mm,
    pub right: Mm,
    pub top: Mm,
    pub size: f32,
    pub pitch: Mm,
}

/// Fold and hole marks; empty lists where a house keeps that strip clear.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as above")]
pub struct Marks {
    pub left: Mm,
    pub fold: Vec<Mm>,
    pub fold_length: Mm,
    pub hole: Vec<Mm>,
    pub hole_length: Mm,
    pub weight: Mm,
}

/// The machine-readable code.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as above")]
pub struct Code {
    pub module: Mm,
    pub quiet: u8,
    pub top_at_least: Mm,
}

impl Profile {
    /// Reads a profile and checks that its zones lie on the sheet and not in each other.
    ///
    /// # Errors
    /// What is wrong, in words for who wrote the file.
    pub fn parse(text: &str) -> Result<Self, String> {
        let profile: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        let address = &profile.address;
        let last = address.baseline + address.pitch * f32::from(u16::try_from(address.lines).unwrap_or(u16::MAX) - 1);
        let checks = [
            (!address.sizes.is_empty(), "address.sizes is empty"),
            (address.sizes.iter().all(|size| (8.0..=12.0).contains(size)), "an address size is outside 8 to 12 points"),
            (last < 90.0 - 0.9, "the address field is higher than 27.3 mm"),
            (address.left + address.width <= 105.0, "the address field is wider than the window"),
            (
                profile.information.left + profile.information.width <= profile.width - 10.0,
                "the information block leaves the sheet",
            ),
            (profile.information.left >= 125.0, "the information block may show in the window"),
            (profile.body.top >= 105.0, "the text begins above the first fold"),
            (profile.body.bottom > profile.body.top && profile.body.bottom <= profile.height - 20.0, "body.bottom"),
            (profile.body.right > profile.body.left && profile.body.right <= profile.width - 10.0, "body.right"),
            (profile.footer.top > profile.body.bottom, "the footer stands in the text"),
            (profile.code.module >= 0.4, "the code's modules are smaller than five dots of 300 dpi"),
            (profile.code.quiet >= 4, "the code's quiet zone is narrower than four modules"),
            (profile.code.top_at_least >= 110.0, "the code may show in the window"),
        ];
        match checks.iter().find(|(holds, _)| !holds) {
            Some((_, wrong)) => Err((*wrong).to_owned()),
            None => Ok(profile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM_B: &str = include_str!("../../../letter-templates/profiles/din5008-b.toml");

    #[test]
    fn form_b_is_sound() {
        assert_eq!(Profile::parse(FORM_B).unwrap().name, "din5008-b");
    }

    #[test]
    fn a_profile_whose_text_would_show_in_the_window_is_refused() {
        let high = FORM_B.replace("top = 107.0", "top = 95.0");
        assert_eq!(Profile::parse(&high).unwrap_err(), "the text begins above the first fold");
        let wide = FORM_B.replace("left = 125.0", "left = 110.0");
        assert_eq!(Profile::parse(&wide).unwrap_err(), "the information block may show in the window");
    }
}
