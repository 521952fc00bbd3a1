//! The brake on log-in attempts: a rate for each subject, decided purely.
//!
//! An attempt is charged before the password is looked at, and given back when it was right. Guessing at a login is
//! slow from one address and slow altogether; one network, and everybody together, have a ceiling. A browser in which the user has
//! logged in before is charged to itself alone, so nobody is locked out of the own desk by a stranger's guessing.

use super::model::Login;
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv6Addr};
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
/// All logins from one network: a shift of 300 at new machines behind one address fits into the burst, and it is half of
/// everybody's, so that one guesser leaves the others theirs.
const NETWORK: Rate = Rate { interval: Duration::milliseconds(200), burst: 300 };
/// All unknown browsers together.
const EVERYBODY: Rate = Rate { interval: Duration::milliseconds(50), burst: 600 };

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
    let network = address.map_or_else(String::new, |address| network(address).to_string());
    vec![
        Charge::new(LOGIN_FROM_ADDRESS, &[b"address", network.as_bytes(), login]),
        Charge::new(LOGIN, &[b"login", login]),
        Charge::new(NETWORK, &[b"network", network.as_bytes()]),
        Charge::new(EVERYBODY, &[b"everybody"]),
    ]
}

/// Who an address belongs to: of IPv6 the first 64 bits, because one customer has all the others.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
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
    use std::collections::HashMap;
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
    fn one_network_cannot_use_up_the_rate_of_everybody() {
        let mut rates: HashMap<[u8; 32], OffsetDateTime> = HashMap::new();
        let mut attempt = |login: u32, address: &str| {
            let login: Login = format!("agent{login}").parse().expect("a login");
            charges(&login, Some(address.parse().expect("an address")), None).iter().all(|one| {
                let next = charge(rates.get(&one.subject).copied(), one.rate, NOW);
                next.map(|next| rates.insert(one.subject, next)).is_ok()
            })
        };
        let guessed = (0..1_000).filter(|n| attempt(*n, &format!("2001:db8::{n:x}"))).count();
        assert_eq!(guessed, 300, "a new address in the same network is the same guesser");
        assert!((0..200).all(|n| attempt(2_000 + n, "192.0.2.1")), "the others log in");
    }

    #[test]
    fn a_known_browser_shares_no_rate_with_strangers() {
        let login: Login = "agent".parse().expect("a login");
        let stranger = charges(&login, Some(IpAddr::from([192, 0, 2, 1])), None);
        let own = charges(&login, Some(IpAddr::from([192, 0, 2, 1])), Some(&[7; 32]));
        assert!(own.iter().all(|charge| stranger.iter().all(|other| other.subject != charge.subject)));
    }
}
