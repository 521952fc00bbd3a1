//! The use cases: add and change users, log in and out, find the session of a token, add a client.

use super::Accounts;
use super::brake::{self, Charge};
use super::clients::Kind;
use super::model::{AccountsError, Login, Role, Session, User};
use super::password::{Lane, Password};
use super::phone::{Proof, ha1};
use super::store;
use super::token::Token;
use crate::foundation::db::Tx;
use crate::foundation::events::{self, About};
use crate::foundation::fault::Fault;
use crate::foundation::ids::{ClientId, SessionId, UserId};
use crate::foundation::pii::Pii;
use crate::in_tx;
use rand::RngExt;
use serde_json::json;
use std::collections::HashSet;
use std::net::IpAddr;
use time::Duration;

/// A user to be added.
#[derive(Debug)]
pub struct NewUser {
    /// What will be typed at log-in.
    pub login: Login,
    /// What colleagues will read.
    pub display_name: String,
    /// What the user may do.
    pub role: Role,
    /// User of the telephone that rings for this agent.
    pub phone_user: Option<String>,
    /// The hash of the password, from the hasher.
    pub password_hash: String,
}

/// Adds a user.
///
/// # Errors
/// `login_taken`, or a fault.
pub async fn add_user(tx: &mut Tx, new: &NewUser) -> Result<UserId, AccountsError> {
    let id: UserId = tx.id();
    let now = tx.now();
    let user = User {
        id,
        login: new.login.clone(),
        display_name: new.display_name.clone(),
        role: new.role,
        phone_user: new.phone_user.clone(),
    };
    if !store::insert_user(tx.conn(), &user, &new.password_hash, now).await? {
        return Err(AccountsError::LoginTaken);
    }
    events::record(tx, "user.added", About { agent: Some(id), ..About::default() }, json!({ "role": new.role }))
        .await?;
    Ok(id)
}

/// Which of these logins exist.
///
/// # Errors
/// When the database is away.
pub async fn taken_logins(tx: &mut Tx, logins: &[Login]) -> Result<HashSet<Login>, AccountsError> {
    let logins: Vec<String> = logins.iter().map(|login| login.as_str().to_owned()).collect();
    store::taken(tx.conn(), &logins).await?.iter().map(|login| login.parse()).collect()
}

/// Adds users, all or none.
///
/// # Errors
/// `login_taken`, or a fault.
pub async fn add_users(tx: &mut Tx, users: &[NewUser]) -> Result<(), AccountsError> {
    for user in users {
        add_user(tx, user).await?;
    }
    Ok(())
}

/// Gives a user another role; sockets of the old role close.
///
/// # Errors
/// `unknown_user`, or a fault.
pub async fn change_role(tx: &mut Tx, login: &Login, role: Role) -> Result<(), AccountsError> {
    changed(tx, login, Some(role), None).await
}

/// Takes access from a user, or gives it back. Taking it ends every session for good: giving access back opens none.
///
/// # Errors
/// `unknown_user`, or a fault.
pub async fn disable(tx: &mut Tx, login: &Login, disabled: bool) -> Result<(), AccountsError> {
    changed(tx, login, None, Some(disabled)).await
}

/// Gives a user another password; who is logged in has to log in again.
///
/// # Errors
/// `unknown_user`, or a fault.
pub async fn set_password(tx: &mut Tx, login: &Login, password_hash: &str) -> Result<(), AccountsError> {
    let now = tx.now();
    let id = store::set_password(tx.conn(), login, password_hash).await?.ok_or(AccountsError::UnknownUser)?;
    store::end_sessions(tx.conn(), id, now).await?;
    let about = About { agent: Some(id), ..About::default() };
    events::record(tx, "user.changed", about, json!({ "password": true })).await?;
    Ok(())
}

async fn changed(tx: &mut Tx, login: &Login, role: Option<Role>, disabled: Option<bool>) -> Result<(), AccountsError> {
    let now = tx.now();
    let id = store::change_user(tx.conn(), login, role, disabled, now).await?.ok_or(AccountsError::UnknownUser)?;
    if disabled == Some(true) {
        store::end_sessions(tx.conn(), id, now).await?;
    }
    let about = About { agent: Some(id), ..About::default() };
    events::record(tx, "user.changed", about, json!({ "role": role, "disabled": disabled })).await?;
    Ok(())
}

/// A log-in as it arrives.
#[derive(Debug)]
pub struct Attempt {
    /// What was typed as login.
    pub login: Login,
    /// What was typed as password.
    pub password: Password,
    /// Where it comes from.
    pub address: Option<IpAddr>,
    /// The token of a browser that says it is known.
    pub browser: Option<Token>,
    /// The session that this browser had: it is over with a new log-in.
    pub replaces: Option<Token>,
}

