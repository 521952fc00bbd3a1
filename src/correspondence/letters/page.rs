//! Setting the page: the fixed zones of the profile, then the text from the first fold downwards.

use super::face::{Faces, Weight};
use super::profile::Profile;
use super::sheet::{Item, Role, Sheet};
use super::table::{self, put};
use super::template::{Block, Matter, Template};
use super::wording::{Facts, bound, cells, date};
use super::words::{Span, pitch, set, wrap};
use super::{LetterError, Mm, address, qr};

/// Space between paragraphs, as a share of the line pitch.
const PARAGRAPH_GAP: f32 = 0.62;
/// How far the text of a list's entries stands in.
const INDENT: Mm = 4.2;
/// Between the text and the code at its right.
const CODE_GAP: Mm = 7.0;
/// How much smaller the text may be set before it is too long.
const SHRINKS: [f32; 3] = [0.0, 0.5, 1.0];

/// Sets a letter on one sheet.
///
/// # Errors
/// Why the letter cannot be set.
pub fn set_letter(
    faces: &Faces,
    profile: &Profile,
    template: &Template,
    facts: &Facts<'_>,
    token: Option<&str>,
) -> Result<Sheet, LetterError> {
    let mut last = LetterError::TooLong(0);
    for shrink in SHRINKS {
        let mut page = Page {
            faces,
            profile,
            facts,
            sheet: Sheet {
                title: facts.plain(&template.subject),
                language: facts.content.language.code(),
                width: profile.width,
                height: profile.height,
                blocks: Vec::new(),
            },
            size: profile.body.size - shrink,
            y: 0.0,
            beside: None,
        };
        page.marks();
        page.letterhead()?;
        page.address()?;
        page.information()?;
        match page.body(template, token) {
            Ok(()) => {
                page.footer()?;
                return Ok(page.sheet);
            }
            Err(LetterError::TooLong(by)) => last = LetterError::TooLong(by),
            Err(other) => return Err(other),
        }
    }
    Err(last)
}

struct Page<'a> {
    faces: &'a Faces,
    profile: &'a Profile,
    facts: &'a Facts<'a>,
    sheet: Sheet,
    size: f32,
    /// The baseline of the next line, once the body has begun.
    y: Mm,
    /// While the code stands at the right: where the text must end, and down to where.
    beside: Option<(Mm, Mm)>,
}

