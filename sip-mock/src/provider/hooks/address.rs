//! Where the service is, also after it has moved.

use std::sync::PoisonError;

use super::Hooks;
use super::retry::RetryRule;

/// Where the service is: the base it has now, and those it had before it moved.
#[derive(Debug, Default)]
pub(crate) struct Bases {
    pub(crate) now: String,
    pub(crate) before: Vec<String>,
}

impl Hooks {
    /// The address to call: absolute, at the place where the service is now, with its retry rule taken off.
    pub(super) fn address(&self, url: &str) -> (String, RetryRule) {
        let bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        let (plain, fragment) = url.split_once('#').unwrap_or((url, ""));
        let rule = RetryRule::parse(fragment);
        if url.starts_with('/') {
            // A fragment on a relative address travels in the request line, as raw as it stands.
            return (format!("{}{}", bases.now, url.replace('#', "%23")), rule);
        }
        let moved =
            bases.before.iter().find_map(|old| plain.strip_prefix(old.as_str()).filter(|rest| rest.starts_with('/')));
        (moved.map_or_else(|| plain.to_owned(), |rest| format!("{}{rest}", bases.now)), rule)
    }

    /// The service has moved.
    pub(crate) fn set_base(&self, base: &str) {
        let base = base.trim_end_matches('/').to_owned();
        let mut bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut bases.now, base.clone());
        bases.before.push(old);
        bases.before.retain(|earlier| *earlier != base);
    }
}