/// What a browser gets for a log-in.
#[derive(Debug)]
pub struct LoggedIn {
    /// The new session's token.
    pub session: Token,
    /// The new token of the known browser.
    pub browser: Token,
}

/// How long a log-in waits for its turn at the database; then the browser is told to come back.
const PLACE_WITHIN: std::time::Duration = std::time::Duration::from_secs(2);

/// Logs in: charges the brake, compares the password outside of any transaction, then opens a session.
///
/// # Errors
/// `wrong_credentials`, `too_many_attempts`, `busy`, or a fault.
pub async fn log_in(accounts: &Accounts, attempt: Attempt) -> Result<LoggedIn, AccountsError> {
    let outcome = try_log_in(accounts, attempt).await;
    let label = match &outcome {
        Ok(_) => "ok",
        Err(error) => crate::foundation::fault::Refusal::code(error),
    };
    metrics::counter!("vaxline_log_ins_total", "outcome" => label).increment(1);
    outcome
}

async fn try_log_in(accounts: &Accounts, attempt: Attempt) -> Result<LoggedIn, AccountsError> {
    let Attempt { login, password, address, browser, replaces } = attempt;
    let browser = browser.map(|token| token.digest());
    let place = tokio::time::timeout(PLACE_WITHIN, accounts.attempts.acquire()).await;
    let place = place.map_err(|_| AccountsError::Busy)?;
    let charged: Charged = in_tx!(&accounts.db, "charge a log-in", |tx| charge(tx, &login, address, browser.as_ref()))?;
    drop(place);
    let hash = charged.credentials.as_ref().map(|(_, hash)| hash.clone());
    let right = accounts.hasher.verify(password, hash, charged.lane).await?;
    let Some((user, _)) = charged.credentials.filter(|_| right) else {
        return Err(AccountsError::WrongCredentials);
    };
    let lasts = Duration::try_from(accounts.settings.session).unwrap_or(Duration::HOUR);
    let opening = Opening { user, replaces, charges: charged.charges, lasts };
    in_tx!(&accounts.db, "open a session", |tx| open_session(tx, &opening))
}

struct Charged {
    lane: Lane,
    charges: Vec<Charge>,
    credentials: Option<(UserId, String)>,
}

async fn charge(
    tx: &mut Tx,
    login: &Login,
    address: Option<IpAddr>,
    browser: Option<&[u8; 32]>,
) -> Result<Charged, AccountsError> {
    let now = tx.now();
    let known = match browser {
        Some(browser) if store::knows_browser(tx.conn(), browser, login).await? => Some(browser),
        Some(_) | None => None,
    };
    let charges = brake::charges(login, address, known);
    for charge in &charges {
        let free_at = store::lock_brake(tx.conn(), &charge.subject, now).await?;
        let next =
            brake::charge(Some(free_at), charge.rate, now).map_err(|wait| AccountsError::TooManyAttempts { wait })?;
        store::set_brake(tx.conn(), &charge.subject, next).await?;
    }
    let credentials = store::credentials(tx.conn(), login).await?;
    let lane = if known.is_some() { Lane::Known } else { Lane::Stranger };
    Ok(Charged { lane, charges, credentials })
}

struct Opening {
    user: UserId,
    replaces: Option<Token>,
    charges: Vec<Charge>,
    lasts: Duration,
}

async fn open_session(tx: &mut Tx, opening: &Opening) -> Result<LoggedIn, AccountsError> {
    let now = tx.now();
    // The password was right: give the attempt back, so that a day of log-ins uses up no rate.
    for charge in &opening.charges {
        let free_at = store::lock_brake(tx.conn(), &charge.subject, now).await?;
        store::set_brake(tx.conn(), &charge.subject, free_at - charge.rate.interval).await?;
    }
    if let Some(old) = &opening.replaces {
        end_session(tx, old, "replaced").await?;
    }
    let (session, browser) = (Token::draw(tx.chance()), Token::draw(tx.chance()));
    let id: SessionId = tx.id();
    let opened =
        store::insert_session(tx.conn(), &session.digest(), id, opening.user, now, now + opening.lasts).await?;
    if !opened {
        return Err(AccountsError::WrongCredentials);
    }
    store::remember_browser(tx.conn(), &browser.digest(), opening.user, now).await?;
    let about = About { agent: Some(opening.user), ..About::default() };
    events::record(tx, "session.started", about, json!({ "session": id })).await?;
    Ok(LoggedIn { session, browser })
}

/// Logs out: ends the session of a token. Logging out twice changes nothing more.
///
/// # Errors
/// When the database is away.
pub async fn log_out(tx: &mut Tx, token: &Token) -> Result<(), AccountsError> {
    end_session(tx, token, "logged_out").await
}

