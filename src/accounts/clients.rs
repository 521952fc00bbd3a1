//! Programs that use our interfaces with a bearer secret.

use super::model::AccountsError;
use super::store;
use super::token::Token;
use crate::foundation::db::{Db, Tx};
use crate::foundation::ids::ClientId;
use crate::in_tx;
use axum::http::{HeaderMap, header};
use std::str::FromStr;
use subtle::ConstantTimeEq;

/// Which interface a client may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A print house: `/print/v1`.
    Print,
}

impl Kind {
    /// The name in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Print => "print",
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "print" => Ok(Self::Print),
            _ => Err("a client is of the kind print".into()),
        }
    }
}

/// The client of kind [`Kind::Print`] whose secret the request bears.
///
/// # Errors
/// `bad_secret`, or a fault: a secret that could not be checked is not valid.
pub async fn authenticate(db: &Db, headers: &HeaderMap) -> Result<ClientId, AccountsError> {
    let secret = bearer(headers).ok_or(AccountsError::BadSecret)?;
    in_tx!(db, "authenticate a client", |tx| find(tx, &secret, Kind::Print))
}

fn bearer(headers: &HeaderMap) -> Option<Token> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") { Token::read(secret.trim()) } else { None }
}

async fn find(tx: &mut Tx, secret: &Token, kind: Kind) -> Result<ClientId, AccountsError> {
    let digest = secret.digest();
    let mut found = None;
    // All are compared, in constant time each: the time taken says nothing about which is near.
    for (id, stored) in store::clients(tx.conn(), kind.name()).await? {
        if bool::from(stored.ct_eq(&digest)) {
            found = Some(id);
        }
    }
    found.ok_or(AccountsError::BadSecret)
}
