//! `vaxline notice show|set|clear`: what every caller hears before the menu, at once.

use crate::foundation::db::Db;
use crate::hotline::ivr::commands::set_notice;
use crate::hotline::ivr::flow::Texts;
use crate::hotline::ivr::store;
use crate::in_tx;
use std::io::Write;

/// What can be done with the notice.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Notice {
    /// Shows what callers hear
    Show,
    /// Lets every call that arrives from now on hear this; running calls hear what they heard
    Set {
        /// The words in German
        #[arg(long)]
        de: String,
        /// The words in English
        #[arg(long)]
        en: String,
    },
    /// Lets callers hear nothing before the menu
    Clear,
}

/// Carries the command out.
///
/// # Errors
/// What is wrong with the words, or broken.
pub async fn run(command: Notice, db: &Db, out: &mut impl Write) -> anyhow::Result<()> {
    let words = match command {
        Notice::Show => {
            match in_tx!(db, "read the notice", |tx| store::notice(tx.conn()))? {
                Some(Texts { de, en }) => writeln!(out, "de\t{de}\nen\t{en}")?,
                None => writeln!(out, "none")?,
            }
            return Ok(());
        }
        Notice::Set { de, en } => Some(Texts { de, en }),
        Notice::Clear => None,
    };
    in_tx!(db, "set the notice", |tx| set_notice(tx, words.as_ref(), None))?;
    Ok(())
}
