//! `vaxline users add|import|list|role|password|disable|enable` and `vaxline clients add|list|disable`.
//!
//! A password comes from a prompt, from standard input or from a file, never from an argument: arguments stand in the
//! process list and in the shell's history.

use crate::accounts::clients::Kind;
use crate::accounts::commands::{self, NewUser};
use crate::accounts::model::{self, Login, Role};
use crate::accounts::password::Password;
use crate::accounts::roster::{self, Row};
use crate::accounts::{Accounts, store};
use crate::foundation::fault::Refusal;
use crate::in_tx;
use anyhow::{Context, bail};
use clap::Subcommand;
use futures_util::{StreamExt, TryStreamExt};
use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A roster, or a file with a password, is read up to this size.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// What can be done with users.
#[derive(Debug, Subcommand)]
pub enum Users {
    /// Add a user; the password is asked for, or read as the first line of standard input or of a file
    Add {
        /// What is typed at log-in
        login: Login,
        /// What colleagues read
        #[arg(long)]
        name: String,
        /// agent or supervisor
        #[arg(long, default_value = "agent")]
        role: Role,
        /// User of the telephone at the provider that rings for this agent
        #[arg(long)]
        phone: Option<String>,
        /// Read the password from the first line of this file
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Add the users of a CSV file (login,display_name,role,phone_user,password); existing logins stay as they are
    Import {
        /// The file
        file: PathBuf,
        /// Where the passwords go that were made for users without one; the file must not exist yet
        #[arg(long)]
        passwords_to: Option<PathBuf>,
    },
    /// List the users
    List,
    /// Give a user another role; open pages of the old role close
    Role {
        /// Whose
        login: Login,
        /// agent or supervisor
        role: Role,
    },
    /// Give a user another password, read as for `add`; open pages close
    Password {
        /// Whose
        login: Login,
        /// Read the password from the first line of this file
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Draw new passwords for agents' phones, by which the provider lets them register (its registration hook)
    PhonePasswords {
        /// Whose; none: every agent's whose phone has no password yet
        logins: Vec<Login>,
        /// Where they go, as CSV (login,phone_user,realm,password); the file must not exist yet
        #[arg(long)]
        to: PathBuf,
    },
    /// Take access from a user; open pages close
    Disable {
        /// Whose
        login: Login,
    },
    /// Give access back to a user
    Enable {
        /// Whose
        login: Login,
    },
}

/// What can be done with API clients.
#[derive(Debug, Subcommand)]
pub enum Clients {
    /// Add a client and show its secret, once
    Add {
        /// What operators call it
        name: String,
        /// Which interface it may use: print
        #[arg(long, default_value = "print")]
        kind: Kind,
    },
    /// List the clients
    List,
    /// Take access from a client, for good
    Disable {
        /// What operators call it
        name: String,
    },
}

/// Where a command reads and writes.
pub struct Terminal<'a> {
    /// Standard input.
    pub input: &'a mut dyn BufRead,
    /// Standard output.
    pub output: &'a mut dyn Write,
    /// Whether somebody types at the input.
    pub interactive: bool,
}

impl<'a> Terminal<'a> {
    /// The terminal of this process, or what its streams were redirected to.
    pub fn of_process(input: &'a mut io::StdinLock<'static>, output: &'a mut io::StdoutLock<'static>) -> Self {
        Self { interactive: io::IsTerminal::is_terminal(input), input, output }
    }
}

/// Carries out a command on users; `realm` is the SIP realm of their phones.
///
/// # Errors
/// What was refused or is broken, in words.
pub async fn users(
    command: Users,
    accounts: &Accounts,
    realm: &str,
    terminal: &mut Terminal<'_>,
) -> anyhow::Result<()> {
    match command {
        Users::Add { login, name, role, phone, password_file } => {
            let display_name = model::display_name(&name)?;
            let phone_user = model::phone_user(phone.as_deref().unwrap_or_default())?;
            let password = Some(read_password(password_file.as_deref(), &login, terminal)?);
            let row = Row { password, login, display_name, role, phone_user };
            add(accounts, vec![row]).await?;
            writeln!(terminal.output, "added")?;
        }
        Users::Import { file, passwords_to } => import(accounts, &file, passwords_to.as_deref(), terminal).await?,
        Users::List => {
            for store::Listed { user, disabled_at } in
                in_tx!(&accounts.db, "list users", |tx| commands::list_users(tx))?
            {
                let phone = user.phone_user.as_deref().unwrap_or("-");
                let access = if disabled_at.is_some() { "disabled" } else { "enabled" };
                let (login, name) = (user.login.as_str(), user.display_name);
                writeln!(terminal.output, "{login}\t{}\t{phone}\t{access}\t{name}", user.role)?;
            }
        }
        Users::Role { login, role } => {
            in_tx!(&accounts.db, "change a role", |tx| commands::change_role(tx, &login, role))?;
        }
        Users::Password { login, password_file } => {
            let password = read_password(password_file.as_deref(), &login, terminal)?;
            let salt = in_tx!(&accounts.db, "draw a salt", |tx| commands::draw_salts(tx, 1))?.swap_remove(0);
            let hash = accounts.hasher.hash(password, salt).await?;
            in_tx!(&accounts.db, "set a password", |tx| commands::set_password(tx, &login, &hash))?;
        }
        Users::PhonePasswords { logins, to } => phone_passwords(accounts, realm, &logins, &to, terminal).await?,
        Users::Disable { login } => {
            in_tx!(&accounts.db, "disable a user", |tx| commands::disable(tx, &login, true))?;
        }
        Users::Enable { login } => {
            in_tx!(&accounts.db, "enable a user", |tx| commands::disable(tx, &login, false))?;
        }
    }
    Ok(())
}

/// Carries out a command on API clients.
///
/// # Errors
/// What was refused or is broken, in words.
pub async fn clients(command: Clients, accounts: &Accounts, terminal: &mut Terminal<'_>) -> anyhow::Result<()> {
    match command {
        Clients::Add { name, kind } => {
            let (_, secret) = in_tx!(&accounts.db, "add a client", |tx| commands::add_client(tx, &name, kind))?;
            writeln!(terminal.output, "{}", secret.reveal())?;
        }
        Clients::List => {
            for client in in_tx!(&accounts.db, "list clients", |tx| commands::list_clients(tx))? {
                let access = if client.disabled_at.is_some() { "disabled" } else { "enabled" };
                writeln!(terminal.output, "{}\t{access}\t{}", client.kind, client.name)?;
            }
        }
        Clients::Disable { name } => {
            in_tx!(&accounts.db, "disable a client", |tx| commands::disable_client(tx, &name))?;
        }
    }
    Ok(())
}

/// Adds users whose rows have their passwords.
async fn add(accounts: &Accounts, rows: Vec<Row>) -> anyhow::Result<()> {
    let salts = in_tx!(&accounts.db, "draw salts", |tx| commands::draw_salts(tx, rows.len()))?;
    let hashing = rows.into_iter().zip(salts).map(|(row, salt)| async move {
        let password = row.password.context("a user needs a password")?;
        anyhow::Ok(NewUser {
            password_hash: accounts.hasher.hash(password, salt).await?,
            login: row.login,
            display_name: row.display_name,
            role: row.role,
            phone_user: row.phone_user,
        })
    });
    let new: Vec<NewUser> =
        futures_util::stream::iter(hashing).buffered(accounts.settings.hashing_threads).try_collect().await?;
    in_tx!(&accounts.db, "add users", |tx| commands::add_users(tx, &new))?;
    Ok(())
}

async fn import(
    accounts: &Accounts,
    file: &Path,
    passwords_to: Option<&Path>,
    terminal: &mut Terminal<'_>,
) -> anyhow::Result<()> {
    let mut rows = match roster::parse(&read_roster(file)?) {
        Ok(rows) => rows,
        Err(errors) => {
            for error in &errors {
                writeln!(terminal.output, "line {}: {}", error.line, error.code)?;
            }
            bail!("nothing was added: {} faulty lines", errors.len());
        }
    };
    let logins: Vec<Login> = rows.iter().map(|row| row.login.clone()).collect();
    let taken = in_tx!(&accounts.db, "look for logins", |tx| commands::taken_logins(tx, &logins))?;
    rows.retain(|row| !taken.contains(&row.login));
    let missing = rows.iter().filter(|row| row.password.is_none()).count();
    if missing > 0 {
        let Some(path) = passwords_to else {
            bail!("{missing} users have no password: say with --passwords-to where theirs shall go");
        };
        let mut drawn = in_tx!(&accounts.db, "draw passwords", |tx| commands::draw_passwords(tx, missing))?.into_iter();
        // Written before the users exist: a crash in between leaves passwords without users, never the other way.
        let mut out = create_secret(path)?;
        writeln!(out, "login,password")?;
        for row in rows.iter_mut().filter(|row| row.password.is_none()) {
            let (password, text) = drawn.next().context("as many passwords as users")?;
            writeln!(out, "{},{text}", row.login.as_str())?;
            row.password = Some(password);
        }
        out.sync_all()?;
    }
    let added = rows.len();
    add(accounts, rows).await?;
    writeln!(terminal.output, "added {added}, left as they are {}", taken.len())?;
    Ok(())
}

async fn phone_passwords(
    accounts: &Accounts,
    realm: &str,
    logins: &[Login],
    path: &Path,
    terminal: &mut Terminal<'_>,
) -> anyhow::Result<()> {
    if realm.is_empty() {
        bail!("provider.sip_realm is empty: a phone's password holds for one realm");
    }
    let mut out = create_secret(path)?;
    let drawn =
        in_tx!(&accounts.db, "draw passwords of phones", |tx| commands::draw_phone_passwords(tx, realm, logins));
    let drawn = match drawn {
        Ok(drawn) => drawn,
        Err(error) => {
            std::fs::remove_file(path)?;
            return Err(error.into());
        }
    };
    writeln!(out, "login,phone_user,realm,password")?;
    for phone in &drawn {
        writeln!(out, "{},{},{realm},{}", phone.login, phone.phone_user, phone.text.expose())?;
    }
    out.sync_all()?;
    writeln!(terminal.output, "{} phones have a new password", drawn.len())?;
    Ok(())
}

/// A new file that only its owner reads.
fn create_secret(path: &Path) -> anyhow::Result<File> {
    let file = File::options().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("create {}", path.display()))
}

