//! Making the letters that were ordered, and finding another way for those that would come too late.
//!
//! What a letter says is asked for when it is made. What the fonts or the window refuse is held for a person, with a
//! code and without the name.

use super::typesetter::Typesetter;
use super::{LetterError, token};
use crate::correspondence::commands::{letter_event, order_email};
use crate::correspondence::model::{AppointmentSource, Content, Kind, Order};
use crate::correspondence::settings::Post;
use crate::correspondence::{DIVERT_JOB, RENDER_JOB, decide, store};
use crate::foundation::audit::{self, Actor, Channel, Deed};
use crate::foundation::db::{Db, Tx};
use crate::foundation::fault::Fault;
use crate::foundation::ids::LetterId;
use crate::foundation::jobs::{self, Job, Outcome, Worker};
use crate::in_tx;
use serde_json::json;
use std::sync::Arc;

/// Makes letters.
pub struct Render {
    /// The work plane.
    pub db: Db,
    /// Who knows what a letter says.
    pub source: Arc<dyn AppointmentSource>,
    /// Templates and fonts.
    pub typesetter: Arc<Typesetter>,
    /// What the codes are sealed with.
    pub seal: token::Seal,
    /// The post's times.
    pub post: Post,
}

#[async_trait::async_trait]
impl Worker for Render {
    fn kind(&self) -> &'static str {
        RENDER_JOB
    }

    async fn carry_out(&self, job: &Job) -> Result<Outcome, Fault> {
        let id: LetterId = subject(job)?;
        let Some(order) = in_tx!(&self.db, "look at a letter", |tx| wanted(tx, id))? else {
            return Ok(Outcome::Dropped);
        };
        let Some(content) = self.source.content(order.series, order.version).await? else {
            in_tx!(&self.db, "drop a letter", |tx| settle(tx, id, &order, Settled::Untrue))?;
            return Ok(Outcome::Dropped);
        };
        match self.make(order.kind, content).await? {
            Ok((letter, postcode)) => {
                in_tx!(&self.db, "store a letter", |tx| keep(tx, id, &order, &letter, &postcode, &self.post))?;
                Ok(Outcome::Done)
            }
            Err(error) => {
                let code = error.code();
                in_tx!(&self.db, "hold a letter", |tx| settle(tx, id, &order, Settled::Held(code)))?;
                Ok(Outcome::GivenUp(error.to_string()))
            }
        }
    }
}

type Made = (super::typesetter::Letter, String);

impl Render {
    async fn make(&self, kind: Kind, content: Content) -> Result<Result<Made, LetterError>, Fault> {
        let (typesetter, seal) = (Arc::clone(&self.typesetter), self.seal.clone());
        aside(move || {
            let code = sealed(&seal, &content)?;
            let letter = typesetter.letter(kind, &content, code.as_deref())?;
            Ok((letter, content.addressee.expose().postcode.clone()))
        })
        .await
    }
}

/// Sets a page on a thread of its own: it is work for the processor. A page that makes the engine panic is refused; what
/// the panic said may quote a name and is not repeated.
pub(crate) async fn aside<T: Send + 'static>(
    set: impl FnOnce() -> Result<T, LetterError> + Send + 'static,
) -> Result<Result<T, LetterError>, Fault> {
    match tokio::task::spawn_blocking(set).await {
        Ok(made) => Ok(made),
        Err(error) if error.is_panic() => Ok(Err(LetterError::Engine("it panicked".to_owned()))),
        Err(_) => Err(Fault::plain("set a page: the process ends")),
    }
}

/// The code on a letter; none when there is no appointment to be let in for.
///
/// # Errors
/// When the content does not fit into the code.
pub fn sealed(seal: &token::Seal, content: &Content) -> Result<Option<String>, LetterError> {
    token::Claim::of(content)
        .map(|claim| seal.sign(&claim).map_err(|error| LetterError::Engine(format!("seal the letter: {error}"))))
        .transpose()
}

pub(crate) fn subject<T: std::str::FromStr>(job: &Job) -> Result<T, Fault> {
    job.subject.parse().map_err(|_| Fault::plain(format!("job {} names no paper", job.id)))
}

async fn wanted(tx: &mut Tx, id: LetterId) -> Result<Option<Order>, Fault> {
    let letter = store::letter(tx, id).await?;
    Ok(letter.filter(|letter| letter.state == "ordered").map(|letter| letter.order))
}

