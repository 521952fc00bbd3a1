//! `vaxline centres import|list`: where can be vaccinated, and with what.

use super::slots::day;
use crate::foundation::db::Db;
use crate::in_tx;
use crate::supply::catalogue::Catalogue;
use crate::supply::model::Centre;
use crate::supply::{commands, store};
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};
use time::Date;

/// What can be done with centres.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Centres {
    /// Imports vaccines and centres. What the catalogue does not name stays; importing it again changes nothing
    Import {
        /// The catalogue; Saxony in 2021 without it
        #[arg(long)]
        file: Option<PathBuf>,
        /// Takes addresses that were made up for demonstrations: letters would send people there
        #[arg(long)]
        demo_addresses: bool,
        /// Takes the centres as open from this day on, without a last day: for exercises, when the campaign is over
        #[arg(long, value_name = "DAY", value_parser = day)]
        open_from: Option<Date>,
    },
    /// Lists the centres: code, lanes, first and last day, name, address
    List,
}

/// Carries the command out.
///
/// # Errors
/// What is wrong with the catalogue, what was refused, or what is broken.
pub async fn run(command: Centres, db: &Db, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        Centres::Import { file, demo_addresses, open_from } => {
            let mut catalogue = load(file.as_deref())?;
            if let Some(day) = open_from {
                catalogue = catalogue.reopened(day);
            }
            let made_up: Vec<&str> = made_up(&catalogue.centres).collect();
            if !demo_addresses && !made_up.is_empty() {
                bail!(
                    "made up for demonstrations are the addresses of {}; name the real ones in a file, or take them with \
                     --demo-addresses",
                    made_up.join(", ")
                );
            }
            let imported = in_tx!(db, "import centres", |tx| commands::import(tx, &catalogue))?;
            writeln!(out, "added or changed: {} vaccines, {} centres", imported.vaccines, imported.centres)?;
        }
        Centres::List => {
            let mut conn = db.pool().acquire().await.context("reach the database")?;
            for centre in store::centres(&mut conn).await? {
                list(&centre, out)?;
            }
        }
    }
    Ok(())
}

fn load(file: Option<&Path>) -> anyhow::Result<Catalogue> {
    let Some(file) = file else { return Ok(Catalogue::saxony()?) };
    let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    Catalogue::parse(&text).map_err(|error| anyhow::anyhow!("{}", error.findings.join("\n")))
}

fn made_up(centres: &[Centre]) -> impl Iterator<Item = &str> {
    centres.iter().filter(|centre| centre.address_is_demo).map(|centre| centre.code.as_str())
}

fn list(centre: &Centre, out: &mut impl Write) -> std::io::Result<()> {
    let Centre { code, lanes, opens_on, name, street, postcode, town, .. } = centre;
    let closes_on = centre.closes_on.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let made_up = if centre.address_is_demo { "\tmade up" } else { "" };
    writeln!(out, "{code}\t{lanes}\t{opens_on}\t{closes_on}\t{name}\t{street}, {postcode} {town}{made_up}")
}
