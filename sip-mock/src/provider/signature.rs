//! The signature of a webhook: HMAC-SHA256 over `<unix seconds>.<raw body>`, lower-case hex.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The name of the header.
pub const HEADER: &str = "Jambonz-Signature";

/// The header's value for a body, byte for byte as it goes over the wire.
#[must_use]
pub fn sign(secret: &str, unix_seconds: i64, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new(); // HMAC takes keys of every length
    };
    mac.update(unix_seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    format!("t={unix_seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_test_0123456789";

    /// Made with the vendor's own library.
    #[test]
    fn the_vendors_own_vectors_are_met() {
        let body = "{\"call_sid\":\"11111111-2222-3333-4444-555555555555\",\"direction\":\"inbound\",\"from\":\"+493511234567\",\"to\":\"08000899089\",\"call_status\":\"trying\",\"customerData\":{\"name\":\"Müller\"}}";
        assert_eq!(
            sign(SECRET, 1_700_000_000, body.as_bytes()),
            "t=1700000000,v1=4e3e419e08be0654b4c98f279a0077968132721f9766c853e122f9500c6a04ae"
        );
        assert_eq!(
            sign(SECRET, 1_700_000_001, br#"{"b":1,"2":3,"a":1.0}"#),
            "t=1700000001,v1=66c6d76d107f0056d83916787cc718f1fd7cc0aac7edb96ca5cf20c1353ae413"
        );
    }
}
