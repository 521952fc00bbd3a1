//! The two fonts: measuring, shaping, and the refusal of what they cannot print.
//!
//! Names contain letters that exist only as a base and a combining mark (DIN 91379 has 149 of them), so looking glyphs
//! up is not enough: the font's own rules place the mark. A glyph that is missing, or a mark that the font would not
//! place, is an error.

use super::{LetterError, MM_PER_PT, Mm};
use allsorts::binary::read::ReadScope;
use allsorts::font::MatchingPresentation;
use allsorts::font_data::{DynamicFontTableProvider, FontData};
use allsorts::glyph_position::{GlyphLayout, TextDirection};
use allsorts::gpos::Placement;
use allsorts::gsub::Feature;
use allsorts::tag;
use printpdf::ParsedFont;
use std::sync::{Mutex, PoisonError};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Which of the two fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// Noto Sans Regular.
    Regular,
    /// Noto Sans Bold.
    Bold,
}

impl Weight {
    /// The name of the font in the PDF. Its six letters are also the tag that marks the font as a subset.
    #[must_use]
    pub const fn resource(self) -> &'static str {
        match self {
            Self::Regular => "VAXREG",
            Self::Bold => "VAXBLD",
        }
    }
}

/// A glyph in its place within a run, in thousandths of the font size.
#[derive(Clone, Debug, PartialEq)]
pub struct Glyph {
    /// Index in the font.
    pub id: u16,
    /// The characters it stands for.
    pub text: String,
    /// Where its origin stands, from the beginning of the run.
    pub x: f32,
    /// How far it is raised above the baseline.
    pub y: f32,
    /// How far the pen moves without kerning: what the PDF's width table says.
    pub advance: f32,
}

/// Shaped text.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Run {
    /// The text, as it can be read out again.
    pub text: String,
    /// The glyphs in order.
    pub glyphs: Vec<Glyph>,
    /// The width, in thousandths of the font size.
    pub width: f32,
}

impl Run {
    /// The width when set in `size` points.
    #[must_use]
    pub fn width_at(&self, size: f32) -> Mm {
        self.width / 1000.0 * size * MM_PER_PT
    }
}

/// One font.
pub struct Face {
    shaper: Mutex<allsorts::Font<DynamicFontTableProvider<'static>>>,
    thousandths: f32,
    program: ParsedFont,
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Face")
    }
}

/// Both fonts.
#[derive(Debug)]
pub struct Faces {
    regular: Face,
    bold: Face,
}

static REGULAR: &[u8] = include_bytes!("../../../letter-templates/fonts/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../../letter-templates/fonts/NotoSans-Bold.ttf");

impl Faces {
    /// Reads the fonts that are compiled in.
    ///
    /// # Errors
    /// When a font is damaged.
    pub fn load() -> Result<Self, LetterError> {
        Ok(Self { regular: Face::read(REGULAR)?, bold: Face::read(BOLD)? })
    }

    /// One of the two.
    #[must_use]
    pub const fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Shapes a text; see [`Face::shape`].
    ///
    /// # Errors
    /// A character without glyph.
    pub fn shape(&self, weight: Weight, text: &str) -> Result<Run, LetterError> {
        self.face(weight).shape(text)
    }

    /// The bytes of both fonts, which belong to a template's hash.
    #[must_use]
    pub const fn bytes() -> [&'static [u8]; 2] {
        [REGULAR, BOLD]
    }
}

impl Face {
    fn read(bytes: &'static [u8]) -> Result<Self, LetterError> {
        let engine = |what: &str, error: String| LetterError::Engine(format!("{what}: {error}"));
        let provider = ReadScope::new(bytes)
            .read::<FontData<'static>>()
            .map_err(|error| engine("read font", error.to_string()))?
            .table_provider(0)
            .map_err(|error| engine("read font", error.to_string()))?;
        let shaper = allsorts::Font::new(provider).map_err(|error| engine("read font", error.to_string()))?;
        let thousandths = 1000.0 / f32::from(shaper.head_table.units_per_em.max(1));
        let program = ParsedFont::from_bytes(bytes, 0, &mut Vec::new())
            .ok_or_else(|| engine("read font", "the PDF writer cannot read it".to_owned()))?;
        Ok(Self { shaper: Mutex::new(shaper), thousandths, program })
    }

    /// The font as the PDF writer wants it.
    #[must_use]
    pub const fn program(&self) -> &ParsedFont {
        &self.program
    }

