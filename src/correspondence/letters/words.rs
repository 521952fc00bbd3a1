//! Breaking text into lines by measured widths. Ragged right, no hyphenation: what must stay together is written with
//! no-break spaces, and a word that is wider than its line is an error, never a collision.

use super::face::{Faces, Run, Weight};
use super::{LetterError, MM_PER_PT, Mm};

/// A stretch of text in one weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Its weight.
    pub weight: Weight,
}

impl Span {
    /// A stretch in the regular weight.
    pub fn regular(text: impl Into<String>) -> Self {
        Self { text: text.into(), weight: Weight::Regular }
    }

    /// A stretch in bold.
    pub fn bold(text: impl Into<String>) -> Self {
        Self { text: text.into(), weight: Weight::Bold }
    }
}

/// A line that is set: its runs, each with its distance from the line's beginning in points of the size.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Line {
    /// The runs and where they begin, in millimetres from the line's beginning.
    pub runs: Vec<(Mm, Weight, Run)>,
    /// The width of the line.
    pub width: Mm,
}

/// What may not be broken: pieces without a space between them.
#[derive(Clone, Debug, Default)]
struct Word {
    pieces: Vec<Span>,
    spaced: bool,
}

fn words(spans: &[Span]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open = Word::default();
    for span in spans {
        let mut piece = String::new();
        let mut before: Option<char> = None;
        let mut rest = span.text.chars().peekable();
        while let Some(character) = rest.next() {
            if character == ' ' {
                push_piece(&mut open, &mut piece, span.weight);
                words.push(std::mem::replace(&mut open, Word { spaced: true, ..Word::default() }));
            } else {
                piece.push(character);
                // A hyphen between letters is a place to break; one in "5-7" or "0800-1" is not.
                let breaks = character == '-'
                    && before.is_some_and(char::is_alphabetic)
                    && rest.peek().copied().is_some_and(char::is_alphabetic);
                if breaks {
                    push_piece(&mut open, &mut piece, span.weight);
                    words.push(std::mem::take(&mut open));
                }
            }
            before = Some(character);
        }
        push_piece(&mut open, &mut piece, span.weight);
    }
    words.push(open);
    words.retain(|word| !word.pieces.is_empty());
    words
}

fn push_piece(word: &mut Word, piece: &mut String, weight: Weight) {
    if !piece.is_empty() {
        word.pieces.push(Span { text: std::mem::take(piece), weight });
    }
}

fn width(faces: &Faces, pieces: &[Span], size: f32) -> Result<Mm, LetterError> {
    pieces.iter().try_fold(0.0, |sum, piece| Ok(sum + faces.shape(piece.weight, &piece.text)?.width_at(size)))
}

/// The width of the widest word: the least that a column must have.
///
/// # Errors
/// A character without glyph.
pub fn widest_word(faces: &Faces, spans: &[Span], size: f32) -> Result<Mm, LetterError> {
    words(spans).iter().try_fold(0.0_f32, |widest, word| Ok(widest.max(width(faces, &word.pieces, size)?)))
}

/// Breaks spans into lines of at most `limit`. `place` names the place for the error.
///
/// # Errors
/// A character without glyph, or a word that is wider than the line.
pub fn wrap(
    faces: &Faces,
    spans: &[Span],
    size: f32,
    limit: Mm,
    place: &'static str,
) -> Result<Vec<Line>, LetterError> {
    let mut lines: Vec<Vec<Span>> = Vec::new();
    let mut open: Vec<Span> = Vec::new();
    let mut used = 0.0;
    for word in words(spans) {
        let wide = width(faces, &word.pieces, size)?;
        if wide > limit {
            return Err(LetterError::TooWide(place));
        }
        let space = match word.pieces.first() {
            Some(first) if word.spaced => faces.shape(first.weight, " ")?.width_at(size),
            _ => 0.0,
        };
        if !open.is_empty() && used + space + wide > limit {
            lines.push(std::mem::take(&mut open));
            used = 0.0;
        }
        if !open.is_empty() && word.spaced {
            // The space belongs to the run before it, so that copied text has its gaps.
            if let Some(last) = open.last_mut() {
                last.text.push(' ');
            }
            used += space;
        }
        for piece in word.pieces {
            match open.last_mut() {
                Some(last) if last.weight == piece.weight => last.text.push_str(&piece.text),
                _ => open.push(piece),
            }
        }
        used += wide;
    }
    if !open.is_empty() {
        lines.push(open);
    }
    lines.iter().map(|line| set(faces, line, size)).collect()
}

/// Sets spans on one line, however wide they are.
///
/// # Errors
/// A character without glyph.
pub fn set(faces: &Faces, spans: &[Span], size: f32) -> Result<Line, LetterError> {
    let mut line = Line::default();
    for span in spans {
        let run = faces.shape(span.weight, &span.text)?;
        let advance = run.width_at(size);
        line.runs.push((line.width, span.weight, run));
        line.width += advance;
    }
    Ok(line)
}

/// The distance of two baselines.
#[must_use]
pub fn pitch(size: f32, leading: f32) -> Mm {
    size * leading * MM_PER_PT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, limit: Mm) -> Vec<String> {
        let faces = Faces::load().unwrap();
        wrap(&faces, &[Span::regular(text)], 10.0, limit, "a test")
            .unwrap()
            .iter()
            .map(|line| line.runs.iter().map(|(_, _, run)| run.text.as_str()).collect::<String>())
            .collect()
    }

    #[test]
    fn lines_break_at_spaces_and_after_hyphens_between_letters_alone() {
        assert_eq!(wrapped("Karl-Heinz kommt um 10 Uhr", 19.0), ["Karl-Heinz", "kommt um", "10 Uhr"]);
        assert_eq!(wrapped("Tann-Rathsamhausen", 30.0), ["Tann-", "Rathsamhausen"]);
    }

    #[test]
    fn what_is_bound_by_no_break_spaces_stays_together() {
        assert_eq!(wrapped("am 18.\u{A0}Januar\u{A0}2021", 28.0), ["am", "18. Januar 2021"]);
    }

    #[test]
    fn a_word_wider_than_its_line_is_refused() {
        let faces = Faces::load().unwrap();
        let refused = wrap(&faces, &[Span::bold("Schutzimpfungsaufklärung")], 10.0, 20.0, "a column").unwrap_err();
        assert_eq!(refused, LetterError::TooWide("a column"));
    }
}