async fn end_session(tx: &mut Tx, token: &Token, reason: &'static str) -> Result<(), AccountsError> {
    let now = tx.now();
    if let Some((id, user)) = store::end_session(tx.conn(), &token.digest(), now).await? {
        let about = About { agent: Some(user), ..About::default() };
        events::record(tx, "session.ended", about, json!({ "session": id, "reason": reason })).await?;
    }
    Ok(())
}

/// The valid session of a token.
///
/// # Errors
/// `not_logged_in`, or a fault.
pub async fn authenticate(tx: &mut Tx, token: &Token) -> Result<Session, AccountsError> {
    let now = tx.now();
    store::session(tx.conn(), &token.digest(), now).await?.ok_or(AccountsError::NotLoggedIn)
}

/// Adds an API client; its secret is shown here and never again.
///
/// # Errors
/// `client_taken`, `bad_name`, or a fault.
pub async fn add_client(tx: &mut Tx, name: &str, kind: Kind) -> Result<(ClientId, Token), AccountsError> {
    let name = super::model::display_name(name)?;
    if name.chars().count() > 64 {
        return Err(AccountsError::BadName);
    }
    let (id, now): (ClientId, _) = (tx.id(), tx.now());
    let secret = Token::draw(tx.chance());
    if store::insert_client(tx.conn(), id, &name, kind.name(), &secret.digest(), now).await? {
        Ok((id, secret))
    } else {
        Err(AccountsError::ClientTaken)
    }
}

/// Every API client, by name.
///
/// # Errors
/// When the database is away.
pub async fn list_clients(tx: &mut Tx) -> Result<Vec<store::ListedClient>, AccountsError> {
    Ok(store::all_clients(tx.conn()).await?)
}

/// Takes access from an API client, for good: another one gets a secret of its own.
///
/// # Errors
/// `unknown_client`, or a fault.
pub async fn disable_client(tx: &mut Tx, name: &str) -> Result<(), AccountsError> {
    let now = tx.now();
    if store::disable_client(tx.conn(), name, now).await? { Ok(()) } else { Err(AccountsError::UnknownClient) }
}

/// Draws salts for new password hashes.
///
/// # Errors
/// Never; the transaction door wants a result.
pub async fn draw_salts(tx: &mut Tx, how_many: usize) -> Result<Vec<[u8; 16]>, AccountsError> {
    Ok((0..how_many).map(|_| tx.chance().random()).collect())
}

/// Draws passwords for new accounts, each with the text to hand over.
///
/// # Errors
/// Never; the transaction door wants a result.
pub async fn draw_passwords(tx: &mut Tx, how_many: usize) -> Result<Vec<(Password, String)>, AccountsError> {
    Ok((0..how_many).map(|_| Password::draw(tx.chance())).collect())
}

/// A phone's new password, to be typed into it.
#[derive(Debug)]
pub struct PhonePassword {
    /// Whose phone.
    pub login: String,
    /// The phone's user.
    pub phone_user: String,
    /// The password.
    pub text: Pii<String>,
}

/// Gives the phones of these users new passwords; without a name, all phones that have none for this realm.
///
/// # Errors
/// `unknown_user` when a named user has no phone, is disabled or does not exist; or a fault.
pub async fn draw_phone_passwords(
    tx: &mut Tx,
    realm: &str,
    logins: &[Login],
) -> Result<Vec<PhonePassword>, AccountsError> {
    let named: Vec<String> = logins.iter().map(|login| login.as_str().to_owned()).collect();
    let phones = store::phones(tx.conn(), realm, &named).await?;
    if named.iter().any(|login| !phones.iter().any(|(_, known, _)| known == login)) {
        return Err(AccountsError::UnknownUser);
    }
    let now = tx.now();
    let mut drawn = Vec::with_capacity(phones.len());
    for (user, login, phone_user) in phones {
        let (_, text) = Password::draw(tx.chance());
        store::set_phone_secret(tx.conn(), user, realm, &ha1(&phone_user, realm, &text), now).await?;
        drawn.push(PhonePassword { login, phone_user, text: Pii::new(text) });
    }
    Ok(drawn)
}

/// Whether a phone may register: it knows the password, and its user may log in.
///
/// # Errors
/// When the database is away.
pub async fn may_register(tx: &mut Tx, proof: &Proof) -> Result<bool, Fault> {
    let secrets = store::phone_secrets(tx.conn(), &proof.username, &proof.realm).await?;
    Ok(secrets.iter().any(|ha1| proof.is_of(ha1)))
}

/// Every user, by login.
///
/// # Errors
/// When the database is away.
pub async fn list_users(tx: &mut Tx) -> Result<Vec<store::Listed>, AccountsError> {
    Ok(store::users(tx.conn()).await?)
}
