//! What the variables stand for: names as they are, days, times and numbers in the language's form with no-break spaces.

use super::face::Weight;
use super::set::{Sender, Tongue};
use super::template::{Condition, Matter, Piece, Template, Variable};
use super::words::Span;
use crate::correspondence::model::{Appointment, Content};
use time::{Date, Time};

/// Everything that a text may name.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// What the database says.
    pub content: &'a Content,
    /// Who writes.
    pub sender: &'a Sender,
    /// In which words.
    pub tongue: &'a Tongue,
    /// Whether a PDF is attached (mails).
    pub attached: bool,
}

impl Facts<'_> {
    /// Whether a block is set.
    #[must_use]
    pub fn holds(&self, when: Option<Condition>) -> bool {
        match when {
            None => true,
            Some(Condition::Replaces) => self.content.version > 1,
            Some(Condition::TwoDoses) => self.content.appointments.len() > 1,
            Some(Condition::OneDose) => self.content.appointments.len() == 1,
            Some(Condition::Attached) => self.attached,
        }
    }

    /// What a variable stands for.
    #[must_use]
    pub fn value(&self, variable: Variable) -> String {
        match variable {
            Variable::Name => self.content.addressee.expose().full_name(),
            Variable::Reference => bound(&self.content.reference),
            Variable::Version => self.content.version.to_string(),
            Variable::IssuedOn => date(self.tongue, self.content.issued_on),
            Variable::FirstDay => {
                self.content.appointments.first().map(|first| date(self.tongue, first.day)).unwrap_or_default()
            }
            Variable::Hotline => bound(&self.sender.hotline),
            Variable::Hours => self.tongue.hours.clone(),
            Variable::Privacy => self.sender.privacy.clone(),
            Variable::Sender => self.sender.name.clone(),
        }
    }

    /// Running text with its variables filled in.
    #[must_use]
    pub fn fill(&self, pieces: &[Piece]) -> Vec<Span> {
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text, weight) => Span { text: text.clone(), weight: *weight },
                Piece::Variable(variable, weight) => Span { text: self.value(*variable), weight: *weight },
            })
            .collect()
    }

    /// The same as plain text, for subjects: ordinary spaces, no weights.
    #[must_use]
    pub fn plain(&self, pieces: &[Piece]) -> String {
        unbound(&self.text(pieces))
    }

    fn text(&self, pieces: &[Piece]) -> String {
        self.fill(pieces).into_iter().map(|span| span.text).collect()
    }

    /// A line of the foot of the page.
    #[must_use]
    pub fn footer(&self, line: &str) -> String {
        line.replace("{sender}", &self.sender.name)
            .replace("{hotline}", &bound(&self.sender.hotline))
            .replace("{privacy}", &self.sender.privacy)
    }

    /// The text of a mail, complete on its own. Place and time are given; the vaccine and the centre's name are not.
    #[must_use]
    pub fn mail(&self, template: &Template) -> String {
        let mut out: Vec<String> = Vec::new();
        for block in template.blocks.iter().filter(|block| self.holds(block.when)) {
            match &block.matter {
                Matter::Paragraph(pieces) | Matter::Heading(pieces) => out.push(self.text(pieces)),
                Matter::Entry(pieces) => out.push(format!("- {}", self.text(pieces))),
                Matter::Appointments => {
                    out.extend(self.content.appointments.iter().map(|appointment| self.mail_appointment(appointment)));
                }
                Matter::Code => {}
            }
        }
        // Folded first: what is bound stays on one line.
        out.iter().map(|paragraph| unbound(&fold(paragraph))).collect::<Vec<_>>().join("\n\n") + "\n"
    }

    fn mail_appointment(&self, appointment: &Appointment) -> String {
        format!(
            "{}: {}, {}, {}\n{}, {} {}",
            dose(self.tongue, appointment.dose_no),
            weekday(self.tongue, appointment.day),
            date(self.tongue, appointment.day),
            time(self.tongue, appointment.time),
            appointment.centre_street,
            appointment.centre_postcode,
            appointment.centre_town
        )
    }
}

/// Breaks a paragraph at spaces into lines of at most 72 characters: readable in every client.
fn fold(paragraph: &str) -> String {
    let mut out = String::new();
    for (index, line) in paragraph.lines().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let mut used = 0;
        for word in line.split(' ') {
            let wide = word.chars().count();
            if used > 0 && used + 1 + wide > 72 {
                out.push('\n');
                used = 0;
            } else if used > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += wide;
        }
    }
    out
}

/// Spaces that must not break a line.
#[must_use]
pub fn bound(text: &str) -> String {
    text.replace(' ', "\u{A0}")
}

/// The same with ordinary spaces, for programs that show others badly.
fn unbound(text: &str) -> String {
    text.replace('\u{A0}', " ")
}

/// A day in words.
#[must_use]
pub fn date(tongue: &Tongue, day: Date) -> String {
    let month = tongue.months.get(usize::from(u8::from(day.month())) - 1).map_or("", String::as_str);
    bound(
        &tongue
            .date
            .replace("{day}", &day.day().to_string())
            .replace("{month}", month)
            .replace("{year}", &day.year().to_string()),
    )
}

/// The day of the week.
#[must_use]
pub fn weekday(tongue: &Tongue, day: Date) -> String {
    let index = usize::from(day.weekday().number_days_from_monday());
    tongue.weekdays.get(index).cloned().unwrap_or_default()
}

/// A time, to the minute.
#[must_use]
pub fn time(tongue: &Tongue, time: Time) -> String {
    let minute = format!("{:02}", time.minute());
    bound(&tongue.time.replace("{hour}", &time.hour().to_string()).replace("{minute}", &minute))
}

/// What an appointment is called.
#[must_use]
pub fn dose(tongue: &Tongue, dose_no: i16) -> String {
    let index = usize::try_from(dose_no - 1).unwrap_or(0).min(tongue.doses.len() - 1);
    bound(&tongue.doses[index])
}

/// The day and time of an appointment as the table's cells.
#[must_use]
pub fn cells(tongue: &Tongue, appointment: &Appointment) -> Vec<super::table::Cell> {
    let line = |text: String, weight: Weight| vec![Span { text, weight }];
    vec![
        vec![line(dose(tongue, appointment.dose_no), Weight::Regular)],
        vec![
            line(weekday(tongue, appointment.day), Weight::Regular),
            line(date(tongue, appointment.day), Weight::Bold),
        ],
        vec![line(time(tongue, appointment.time), Weight::Bold)],
        vec![
            line(appointment.centre_name.clone(), Weight::Regular),
            line(appointment.centre_street.clone(), Weight::Regular),
            line(bound(&format!("{} {}", appointment.centre_postcode, appointment.centre_town)), Weight::Regular),
        ],
        vec![line(appointment.vaccine_name.clone(), Weight::Regular)],
    ]
}
