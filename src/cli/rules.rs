//! `vaxline rules check|diff`: for who writes the rules, without a database.

use crate::foundation::calendar;
use crate::scheduling::eligibility::{Change, Standing, who_would_change};
use crate::scheduling::rules::{RuleBook, RuleSet};
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};
use time::format_description::FormatItem;
use time::macros::{format_description, time};
use time::{Date, OffsetDateTime};

const DAY: &[FormatItem<'static>] = format_description!("[year]-[month]-[day]");
const MINUTE: &[FormatItem<'static>] = format_description!("[year]-[month]-[day] [hour]:[minute]");

/// What can be done with rules.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Rules {
    /// Reads catalogue and rules whole, and says everything that is wrong with them
    Check {
        /// The folder of the rules; those that are configured without it
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// Says for whom something changes between two versions
    Diff {
        /// A version, or a day: then the version in force at its noon
        from: String,
        /// A version, or a day
        to: String,
        /// The folder of the rules; those that are configured without it
        #[arg(long)]
        folder: Option<PathBuf>,
    },
}

impl Rules {
    /// Carries the command out. `configured` is the folder of the configuration, empty for the rules that are compiled in.
    ///
    /// # Errors
    /// What is wrong with the rules, or with the way to their files.
    pub fn run(&self, configured: &Path, out: &mut impl Write) -> anyhow::Result<()> {
        let (Self::Check { folder } | Self::Diff { folder, .. }) = self;
        let book = match RuleBook::of_folder(folder.as_deref().unwrap_or(configured)) {
            Ok(book) => book,
            Err(error) => {
                for finding in &error.findings {
                    writeln!(out, "{finding}")?;
                }
                bail!("the rules cannot be used: {} findings", error.findings.len());
            }
        };
        match self {
            Self::Check { .. } => {
                for set in book.sets() {
                    writeln!(out, "{}", named(set)?)?;
                }
                Ok(())
            }
            Self::Diff { from, to, .. } => diff(version(&book, from)?, version(&book, to)?, out),
        }
    }
}

/// The version of a name or of a day.
fn version<'b>(book: &'b RuleBook, text: &str) -> anyhow::Result<&'b RuleSet> {
    if let Ok(set) = book.of_version(text) {
        return Ok(set);
    }
    let day = Date::parse(text, DAY).ok().with_context(|| format!("there is no version {text}, and it is no day"))?;
    book.in_force(calendar::moment(day, time!(12:00))).with_context(|| format!("no rules are in force on {text}"))
}

fn diff(before: &RuleSet, after: &RuleSet, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "before: {}", named(before)?)?;
    writeln!(out, "after:  {}", named(after)?)?;
    let changes = who_would_change(before, after);
    for change in &changes {
        writeln!(out, "{}", sentence(change))?;
    }
    if changes.is_empty() {
        writeln!(out, "nobody's entitlement, vaccines or intervals change")?;
    }
    if before.post_days != after.post_days {
        writeln!(out, "letters: {} working days become {}", before.post_days, after.post_days)?;
    }
    writeln!(out, "confirmed series keep the version by which they were decided")?;
    Ok(())
}

/// A version in one line.
fn named(set: &RuleSet) -> anyhow::Result<String> {
    let local = |moment: OffsetDateTime| calendar::local(moment).format(MINUTE);
    let (valid_from, published_at) = (local(set.valid_from)?, local(set.published_at)?);
    let groups: Vec<&str> = set.open_groups.iter().map(|group| group.name()).collect();
    Ok(format!(
        "{}  in force from {valid_from}, published {published_at}; {} open, {} claims: {}",
        set.version,
        groups.join(" "),
        set.claims.len(),
        set.title
    ))
}

fn sentence(change: &Change) -> String {
    let channels: Vec<&str> = change.channels.iter().map(|channel| channel.name()).collect();
    let (claim, channels) = (change.claim.as_str(), channels.join(" and "));
    let (from, until) = (change.ages.start(), change.ages.end());
    format!("{claim}, {from} to {until} years, by {channels}: {} -> {}", what(&change.before), what(&change.after))
}

fn what(standing: &Standing) -> String {
    match standing {
        Standing::Refused(refusal) => format!("no ({refusal})"),
        Standing::May { group, vaccines } => {
            let vaccines: Vec<String> = vaccines
                .iter()
                .map(|(code, interval)| match interval {
                    None => code.to_string(),
                    Some(interval) => format!("{code} after {} to {} days", interval.min, interval.max),
                })
                .collect();
            format!("{} with {}", group.name(), vaccines.join(", "))
        }
    }
}
