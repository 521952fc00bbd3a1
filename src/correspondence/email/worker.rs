//! Sending the e-mails that were ordered.

use super::decide::{Next, next};
use super::message::{Parts, Unwritable, write};
use super::smtp::{self, Attempt};
use crate::correspondence::commands::{email_event, letter_event, order_letter};
use crate::correspondence::letters::token::Seal;
use crate::correspondence::letters::typesetter::{MailText, Typesetter};
use crate::correspondence::letters::worker::{aside, sealed, subject};
use crate::correspondence::model::{AppointmentSource, Content, Kind, Order};
use crate::correspondence::settings::{Email, Mode, Post};
use crate::correspondence::store::{EmailChange, Ordered};
use crate::correspondence::{EMAIL_JOB, decide, store};
use crate::foundation::audit::{self, Actor, Channel, Deed};
use crate::foundation::db::{Db, Tx};
use crate::foundation::fault::{Fault, Refusal};
use crate::foundation::ids::EmailId;
use crate::foundation::jobs::{Job, Outcome, Worker};
use crate::foundation::pii::Pii;
use crate::in_tx;
use std::sync::Arc;
use std::time::Duration;

/// Sends e-mails.
pub struct Send {
    /// The work plane.
    pub db: Db,
    /// Who knows what a mail says.
    pub source: Arc<dyn AppointmentSource>,
    /// Templates and fonts.
    pub typesetter: Arc<Typesetter>,
    /// What the codes on attached letters are sealed with.
    pub seal: Seal,
    /// The relay, and how mails look.
    pub settings: Email,
    /// The post's times: when a mail that is put off must become a letter.
    pub post: Post,
}

#[async_trait::async_trait]
impl Worker for Send {
    fn kind(&self) -> &'static str {
        EMAIL_JOB
    }

    fn parallel(&self) -> usize {
        self.settings.parallel
    }

    /// Every step may take its time; the job's lease must outlast them all.
    fn deadline(&self) -> Duration {
        self.settings.step * 7 + self.settings.content + Duration::from_secs(30)
    }

    async fn carry_out(&self, job: &Job) -> Result<Outcome, Fault> {
        let id: EmailId = subject(job)?;
        let Some(mail) = in_tx!(&self.db, "look at an e-mail", |tx| due(tx, id))? else { return Ok(Outcome::Dropped) };
        let order = mail.order;
        let Some(content) = self.source.content(order.series, order.version).await? else {
            in_tx!(&self.db, "drop an e-mail", |tx| end(tx, id, &mail, End::Superseded, None))?;
            return Ok(Outcome::Dropped);
        };
        let postal = content.addressee.expose().is_postal();
        let Some(to) = content.email.clone() else {
            return self.fail(id, &mail, "no_address", None, postal).await;
        };
        if !self.settings.has_relay() {
            return self.fail(id, &mail, "no_relay", None, postal).await;
        }
        let pdf = self.attachment(&order, &content).await?;
        let text = match self.typesetter.mail(order.kind, &content, pdf.is_some()) {
            Ok(text) => text,
            Err(error) => return self.fail(id, &mail, error.code(), None, postal).await,
        };
        let parts = Parts {
            id,
            version: order.version,
            ordered_at: mail.ordered_at,
            language: order.language,
            to: to.expose(),
            text: &text,
            pdf: pdf.as_ref().map(|pdf| (pdf.name.as_str(), &pdf.bytes.expose()[..])),
        };
        let (envelope, message) = match write(&self.settings, &parts) {
            Ok(written) => written,
            Err(Unwritable::Address) => return self.fail(id, &mail, "address_invalid", None, postal).await,
            Err(error @ (Unwritable::Sender | Unwritable::Message)) => {
                return Err(Fault::new("write an e-mail", error));
            }
        };
        // From the content on nobody may know the outcome, and a process may die: the doubt is on record before.
        let doubt = async || in_tx!(&self.db, "note that an e-mail is handed over", |tx| note_doubt(tx, id, &mail));
        let attempt = match smtp::send(&self.settings, &envelope, &message, doubt).await {
            Ok(attempt) => attempt,
            Err(Withheld::Gone) => return Ok(Outcome::Dropped),
            Err(Withheld::Fault(fault)) => return Err(fault),
        };
        self.conclude(job, id, &mail, attempt, &text, postal).await
    }
}

/// An attached letter.
struct Attached {
    name: String,
    bytes: Pii<Vec<u8>>,
}