impl Page<'_> {
    fn marks(&mut self) {
        let marks = &self.profile.marks;
        self.sheet.begin(Role::Artifact);
        let all = marks
            .fold
            .iter()
            .map(|y| (*y, marks.fold_length))
            .chain(marks.hole.iter().map(|y| (*y, marks.hole_length)));
        for (y, length) in all {
            let height = marks.weight;
            self.sheet.push(Item::Rect { x: marks.left, y: y - height / 2.0, width: length, height, gray: 0.0 });
        }
    }

    fn letterhead(&mut self) -> Result<(), LetterError> {
        let head = &self.profile.letterhead;
        self.sheet.begin(Role::Paragraph);
        self.line(&[Span::bold(&self.facts.sender.name)], head.left, head.baseline, head.size, 0.0)?;
        let small = head.size * 0.6;
        let below = head.baseline + pitch(head.size, 0.95);
        self.line(&[Span::regular(&self.facts.tongue.subline)], head.left, below, small, 0.35)
    }

    fn address(&mut self) -> Result<(), LetterError> {
        let back = &self.profile.return_line;
        let span = [Span::regular(&self.facts.sender.return_line)];
        if set(self.faces, &span, back.size)?.width > back.width {
            return Err(LetterError::TooWide("the return line"));
        }
        self.sheet.begin(Role::Paragraph);
        self.line(&span, back.left, back.baseline, back.size, 0.0)?;

        let field = &self.profile.address;
        let measure = |text: &str, size: f32| Ok(self.faces.shape(Weight::Regular, text)?.width_at(size));
        let fitted = address::fit(self.facts.content.addressee.expose(), field, &measure)?;
        self.sheet.begin(Role::Paragraph);
        let mut y = field.baseline;
        for text in &fitted.lines {
            self.line(&[Span::regular(text)], field.left, y, fitted.size, 0.0)?;
            y += field.pitch;
        }
        Ok(())
    }

    fn information(&mut self) -> Result<(), LetterError> {
        let block = &self.profile.information;
        let labels = &self.facts.tongue.labels;
        let content = self.facts.content;
        let rows: [(&str, Vec<Span>); 4] = [
            (&labels.reference, vec![Span::bold(bound(&content.reference))]),
            (&labels.version, vec![Span::regular(content.version.to_string())]),
            (
                &labels.phone,
                vec![Span::regular(format!("{} {}", bound(&self.facts.sender.hotline), bound(&labels.free)))],
            ),
            (&labels.date, vec![Span::regular(date(self.facts.tongue, content.issued_on))]),
        ];
        let mut widest: Mm = 0.0;
        for (label, _) in &rows {
            widest = widest.max(set(self.faces, &[Span::regular(*label)], block.size)?.width);
        }
        let indent = widest + 3.0;
        let mut y = block.baseline;
        for (label, value) in &rows {
            self.sheet.begin(Role::Paragraph);
            self.line(&[Span::regular(*label)], block.left, y, block.size, 0.35)?;
            for line in wrap(self.faces, value, block.size, block.width - indent, "the information block")? {
                put(&mut self.sheet, &line, block.left + indent, y, block.size, 0.0);
                y += block.pitch;
            }
        }
        Ok(())
    }

    fn body(&mut self, template: &Template, token: Option<&str>) -> Result<(), LetterError> {
        let body = &self.profile.body;
        let title_size = self.size + 1.5;
        self.y = body.top + pitch(title_size, 0.75);
        self.sheet.begin(Role::Title);
        let mut title = self.facts.fill(&template.subject);
        for span in &mut title {
            span.weight = Weight::Bold;
        }
        self.flow(&title, title_size, 0.0, body.leading)?;
        self.y += pitch(self.size, 0.55);

        let set_here: Vec<&Block> = template.blocks.iter().filter(|block| self.facts.holds(block.when)).collect();
        for (index, block) in set_here.iter().enumerate() {
            let after_entry = index > 0 && matches!(set_here[index - 1].matter, Matter::Entry(_));
            let after_heading = index > 0 && matches!(set_here[index - 1].matter, Matter::Heading(_));
            let gap = pitch(self.size, body.leading) * PARAGRAPH_GAP;
            match &block.matter {
                Matter::Paragraph(pieces) => {
                    self.y += if after_heading { 0.0 } else { gap };
                    self.sheet.begin(Role::Paragraph);
                    self.flow(&self.facts.fill(pieces), self.size, 0.0, body.leading)?;
                }
                Matter::Heading(pieces) => {
                    self.y += gap;
                    self.sheet.begin(Role::Heading);
                    let mut spans = self.facts.fill(pieces);
                    for span in &mut spans {
                        span.weight = Weight::Bold;
                    }
                    self.flow(&spans, self.size, 0.0, body.leading)?;
                    self.y += pitch(self.size, 0.1);
                }
                Matter::Entry(pieces) => {
                    self.y += if after_entry || after_heading { 0.0 } else { gap };
                    self.sheet.begin(Role::Entry);
                    let bullet = set(self.faces, &[Span::regular("•")], self.size)?;
                    put(&mut self.sheet, &bullet, body.left + 0.6, self.y, self.size, 0.0);
                    self.flow(&self.facts.fill(pieces), self.size, INDENT, body.leading)?;
                }
                Matter::Appointments => self.appointments()?,
                Matter::Code => self.code(template, token)?,
            }
        }
        let descent = pitch(self.size, 0.3);
        let end = (self.y - pitch(self.size, body.leading) + descent).max(self.beside.map_or(0.0, |(_, until)| until));
        if end > body.bottom { Err(LetterError::TooLong(whole(end - body.bottom))) } else { Ok(()) }
    }

    fn appointments(&mut self) -> Result<(), LetterError> {
        let body = &self.profile.body;
        let tongue = self.facts.tongue;
        let heads: Vec<Span> = tongue.heads.iter().map(|head| Span::bold(bound(head))).collect();
        let rows: Vec<Vec<table::Cell>> =
            self.facts.content.appointments.iter().map(|appointment| cells(tongue, appointment)).collect();
        // From the last baseline to the rule above the table.
        let top = self.y - pitch(self.size, body.leading) + pitch(self.size, 1.15);
        let end =
            table::set(&mut self.sheet, self.faces, (body.left, body.right), top, self.size - 0.5, &heads, &rows)?;
        self.y = end + pitch(self.size, body.leading) + pitch(self.size, 0.25);
        Ok(())
    }

    /// Puts the code at the right; what follows flows beside it.
    fn code(&mut self, template: &Template, token: Option<&str>) -> Result<(), LetterError> {
        let Some(token) = token else { return Ok(()) };
        let (body, place) = (&self.profile.body, &self.profile.code);
        let matrix = qr::encode(token)?;
        let quiet = f32::from(place.quiet) * place.module;
        let side = qr::modules(matrix.side) * place.module;
        let left = body.right - side;
        // The quiet zone above is part of the code: it begins where the text would.
        let top = (self.y - pitch(self.size, 0.2)).max(place.top_at_least + quiet);
        let mut words = String::new();
        for variable in template.front.code_words.split("{{reference}}") {
            if !words.is_empty() {
                words.push_str(&self.facts.content.reference);
            }
            words.push_str(variable);
        }
        self.sheet.begin(Role::Figure(words));
        for (row, column, length) in &matrix.runs {
            self.sheet.push(Item::Rect {
                x: left + qr::modules(*column) * place.module,
                y: top + qr::modules(*row) * place.module,
                width: qr::modules(*length) * place.module,
                height: place.module,
                gray: 0.0,
            });
        }
        let caption = [Span::bold(bound(&self.facts.content.reference))];
        let mut size = self.size - 0.5;
        let wide = set(self.faces, &caption, size)?.width;
        if wide > side {
            size *= side / wide;
        }
        let line = set(self.faces, &caption, size)?;
        let y = top + side + quiet + pitch(size, 0.55);
        self.sheet.begin(Role::Paragraph);
        put(&mut self.sheet, &line, left + (side - line.width) / 2.0, y, size, 0.0);
        self.beside = Some((left - quiet.max(CODE_GAP), y + pitch(size, 0.4)));
        Ok(())
    }

    /// Sets running text from the current line downwards.
    fn flow(&mut self, spans: &[Span], size: f32, indent: Mm, leading: f32) -> Result<(), LetterError> {
        let body = &self.profile.body;
        let right = match self.beside {
            Some((right, until)) if self.y - pitch(size, 0.8) < until => right,
            Some(_) | None => body.right,
        };
        for line in wrap(self.faces, spans, size, right - body.left - indent, "the text")? {
            put(&mut self.sheet, &line, body.left + indent, self.y, size, 0.0);
            self.y += pitch(size, leading);
        }
        Ok(())
    }

    fn footer(&mut self) -> Result<(), LetterError> {
        let foot = &self.profile.footer;
        table::rule(&mut self.sheet, foot.left, foot.right, foot.top, 0.65);
        self.sheet.begin(Role::Paragraph);
        let mut y = foot.top + pitch(foot.size, 1.45);
        for line in &self.facts.tongue.footer {
            let spans = [Span::regular(self.facts.footer(line))];
            for line in wrap(self.faces, &spans, foot.size, foot.right - foot.left, "the foot of the page")? {
                put(&mut self.sheet, &line, foot.left, y, foot.size, 0.35);
                y += foot.pitch;
            }
        }
        Ok(())
    }

    fn line(&mut self, spans: &[Span], x: Mm, y: Mm, size: f32, gray: f32) -> Result<(), LetterError> {
        let line = set(self.faces, spans, size)?;
        put(&mut self.sheet, &line, x, y, size, gray);
        Ok(())
    }
}

/// The length by which a text is too long, rounded up to millimetres.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of the type")]
fn whole(by: Mm) -> u16 {
    by.ceil().clamp(0.0, 65_000.0) as u16
}
