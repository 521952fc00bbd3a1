//! Users, roles, sessions, and the ways in which access is refused.

use crate::foundation::fault::{Fault, Refusal};
use crate::foundation::ids::{SessionId, UserId};
use std::fmt;
use std::str::FromStr;
use time::{Duration, OffsetDateTime};
use unicode_normalization::UnicodeNormalization;

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes calls at a console.
    Agent,
    /// Watches the hotline.
    Supervisor,
}

impl Role {
    /// The name in the database, in the API and in roster files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = AccountsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "agent" => Ok(Self::Agent),
            "supervisor" => Ok(Self::Supervisor),
            _ => Err(AccountsError::BadRole),
        }
    }
}

/// Somebody who logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Id of the user; an agent is known by it everywhere.
    pub id: UserId,
    /// What is typed at log-in.
    pub login: Login,
    /// What colleagues read.
    pub display_name: String,
    /// What the user may do.
    pub role: Role,
    /// User of the telephone that rings for this agent.
    pub phone_user: Option<String>,
}

/// A valid session with its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Id for logs and sockets; it opens nothing.
    pub id: SessionId,
    /// Who logged in.
    pub user: User,
    /// Over at this moment.
    pub expires_at: OffsetDateTime,
}

/// What is typed at log-in: lower case, 1 to 64 of `a-z 0-9 . _ - @`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Login(String);

impl Login {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A login often is a name or an e-mail address, so it does not print.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl FromStr for Login {
    type Err = AccountsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let login = text.trim().to_ascii_lowercase();
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'@');
        if (1..=64).contains(&login.len()) && login.bytes().all(allowed) {
            Ok(Self(login))
        } else {
            Err(AccountsError::BadLogin)
        }
    }
}

/// What colleagues read: one line of 1 to 100 characters.
///
/// # Errors
/// When it is empty, too long or holds control characters.
pub fn display_name(text: &str) -> Result<String, AccountsError> {
    let name: String = text.trim().nfc().collect();
    if (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        Ok(name)
    } else {
        Err(AccountsError::BadName)
    }
}

/// The user part of a SIP address: what the provider is told to ring.
///
/// # Errors
/// When it holds anything but `A-Z a-z 0-9 . _ - +`, or is longer than 64.
pub fn phone_user(text: &str) -> Result<Option<String>, AccountsError> {
    let user = text.trim();
    if user.is_empty() {
        return Ok(None);
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+');
    if user.len() <= 64 && user.bytes().all(allowed) {
        Ok(Some(user.to_owned()))
    } else {
        Err(AccountsError::BadPhoneUser)
    }
}

/// Why access, or a change of an account, is refused.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// There is no valid session.
    #[error("log in first")]
    NotLoggedIn,
    /// The login or the password is wrong; which of them is not said.
    #[error("login or password is wrong")]
    WrongCredentials,
    /// Too many attempts; the next may follow after the wait.
    #[error("too many attempts; try again in {} s", wait.whole_seconds() + 1)]
    TooManyAttempts {
        /// How long to wait.
        wait: Duration,
    },
    /// More log-ins than this node can compute.
    #[error("too many log-ins at once; try again in a moment")]
    Busy,
    /// The role does not allow it.
    #[error("this role may not do that")]
    NotAllowed,
    /// The request comes from a page of another site.
    #[error("requests of this origin are refused")]
    ForeignOrigin,
    /// The secret of an API client is missing or wrong.
    #[error("a valid bearer secret is needed")]
    BadSecret,
    /// The login exists already.
    #[error("this login exists already")]
    LoginTaken,
    /// A client of this name exists already.
    #[error("a client of this name exists already")]
    ClientTaken,
    /// There is no such user.
    #[error("there is no such user")]
    UnknownUser,
    /// There is no such client.
    #[error("there is no such client")]
    UnknownClient,
    /// Not a login.
    #[error("a login is 1 to 64 of a-z, 0-9 and . _ - @")]
    BadLogin,
    /// Not a name.
    #[error("a name is one line of 1 to 100 characters")]
    BadName,
    /// Not a role.
    #[error("a role is agent or supervisor")]
    BadRole,
    /// Not a telephone user.
    #[error("a telephone user is at most 64 of A-Z, a-z, 0-9 and . _ - +")]
    BadPhoneUser,
    /// The password is too short, too long or holds the login.
    #[error("a password has 10 to 200 characters and does not contain the login")]
    WeakPassword,
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for AccountsError {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::NotLoggedIn
            | Self::WrongCredentials
            | Self::TooManyAttempts { .. }
            | Self::Busy
            | Self::NotAllowed
            | Self::ForeignOrigin
            | Self::BadSecret
            | Self::LoginTaken
            | Self::ClientTaken
            | Self::UnknownUser
            | Self::UnknownClient
            | Self::BadLogin
            | Self::BadName
            | Self::BadRole
            | Self::BadPhoneUser
            | Self::WeakPassword => None,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotLoggedIn => "not_logged_in",
            Self::WrongCredentials => "wrong_credentials",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::Busy => "busy",
            Self::NotAllowed => "not_allowed",
            Self::ForeignOrigin => "foreign_origin",
            Self::BadSecret => "bad_secret",
            Self::LoginTaken => "login_taken",
            Self::ClientTaken => "client_taken",
            Self::UnknownUser => "unknown_user",
            Self::UnknownClient => "unknown_client",
            Self::BadLogin => "bad_login",
            Self::BadName => "bad_name",
            Self::BadRole => "bad_role",
            Self::BadPhoneUser => "bad_phone_user",
            Self::WeakPassword => "weak_password",
            Self::Fault(_) => "fault",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_lower_case_without_spaces() {
        assert_eq!(" A.Meier@Haus-1 ".parse::<Login>().ok().as_ref().map(Login::as_str), Some("a.meier@haus-1"));
        for bad in ["", "   ", "a b", "jörg", "a\0b", &"x".repeat(65)] {
            assert!(bad.parse::<Login>().is_err(), "{} characters were taken", bad.len());
        }
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(display_name(" Yıldız, T. ").ok().as_deref(), Some("Yıldız, T."));
        assert!(display_name("two\nlines").is_err());
        assert!(display_name("").is_err());
    }
}