    /// Shapes a text: composed letters, then glyphs, kerning and placed marks.
    ///
    /// # Errors
    /// A character that has no place in print, has no glyph, or is a mark that the font would not place.
    pub fn shape(&self, text: &str) -> Result<Run, LetterError> {
        let text: String = text.nfc().collect();
        if let Some(bad) = text.chars().find(|character| is_unprintable(*character)) {
            return Err(LetterError::Unprintable(bad));
        }
        let mut font = self.shaper.lock().unwrap_or_else(PoisonError::into_inner);
        let glyphs = font.map_glyphs(&text, tag::LATN, MatchingPresentation::NotRequired);
        for glyph in &glyphs {
            if glyph.glyph_index == 0 {
                return Err(LetterError::MissingGlyph(glyph.unicodes.first().copied().unwrap_or('\u{FFFD}')));
            }
        }
        let features = Feature::CCMP | Feature::LOCL;
        let infos = font
            .shape(glyphs, tag::LATN, None, features, &[], None, true)
            .map_err(|(error, _)| LetterError::Engine(format!("shape text: {error}")))?;
        let positions = GlyphLayout::new(&mut font, &infos, TextDirection::LeftToRight, false)
            .glyph_positions()
            .map_err(|error| LetterError::Engine(format!("place glyphs: {error}")))?;
        let mut run = Run { text: text.replace(['\u{A0}', '\u{202F}'], " "), ..Run::default() };
        for (info, position) in infos.iter().zip(positions) {
            let id = info.glyph.glyph_index;
            let characters: String = info.glyph.unicodes.iter().collect();
            let is_mark = characters.chars().all(is_combining_mark) && !characters.is_empty();
            if id == 0 || (is_mark && !matches!(info.placement, Placement::MarkAnchor(..))) {
                return Err(LetterError::MissingGlyph(characters.chars().next().unwrap_or('\u{FFFD}')));
            }
            let natural = font.horizontal_advance(id).map_or(0.0, f32::from);
            run.glyphs.push(Glyph {
                id,
                // What is copied out of the PDF has ordinary spaces and hyphens.
                text: characters.replace(['\u{A0}', '\u{202F}'], " ").replace('\u{2011}', "-"),
                x: run.width + units(position.x_offset) * self.thousandths,
                y: units(position.y_offset) * self.thousandths,
                advance: natural * self.thousandths,
            });
            run.width += units(position.hori_advance) * self.thousandths;
        }
        Ok(run)
    }
}

#[expect(clippy::cast_precision_loss, reason = "font units are far below the 24 bits that f32 holds exactly")]
const fn units(value: i32) -> f32 {
    value as f32
}

/// Control characters, direction marks and other invisible characters: a name that carries one was not typed by a person.
#[must_use]
pub fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFD}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_region_and_its_neighbours_are_shaped_without_a_gap() {
        let faces = Faces::load().unwrap();
        for name in [
            "Jürgen Groß",
            "Łucja Žurowa",
            "Hanka Šołćic",
            "Gülşen İnanç",
            "Søren Åkesson",
            "Nguyễn Thị Hạnh",
            "Dvořák",
            "Freiherr Karl-Heinz von und zu der Tann-Rathsamhausen",
            "O'Connor",
            "D’Angelo",
            "K͟huri",
            "ẞ",
            "Đặng",
        ] {
            for weight in [Weight::Regular, Weight::Bold] {
                let run = faces.shape(weight, name).unwrap();
                assert!(run.glyphs.iter().all(|glyph| glyph.id != 0));
            }
        }
    }

    #[test]
    fn every_letter_of_din_91379_is_printed_with_its_marks_in_place() {
        let faces = Faces::load().unwrap();
        let list = include_str!("../../../tests/fixtures/letters/din-91379-latin.txt");
        let entries: Vec<String> = list
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| {
                line.split(' ').map(|code| char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap()).collect()
            })
            .collect();
        assert_eq!(entries.len(), 649 + 17);
        for entry in entries {
            for weight in [Weight::Regular, Weight::Bold] {
                let run = faces.shape(weight, &entry);
                assert!(run.is_ok(), "{entry}: {run:?}");
            }
        }
    }

    #[test]
    fn a_mark_is_placed_over_its_letter_not_beside_it() {
        let run = Faces::load().unwrap().shape(Weight::Regular, "m̂").unwrap();
        let [base, mark] = &run.glyphs[..] else { unreachable!("two glyphs: {run:?}") };
        assert!(mark.x > base.x && mark.x < base.x + base.advance, "{run:?}");
        assert!((run.width - base.advance).abs() < 0.01, "the mark moves the pen: {run:?}");
    }

    #[test]
    fn a_glyph_that_is_missing_is_an_error_that_names_the_code_point() {
        let faces = Faces::load().unwrap();
        let missing = faces.shape(Weight::Regular, "山田").unwrap_err();
        assert_eq!(missing, LetterError::MissingGlyph('山'));
        assert_eq!(missing.to_string(), "the fonts have no glyph for U+5C71");
        for (text, bad) in [("a\u{202E}b", '\u{202E}'), ("a\0b", '\0'), ("a\u{200D}b", '\u{200D}'), ("a\nb", '\n')] {
            assert_eq!(faces.shape(Weight::Regular, text).unwrap_err(), LetterError::Unprintable(bad));
        }
    }
}
