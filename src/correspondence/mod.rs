//! Letters and e-mails: what leaves the house, and the proof that it left.
//!
//! **Owns** letters, e-mails, the print queue and their templates. **In:** an order, written in the transaction of the
//! booking that it confirms; what it says is asked for again when it is made ([`model::AppointmentSource`]).
//! **Out:** a PDF that a print house pulls from `/print/v1`, an e-mail by SMTP, and a row that says how far each came.
//! **Must hold:** every confirmed version has exactly one order per wanted channel (M1); a letter is printed once, and
//! a print house that dies between lease and acknowledgement gives it back (M2); the paper says what the database holds
//! when it is rendered, and its version (M3); the same content and template give the same bytes.

pub mod commands;
pub mod decide;
pub mod email;
pub mod letters;
pub mod model;
pub mod print;
pub mod settings;
pub mod store;

use crate::foundation::db::{Db, Tx};
use crate::foundation::fault::Fault;
use crate::foundation::jobs::Worker;
use crate::in_tx;
use letters::set::Source;
use letters::token::Seal;
use letters::typesetter::Typesetter;
use model::AppointmentSource;
use rand::RngExt;
use settings::Settings;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The job that makes a letter.
pub const RENDER_JOB: &str = "letter.render";
/// The job that finds another way for a letter.
pub const DIVERT_JOB: &str = "letter.divert";
/// The job that sends an e-mail.
pub const EMAIL_JOB: &str = "email.send";

/// How long to wait before the key of the seal is looked for again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Everything that the workers share.
#[derive(Clone)]
pub struct Correspondence {
    db: Db,
    source: Arc<dyn AppointmentSource>,
    typesetter: Arc<Typesetter>,
    seal: Seal,
    settings: Settings,
}

impl Correspondence {
    /// Reads and proves the templates, and finds the key of the seal, for which it waits until the database is there.
    ///
    /// # Errors
    /// Every mistake in the templates, or a bad secret.
    pub async fn open(db: Db, source: Arc<dyn AppointmentSource>, settings: Settings) -> Result<Self, Fault> {
        let templates = if settings.templates == Path::new("") {
            Source::CompiledIn
        } else {
            Source::Folder(settings.templates.clone())
        };
        let proved = tokio::task::spawn_blocking(move || Typesetter::load(&templates)).await;
        let typesetter = proved
            .map_err(|error| Fault::new("prove the letter templates", error))?
            .map_err(|mistakes| Fault::plain(format!("letter templates: {}", mistakes.join("; "))))?;
        if !settings.email.has_relay() {
            tracing::warn!("correspondence: no relay is configured (correspondence.email.host): no e-mail is sent");
        }
        settings.seal_secret().map_err(Fault::plain)?;
        let seal = loop {
            match seal(&db, &settings).await {
                Ok(seal) => break seal,
                Err(fault) => {
                    tracing::warn!(fault = fault.chain(), "letters: no key for the seal yet, will look again");
                }
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        };
        Ok(Self { db, source, typesetter: Arc::new(typesetter), seal, settings })
    }

    /// The workers.
    #[must_use]
    pub fn workers(&self) -> Vec<Arc<dyn Worker>> {
        vec![
            Arc::new(letters::worker::Render {
                db: self.db.clone(),
                source: Arc::clone(&self.source),
                typesetter: Arc::clone(&self.typesetter),
                seal: self.seal.clone(),
                post: self.settings.post.clone(),
            }),
            Arc::new(letters::worker::Divert {
                db: self.db.clone(),
                source: Arc::clone(&self.source),
                has_relay: self.settings.email.has_relay(),
            }),
            Arc::new(email::worker::Send {
                db: self.db.clone(),
                source: Arc::clone(&self.source),
                typesetter: Arc::clone(&self.typesetter),
                seal: self.seal.clone(),
                settings: self.settings.email.clone(),
                post: self.settings.post.clone(),
            }),
        ]
    }
}

/// The seal of letters: the configuration's key, else the one in the database, which is made when there is none.
///
/// # Errors
/// A bad secret, or a database that is away.
pub async fn seal(db: &Db, settings: &Settings) -> Result<Seal, Fault> {
    let number = settings.seal.number;
    let secret = match settings.seal_secret().map_err(Fault::plain)? {
        Some(secret) => secret,
        None => in_tx!(db, "find the key of the seal", |tx| kept_key(tx, number))?,
    };
    Ok(Seal::new(number, &secret))
}

async fn kept_key(tx: &mut Tx, number: u8) -> Result<[u8; 32], Fault> {
    let fresh: [u8; 32] = tx.chance().random();
    let kept = store::keep_seal_key(tx, i16::from(number), &fresh).await?;
    kept.try_into().map_err(|_| Fault::plain("the kept key of the seal is damaged"))
}