/// The text of a roster. One that is too long is read so far that its reader sees it.
pub(super) fn read_roster(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    open(file)?.take(MAX_BYTES + 1).read_to_string(&mut text).context("the roster is not UTF-8 text")?;
    Ok(text)
}

fn open(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("open {}", path.display()))
}

/// A password from a file, from a person at the terminal, or from the first line of standard input.
fn read_password(file: Option<&Path>, login: &Login, terminal: &mut Terminal<'_>) -> anyhow::Result<Password> {
    let typed = match file {
        Some(file) => first_line(&mut io::BufReader::new(open(file)?))?,
        None if terminal.interactive => ask_twice(terminal)?,
        None => first_line(terminal.input)?,
    };
    Ok(Password::chosen(&typed, login)?)
}

fn first_line(input: &mut dyn BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    input.take(MAX_BYTES).read_line(&mut line).context("read a password")?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

fn ask_twice(terminal: &mut Terminal<'_>) -> anyhow::Result<String> {
    let hidden = Hidden::on();
    let mut ask = |prompt: &str| -> anyhow::Result<String> {
        write!(terminal.output, "{prompt}: ")?;
        terminal.output.flush()?;
        let line = first_line(terminal.input)?;
        writeln!(terminal.output)?;
        Ok(line)
    };
    let (first, second) = (ask("Password")?, ask("Again")?);
    drop(hidden);
    if first == second { Ok(first) } else { bail!("the two are not the same") }
}

/// While it lives, the terminal does not show what is typed.
struct Hidden;

impl Hidden {
    fn on() -> Self {
        Self::stty("-echo");
        Self
    }

    fn stty(mode: &str) {
        // Where there is no `stty`, the password shows while it is typed; that is no reason to refuse it.
        let _ = Command::new("stty").arg(mode).stdin(Stdio::inherit()).stderr(Stdio::null()).status();
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        Self::stty("echo");
    }
}

/// The stable code of what a command was refused with, for tests and scripts.
#[must_use]
pub fn code(error: &anyhow::Error) -> Option<&'static str> {
    error.downcast_ref::<model::AccountsError>().map(Refusal::code)
}
