//! The brake on log-in attempts: a rate for each subject, decided purely.
//!
//! An attempt is charged before the password is looked at, and given back when it was right. Guessing at a login is
//! slow from one address and slow altogether, and everybody together has a ceiling. A browser in which the user has
//! logged in before is charged to itself alone, so nobody is locked out of the own desk by a stranger's guessing.

use super::model::Login;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use time::{Duration, OffsetDateTime};

/// A rate: attempts may follow each other in `interval`, and `burst` of them may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// One more attempt is earned in this time. Shorter lets a guesser try more, longer annoys who mistypes.
    pub interval: Duration,
    /// Attempts that may come at once.
    pub burst: i32,
}

/// A browser that is known, and its user's mistypings.
const KNOWN_BROWSER: Rate = Rate { interval: Duration::seconds(12), burst: 5 };
/// One login from one address: below the login's own rate, so that one guesser does not use that up.
const LOGIN_FROM_ADDRESS: Rate = Rate { interval: Duration::seconds(20), burst: 3 };
/// One login from everywhere.
const LOGIN: Rate = Rate { interval: Duration::seconds(12), burst: 5 };
/// All unknown browsers together: a shift of 300 at new machines fits into the burst.
const EVERYBODY: Rate = Rate { interval: Duration::milliseconds(100), burst: 300 };

/// Something that is slowed down, by the hash of its name: neither logins nor addresses are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// SHA-256 of what is slowed down.
    pub subject: [u8; 32],
    /// Its rate.
    pub rate: Rate,
}

impl Charge {
    fn new(rate: Rate, parts: &[&[u8]]) -> Self {
        let mut name = Sha256::new();
        for part in parts {
            name.update(part);
            name.update([0]);
        }
        Self { subject: name.finalize().into(), rate }
    }
}

/// What an attempt is charged to. The narrowest comes first, so that a guesser is stopped before the rates that are
/// shared with others; the order is also the order of locking.
#[must_use]
pub fn charges(login: &Login, address: Option<IpAddr>, known_browser: Option<&[u8; 32]>) -> Vec<Charge> {
    let login = login.as_str().as_bytes();
    if let Some(browser) = known_browser {
        return vec![Charge::new(KNOWN_BROWSER, &[b"browser", browser, login])];
    }
    let address = address.map_or_else(String::new, |address| address.to_string());
    vec![
        Charge::new(LOGIN_FROM_ADDRESS, &[b"address", address.as_bytes(), login]),
        Charge::new(LOGIN, &[b"login", login]),
        Charge::new(EVERYBODY, &[b"everybody"]),
    ]
}

/// Charges one attempt: when the rate will be unused again, or how long to wait.
///
/// # Errors
/// The wait until an attempt fits.
pub fn charge(free_at: Option<OffsetDateTime>, rate: Rate, now: OffsetDateTime) -> Result<OffsetDateTime, Duration> {
    let free_at = free_at.map_or(now, |free_at| free_at.max(now));
    let earliest = free_at - rate.interval * (rate.burst - 1);
    if earliest > now { Err(earliest - now) } else { Ok(free_at + rate.interval) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2021-04-28 16:00 UTC);

    #[test]
    fn a_burst_passes_and_then_one_in_each_interval() {
        let mut free_at = None;
        for _ in 0..KNOWN_BROWSER.burst {
            free_at = Some(charge(free_at, KNOWN_BROWSER, NOW).expect("within the burst"));
        }
        assert_eq!(charge(free_at, KNOWN_BROWSER, NOW), Err(Duration::seconds(12)));
        assert!(charge(free_at, KNOWN_BROWSER, NOW + Duration::seconds(12)).is_ok());
    }

    #[test]
    fn an_hour_of_guessing_at_a_login_tries_five_a_minute() {
        let (mut free_at, mut tried) = (None, 0);
        for second in 0..3_600 {
            if let Ok(next) = charge(free_at, LOGIN, NOW + Duration::seconds(second)) {
                (free_at, tried) = (Some(next), tried + 1);
            }
        }
        assert!((300..=305).contains(&tried), "{tried} attempts");
    }

    #[test]
    fn a_known_browser_shares_no_rate_with_strangers() {
        let login: Login = "agent".parse().expect("a login");
        let stranger = charges(&login, Some(IpAddr::from([192, 0, 2, 1])), None);
        let own = charges(&login, Some(IpAddr::from([192, 0, 2, 1])), Some(&[7; 32]));
        assert!(own.iter().all(|charge| stranger.iter().all(|other| other.subject != charge.subject)));
    }
}