/// Why a mail is not handed over after all.
#[derive(Debug, thiserror::Error)]
enum Withheld {
    /// It was withdrawn in the meantime.
    #[error("the e-mail is no longer wanted")]
    Gone,
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for Withheld {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::Gone => None,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Fault(_) => "fault",
        }
    }
}

impl Send {
    /// The letter, for who asked for a mail. It names person, address and vaccine: a mail that stands in for a letter that
    /// would come too late goes without, and so does one whose page cannot be set. The text says all that is needed.
    async fn attachment(&self, order: &Order, content: &Content) -> Result<Option<Attached>, Fault> {
        let kind = order.kind;
        if self.settings.mode != Mode::Pdf || kind != Kind::Confirmation || !order.email {
            return Ok(None);
        }
        let (typesetter, seal, said) = (Arc::clone(&self.typesetter), self.seal.clone(), content.clone());
        let set = aside(move || {
            let code = sealed(&seal, &said)?;
            let letter = typesetter.letter(kind, &said, code.as_deref())?;
            let name = format!("Termine-{}-{}.pdf", said.reference, said.version);
            Ok(Attached { name, bytes: Pii::new(letter.pdf) })
        });
        match set.await? {
            Ok(attached) => Ok(Some(attached)),
            Err(error) => {
                let (series, code) = (order.series, error.code());
                tracing::warn!(%series, code, "correspondence: an e-mail goes without its letter");
                Ok(None)
            }
        }
    }

    async fn conclude(
        &self,
        job: &Job,
        id: EmailId,
        mail: &Ordered,
        attempt: Attempt,
        text: &MailText,
        postal: bool,
    ) -> Result<Outcome, Fault> {
        let spread = id.0.as_bytes()[15] % 100;
        let wording = Some((text.stamp.name.as_str(), text.stamp.version));
        let code = match attempt {
            Attempt::Accepted(code) | Attempt::Refused { code, .. } => Some(code),
            Attempt::Deferred { code, .. } => code,
            Attempt::Unknown => None,
        };
        match next(&attempt, job.attempt, mail.deferrals, mail.in_doubt, spread) {
            Next::Sent => {
                let sent = Sent { code, wording };
                in_tx!(&self.db, "note that an e-mail was sent", |tx| end(tx, id, mail, End::Sent, Some(&sent)))?;
                Ok(Outcome::Done)
            }
            Next::Again { pause, counts } => {
                let is_unknown = attempt == Attempt::Unknown;
                let put_off = PutOff { counts, is_unknown, code, postal };
                in_tx!(&self.db, "put an e-mail off", |tx| self.put_off(tx, id, mail, put_off))?;
                let why =
                    if is_unknown { "no answer to the content".to_owned() } else { format!("relay said {code:?}") };
                Ok(Outcome::Again(pause, why))
            }
            Next::Failed => self.fail(id, mail, "refused", code, postal).await,
            Next::InDoubt => {
                let how = End::Failed { state: "in_doubt", reason: "no_answer", postal };
                let sent = Sent { code, wording };
                in_tx!(&self.db, "leave an e-mail in doubt", |tx| end(tx, id, mail, how, Some(&sent)))?;
                Ok(Outcome::GivenUp("handed over twice without an answer".to_owned()))
            }
        }
    }

    async fn fail(
        &self,
        id: EmailId,
        mail: &Ordered,
        reason: &'static str,
        code: Option<i32>,
        postal: bool,
    ) -> Result<Outcome, Fault> {
        let how = End::Failed { state: "failed", reason, postal };
        let sent = Sent { code, wording: None };
        in_tx!(&self.db, "give an e-mail up", |tx| end(tx, id, mail, how, Some(&sent)))?;
        Ok(Outcome::GivenUp(reason.to_owned()))
    }

    /// Notes that a mail is put off. On the last day on which the post could still bring it, a letter is ordered as well:
    /// a mail that is only ever put off would end in nothing.
    async fn put_off(&self, tx: &mut Tx, id: EmailId, mail: &Ordered, put_off: PutOff) -> Result<(), Fault> {
        // Withdrawn in the meantime: what is on record stays.
        if store::email(tx, id).await?.is_none_or(|now| now.state != "ordered") {
            return Ok(());
        }
        let change = EmailChange {
            state: "ordered",
            reason: None,
            deferrals: mail.deferrals + i32::from(put_off.counts),
            // An answer, whatever it says, ends the doubt of this try.
            in_doubt: mail.in_doubt + i32::from(put_off.is_unknown),
            smtp_code: put_off.code,
            wording: None,
        };
        store::change_email(tx, id, &change).await?;
        let (now, post, first_day) = (tx.now(), &self.post, mail.order.first_day);
        if put_off.postal && decide::is_last_day_for_the_post(now, post.cut_off, post.run_days, first_day) {
            order_letter(tx, &mail.order).await?;
        }
        Ok(())
    }
}

