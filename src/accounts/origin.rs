//! Which pages may talk to us: the allow-list of origins.
//!
//! A browser sends the cookie with a socket that any page opens, and no rule of its own stops that page from reading;
//! the `Origin` header is the defence. `null` and a missing header are refused for sockets.

use super::model::AccountsError;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use std::net::IpAddr;

/// Scheme, host and port of a page, in lower case and without a path.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

impl Origin {
    /// Whether the page came over HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether the page is served on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.0.split_once("://").map_or("", |(_, host)| host);
        let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        name == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let origin = text.trim().trim_end_matches('/').to_ascii_lowercase();
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
        if host.is_empty() || host.contains(['/', '*', '?', '#', '@', ' ']) {
            return Err("an origin is http:// or https:// with a host and perhaps a port".into());
        }
        Ok(Self(origin))
    }
}

/// Refuses a request that another site's page sent. Programs send no origin and pass.
///
/// # Errors
/// `foreign_origin`.
pub fn refuse_foreign(headers: &HeaderMap, allowed: &[Origin]) -> Result<(), AccountsError> {
    if headers.contains_key(header::ORIGIN) { require(headers, allowed) } else { Ok(()) }
}

/// Asks for exactly one origin that is allowed: for sockets, where a browser always sends one.
///
/// # Errors
/// `foreign_origin`.
pub fn require(headers: &HeaderMap, allowed: &[Origin]) -> Result<(), AccountsError> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (Some(origin), None) if allowed.iter().any(|allowed| allowed.0.as_bytes() == origin.as_bytes()) => Ok(()),
        _ => Err(AccountsError::ForeignOrigin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn with(origins: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for origin in origins {
            headers.append(header::ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn only_an_allowed_origin_opens_a_socket() {
        let allowed = [Origin::try_from("https://Hotline.example.org/".to_owned()).expect("an origin")];
        assert!(require(&with(&["https://hotline.example.org"]), &allowed).is_ok());
        for refused in [
            &[][..],
            &["null"],
            &["https://evil.example"],
            &["http://hotline.example.org"],
            &["https://hotline.example.org.evil.example"],
            &["https://hotline.example.org:8443"],
            &["https://hotline.example.org", "https://evil.example"],
        ] {
            assert!(require(&with(refused), &allowed).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn a_program_without_origin_may_log_in_but_a_foreign_page_may_not() {
        let allowed = [Origin::try_from("http://127.0.0.1:8080".to_owned()).expect("an origin")];
        assert!(refuse_foreign(&with(&[]), &allowed).is_ok());
        assert!(refuse_foreign(&with(&["null"]), &allowed).is_err());
    }

    #[test]
    fn loopback_is_recognised() {
        let is_loopback = |text: &str| Origin::try_from(text.to_owned()).expect("an origin").is_loopback();
        assert!(
            is_loopback("http://127.0.0.1:8080") && is_loopback("http://localhost") && is_loopback("http://[::1]:80")
        );
        assert!(is_loopback("http://[::1]"));
        assert!(!is_loopback("http://192.0.2.1:8080") && !is_loopback("https://127.example.org"));
        assert!(Origin::try_from("*".to_owned()).is_err() && Origin::try_from("https://*".to_owned()).is_err());
    }
}
