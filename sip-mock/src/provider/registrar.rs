//! Agents' phones register: the provider challenges them and asks the service whether the answer is right.
//!
//! What must hold, as at the real server: the service is asked with every registration, signed like every webhook; anything but a
//! plain yes refuses the phone.

use md5::{Digest, Md5};
use serde_json::json;

use super::Provider;

/// The hash of RFC 7616, in hex.
fn hash(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

impl Provider {
    /// A phone registers with a password; whether the service lets it.
    pub async fn register(&self, user: &str, password: &str) -> bool {
        let (realm, nc) = (&self.switch.sip_realm, "00000001");
        let (nonce, cnonce) = (self.switch.dice.sid(), self.switch.dice.sid());
        let uri = format!("sip:{realm}");
        let known = hash(&format!("{user}:{realm}:{password}"));
        let response = hash(&format!("{known}:{nonce}:{nc}:{cnonce}:auth:{}", hash(&format!("REGISTER:{uri}"))));
        let body = json!({
            "method": "REGISTER", "realm": realm, "username": user, "expires": 3600, "scheme": "digest", "nonce": nonce,
            "uri": uri, "algorithm": "MD5", "qop": "auth", "cnonce": cnonce, "nc": nc, "response": response,
        });
        let says = self.switch.hooks.ask(&self.switch.registration_hook, &body).await;
        says.is_some_and(|says| says["status"] == "ok")
    }
}
