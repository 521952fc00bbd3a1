//! The code on the paper: what a centre can check without a network.
//!
//! Forged papers were brought to centres in 2021. The code carries the reference, the version, the days and the
//! centre's mark, signed with Ed25519; it names no person. Its eighty bytes are written in the 45 characters that a QR
//! code packs densest, 120 of them, so that the modules stay large enough for a worn printer.

use crate::correspondence::model::Content;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use time::macros::date;
use time::{Date, Duration};

/// What the code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The short code that people read, in capitals and without separators.
    pub reference: String,
    /// The version of the booking.
    pub version: u16,
    /// The day of the first appointment.
    pub first_day: Date,
    /// The day of the second, where there is one.
    pub second_day: Option<Date>,
    /// [`centre_mark`] of the first appointment's centre.
    pub centre: u16,
}

impl Claim {
    /// What the code of a letter claims; nothing when there is no appointment to be let in for.
    #[must_use]
    pub fn of(content: &Content) -> Option<Self> {
        let first = content.appointments.first()?;
        Some(Self {
            reference: bare_reference(&content.reference),
            version: u16::try_from(content.version).unwrap_or(u16::MAX),
            first_day: first.day,
            second_day: content.appointments.get(1).map(|second| second.day),
            centre: centre_mark(&first.centre_code),
        })
    }
}

/// Why a code is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// Not one of our codes.
    #[error("this is not a code of ours")]
    Unreadable,
    /// Signed with a key that is not known here.
    #[error("the code was signed with an unknown key")]
    UnknownKey,
    /// The signature does not fit.
    #[error("the code is forged or damaged")]
    Forged,
}

/// Why a claim cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsignable {
    /// The reference is empty, longer than twelve characters, or not letters and digits.
    #[error("the reference does not fit into the code")]
    Reference,
    /// A day, or the distance of the days, does not fit.
    #[error("the days do not fit into the code")]
    Days,
}

const PAYLOAD: usize = 16;
const LENGTH: usize = PAYLOAD + 64;
const EPOCH: Date = date!(2020 - 01 - 01);
const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
/// The upper half of the first byte: another layout in later years gets another number.
const FORMAT: u8 = 0x10;

/// What papers are sealed with: a signing key and the number (0 to 15) under which centres know its public half.
#[derive(Clone)]
pub struct Seal {
    number: u8,
    key: SigningKey,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seal({})", self.number)
    }
}

impl Seal {
    /// A seal of a 32-byte secret.
    #[must_use]
    pub fn new(number: u8, secret: &[u8; 32]) -> Self {
        Self { number: number & 0x0F, key: SigningKey::from_bytes(secret) }
    }

    /// What centres verify with.
    #[must_use]
    pub fn public(&self) -> (u8, VerifyingKey) {
        (self.number, self.key.verifying_key())
    }

    /// Signs a claim: 120 characters. The same claim gives the same code.
    ///
    /// # Errors
    /// When the claim does not fit into the code.
    pub fn sign(&self, claim: &Claim) -> Result<String, Unsignable> {
        let mut bytes = [0; LENGTH];
        let days = |day: Date| u16::try_from((day - EPOCH).whole_days()).map_err(|_| Unsignable::Days);
        let interval = match claim.second_day {
            // Nought says that there is no second day.
            Some(second) => u8::try_from((second - claim.first_day).whole_days())
                .ok()
                .filter(|interval| *interval > 0)
                .ok_or(Unsignable::Days)?,
            None => 0,
        };
        bytes[0] = FORMAT | self.number;
        bytes[1..9].copy_from_slice(&pack(&claim.reference)?.to_be_bytes());
        bytes[9..11].copy_from_slice(&claim.version.to_be_bytes());
        bytes[11..13].copy_from_slice(&days(claim.first_day)?.to_be_bytes());
        bytes[13] = interval;
        bytes[14..16].copy_from_slice(&claim.centre.to_be_bytes());
        let signature = self.key.sign(&bytes[..PAYLOAD]);
        bytes[PAYLOAD..].copy_from_slice(&signature.to_bytes());
        Ok(write(&bytes))
    }
}

/// Checks a code against the public keys a centre knows, and reads what it says.
///
/// # Errors
/// Why the code is not accepted.
pub fn verify(token: &str, keys: &[(u8, VerifyingKey)]) -> Result<Claim, BadToken> {
    let bytes = read(token).ok_or(BadToken::Unreadable)?;
    if bytes[0] & 0xF0 != FORMAT {
        return Err(BadToken::Unreadable);
    }
    let number = bytes[0] & 0x0F;
    let (_, key) = keys.iter().find(|(known, _)| *known == number).ok_or(BadToken::UnknownKey)?;
    let signature = Signature::from_slice(&bytes[PAYLOAD..]).map_err(|_| BadToken::Unreadable)?;
    key.verify_strict(&bytes[..PAYLOAD], &signature).map_err(|_| BadToken::Forged)?;

    let two = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
    let mut reference = [0; 8];
    reference.copy_from_slice(&bytes[1..9]);
    let first_day = EPOCH.checked_add(Duration::days(i64::from(two(11)))).ok_or(BadToken::Unreadable)?;
    let second_day = match bytes[13] {
        0 => None,
        interval => first_day.checked_add(Duration::days(i64::from(interval))),
    };
    Ok(Claim {
        reference: unpack(u64::from_be_bytes(reference)),
        version: two(9),
        first_day,
        second_day,
        centre: two(14),
    })
}

