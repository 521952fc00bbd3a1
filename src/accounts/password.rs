//! Passwords: argon2id on blocking threads, a few at a time.
//!
//! One hash takes 19 MiB and some tens of milliseconds, so the number of them at once is bounded, and so is the wait:
//! a flood of log-ins costs log-ins, not calls.

use super::model::{AccountsError, Login};
use crate::foundation::fault::Fault;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use rand::{CryptoRng, RngExt};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization;

/// How long a log-in waits for its turn to be computed. Longer keeps more requests waiting in a flood.
const PATIENCE: Duration = Duration::from_secs(4);

/// A password as typed, in NFC: two keyboards that write "ü" differently mean the same. It does not print.
pub struct Password(String);

impl Password {
    /// A password as typed, of at most 200 characters: a longer one is not worth computing.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        (text.len() <= 1_000 && text.chars().count() <= 200).then(|| Self(text.nfc().collect()))
    }

    /// A password for a new account.
    ///
    /// # Errors
    /// When it is too short, too long or contains the login.
    pub fn chosen(text: &str, login: &Login) -> Result<Self, AccountsError> {
        let password = Self::typed(text).ok_or(AccountsError::WeakPassword)?;
        let long_enough = password.0.chars().count() >= 10;
        let holds_login = password.0.to_lowercase().contains(login.as_str());
        if long_enough && !holds_login { Ok(password) } else { Err(AccountsError::WeakPassword) }
    }

    /// A random password of about 95 bits that can be read from paper: no letter that looks like another.
    pub fn draw(chance: &mut impl CryptoRng) -> (Self, String) {
        const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
        let mut text = String::with_capacity(24);
        for place in 0..20 {
            if place > 0 && place % 5 == 0 {
                text.push('-');
            }
            text.push(char::from(LETTERS[chance.random_range(0..LETTERS.len())]));
        }
        (Self(text.clone()), text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Who waits for a hash. They wait apart, so that a flood of strangers sheds strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// A browser in which the user has logged in before, or an administrator.
    Known,
    /// Anybody.
    Stranger,
}

/// Computes password hashes, at most so many at once.
#[derive(Clone, Debug)]
pub struct Hasher {
    known: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
}

impl Hasher {
    /// At most `at_once` hashes are computed at the same time in each lane.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        let seats = || Arc::new(Semaphore::new(at_once.max(1)));
        Self { known: seats(), strangers: seats() }
    }

    /// Hashes a password with a salt.
    ///
    /// # Errors
    /// When it is not this one's turn in time, or the hash cannot be computed.
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<String, AccountsError> {
        let seat = self.seat(Lane::Known).await?;
        on_a_blocking_thread(seat, move || {
            Argon2::default()
                .hash_password_with_salt(password.0.as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(|error| Fault::new("hash a password", error.to_string()))
        })
        .await
    }

    /// Whether the password is the one that was hashed. Without a hash the same work is done for nothing, so that the
    /// time taken does not say whether a login exists.
    ///
    /// # Errors
    /// When it is not this one's turn in time, or the stored hash cannot be read.
    pub async fn verify(&self, password: Password, hash: Option<String>, lane: Lane) -> Result<bool, AccountsError> {
        let seat = self.seat(lane).await?;
        on_a_blocking_thread(seat, move || match hash {
            Some(hash) => match Argon2::default().verify_password(password.0.as_bytes(), hash.as_str()) {
                Ok(()) => Ok(true),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(Fault::new("verify a password", error.to_string())),
            },
            None => Argon2::default()
                .hash_password_with_salt(password.0.as_bytes(), &[0; 16])
                .map(|_| false)
                .map_err(|error| Fault::new("verify a password", error.to_string())),
        })
        .await
    }

    async fn seat(&self, lane: Lane) -> Result<OwnedSemaphorePermit, AccountsError> {
        let seats = match lane {
            Lane::Known => &self.known,
            Lane::Stranger => &self.strangers,
        };
        match tokio::time::timeout(PATIENCE, Arc::clone(seats).acquire_owned()).await {
            Ok(Ok(seat)) => Ok(seat),
            Ok(Err(_)) | Err(_) => Err(AccountsError::Busy),
        }
    }
}

async fn on_a_blocking_thread<T: Send + 'static>(
    seat: OwnedSemaphorePermit,
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, AccountsError> {
    let done = tokio::task::spawn_blocking(move || {
        // The seat is given back when the work ends, even when the request has gone away meanwhile.
        let _seat = seat;
        work()
    });
    Ok(done.await.map_err(|error| Fault::new("compute a password hash", error))??)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[tokio::test]
    async fn a_hash_verifies_its_own_password_only() {
        let hasher = Hasher::new(2);
        let typed = |text: &str| Password::typed(text).expect("a password");
        let hash = hasher.hash(typed("Grüße aus Görlitz"), [3; 16]).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        // The same word from a keyboard that sends combining marks.
        assert!(
            hasher
                .verify(typed("Gru\u{308}ße aus Go\u{308}rlitz"), Some(hash.clone()), Lane::Stranger)
                .await
                .expect("verified")
        );
        assert!(!hasher.verify(typed("Grüße aus Zittau!"), Some(hash), Lane::Stranger).await.expect("verified"));
        assert!(!hasher.verify(typed("Grüße aus Görlitz"), None, Lane::Stranger).await.expect("verified"));
    }

    #[test]
    fn a_weak_password_is_refused() {
        let login: Login = "meier".parse().expect("a login");
        assert!(Password::chosen("nine char", &login).is_err());
        assert!(Password::chosen("Meier-Meier-1", &login).is_err());
        assert!(Password::chosen("ten chars!", &login).is_ok());
        assert!(Password::chosen(&"x".repeat(201), &login).is_err());
    }

    #[test]
    fn a_drawn_password_is_strong_enough_for_an_account() {
        let (_, text) = Password::draw(&mut rand::rngs::StdRng::seed_from_u64(9));
        assert_eq!(text.len(), 23);
        assert!(Password::chosen(&text, &"agent".parse().expect("a login")).is_ok());
    }
}
