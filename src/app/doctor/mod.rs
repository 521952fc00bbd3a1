//! `vaxline doctor`: what stands between this configuration and a hotline that works.
//!
//! **In:** the configuration and the database. **Out:** a line for each check, with what to do. **Must hold:** a doctor
//! changes nothing, names no person and no secret, and waits for nobody longer than a deadline: what could not be checked
//! is wrong, never "fine".

mod content;
mod database;
mod outside;
mod staff;
mod store;

use super::config::Config;
use crate::foundation::clock::Clock;
use crate::foundation::db::Pools;
use crate::foundation::fault::Fault;
use std::fmt;
use std::time::Duration;

/// How long one check may take.
const WITHIN: Duration = Duration::from_secs(3);

/// How long it may take to set every letter once.
const LETTERS_WITHIN: Duration = Duration::from_secs(30);

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// The hotline works, but somebody should know.
    Warning,
    /// The hotline does not work like this.
    Wrong,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "WRONG",
        })
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub subject: &'static str,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen and, where it is not as it should be, what to do.
    pub says: String,
}

impl Finding {
    fn ok(subject: &'static str, says: impl Into<String>) -> Self {
        Self { subject, verdict: Verdict::Ok, says: says.into() }
    }

    fn warning(subject: &'static str, says: impl Into<String>) -> Self {
        Self { subject, verdict: Verdict::Warning, says: says.into() }
    }

    fn wrong(subject: &'static str, says: impl Into<String>) -> Self {
        Self { subject, verdict: Verdict::Wrong, says: says.into() }
    }
}

/// Carries out every check. The configuration has been read: it is valid.
pub async fn examine(config: &Config, pools: &Pools, clock: &Clock) -> Vec<Finding> {
    let db = &pools.work;
    let mut findings = vec![Finding::ok("configuration", "can be read, and nothing in it contradicts itself")];
    let answers = check("database", WITHIN, database::server(db, config.database.connections)).await;
    let is_there = answers.iter().all(|finding| finding.subject != "database" || finding.verdict != Verdict::Wrong);
    findings.extend(answers);
    if is_there {
        findings.extend(check("schema", WITHIN, database::schema(db)).await);
        let accepts = config.database.accept_unsafe_durability;
        findings.extend(check("durability", WITHIN, database::durability(db, accepts)).await);
        findings.extend(check("clock", WITHIN, database::time(db, clock)).await);
        findings.extend(check("leadership", WITHIN, database::leadership(db)).await);
        findings.extend(check("event log", WITHIN, database::event_log(db)).await);
        findings.extend(check("promises", WITHIN, database::promises(db)).await);
        findings.extend(check("slots", WITHIN, staff::slots(db)).await);
        findings.extend(check("staff", WITHIN, staff::users(db)).await);
        // The configuration has been read, so this is there.
        if let Ok(routing) = config.routing.routing() {
            findings.extend(check("skills", WITHIN, staff::skills(db, &routing)).await);
        }
        findings.extend(check("print house", WITHIN, staff::print_house(db)).await);
    }
    findings.push(content::menu(config));
    findings.push(content::rules());
    findings.extend(check("letters", LETTERS_WITHIN, content::letters(config)).await);
    findings.push(content::pages());
    findings.extend(check("provider", WITHIN, outside::provider(config)).await);
    findings.extend(check("music", WITHIN, outside::music(config)).await);
    findings.extend(check("mail", WITHIN, outside::mail(config)).await);
    findings
}

async fn check(
    subject: &'static str,
    within: Duration,
    checking: impl Future<Output = Result<Vec<Finding>, Fault>>,
) -> Vec<Finding> {
    match tokio::time::timeout(within, checking).await {
        Ok(Ok(findings)) => findings,
        Ok(Err(fault)) => vec![Finding::wrong(subject, format!("could not be checked: {}", fault.chain()))],
        Err(_) => vec![Finding::wrong(subject, format!("no answer within {} s", within.as_secs()))],
    }
}
