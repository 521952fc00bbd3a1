//! The message: one recipient, neutral words, the same bytes at every try.

use crate::correspondence::letters::typesetter::MailText;
use crate::correspondence::model::Language;
use crate::correspondence::settings::Email;
use crate::foundation::ids::EmailId;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, address::Envelope};
use std::time::SystemTime;
use time::OffsetDateTime;

/// What a message is made of.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// Its id.
    pub id: EmailId,
    /// The version that it says.
    pub version: i32,
    /// When it was ordered: its date, so that a repetition is the same message.
    pub ordered_at: OffsetDateTime,
    /// In which language.
    pub language: Language,
    /// The recipient's address.
    pub to: &'a str,
    /// Subject and text.
    pub text: &'a MailText,
    /// The letter, with the name of its file.
    pub pdf: Option<(&'a str, &'a [u8])>,
}

/// Why a message cannot be written. Nothing of the address is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// The address is none.
    #[error("the address cannot be written to")]
    Address,
    /// The sender is not configured well.
    #[error("the sender's address is no address")]
    Sender,
    /// A header cannot be written.
    #[error("the message cannot be put together")]
    Message,
}

/// Writes a message: envelope with exactly one recipient, and bytes.
///
/// # Errors
/// Why it cannot be written.
pub fn write(settings: &Email, parts: &Parts<'_>) -> Result<(Envelope, Vec<u8>), Unwritable> {
    let to: Address = parts.to.trim().parse().map_err(|_| Unwritable::Address)?;
    let from = settings.sender().map_err(|_| Unwritable::Sender)?;
    let bounce = settings.bounces_to(parts.id).map_err(|_| Unwritable::Sender)?;
    let envelope = Envelope::new(Some(bounce), vec![to.clone()]).map_err(|_| Unwritable::Message)?;

    let builder = Message::builder()
        .from(Mailbox::new(Some(settings.from_name.clone()), from.clone()))
        .to(Mailbox::new(None, to))
        .subject(&parts.text.subject)
        .date(SystemTime::from(parts.ordered_at))
        .message_id(Some(format!("<{}.{}@{}>", parts.id.0.simple(), parts.version, from.domain())))
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"))
        .raw_header(header("Content-Language", parts.language.code()));
    let text = SinglePart::plain(parts.text.body.clone());
    let message = match parts.pdf {
        None => builder.singlepart(text),
        Some((name, pdf)) => {
            let kind = ContentType::parse("application/pdf").map_err(|_| Unwritable::Message)?;
            // A boundary of chance would make another message of each try.
            let boundary = format!("vaxline-{}", parts.id.0.simple());
            builder.multipart(
                MultiPart::mixed()
                    .boundary(boundary)
                    .singlepart(text)
                    .singlepart(Attachment::new(name.to_owned()).body(pdf.to_vec(), kind)),
            )
        }
    };
    Ok((envelope, message.map_err(|_| Unwritable::Message)?.formatted()))
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correspondence::letters::set::Stamp;
    use crate::correspondence::settings::{Mode, Tls};
    use crate::foundation::pii::Pii;
    use std::time::Duration;
    use time::macros::datetime;

    fn settings() -> Email {
        Email {
            host: "localhost".into(),
            port: 25,
            tls: Tls::None,
            user: String::new(),
            password: Pii::new(String::new()),
            from_name: "Servicezentrale".into(),
            from_address: "termine@example.org".into(),
            bounce_address: "bounce+{id}@example.org".into(),
            mode: Mode::Pdf,
            step: Duration::from_secs(1),
            content: Duration::from_secs(1),
            parallel: 1,
        }
    }

    fn written(to: &str) -> Result<(Envelope, String), Unwritable> {
        let text = MailText {
            subject: "Ihre Termine, Vorgang K7QM-42XP".into(),
            body: "Grüße\n".into(),
            stamp: Stamp { name: "confirmation/de.mail".into(), version: 1, hash: [0; 32] },
        };
        let parts = Parts {
            id: EmailId(uuid::Uuid::from_u128(7)),
            version: 2,
            ordered_at: datetime!(2021-04-28 16:00 UTC),
            language: Language::De,
            to,
            text: &text,
            pdf: Some(("Termine-K7QM-42XP.pdf", b"%PDF-1.7")),
        };
        write(&settings(), &parts).map(|(envelope, bytes)| (envelope, String::from_utf8(bytes).unwrap()))
    }

    #[test]
    fn a_message_has_one_recipient_and_every_header_a_machine_wants() {
        let (envelope, bytes) = written("hanka@example.org").unwrap();
        assert_eq!(envelope.to().len(), 1);
        assert_eq!(envelope.from().unwrap().to_string(), "bounce+00000000000000000000000000000007@example.org");
        for line in [
            "Message-ID: <00000000000000000000000000000007.2@example.org>",
            "Date: Wed, 28 Apr 2021 16:00:00 +0000",
            "Auto-Submitted: auto-generated",
            "Content-Language: de",
            "filename=\"Termine-K7QM-42XP.pdf\"",
        ] {
            assert!(bytes.contains(line), "{line}\n{bytes}");
        }
        assert!(!bytes.to_lowercase().contains("impf"));
    }

    #[test]
    fn a_repetition_is_the_same_message() {
        assert_eq!(written("hanka@example.org").unwrap().1, written("hanka@example.org").unwrap().1);
    }

    #[test]
    fn an_address_cannot_smuggle_a_header_or_a_second_recipient() {
        for to in ["", "hanka", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", "a@b@c"] {
            assert_eq!(written(to).unwrap_err(), Unwritable::Address, "{to:?}");
        }
    }
}
