//! What is written: a front matter in TOML between two lines of `+++`, then the text.
//!
//! The text is paragraphs, `## headings`, `- entries` of a list, `**bold**`, `{{variables}}`, and directives on a line of
//! their own: `:::appointments` (the table), `:::code` (the code at the right, text flows beside it), and
//! `:::when condition` … `:::end`. Everything is checked when it is read: an unknown word is an error with its line.

use super::face::Weight;
use serde::Deserialize;

/// What a text may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    /// Given and family name.
    Name,
    /// The short code of the booking.
    Reference,
    /// The version of the booking.
    Version,
    /// The day on which this version was made.
    IssuedOn,
    /// The day of the first appointment.
    FirstDay,
    /// The hotline's number.
    Hotline,
    /// When the hotline is staffed.
    Hours,
    /// Where data protection is explained.
    Privacy,
    /// The sender's name.
    Sender,
}

impl Variable {
    const NAMES: [(&'static str, Self); 9] = [
        ("name", Self::Name),
        ("reference", Self::Reference),
        ("version", Self::Version),
        ("issued_on", Self::IssuedOn),
        ("first_day", Self::FirstDay),
        ("hotline", Self::Hotline),
        ("hours", Self::Hours),
        ("privacy", Self::Privacy),
        ("sender", Self::Sender),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(known, _)| *known == name).map(|(_, variable)| variable)
    }
}

/// When a block is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// This version replaces an earlier one.
    Replaces,
    /// There are two appointments.
    TwoDoses,
    /// There is one appointment.
    OneDose,
    /// A PDF is attached (mails).
    Attached,
}

impl Condition {
    fn named(name: &str) -> Option<Self> {
        match name {
            "replaces" => Some(Self::Replaces),
            "two_doses" => Some(Self::TwoDoses),
            "one_dose" => Some(Self::OneDose),
            "attached" => Some(Self::Attached),
            _ => None,
        }
    }
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Written text.
    Text(String, Weight),
    /// A variable.
    Variable(Variable, Weight),
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matter {
    /// A paragraph.
    Paragraph(Vec<Piece>),
    /// A heading.
    Heading(Vec<Piece>),
    /// An entry of a list.
    Entry(Vec<Piece>),
    /// The appointments.
    Appointments,
    /// The machine-readable code.
    Code,
}

/// A block of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// When it is set; always, when nothing is named.
    pub when: Option<Condition>,
    /// What it is.
    pub matter: Matter,
}

/// The words before the text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Front {
    /// The number of this wording, counted up by who changes it.
    pub version: u32,
    /// The profile of the page; empty for mails.
    #[serde(default)]
    pub profile: String,
    /// The subject.
    pub subject: String,
    /// What stands for the code when the page is read aloud.
    #[serde(default)]
    pub code_words: String,
}

/// A template that was read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The front matter.
    pub front: Front,
    /// The subject.
    pub subject: Vec<Piece>,
    /// The text.
    pub blocks: Vec<Block>,
}

/// What is wrong with a template, for who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {wrong}")]
pub struct Mistake {
    /// The line in the file, from one.
    pub line: usize,
    /// What is wrong.
    pub wrong: String,
}

/// Longer than any letter of one page, and short enough to read in one go.
const LONGEST: usize = 20_000;

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// The first mistake, with its line.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let mistake = |line: usize, wrong: String| Mistake { line, wrong };
        if text.len() > LONGEST {
            return Err(mistake(1, format!("longer than {LONGEST} bytes")));
        }
        let rest = text.strip_prefix("+++\n").ok_or_else(|| mistake(1, "does not begin with +++".into()))?;
        let (front, body) =
            rest.split_once("\n+++\n").ok_or_else(|| mistake(1, "the front matter has no end (+++)".into()))?;
        let first_line = front.lines().count() + 3;
        let front: Front = toml::from_str(front).map_err(|error| {
            let line = error.span().map_or(2, |span| front[..span.start].matches('\n').count() + 2);
            mistake(line, error.message().to_owned())
        })?;
        let subject = pieces(&front.subject).map_err(|wrong| mistake(2, format!("subject: {wrong}")))?;
        let blocks = blocks(body, first_line)?;
        Ok(Self { front, subject, blocks })
    }
}

