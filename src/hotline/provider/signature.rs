//! The provider's signature: `t=<unix seconds>,v1=<hex>`, an HMAC-SHA256 over `<t>.<raw body>`.
//!
//! It is computed over the bytes as they came: the same JSON written again has other bytes. Several secrets are accepted
//! while one is being changed, and several `v1`.

use super::settings::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use time::{Duration, OffsetDateTime};

/// The header, in lower case.
pub const HEADER: &str = "jambonz-signature";

/// How far the time of a signature may be from ours, in both directions. More leaves a longer time for replays; less
/// refuses a provider whose clock drifts.
pub const TOLERANCE: Duration = Duration::seconds(300);

/// A longer header is no signature.
const LONGEST: usize = 1_024;

/// Why a hook is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unbelieved {
    /// There is no signature.
    #[error("the request is not signed")]
    Missing,
    /// There is something else.
    #[error("the signature cannot be read")]
    Malformed,
    /// Somebody else made it, or something was altered.
    #[error("the signature does not fit the request")]
    Wrong,
    /// It is genuine and too far from now.
    #[error("the signature is too old or from the future")]
    Stale,
}

impl Unbelieved {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "signature_missing",
            Self::Malformed => "signature_malformed",
            Self::Wrong => "signature_wrong",
            Self::Stale => "signature_stale",
        }
    }
}

/// Believes a body that carries a genuine, recent signature of one of the secrets.
///
/// # Errors
/// Why not.
pub fn verify(header: Option<&str>, body: &[u8], secrets: &[Secret], now: OffsetDateTime) -> Result<(), Unbelieved> {
    let header = header.ok_or(Unbelieved::Missing)?;
    let (moment, candidates) = parse(header).ok_or(Unbelieved::Malformed)?;
    let genuine = secrets.iter().any(|secret| {
        candidates
            .iter()
            .any(|candidate| mac(secret, moment, body).is_some_and(|mac| mac.verify_slice(candidate).is_ok()))
    });
    if !genuine {
        return Err(Unbelieved::Wrong);
    }
    let age = i128::from(now.unix_timestamp()) - i128::from(moment);
    if age.abs() > i128::from(TOLERANCE.whole_seconds()) {
        return Err(Unbelieved::Stale);
    }
    Ok(())
}

fn mac(secret: &Secret, moment: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    mac.update(moment.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

/// The time and every `v1`.
fn parse(header: &str) -> Option<(i64, Vec<Vec<u8>>)> {
    if header.len() > LONGEST {
        return None;
    }
    let mut moment = None;
    let mut candidates = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=')? {
            // Only the digits that were signed: a sign or leading zeros would be another text.
            ("t", text) if moment.is_none() => moment = text.parse::<i64>().ok().filter(|it| it.to_string() == text),
            ("t", _) => return None,
            ("v1", text) => candidates.push(hex::decode(text).ok()?),
            // Signatures of versions to come.
            _ => {}
        }
    }
    (!candidates.is_empty()).then_some((moment?, candidates))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// Signed with the vendor's own library.
    const VECTORS: &str = include_str!("../../../tests/fixtures/signatures/jambonz.json");

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    fn sign(key: &str, moment: i64, body: &[u8]) -> String {
        let code = mac(&secret(key), moment, body).unwrap().finalize().into_bytes();
        format!("t={moment},v1={}", hex::encode(code))
    }

    const KEY: &str = "a-secret-of-some-length";
    const NOW: i64 = 1_619_625_600;

    #[test]
    fn what_the_vendors_library_signed_is_believed() {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        for vector in vectors.as_array().unwrap() {
            let text = |key: &str| vector[key].as_str().unwrap();
            let header = text("header");
            let moment = parse(header).unwrap().0;
            let secrets = [secret("another-secret-of-ours"), secret(text("secret"))];
            assert_eq!(verify(Some(header), text("raw_body").as_bytes(), &secrets, at(moment)), Ok(()));
        }
    }

    #[test]
    fn the_same_json_written_again_is_not_the_same_body() {
        let header = sign(KEY, NOW, br#"{"b":1,"2":3,"a":1.0}"#);
        let again = br#"{"2":3,"b":1,"a":1}"#;
        assert_eq!(verify(Some(&header), again, &[secret(KEY)], at(NOW)), Err(Unbelieved::Wrong));
    }

    #[test]
    fn a_signature_is_believed_for_five_minutes_in_both_directions() {
        let header = sign(KEY, NOW, b"{}");
        for (age, believed) in [(-301, false), (-300, true), (0, true), (300, true), (301, false)] {
            let outcome = verify(Some(&header), b"{}", &[secret(KEY)], at(NOW + age));
            assert_eq!(outcome.is_ok(), believed, "{age} s");
            assert!(believed || outcome == Err(Unbelieved::Stale));
        }
    }

    #[test]
    fn several_signatures_in_one_header_are_tried_each() {
        let genuine = sign(KEY, NOW, b"{}");
        let header = format!("t={NOW},v1={},v0=ab,{}", "00".repeat(32), genuine.split_once(',').unwrap().1);
        assert_eq!(verify(Some(&header), b"{}", &[secret(KEY)], at(NOW)), Ok(()));
    }

    #[test]
    fn without_a_secret_nothing_is_believed() {
        assert_eq!(verify(Some(&sign(KEY, NOW, b"{}")), b"{}", &[], at(NOW)), Err(Unbelieved::Wrong));
        assert_eq!(verify(None, b"{}", &[secret(KEY)], at(NOW)), Err(Unbelieved::Missing));
    }

    #[test]
    fn the_time_is_signed_with_the_body() {
        let header = sign(KEY, NOW, b"{}").replace(&NOW.to_string(), &(NOW + 1).to_string());
        assert_eq!(verify(Some(&header), b"{}", &[secret(KEY)], at(NOW)), Err(Unbelieved::Wrong));
    }

    #[test]
    fn what_is_no_signature_is_named() {
        for header in
            ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1=zz", "t=1,t=2,v1=00", "t=+1,v1=00", "t=01,v1=00", "nonsense"]
        {
            assert_eq!(verify(Some(header), b"{}", &[secret(KEY)], at(1)), Err(Unbelieved::Malformed), "{header}");
        }
    }

    proptest! {
        #[test]
        fn one_flipped_bit_anywhere_is_not_believed(body in proptest::collection::vec(any::<u8>(), 1..200), at_bit in any::<usize>()) {
            let header = sign(KEY, NOW, &body);
            let mut altered = body.clone();
            let bit = at_bit % (body.len() * 8);
            if let Some(byte) = altered.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
            prop_assert_eq!(verify(Some(&header), &altered, &[secret(KEY)], at(NOW)), Err(Unbelieved::Wrong));
            prop_assert_eq!(verify(Some(&header), &body, &[secret(KEY)], at(NOW)), Ok(()));
        }

        #[test]
        fn no_header_stops_the_program(header in "\\PC{0,80}") {
            let outcome = verify(Some(&header), b"{}", &[secret(KEY)], at(NOW));
            prop_assert!(outcome.is_err());
        }
    }
}