/// How a mail was put off.
#[derive(Clone, Copy)]
struct PutOff {
    /// Whether the relay put off this very mail.
    counts: bool,
    /// Whether nobody knows if it was taken.
    is_unknown: bool,
    /// The relay's code.
    code: Option<i32>,
    /// Whether there is an address for the post.
    postal: bool,
}

/// The mail, when it is still to be sent and what it says is still ahead.
async fn due(tx: &mut Tx, id: EmailId) -> Result<Option<Ordered>, Fault> {
    let Some(mail) = store::email(tx, id).await? else { return Ok(None) };
    if mail.state != "ordered" {
        return Ok(None);
    }
    if !decide::still_ahead(tx.now(), mail.order.first_day) {
        end(tx, id, &mail, End::Failed { state: "failed", reason: "too_late", postal: false }, None).await?;
        return Ok(None);
    }
    if mail.in_doubt >= super::decide::DOUBTS {
        // A process died in the middle of the last try that was allowed.
        end(tx, id, &mail, End::Failed { state: "in_doubt", reason: "no_answer", postal: true }, None).await?;
        return Ok(None);
    }
    Ok(Some(mail))
}

/// Locks the row, looks whether the mail is still wanted, and puts the doubt on record.
async fn note_doubt(tx: &mut Tx, id: EmailId, mail: &Ordered) -> Result<(), Withheld> {
    if store::email(tx, id).await?.is_none_or(|now| now.state != "ordered") {
        return Err(Withheld::Gone);
    }
    audit::note(
        tx,
        &Actor::program(Channel::Correspondence, "email"),
        &Deed { action: "email.handed_over", person: None, series: Some(mail.order.series), hits: 1 },
    )
    .await?;
    let change = EmailChange {
        state: "ordered",
        reason: None,
        deferrals: mail.deferrals,
        in_doubt: mail.in_doubt + 1,
        smtp_code: None,
        wording: None,
    };
    Ok(store::change_email(tx, id, &change).await?)
}

/// How a mail ends.
#[derive(Clone, Copy)]
enum End {
    Sent,
    Superseded,
    Failed { state: &'static str, reason: &'static str, postal: bool },
}

/// What the relay said, and which words it was sent.
struct Sent<'a> {
    code: Option<i32>,
    wording: Option<(&'a str, i32)>,
}

async fn end(tx: &mut Tx, id: EmailId, mail: &Ordered, how: End, sent: Option<&Sent<'_>>) -> Result<(), Fault> {
    let Some(now) = store::email(tx, id).await? else { return Ok(()) };
    // A mail that was sent has been sent, even if a newer version was ordered while the relay took it.
    if now.state != "ordered" && !matches!((how, now.state.as_str()), (End::Sent, "superseded")) {
        return Ok(());
    }
    let (state, reason, event) = match how {
        End::Sent => ("sent", None, "email.sent"),
        End::Superseded => ("superseded", Some("no_longer_true"), "email.superseded"),
        End::Failed { state, reason, .. } => (state, Some(reason), "email.failed"),
    };
    let change = EmailChange {
        state,
        reason,
        deferrals: now.deferrals,
        in_doubt: if matches!(how, End::Sent) { mail.in_doubt } else { now.in_doubt },
        smtp_code: sent.and_then(|sent| sent.code),
        wording: sent.and_then(|sent| sent.wording),
    };
    store::change_email(tx, id, &change).await?;
    email_event(tx, event, mail.order.series, id, reason).await?;
    match how {
        End::Failed { postal, .. } => fall_back(tx, mail, postal).await,
        End::Sent | End::Superseded => Ok(()),
    }
}

/// A mail that did not arrive becomes a letter, where there is an address and no letter yet; where the letter had been
/// diverted to this mail, a person must see to it.
async fn fall_back(tx: &mut Tx, mail: &Ordered, postal: bool) -> Result<(), Fault> {
    let order = mail.order;
    let diverted = store::hold_diverted_letter(tx, order.series, order.version, "too_late_and_email_failed").await?;
    if let Some(letter) = diverted {
        return letter_event(tx, "letter.held", order.series, letter, Some("too_late_and_email_failed")).await;
    }
    if postal && decide::still_ahead(tx.now(), order.first_day) {
        order_letter(tx, &order).await?;
    }
    Ok(())
}
