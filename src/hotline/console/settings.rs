//! The section `[console]` of the configuration.

use super::wire::Choice;
use serde::Deserialize;
use std::collections::HashSet;

/// Choices and texts of the desk.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many consoles may be open on this process.
    pub sockets: usize,
    /// Why an agent may be not ready.
    pub not_ready_reasons: Vec<Choice>,
    /// How a call may end.
    pub wrap_up_codes: Vec<Choice>,
    /// What the agent says, one step a line.
    pub script: Vec<String>,
}

impl Settings {
    /// Says what is wrong with the section.
    ///
    /// # Errors
    /// The key and what it must be.
    pub fn validate(&self) -> Result<(), String> {
        if self.sockets == 0 {
            return Err("console.sockets: at least 1".into());
        }
        for (key, choices, most) in
            [("not_ready_reasons", &self.not_ready_reasons, 15), ("wrap_up_codes", &self.wrap_up_codes, 15)]
        {
            let codes: HashSet<&str> = choices.iter().map(|choice| choice.code.as_str()).collect();
            if choices.is_empty() || choices.len() > most || codes.len() < choices.len() {
                return Err(format!("console.{key}: 1 to {most} choices, each with a code of its own"));
            }
            let plain = |code: &str| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if choices.iter().any(|choice| choice.code.is_empty() || !plain(&choice.code) || choice.label.is_empty()) {
                return Err(format!("console.{key}: a code is small letters and _, and a label is not empty"));
            }
        }
        Ok(())
    }
}

/// Whether a choice has this code.
#[must_use]
pub fn offers(choices: &[Choice], code: &str) -> bool {
    choices.iter().any(|choice| choice.code == code)
}
