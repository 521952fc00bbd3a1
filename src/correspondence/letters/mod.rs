//! The letter itself: DIN 5008 form B on one page of A4, as a PDF/A.
//!
//! **In:** a template (data, checked whole when it is loaded), the [`Content`](super::model::Content), a signed token.
//! **Out:** the bytes of a PDF, its SHA-256 and its number of pages. **Must hold:** the same data and template give the
//! same bytes; a letter that the fonts do not have is an error that names the code point, never a box; nothing but
//! the address stands in the envelope's window.
//!
//! The way through: [`template`] parses and checks what is written, [`address`] fits the address into its field,
//! [`page`] sets everything on one [`sheet`], [`pdf`] writes the sheet.

pub mod address;
mod demands;
pub mod face;
pub mod page;
pub mod pdf;
mod pdfa;
pub mod profile;
mod qr;
pub mod set;
pub mod sheet;
pub mod specimen;
mod table;
pub mod template;
pub mod token;
pub mod typesetter;
mod wording;
mod words;
pub mod worker;

/// Millimetres from the top left corner of the sheet.
pub type Mm = f32;

/// Millimetres in a typographic point.
pub const MM_PER_PT: f32 = 25.4 / 72.0;

/// Why a letter cannot be set. It names a place on the page or a code point, never what was to stand there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// A character that the fonts do not have.
    #[error("the fonts have no glyph for {}", code_point(*.0))]
    MissingGlyph(char),
    /// A character that has no place in print: a control character, a mark of text direction.
    #[error("{} cannot be printed", code_point(*.0))]
    Unprintable(char),
    /// The address does not fit into the window.
    #[error("the address does not fit: {0}")]
    Address(address::Misfit),
    /// A word is wider than the space it must stand in.
    #[error("a word is too wide for {0}")]
    TooWide(&'static str),
    /// The text is longer than the page.
    #[error("the text is longer than the page by {0} mm")]
    TooLong(u16),
    /// The font or the PDF writer failed.
    #[error("the page could not be written: {0}")]
    Engine(String),
}

impl LetterError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingGlyph(_) => "missing_glyph",
            Self::Unprintable(_) => "unprintable_character",
            Self::Address(_) => "address_invalid",
            Self::TooWide(_) => "word_too_wide",
            Self::TooLong(_) => "text_too_long",
            Self::Engine(_) => "engine",
        }
    }
}

fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}