fn blocks(body: &str, first_line: usize) -> Result<Vec<Block>, Mistake> {
    let mut blocks = Vec::new();
    let mut when: Option<Condition> = None;
    let mut paragraph = String::new();
    let mut begun = first_line;
    let flush = |paragraph: &mut String, line: usize, when: Option<Condition>, blocks: &mut Vec<Block>| {
        if paragraph.is_empty() {
            return Ok(());
        }
        let text = std::mem::take(paragraph);
        let (make, text): (fn(Vec<Piece>) -> Matter, &str) = match (text.strip_prefix("## "), text.strip_prefix("- ")) {
            (Some(heading), _) => (Matter::Heading, heading),
            (None, Some(entry)) => (Matter::Entry, entry),
            (None, None) => (Matter::Paragraph, &text),
        };
        let pieces = pieces(text).map_err(|wrong| Mistake { line, wrong })?;
        blocks.push(Block { when, matter: make(pieces) });
        Ok(())
    };
    for (index, line) in body.lines().enumerate() {
        let number = first_line + index;
        let line = line.trim();
        if let Some(directive) = line.strip_prefix(":::") {
            flush(&mut paragraph, begun, when, &mut blocks)?;
            match directive.split_whitespace().collect::<Vec<_>>()[..] {
                ["appointments"] => blocks.push(Block { when, matter: Matter::Appointments }),
                ["code"] => blocks.push(Block { when, matter: Matter::Code }),
                ["when", condition] if when.is_none() => {
                    when = Some(Condition::named(condition).ok_or_else(|| Mistake {
                        line: number,
                        wrong: format!("unknown condition \"{condition}\""),
                    })?);
                }
                ["end"] if when.is_some() => when = None,
                _ => return Err(Mistake { line: number, wrong: format!("unknown directive \":::{directive}\"") }),
            }
        } else if line.is_empty() {
            flush(&mut paragraph, begun, when, &mut blocks)?;
        } else {
            if line.starts_with("- ") || line.starts_with("## ") {
                flush(&mut paragraph, begun, when, &mut blocks)?;
            }
            if paragraph.is_empty() {
                begun = number;
            } else {
                paragraph.push(' ');
            }
            paragraph.push_str(line);
        }
    }
    flush(&mut paragraph, begun, when, &mut blocks)?;
    match when {
        Some(_) => Err(Mistake { line: first_line + body.lines().count(), wrong: ":::when has no :::end".into() }),
        None => Ok(blocks),
    }
}

/// Reads running text: `**bold**` and `{{variables}}`.
fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut weight = Weight::Regular;
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("**") {
            weight = if weight == Weight::Regular { Weight::Bold } else { Weight::Regular };
            rest = after;
        } else if let Some(after) = rest.strip_prefix("{{") {
            let (name, after) = after.split_once("}}").ok_or("a {{ has no }}")?;
            let name = name.trim();
            let variable = Variable::named(name).ok_or_else(|| format!("unknown variable \"{name}\""))?;
            pieces.push(Piece::Variable(variable, weight));
            rest = after;
        } else {
            let end = ["**", "{{"].iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
            // A tilde is a no-break space, as who writes letters for a living writes it.
            pieces.push(Piece::Text(rest[..end].replace('~', "\u{A0}"), weight));
            rest = &rest[end..];
        }
    }
    if weight == Weight::Bold {
        return Err("a ** has no second **".into());
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Vec<Block>, Mistake> {
        Template::parse(&format!("+++\nversion = 1\nsubject = \"{{{{reference}}}}\"\n+++\n{body}")).map(|t| t.blocks)
    }

    #[test]
    fn text_becomes_blocks() {
        let blocks =
            parse("Guten Tag {{name}},\nzweite **Zeile**\n\n- eins\n- zwei\n:::when replaces\nneu\n:::end\n:::code\n")
                .unwrap();
        assert_eq!(blocks.len(), 5);
        assert_eq!(blocks[3].when, Some(Condition::Replaces));
        assert_eq!(blocks[4], Block { when: None, matter: Matter::Code });
        let Matter::Paragraph(pieces) = &blocks[0].matter else { unreachable!("a paragraph") };
        assert_eq!(pieces[1], Piece::Variable(Variable::Name, Weight::Regular));
        assert_eq!(pieces[3], Piece::Text("Zeile".into(), Weight::Bold));
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        for (body, message) in [
            ("\nHallo {{vorname}}", "line 6: unknown variable \"vorname\""),
            ("\n\n:::tabelle", "line 7: unknown directive \":::tabelle\""),
            (":::when monday", "line 5: unknown condition \"monday\""),
            (":::when replaces\nneu", "line 7: :::when has no :::end"),
            ("**halb", "line 5: a ** has no second **"),
            ("{{name", "line 5: a {{ has no }}"),
            (":::end", "line 5: unknown directive \":::end\""),
        ] {
            assert_eq!(parse(body).unwrap_err().to_string(), message, "{body}");
        }
        assert_eq!(Template::parse("Hallo").unwrap_err().to_string(), "line 1: does not begin with +++");
        let unknown = Template::parse("+++\nversion = 1\nsubject = \"\"\ncolour = 1\n+++\n").unwrap_err();
        assert_eq!(unknown.line, 4, "{unknown}");
    }
}
