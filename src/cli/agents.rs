//! `vaxline agents skills|import|list`: what agents can do, and what they do now.

use crate::accounts::model::{Login, Role};
use crate::accounts::{self, commands as users, roster};
use crate::cli::users::read_roster;
use crate::foundation::db::Db;
use crate::foundation::ids::UserId;
use crate::hotline::agents::store as agents;
use crate::hotline::queue::commands as queue;
use crate::hotline::queue::routing::Routing;
use crate::hotline::queue::skills::{Skill, Skills};
use crate::in_tx;
use anyhow::{Context, bail};
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

/// What can be done with agents.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Agents {
    /// Says all that an agent can do: `en=3 duty=1`. What is not named is taken away; it holds from the next offer on
    Skills {
        /// Whose
        login: Login,
        /// Skills with their levels, 1 to 9
        skills: Vec<String>,
    },
    /// Reads what agents can do from a CSV file, all or nothing: `login,skills` with skills as `en=3 duty=1`
    Import {
        /// The file
        file: PathBuf,
    },
    /// Lists the agents: login, state, skills, name
    List,
}

/// Carries the command out.
///
/// # Errors
/// What is wrong with the skills, what was refused, or what is broken.
pub async fn run(command: Agents, db: &Db, routing: &Routing, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        Agents::Skills { login, skills } => {
            let skills = read(skills.iter().map(String::as_str), routing)?;
            set(db, &[(login, skills)]).await
        }
        Agents::Import { file } => {
            let rows = rows(&read_roster(&file)?, routing)?;
            set(db, &rows).await?;
            writeln!(out, "{} agents", rows.len())?;
            Ok(())
        }
        Agents::List => list(db, out).await,
    }
}

/// Skills that are configured, as `en=3`.
fn read<'a>(words: impl Iterator<Item = &'a str>, routing: &Routing) -> anyhow::Result<Skills> {
    let mut skills: HashMap<Skill, u8> = HashMap::new();
    for word in words {
        let (code, level) = word.split_once('=').with_context(|| format!("{word}: a skill is given as en=3"))?;
        let Some((skill, _)) = routing.skills().find(|(skill, _)| skill.code() == code) else {
            let known: Vec<&str> = routing.skills().map(|(skill, _)| skill.code()).collect();
            bail!("{code}: there is no such skill under routing.skills, but {}", known.join(", "));
        };
        let level = level.parse().ok().filter(|level| (1..=9).contains(level));
        let level = level.with_context(|| format!("{word}: a level is 1 to 9"))?;
        if skills.insert(skill.clone(), level).is_some() {
            bail!("{code}: stands there twice");
        }
    }
    Ok(skills.into_iter().collect())
}

/// The rows of a CSV file, or every line that is wrong.
fn rows(text: &str, routing: &Routing) -> anyhow::Result<Vec<(Login, Skills)>> {
    let table = roster::table(text).map_err(|error| anyhow::anyhow!("line {}: {}", error.line, error.code))?;
    anyhow::ensure!(table.names == ["login", "skills"], "the first line must be: login,skills");
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for (line, fields) in table.records {
        let (login, skills) = match &fields[..] {
            [login] => (login, ""),
            [login, skills] => (login, skills.as_str()),
            _ => {
                wrong.push(format!("line {line}: there are more than two fields"));
                continue;
            }
        };
        let login: Result<Login, _> = login.trim().parse();
        match (login, read(skills.split_whitespace(), routing)) {
            (Ok(login), Ok(skills)) => rows.push((login, skills)),
            (Err(_), _) => wrong.push(format!("line {line}: this is no login")),
            (_, Err(error)) => wrong.push(format!("line {line}: {error}")),
        }
    }
    anyhow::ensure!(wrong.is_empty(), "nothing was changed:\n{}", wrong.join("\n"));
    Ok(rows)
}

/// Writes what agents can do, all or nothing.
async fn set(db: &Db, rows: &[(Login, Skills)]) -> anyhow::Result<()> {
    let known: HashMap<Login, UserId> = all(db).await?.into_iter().map(|it| (it.user.login, it.user.id)).collect();
    let mut found = Vec::with_capacity(rows.len());
    for (login, skills) in rows {
        let agent = known.get(login).with_context(|| format!("there is no agent {}", login.as_str()))?;
        found.push((*agent, skills));
    }
    // In one order, so that two who write at once do not wait for each other in a circle.
    found.sort_by_key(|(agent, _)| *agent);
    in_tx!(db, "set skills", |tx| queue::set_all_skills(tx, &found))?;
    Ok(())
}

async fn all(db: &Db) -> anyhow::Result<Vec<accounts::store::Listed>> {
    let listed = in_tx!(db, "list users", |tx| users::list_users(tx))?;
    Ok(listed.into_iter().filter(|it| it.user.role == Role::Agent).collect())
}

async fn list(db: &Db, out: &mut impl Write) -> anyhow::Result<()> {
    let seen = in_tx!(db, "list agents", |tx| agents::list(tx))?;
    let seen: HashMap<UserId, (String, String)> =
        seen.into_iter().map(|agent| (agent.id, (agent.state, agent.skills))).collect();
    for it in all(db).await? {
        let (state, skills) = seen.get(&it.user.id).map_or(("offline", ""), |(state, skills)| (state, skills));
        let skills = if skills.is_empty() { "-" } else { skills };
        writeln!(out, "{}\t{state}\t{skills}\t{}", it.user.login.as_str(), it.user.display_name)?;
    }
    Ok(())
}
