//! `vaxline letters check|render|held|again|key|verify`: for who writes the words, who sees to what could not be printed,
//! and who checks the codes at the door.

use super::start::{self, Start};
use crate::correspondence;
use crate::correspondence::letters::set::Source;
use crate::correspondence::letters::specimen;
use crate::correspondence::letters::token;
use crate::correspondence::letters::typesetter::Typesetter;
use crate::correspondence::model::{Kind, Language};
use crate::correspondence::store::HeldLetter;
use crate::foundation::fault::Fault;
use crate::foundation::ids::LetterId;
use crate::in_tx;
use anyhow::{Context, bail};
use ed25519_dalek::VerifyingKey;
use std::io::Write;
use std::path::PathBuf;

/// What to do with the letters.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Letters {
    /// Reads a set of templates whole, sets every specimen, and compares the transcripts beside the templates
    Check {
        /// The folder of the set; the set that is compiled in without it
        #[arg(long)]
        folder: Option<PathBuf>,
        /// Writes the transcripts instead of comparing them
        #[arg(long, requires = "folder")]
        accept: bool,
    },
    /// Writes the PDF of a specimen
    Render {
        /// Where to
        out: PathBuf,
        /// The folder of the set; the set that is compiled in without it
        #[arg(long)]
        folder: Option<PathBuf>,
        /// confirmation or cancellation
        #[arg(long, default_value = "confirmation")]
        kind: String,
        /// de or en
        #[arg(long, default_value = "de")]
        language: String,
        /// ordinary, longest or one dose
        #[arg(long, default_value = specimen::ORDINARY)]
        specimen: String,
    },
    /// Lists the letters that wait for a person, and why: since when, letter, appointments, first day, reason
    Held,
    /// Makes a held letter again, when what it was held for is mended
    Again {
        /// The letter, as `letters held` names it
        letter: LetterId,
    },
    /// Shows what centres check the codes on letters with: the key's number and its public half
    Key,
    /// Checks the code of a letter, as a centre does without a network
    Verify {
        /// What was scanned
        code: String,
        /// What `letters key` shows; can be given several times
        #[arg(long, required = true, value_parser = public_key)]
        key: Vec<(u8, VerifyingKey)>,
    },
}

/// Reads a key as `letters key` shows it.
fn public_key(text: &str) -> Result<(u8, VerifyingKey), String> {
    let form = || "a key is a number, a colon and 64 hexadecimal digits".to_owned();
    let (number, digits) = text.split_once(':').ok_or_else(form)?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).map_err(|_| form())?;
    Ok((number.parse().map_err(|_| form())?, VerifyingKey::from_bytes(&bytes).map_err(|_| form())?))
}

impl Letters {
    /// Carries the command out.
    ///
    /// # Errors
    /// What is wrong with the set, or with the way to the file.
    pub(super) fn run(self, start: Start, out: &mut impl Write) -> anyhow::Result<()> {
        match self {
            Self::Check { folder, accept } => check(&source(folder.as_ref()), folder.as_ref().filter(|_| accept), out),
            Self::Render { out: file, folder, kind, language, specimen } => {
                let typesetter = load(&source(folder.as_ref()))?;
                let kind = Kind::from_code(&kind).with_context(|| format!("there is no kind \"{kind}\""))?;
                let language =
                    Language::from_code(&language).with_context(|| format!("there is no language \"{language}\""))?;
                let (_, _, specimen) = specimen::all()
                    .into_iter()
                    .find(|(k, l, s)| *k == kind && *l == language && s.name == specimen)
                    .with_context(|| format!("there is no specimen \"{specimen}\""))?;
                let letter = typesetter.letter(kind, &specimen.content, specimen.token.as_deref())?;
                std::fs::write(&file, &letter.pdf).with_context(|| format!("write {}", file.display()))?;
                writeln!(out, "{}  {}  {} bytes", hex::encode(letter.sha256), file.display(), letter.pdf.len())?;
                Ok(())
            }
            Self::Held => start.block_on(held),
            Self::Again { letter } => start.block_on(|context| again(context, letter)),
            Self::Key => start.block_on(key),
            Self::Verify { code, key } => {
                let claim = token::verify(&code, &key)?;
                writeln!(out, "reference {}, version {}", claim.reference, claim.version)?;
                for day in [Some(claim.first_day), claim.second_day].into_iter().flatten() {
                    writeln!(out, "{day}")?;
                }
                writeln!(out, "centre {:04x}", claim.centre)?;
                Ok(())
            }
        }
    }
}

/// More than this are no longer read one by one.
const MOST_HELD: i64 = 1_000;

async fn held(context: start::Context) -> anyhow::Result<()> {
    let mut connection = context.pools.work.pool().acquire().await.context("reach the database")?;
    for letter in correspondence::store::held_letters(&mut connection, MOST_HELD).await? {
        let HeldLetter { id, series, reason, first_day, since } = letter;
        super::say(format_args!("{since}  {id}  {series}  {first_day}  {reason}"));
    }
    Ok(())
}

async fn again(context: start::Context, letter: LetterId) -> anyhow::Result<()> {
    let made: Result<bool, Fault> =
        in_tx!(&context.pools.work, "make a letter again", |tx| correspondence::commands::make_again(tx, letter));
    if !made? {
        bail!("letter {letter} is not held");
    }
    super::say(format_args!("letter {letter} is made again"));
    Ok(())
}

async fn key(context: start::Context) -> anyhow::Result<()> {
    let seal = correspondence::seal(&context.pools.work, &context.config.correspondence).await?;
    let (number, key) = seal.public();
    super::say(format_args!("{number}:{}", hex::encode(key.as_bytes())));
    Ok(())
}

fn source(folder: Option<&PathBuf>) -> Source {
    folder.map_or(Source::CompiledIn, |folder| Source::Folder(folder.clone()))
}

fn load(source: &Source) -> anyhow::Result<Typesetter> {
    Typesetter::load(source).map_err(|mistakes| anyhow::anyhow!("{}", mistakes.join("\n")))
}

fn check(source: &Source, accept_into: Option<&PathBuf>, out: &mut impl Write) -> anyhow::Result<()> {
    let typesetter = load(source)?;
    if let Some(folder) = accept_into {
        for (path, text) in typesetter.transcripts()? {
            let path = folder.join(path);
            std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
            writeln!(out, "wrote {}", path.display())?;
        }
        return Ok(());
    }
    let findings = typesetter.compare(source);
    for finding in &findings {
        writeln!(out, "{}: {}", finding.template, finding.wrong)?;
    }
    if !findings.is_empty() {
        bail!("{} transcripts differ; read them, then accept them with --accept", findings.len());
    }
    writeln!(out, "letters: every template is whole, fits its page and reads as its transcript")?;
    Ok(())
}
