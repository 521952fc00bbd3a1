//! The table of appointments: columns as wide as their text, a rule under each row.

use super::face::Faces;
use super::sheet::{Item, Role, Sheet};
use super::words::{Line, Span, pitch, widest_word, wrap};
use super::{LetterError, Mm};

/// A cell: its lines, each of which may be broken further.
pub type Cell = Vec<Vec<Span>>;

const SMALLEST: f32 = 8.0;
const GAP: Mm = 4.0;
const PADDING: Mm = 2.1;
const RULE: Mm = 0.2;
const LEADING: f32 = 1.32;

/// Sets a table from `top` and returns where it ends.
///
/// # Errors
/// When a word is wider than its column even in the smallest size.
pub fn set(
    sheet: &mut Sheet,
    faces: &Faces,
    (left, right): (Mm, Mm),
    top: Mm,
    size: f32,
    heads: &[Span],
    rows: &[Vec<Cell>],
) -> Result<Mm, LetterError> {
    let mut size = size;
    let head_size = |size: f32| size - 1.5;
    let widths = loop {
        match columns(faces, right - left, size, head_size(size), heads, rows)? {
            Some(widths) => break widths,
            None if size > SMALLEST => size -= 0.5,
            None => return Err(LetterError::TooWide("the table of appointments")),
        }
    };
    let head_cells: Vec<Cell> = heads.iter().map(|head| vec![vec![head.clone()]]).collect();
    let mut y = top;
    rule(sheet, left, right, y, 0.0);
    y = row(sheet, faces, left, y, &widths, head_size(size), 0, &head_cells)?;
    rule(sheet, left, right, y, 0.0);
    for (index, cells) in rows.iter().enumerate() {
        y = row(sheet, faces, left, y, &widths, size, index + 1, cells)?;
        rule(sheet, left, right, y, if index + 1 == rows.len() { 0.0 } else { 0.65 });
    }
    Ok(y)
}

/// Every column gets its widest word; what is left is shared by what each would like to have.
fn columns(
    faces: &Faces,
    total: Mm,
    size: f32,
    head_size: f32,
    heads: &[Span],
    rows: &[Vec<Cell>],
) -> Result<Option<Vec<Mm>>, LetterError> {
    let mut least = Vec::new();
    let mut wished = Vec::new();
    for (column, head) in heads.iter().enumerate() {
        let head = std::slice::from_ref(head);
        let mut narrow = widest_word(faces, head, head_size)?;
        let mut wide = super::words::set(faces, head, head_size)?.width;
        for cell in rows.iter().filter_map(|row| row.get(column)) {
            for line in cell {
                narrow = narrow.max(widest_word(faces, line, size)?);
                wide = wide.max(super::words::set(faces, line, size)?.width);
            }
        }
        // A hair more than measured: rounding must not break what fits exactly.
        least.push(narrow + 0.1);
        wished.push((wide - narrow).max(0.0));
    }
    let gaps = GAP * super::qr::modules(heads.len().saturating_sub(1));
    let spare = total - gaps - least.iter().sum::<Mm>();
    if spare < 0.0 {
        return Ok(None);
    }
    let wanted = wished.iter().sum::<Mm>();
    let share = if wanted > spare { spare / wanted } else { 1.0 };
    // What nobody needs widens the gaps, so that the table spans the text.
    let slack = ((spare - wanted).max(0.0)) / super::qr::modules(heads.len().max(1));
    Ok(Some(least.iter().zip(wished).map(|(least, wish)| least + wish * share + slack).collect()))
}

#[expect(clippy::too_many_arguments, reason = "the geometry of one row; a struct would only rename them")]
fn row(
    sheet: &mut Sheet,
    faces: &Faces,
    left: Mm,
    top: Mm,
    widths: &[Mm],
    size: f32,
    index: usize,
    cells: &[Cell],
) -> Result<Mm, LetterError> {
    let step = pitch(size, LEADING);
    let first = top + PADDING + pitch(size, 0.78);
    let mut x = left;
    let mut deepest = first;
    for (cell, width) in cells.iter().zip(widths) {
        sheet.begin(Role::Cell { row: index, head: index == 0 });
        let mut y = first;
        for spans in cell {
            for line in wrap(faces, spans, size, *width, "the table of appointments")? {
                deepest = deepest.max(y);
                put(sheet, &line, x, y, size, 0.0);
                y += step;
            }
        }
        x += width + GAP;
    }
    Ok(deepest + pitch(size, 0.3) + PADDING)
}

/// Puts a line that is set onto the sheet.
pub fn put(sheet: &mut Sheet, line: &Line, x: Mm, y: Mm, size: f32, gray: f32) {
    for (offset, weight, run) in &line.runs {
        sheet.push(Item::Text { x: x + offset, y, size, weight: *weight, gray, run: run.clone() });
    }
}

/// A thin rule across.
pub fn rule(sheet: &mut Sheet, left: Mm, right: Mm, y: Mm, gray: f32) {
    sheet.begin(Role::Artifact);
    sheet.push(Item::Rect { x: left, y: y - RULE / 2.0, width: right - left, height: RULE, gray });
}
