//! The verdict for programs.

use serde_json::{Value, json};

use super::{RULES, Report};

/// How many broken promises are spelt out; all are counted.
const SPELT_OUT: usize = 1_000;

impl Report {
    /// The verdict as JSON: every promise with how often it was broken, the broken ones in words, every measure.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let promises: serde_json::Map<String, Value> = RULES
            .into_iter()
            .filter(|rule| self.judged(rule))
            .map(|rule| (rule.replace(' ', "_"), json!(self.count(rule))))
            .collect();
        let broken: Vec<Value> = self
            .violations
            .iter()
            .take(SPELT_OUT)
            .map(|violation| json!({"rule": violation.rule(), "what": violation.to_string()}))
            .collect();
        json!({
            "clean": self.is_clean(),
            "with_event_log": self.whole,
            "broken_promises": promises,
            "broken": broken,
            "measures": self.figures,
        })
    }
}
