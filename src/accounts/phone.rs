//! With what agents' phones register: SIP digest, as RFC 7616 has it for MD5, which is what phones speak.
//!
//! **Must hold:** no password is kept, only its hash for one realm. Whoever has that hash can register the phone, so it is a
//! secret like the password; but it opens no page, and is drawn at random.

use crate::foundation::pii::Pii;
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

/// What is kept of a phone's password.
#[must_use]
pub fn ha1(phone_user: &str, realm: &str, password: &str) -> String {
    hex::encode(Md5::digest(format!("{phone_user}:{realm}:{password}")))
}

/// What a phone has answered to the provider's challenge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The phone's user.
    pub username: String,
    /// For which realm.
    pub realm: String,
    /// The SIP method: `REGISTER`.
    pub method: String,
    /// The request's URI.
    pub uri: String,
    /// The challenge.
    pub nonce: String,
    /// `auth`, or nothing of old phones.
    pub qop: Option<String>,
    /// How often the challenge was used.
    pub nc: String,
    /// The phone's own challenge.
    pub cnonce: String,
    /// `MD5`, or nothing, which means the same.
    pub algorithm: Option<String>,
    /// The answer.
    pub response: Pii<String>,
}

impl Proof {
    /// Whether whoever answered knows the password of which this is the hash.
    #[must_use]
    pub fn is_of(&self, ha1: &str) -> bool {
        if self.algorithm.as_deref().is_some_and(|name| !name.eq_ignore_ascii_case("MD5")) {
            return false;
        }
        let Self { method, uri, nonce, nc, cnonce, .. } = self;
        let ha2 = hex::encode(Md5::digest(format!("{method}:{uri}")));
        let whole = match self.qop.as_deref() {
            Some("auth") => format!("{ha1}:{nonce}:{nc}:{cnonce}:auth:{ha2}"),
            None | Some("") => format!("{ha1}:{nonce}:{ha2}"),
            // The body of a request would have to be part of it.
            Some(_) => return false,
        };
        let expected = hex::encode(Md5::digest(whole));
        expected.as_bytes().ct_eq(self.response.expose().to_ascii_lowercase().as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7616, section 3.9.1.
    fn example() -> Proof {
        Proof {
            username: "Mufasa".into(),
            realm: "http-auth@example.org".into(),
            method: "GET".into(),
            uri: "/dir/index.html".into(),
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v".into(),
            qop: Some("auth".into()),
            nc: "00000001".into(),
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ".into(),
            algorithm: Some("MD5".into()),
            response: Pii::new("8ca523f5e9506fed4657c9700eebdbec".into()),
        }
    }

    fn known(password: &str) -> String {
        ha1("Mufasa", "http-auth@example.org", password)
    }

    #[test]
    fn the_example_of_the_standard_is_right_and_another_password_is_not() {
        assert!(example().is_of(&known("Circle of Life")));
        assert!(!example().is_of(&known("Circle of life")));
    }

    /// The example of RFC 2069, as its erratum has it: what phones without `qop` compute.
    #[test]
    fn a_phone_without_qop_is_understood() {
        let proof = Proof {
            username: "Mufasa".into(),
            realm: "testrealm@host.com".into(),
            method: "GET".into(),
            uri: "/dir/index.html".into(),
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093".into(),
            response: Pii::new("670fd8c2df070c60b045671b8b24ff02".into()),
            ..Proof::default()
        };
        assert!(proof.is_of(&ha1("Mufasa", "testrealm@host.com", "Circle Of Life")));
    }

    #[test]
    fn what_is_not_spoken_is_refused() {
        for proof in [
            Proof { algorithm: Some("SHA-256".into()), ..example() },
            Proof { qop: Some("auth-int".into()), ..example() },
            Proof { nonce: "another".into(), ..example() },
            Proof { uri: "/elsewhere".into(), ..example() },
            Proof { response: Pii::new(String::new()), ..example() },
        ] {
            assert!(!proof.is_of(&known("Circle of Life")), "{proof:?}");
        }
    }
}
