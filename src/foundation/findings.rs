//! What standing questions to the database have found: how often an invariant is violated right now.
//!
//! A finding that is not zero is a bug, never a state of operation.

/// An invariant and how often it is violated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The invariant's short name.
    pub invariant: &'static str,
    /// What must hold.
    pub must_hold: &'static str,
    /// How often it does not.
    pub violations: i64,
}

impl Finding {
    /// What was found about an invariant.
    #[must_use]
    pub const fn new(invariant: &'static str, must_hold: &'static str, violations: i64) -> Self {
        Self { invariant, must_hold, violations }
    }
}

/// Says what was found: a gauge an invariant, and a line for each that is violated.
pub fn tell(findings: &[Finding]) {
    for Finding { invariant, must_hold, violations } in findings {
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float; what matters is whether it is zero")]
        metrics::gauge!("vaxline_invariant_violations", "invariant" => *invariant).set(*violations as f64);
        if *violations != 0 {
            tracing::error!(invariant, violations, must_hold, "an invariant is violated");
        }
    }
}
