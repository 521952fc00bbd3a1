//! What supervisors change of the menu while calls run.

use super::check::check_text;
use super::flow::{LANGUAGES, Texts};
use super::store;
use crate::foundation::db::Tx;
use crate::foundation::events::{self, About};
use crate::foundation::fault::{Fault, Refusal};
use crate::foundation::ids::UserId;
use serde_json::json;

/// Why a notice is refused, or what is broken.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// A text is missing, too long, or cannot be spoken: what is wrong, a line each.
    #[error("{0}")]
    BadText(String),
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for NoticeError {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::BadText(_) => None,
            Self::Fault(fault) => Some(fault),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BadText(_) => "bad_text",
            Self::Fault(_) => "fault",
        }
    }
}

/// Every call that arrives from now on hears this before the menu, in every language; `None`: nothing any more.
///
/// # Errors
/// `bad_text` when a language is missing or cannot be spoken, or a fault.
pub async fn set_notice(tx: &mut Tx, notice: Option<&Texts>, by: Option<UserId>) -> Result<(), NoticeError> {
    if let Some(texts) = notice {
        let mut wrong = Vec::new();
        for language in LANGUAGES {
            check_text(language.code(), texts.of(language), &mut wrong);
        }
        if !wrong.is_empty() {
            return Err(NoticeError::BadText(wrong.join("; ")));
        }
    }
    let now = tx.now();
    store::save_notice(tx.conn(), notice, by, now).await?;
    let about = About { agent: by, ..About::default() };
    events::record(tx, "notice.set", about, json!({ "on": notice.is_some() })).await?;
    Ok(())
}
