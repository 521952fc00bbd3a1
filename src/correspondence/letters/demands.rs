//! What every wording must say, whoever writes it: without days and places nobody comes, without the reference nobody is
//! found on the telephone, without the code nobody is let in quickly. What is set under a condition does not count.

use super::template::{Block, Matter, Piece, Template, Variable};
use crate::correspondence::model::Kind;

/// What is written: on paper or as a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A letter.
    Letter,
    /// An e-mail.
    Mail,
}

/// What a wording lacks, as its author writes it.
#[must_use]
pub fn lacking(template: &Template, kind: Kind, medium: Medium) -> Vec<&'static str> {
    let has = |wanted: fn(&Matter) -> bool| {
        template.blocks.iter().any(|Block { when, matter }| when.is_none() && wanted(matter))
    };
    let confirms = kind == Kind::Confirmation;
    let names_reference = has(|matter| match matter {
        Matter::Paragraph(pieces) | Matter::Heading(pieces) | Matter::Entry(pieces) => names_reference(pieces),
        Matter::Appointments | Matter::Code => false,
    });
    [
        (names_reference, "{{reference}}"),
        (!confirms || has(|matter| *matter == Matter::Appointments), ":::appointments"),
        (!confirms || medium == Medium::Mail || has(|matter| *matter == Matter::Code), ":::code"),
    ]
    .into_iter()
    .filter(|(is_there, _)| !is_there)
    .map(|(_, what)| what)
    .collect()
}

fn names_reference(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| matches!(piece, Piece::Variable(Variable::Reference, _)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacks(body: &str, kind: Kind, medium: Medium) -> Vec<&'static str> {
        let text = format!("+++\nversion = 1\nsubject = \"{{{{reference}}}}\"\n+++\n{body}");
        lacking(&Template::parse(&text).unwrap(), kind, medium)
    }

    #[test]
    fn a_confirmation_names_its_reference_and_shows_days_and_code() {
        let (confirmation, cancellation) = (Kind::Confirmation, Kind::Cancellation);
        let all = ["{{reference}}", ":::appointments", ":::code"];
        assert_eq!(lacks("Guten Tag", confirmation, Medium::Letter), all);
        assert_eq!(lacks("Guten Tag", confirmation, Medium::Mail), all[..2]);
        assert_eq!(lacks("Guten Tag", cancellation, Medium::Letter), all[..1]);
        assert_eq!(lacks("{{reference}}\n:::appointments\n:::code", confirmation, Medium::Letter), [] as [&str; 0]);
    }

    #[test]
    fn what_is_said_to_some_alone_is_not_said() {
        let body = "{{reference}}\n:::when two_doses\n:::appointments\n:::end\n:::code";
        assert_eq!(lacks(body, Kind::Confirmation, Medium::Letter), [":::appointments"]);
    }
}
