//! Who may use the staff interfaces: users with roles, their log-ins, and programs such as a print house.
//!
//! **Owns** accounts, sessions, known browsers, the brake on log-in attempts, and API clients.
//! **In:** a login with a password, a cookie, a bearer secret. **Out:** [`http::Authenticated`], a client's id, or a
//! named refusal. **Must hold:** passwords, tokens and secrets are stored hashed only and never printed; a log-in makes
//! a new token; a session that has ended opens nothing, and its sockets close within five seconds ([`watch`]);
//! guessing is slowed down, yet nobody can lock a colleague out; a request of a foreign origin changes nothing.

pub mod brake;
pub mod clients;
pub mod commands;
pub mod http;
pub mod model;
pub mod origin;
pub mod password;
pub mod roster;
pub mod settings;
pub mod store;
pub mod token;
pub mod watch;

use crate::foundation::db::Db;
use std::sync::Arc;

/// What the module's routes and use cases work with.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The staff pool.
    pub db: Db,
    /// How log-ins behave.
    pub settings: Arc<settings::Settings>,
    /// Computes password hashes, a few at a time.
    pub hasher: password::Hasher,
}

impl Accounts {
    /// The module on a pool, with its settings.
    #[must_use]
    pub fn new(db: Db, settings: settings::Settings) -> Self {
        let hasher = password::Hasher::new(settings.hashing_threads);
        Self { db, settings: Arc::new(settings), hasher }
    }
}
