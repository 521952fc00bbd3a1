//! Who may use the staff interfaces: users with roles, their log-ins, and programs such as a print house.
//!
//! **Owns** accounts, sessions, known browsers, the brake on log-in attempts, and API clients.
//! **In:** a login with a password, a cookie, a bearer secret, a phone's proof. **Out:** [`http::Authenticated`], a client's
//! id, yes to a phone, or a named refusal. **Must hold:** passwords, tokens and secrets are stored hashed only and never
//! printed; a log-in makes a new token; a session that has ended opens nothing, and its sockets close within five seconds
//! ([`watch`]); guessing is slowed down, yet nobody can lock a colleague out; a request of a foreign origin changes nothing.

pub mod brake;
pub mod clients;
pub mod commands;
pub mod http;
pub mod model;
pub mod origin;
pub mod password;
pub mod phone;
pub mod roster;
pub mod settings;
pub mod store;
pub mod token;
pub mod watch;

use crate::foundation::db::Db;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What the module's routes and use cases work with.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The staff pool.
    pub db: Db,
    /// How log-ins behave.
    pub settings: Arc<settings::Settings>,
    /// Computes password hashes, a few at a time.
    pub hasher: password::Hasher,
    /// Places for log-ins that ask the database: a flood of them leaves the other connections to the consoles.
    attempts: Arc<Semaphore>,
}

impl Accounts {
    /// The module on a pool, with its settings.
    #[must_use]
    pub fn new(db: Db, settings: settings::Settings) -> Self {
        // A quarter of the connections is enough for a change of shifts.
        let places = (db.pool().options().get_max_connections() / 4).max(1);
        let attempts = Arc::new(Semaphore::new(usize::try_from(places).unwrap_or(1)));
        let hasher = password::Hasher::new(settings.hashing_threads);
        Self { db, settings: Arc::new(settings), hasher, attempts }
    }
}
