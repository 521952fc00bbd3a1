//! Which failures are tried again, by the fragment of the address.

use super::Failure;

/// The `#rc=…&rp=…` of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RetryRule {
    pub(super) times: u32,
    on: Vec<String>,
}

impl RetryRule {
    pub(super) fn parse(fragment: &str) -> Self {
        let mut rule = Self { times: 0, on: vec!["ct".to_owned()] };
        for part in fragment.split('&') {
            match part.split_once('=') {
                Some(("rc", n)) => rule.times = n.parse().map_or(0, |n: u32| n.min(5)),
                Some(("rp", kinds)) => rule.on = kinds.split(',').map(str::to_owned).collect(),
                _ => {}
            }
        }
        rule
    }

    /// `rt` is accepted and matches nothing: the real one compares it with an error name that its client never reports.
    pub(super) fn covers(&self, failure: &Failure) -> bool {
        let named = |kind: &str| self.on.iter().any(|on| on == kind || on == "all");
        match failure {
            Failure::Refused => named("ct"),
            Failure::Broken | Failure::TimedOut => named("all"),
            Failure::Status(400..=499) => named("4xx"),
            Failure::Status(500..=599) => named("5xx"),
            Failure::Status(_) => named("all"),
            Failure::BadJson | Failure::BadDocument(_) | Failure::BadUrl => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_retried_without_being_told_so() {
        let rule = RetryRule::parse("");
        assert_eq!(rule.times, 0);
    }

    #[test]
    fn a_time_out_is_retried_by_all_and_never_by_rt() {
        assert!(!RetryRule::parse("rc=3&rp=rt").covers(&Failure::TimedOut));
        assert!(!RetryRule::parse("rc=3&rp=ct,5xx").covers(&Failure::TimedOut));
        assert!(RetryRule::parse("rc=3&rp=all").covers(&Failure::TimedOut));
    }

    #[test]
    fn a_refused_connection_and_an_error_of_the_service_are_retried_when_asked_for() {
        let rule = RetryRule::parse("rc=3&rp=ct,5xx");
        assert!(rule.covers(&Failure::Refused));
        assert!(rule.covers(&Failure::Status(503)));
        assert!(!rule.covers(&Failure::Status(404)));
        assert!(!rule.covers(&Failure::Broken));
        assert_eq!(RetryRule::parse("rc=99").times, 5);
    }
}