async fn keep(
    tx: &mut Tx,
    id: LetterId,
    order: &Order,
    letter: &super::typesetter::Letter,
    postcode: &str,
    post: &Post,
) -> Result<(), Fault> {
    // The row is locked and looked at again: the booking may have changed while the page was set.
    if wanted(tx, id).await?.is_none() {
        return Ok(());
    }
    audit::note(
        tx,
        &Actor::program(Channel::Correspondence, "letter"),
        &Deed { action: "letter.rendered", person: None, series: Some(order.series), hits: 1 },
    )
    .await?;
    let now = tx.now();
    if order.first_day < decide::arrives(now, post.cut_off, post.run_days) {
        return settle_row(tx, id, order, Settled::TooLate).await;
    }
    let rendered = store::Rendered {
        pdf: &letter.pdf,
        sha256: &letter.sha256,
        pages: letter.pages,
        template: &letter.stamp.name,
        template_version: letter.stamp.version,
        template_hash: &letter.stamp.hash,
        postcode,
        print_by: decide::print_by(now, post.cut_off),
    };
    store::save_rendered(tx, id, rendered).await?;
    letter_event(tx, "letter.rendered", order.series, id, None).await
}

/// What becomes of a letter that is not printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// What it was to say is no longer so.
    Untrue,
    /// A person must see to it.
    Held(&'static str),
    /// It would come after the first appointment: another way is looked for.
    TooLate,
}

async fn settle(tx: &mut Tx, id: LetterId, order: &Order, settled: Settled) -> Result<(), Fault> {
    if wanted(tx, id).await?.is_none() {
        return Ok(());
    }
    settle_row(tx, id, order, settled).await
}

/// Settles a letter whose row is locked.
pub(crate) async fn settle_row(tx: &mut Tx, id: LetterId, order: &Order, settled: Settled) -> Result<(), Fault> {
    match settled {
        Settled::Untrue => {
            store::set_letter_state(tx, id, "superseded", Some("no_longer_true")).await?;
            letter_event(tx, "letter.superseded", order.series, id, Some("no_longer_true")).await
        }
        Settled::Held(code) => {
            store::set_letter_state(tx, id, "held", Some(code)).await?;
            letter_event(tx, "letter.held", order.series, id, Some(code)).await
        }
        Settled::TooLate => {
            store::set_letter_state(tx, id, "diverted", Some("too_late_for_the_post")).await?;
            letter_event(tx, "letter.diverted", order.series, id, Some("too_late_for_the_post")).await?;
            let now = tx.now();
            jobs::order_again(tx, DIVERT_JOB, &id.to_string(), &json!({}), now).await
        }
    }
}

/// Finds another way for letters that would come too late: an e-mail where there is an address, else a person.
pub struct Divert {
    /// The work plane.
    pub db: Db,
    /// Who knows the address.
    pub source: Arc<dyn AppointmentSource>,
    /// Whether mails leave this house at all.
    pub has_relay: bool,
}

#[async_trait::async_trait]
impl Worker for Divert {
    fn kind(&self) -> &'static str {
        DIVERT_JOB
    }

    async fn carry_out(&self, job: &Job) -> Result<Outcome, Fault> {
        let id: LetterId = subject(job)?;
        let Some(order) = in_tx!(&self.db, "look at a diverted letter", |tx| diverted(tx, id))? else {
            return Ok(Outcome::Dropped);
        };
        let content = self.source.content(order.series, order.version).await?;
        let way = match content {
            None => Way::Untrue,
            Some(content) if content.email.is_none() => Way::Person("too_late_and_no_email"),
            Some(_) if !self.has_relay => Way::Person("too_late_and_no_relay"),
            Some(_) => Way::Mail,
        };
        in_tx!(&self.db, "divert a letter", |tx| divert(tx, id, &order, way))?;
        Ok(Outcome::Done)
    }
}

async fn diverted(tx: &mut Tx, id: LetterId) -> Result<Option<Order>, Fault> {
    let letter = store::letter(tx, id).await?;
    Ok(letter.filter(|letter| letter.state == "diverted").map(|letter| letter.order))
}

/// Which other way a letter goes.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// None: what it was to say is no longer so.
    Untrue,
    /// By e-mail.
    Mail,
    /// A person must see to it, for this reason.
    Person(&'static str),
}

async fn divert(tx: &mut Tx, id: LetterId, order: &Order, way: Way) -> Result<(), Fault> {
    if diverted(tx, id).await?.is_none() {
        return Ok(());
    }
    match way {
        Way::Untrue => settle_row(tx, id, order, Settled::Untrue).await,
        Way::Person(reason) => settle_row(tx, id, order, Settled::Held(reason)).await,
        Way::Mail if store::email_has_failed(tx, order.series, order.version).await? => {
            settle_row(tx, id, order, Settled::Held("too_late_and_email_failed")).await
        }
        Way::Mail => order_email(tx, order).await.map(|_| ()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_panic_says_is_not_repeated() {
        let set = aside::<u8>(|| panic!("Erika Mustermann has no glyph")).await;
        let refused = set.expect("it is no fault").expect_err("it panicked");
        assert_eq!(
            (refused.code(), refused.to_string().as_str()),
            ("engine", "the page could not be written: it panicked")
        );
    }
}
