//! Writing a sheet: the operators of its page by printpdf, then what printpdf leaves out (see `pdfa`).

use super::face::{Faces, Glyph, Run, Weight};
use super::sheet::{Item, Role, Sheet};
use super::{LetterError, MM_PER_PT, Mm, pdfa};
use printpdf::{
    Codepoint, Color, DictItem, FontId, Greyscale, Mm as PdfMm, Op, PaintMode, PdfDocument, PdfFont, PdfFontHandle,
    PdfPage, PdfSaveOptions, Pt, Rect, TextItem, TextMatrix, WindingOrder,
};
use std::collections::BTreeMap;

/// Writes a sheet: the same sheet gives the same bytes.
///
/// # Errors
/// When the writer warns of anything: a letter is written without a flaw or not at all.
pub fn write(faces: &Faces, sheet: &Sheet) -> Result<Vec<u8>, LetterError> {
    let mut document = PdfDocument::new(&sheet.title);
    for weight in [Weight::Regular, Weight::Bold] {
        let font = PdfFont::new(faces.face(weight).program().clone());
        document.resources.fonts.map.insert(FontId(weight.resource().to_owned()), font);
    }
    let mut ops = Vec::new();
    let mut pen = Pen { height: sheet.height, gray: None, font: None };
    let mut next_mark = 0;
    for block in sheet.blocks.iter().filter(|block| !block.items.is_empty()) {
        if block.role == Role::Artifact {
            ops.push(Op::BeginMarkedContent { tag: "Artifact".into() });
        } else {
            let map = BTreeMap::from([("MCID".to_owned(), DictItem::Int(next_mark))]);
            let tag = pdfa::tag(&block.role).to_owned();
            ops.push(Op::BeginMarkedContentWithProperties { tag, properties: DictItem::Dict { map } });
            next_mark += 1;
        }
        for item in &block.items {
            match item {
                Item::Text { x, y, size, weight, gray, run } => {
                    pen.text(&mut ops, (*x, *y), *size, *weight, *gray, run);
                }
                Item::Rect { x, y, width, height, gray } => pen.rectangle(&mut ops, (*x, *y), (*width, *height), *gray),
            }
        }
        ops.push(Op::EndMarkedContent);
    }
    document.with_pages(vec![PdfPage::new(PdfMm(sheet.width), PdfMm(sheet.height), ops)]);

    let mut warnings = Vec::new();
    let mut low = document.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    if let Some(warning) = warnings.first() {
        return Err(LetterError::Engine(warning.msg.clone()));
    }
    pdfa::complete(&mut low, sheet)?;
    low.compress();
    let mut bytes = Vec::new();
    low.save_to(&mut bytes).map_err(|error| LetterError::Engine(format!("save: {error}")))?;
    Ok(bytes)
}

struct Pen {
    height: Mm,
    gray: Option<f32>,
    font: Option<(Weight, f32)>,
}

impl Pen {
    fn text(&mut self, ops: &mut Vec<Op>, (x, y): (Mm, Mm), size: f32, weight: Weight, gray: f32, run: &Run) {
        if run.glyphs.is_empty() {
            return;
        }
        self.ink(ops, gray);
        if self.font != Some((weight, size)) {
            let font = PdfFontHandle::External(FontId(weight.resource().to_owned()));
            ops.push(Op::SetFont { font, size: Pt(size) });
            self.font = Some((weight, size));
        }
        ops.push(Op::StartTextSection);
        let unit = size / 1000.0;
        let origin = (points(x), points(self.height - y));
        let mut rest = &run.glyphs[..];
        while !rest.is_empty() {
            let plain = plain_length(rest);
            if plain > 0 {
                show(ops, &rest[..plain], origin, unit);
                rest = &rest[plain..];
                continue;
            }
            // A word with a raised mark is placed in pieces; what it reads as is said beside it.
            let (word, after) = rest.split_at(word_length(rest));
            let reads: String = word.iter().map(|glyph| glyph.text.as_str()).collect();
            let data = [0xFE, 0xFF].into_iter().chain(reads.encode_utf16().flat_map(u16::to_be_bytes)).collect();
            let map = BTreeMap::from([("ActualText".to_owned(), DictItem::String { data, literal: false })]);
            ops.push(Op::BeginMarkedContentWithProperties { tag: "Span".into(), properties: DictItem::Dict { map } });
            let mut pieces = word;
            while let Some(first) = pieces.first() {
                let level = pieces.iter().take_while(|glyph| (glyph.y - first.y).abs() < 0.01).count();
                show(ops, &pieces[..level], origin, unit);
                pieces = &pieces[level..];
            }
            ops.push(Op::EndMarkedContent);
            rest = after;
        }
        ops.push(Op::EndTextSection);
    }

    fn rectangle(&mut self, ops: &mut Vec<Op>, (x, y): (Mm, Mm), (width, height): (Mm, Mm), gray: f32) {
        self.ink(ops, gray);
        ops.push(Op::DrawRectangle {
            rectangle: Rect {
                x: Pt(tidy(points(x))),
                y: Pt(tidy(points(self.height - y - height))),
                width: Pt(tidy(points(width))),
                height: Pt(tidy(points(height))),
                mode: Some(PaintMode::Fill),
                winding_order: Some(WindingOrder::NonZero),
            },
        });
    }

    fn ink(&mut self, ops: &mut Vec<Op>, gray: f32) {
        if self.gray != Some(gray) {
            ops.push(Op::SetFillColor { col: Color::Greyscale(Greyscale { percent: gray, icc_profile: None }) });
            self.gray = Some(gray);
        }
    }
}

/// The length of the word at the beginning, with the space after it.
fn word_length(glyphs: &[Glyph]) -> usize {
    glyphs.iter().position(|glyph| glyph.text == " ").map_or(glyphs.len(), |space| space + 1)
}

/// How many glyphs stand on the baseline before the next word with a raised mark.
fn plain_length(glyphs: &[Glyph]) -> usize {
    let mut at = 0;
    while at < glyphs.len() {
        let length = word_length(&glyphs[at..]);
        if glyphs[at..at + length].iter().any(|glyph| glyph.y.abs() >= 0.01) {
            break;
        }
        at += length;
    }
    at
}

/// Shows glyphs of one height.
fn show(ops: &mut Vec<Op>, glyphs: &[Glyph], (left, base): (f32, f32), unit: f32) {
    let Some(first) = glyphs.first() else { return };
    let at = [1.0, 0.0, 0.0, 1.0, tidy(left + first.x * unit), tidy(base + first.y * unit)];
    ops.push(Op::SetTextMatrix { matrix: TextMatrix::Raw(at) });
    let shown = glyphs
        .iter()
        .enumerate()
        .map(|(index, glyph)| {
            // A number in the array moves the pen back by that many thousandths.
            let offset = glyphs.get(index + 1).map_or(0.0, |next| (glyph.x + glyph.advance - next.x).round());
            Codepoint { gid: glyph.id, offset, cid: Some(glyph.text.clone()) }
        })
        .collect();
    ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(shown)] });
}

fn points(length: Mm) -> f32 {
    length / MM_PER_PT
}

/// A thousandth of a point is finer than any printer, and short in the file.
fn tidy(value: f32) -> f32 {
    (value * 1000.0).round() / 1000.0
}