/// Sixteen bits of a centre's code: a scanner knows its own, and sees that a paper is meant for another house.
#[must_use]
pub fn centre_mark(centre_code: &str) -> u16 {
    let digest = Sha256::digest(centre_code.as_bytes());
    u16::from_be_bytes([digest[0], digest[1]])
}

/// A reference as the code keeps it: capitals and digits without separators.
#[must_use]
pub fn bare_reference(reference: &str) -> String {
    reference.chars().filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_uppercase()).collect()
}

/// Up to twelve capitals and digits as a number, with digits from 1 to 36 so that leading noughts survive.
fn pack(reference: &str) -> Result<u64, Unsignable> {
    if reference.is_empty() || reference.len() > 12 {
        return Err(Unsignable::Reference);
    }
    reference.bytes().try_fold(0_u64, |number, byte| {
        let digit = ALPHABET[..36].iter().position(|known| *known == byte).ok_or(Unsignable::Reference)?;
        Ok(number * 36 + digit as u64 + 1)
    })
}

fn unpack(mut number: u64) -> String {
    let mut characters = Vec::new();
    while number > 0 {
        number -= 1;
        characters.push(char::from(ALPHABET[usize::try_from(number % 36).unwrap_or(0)]));
        number /= 36;
    }
    characters.iter().rev().collect()
}

/// Two bytes as three characters (RFC 9285).
fn write(bytes: &[u8; LENGTH]) -> String {
    let mut text = String::with_capacity(LENGTH / 2 * 3);
    for pair in bytes.chunks_exact(2) {
        let mut rest = usize::from(pair[0]) * 256 + usize::from(pair[1]);
        for _ in 0..3 {
            text.push(char::from(ALPHABET[rest % 45]));
            rest /= 45;
        }
    }
    text
}

fn read(text: &str) -> Option<[u8; LENGTH]> {
    if text.len() != LENGTH / 2 * 3 {
        return None;
    }
    let mut bytes = [0; LENGTH];
    for (triple, pair) in text.as_bytes().chunks_exact(3).zip(bytes.chunks_exact_mut(2)) {
        let mut value = 0;
        for character in triple.iter().rev() {
            value = value * 45 + ALPHABET.iter().position(|known| known == character)?;
        }
        pair.copy_from_slice(&u16::try_from(value).ok()?.to_be_bytes());
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    fn claim() -> Claim {
        Claim {
            reference: "07K3MQ9PX".into(),
            version: 2,
            first_day: date!(2021 - 04 - 28),
            second_day: Some(date!(2021 - 06 - 09)),
            centre: centre_mark("dresden"),
        }
    }

    fn seal() -> Seal {
        Seal::new(3, &[7; 32])
    }

    #[test]
    fn a_code_is_120_characters_that_a_qr_code_packs_densest_and_reads_back() {
        let token = seal().sign(&claim()).unwrap();
        assert_eq!(token.len(), 120);
        assert!(token.bytes().all(|byte| ALPHABET.contains(&byte)));
        assert_eq!(verify(&token, &[seal().public()]).unwrap(), claim());
        assert_eq!(token, seal().sign(&claim()).unwrap(), "the same claim gives the same code");
    }

    #[test]
    fn one_dose_has_no_second_day() {
        let one = Claim { second_day: None, ..claim() };
        let token = seal().sign(&one).unwrap();
        assert_eq!(verify(&token, &[seal().public()]).unwrap(), one);
    }

    #[test]
    fn a_code_of_another_key_or_of_none_is_refused() {
        let token = seal().sign(&claim()).unwrap();
        assert_eq!(verify(&token, &[]).unwrap_err(), BadToken::UnknownKey);
        let other = Seal::new(3, &[8; 32]).public();
        assert_eq!(verify(&token, &[other]).unwrap_err(), BadToken::Forged);
        assert_eq!(verify("", &[seal().public()]).unwrap_err(), BadToken::Unreadable);
        assert_eq!(verify(&"ä".repeat(60), &[seal().public()]).unwrap_err(), BadToken::Unreadable);
    }

    #[test]
    fn a_reference_that_does_not_fit_is_refused() {
        for reference in ["", "ABCDEFGHIJKLM", "abc", "A-B"] {
            assert_eq!(
                seal().sign(&Claim { reference: reference.into(), ..claim() }).unwrap_err(),
                Unsignable::Reference
            );
        }
    }

    static SIGNED: LazyLock<(String, (u8, VerifyingKey))> =
        LazyLock::new(|| (seal().sign(&claim()).unwrap(), seal().public()));

    proptest! {
        #[test]
        fn a_code_with_any_character_changed_is_refused(at in 0..120_usize, to in 0..45_usize) {
            let mut bytes = SIGNED.0.clone().into_bytes();
            prop_assume!(bytes[at] != ALPHABET[to]);
            bytes[at] = ALPHABET[to];
            prop_assert!(verify(&String::from_utf8(bytes).unwrap(), &[SIGNED.1]).is_err());
        }

        #[test]
        fn whatever_is_scanned_is_answered(text in "\\PC{0,140}") {
            prop_assert!(verify(&text, &[SIGNED.1]).is_err());
        }

        #[test]
        fn every_reference_of_up_to_twelve_characters_survives(reference in "[0-9A-Z]{1,12}") {
            prop_assert_eq!(unpack(pack(&reference).unwrap()), reference);
        }
    }
}
