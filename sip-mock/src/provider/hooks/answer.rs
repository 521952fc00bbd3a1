//! What an answer says, or why there is none.

use std::fmt;

use serde_json::Value;

/// What an answer says.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Nothing usable: 204, no JSON, or JSON that is no array.
    Nothing,
    /// An array; it may be empty.
    List(Vec<Value>),
}

/// Why a hook failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection.
    Refused,
    /// The connection broke before the answer was there.
    Broken,
    /// No answer in time.
    TimedOut,
    /// An answer outside 200, 202 and 204.
    Status(u16),
    /// Announced as JSON and none.
    BadJson,
    /// A document that does not pass.
    BadDocument(String),
    /// An address that cannot be called.
    BadUrl,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("refused"),
            Self::Broken => f.write_str("broken"),
            Self::TimedOut => f.write_str("timed out"),
            Self::Status(code) => write!(f, "status {code}"),
            Self::BadJson => f.write_str("broken json"),
            Self::BadDocument(why) => write!(f, "bad document: {why}"),
            Self::BadUrl => f.write_str("bad address"),
        }
    }
}
