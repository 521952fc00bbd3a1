//! What stands on the page, as a list: written to a PDF by [`super::pdf`], read as text by golden files, and measured by
//! tests.

use super::Mm;
use super::face::{Run, Weight};

/// What a piece of the page is to somebody who hears it read aloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Not part of the text: marks, rules, the repeated head and foot.
    Artifact,
    /// The subject of the letter.
    Title,
    /// A heading within the text.
    Heading,
    /// A paragraph.
    Paragraph,
    /// One entry of a list.
    Entry,
    /// A cell of the table: row and whether it heads its column.
    Cell {
        /// The row, from the head.
        row: usize,
        /// Whether it heads its column.
        head: bool,
    },
    /// A picture, with the words that stand for it.
    Figure(String),
}

/// One thing on the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Shaped text.
    Text {
        /// Where its first glyph stands.
        x: Mm,
        /// The baseline.
        y: Mm,
        /// In points.
        size: f32,
        /// Which font.
        weight: Weight,
        /// 0 is black.
        gray: f32,
        /// The glyphs.
        run: Run,
    },
    /// A filled rectangle.
    Rect {
        /// Left edge.
        x: Mm,
        /// Upper edge.
        y: Mm,
        /// Width.
        width: Mm,
        /// Height.
        height: Mm,
        /// 0 is black.
        gray: f32,
    },
}

/// Things that are read as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// What it is.
    pub role: Role,
    /// What stands in it.
    pub items: Vec<Item>,
}

/// A page that is set and not yet written.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The document's title: the subject of the letter.
    pub title: String,
    /// The language of its text.
    pub language: &'static str,
    /// Width.
    pub width: Mm,
    /// Height.
    pub height: Mm,
    /// In reading order.
    pub blocks: Vec<Block>,
}

impl Sheet {
    /// Begins a block; what is pushed next belongs to it.
    pub fn begin(&mut self, role: Role) {
        self.blocks.push(Block { role, items: Vec::new() });
    }

    /// Puts a thing into the current block.
    pub fn push(&mut self, item: Item) {
        if self.blocks.is_empty() {
            self.begin(Role::Artifact);
        }
        if let Some(block) = self.blocks.last_mut() {
            block.items.push(item);
        }
    }

    /// The text of the page in reading order, a line for each line of print: what golden files hold.
    #[must_use]
    pub fn transcript(&self) -> String {
        let mut out = String::new();
        for block in &self.blocks {
            // Where the last run ended.
            let mut pen: Option<(Mm, Mm)> = None;
            for item in &block.items {
                let Item::Text { x, y, size, run, .. } = item else { continue };
                match pen {
                    Some((end, line)) if (line - y).abs() < 0.1 && x - end < 0.5 => {}
                    Some((_, line)) if (line - y).abs() < 0.1 => out.push_str("  "),
                    Some(_) => out.push('\n'),
                    None => {}
                }
                out.push_str(&run.text);
                pen = Some((x + run.width_at(*size), *y));
            }
            if let Role::Figure(words) = &block.role {
                out.push_str(&format!("[{words}]\n"));
            } else if pen.is_some() {
                out.push('\n');
            }
        }
        out
    }
}
