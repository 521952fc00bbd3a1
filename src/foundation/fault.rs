//! What is broken, as opposed to what is refused.
//!
//! A business "no" is a named variant of a module's own refusal with a stable code. Everything that is broken is one
//! [`Fault`]: what was being done, to which id, and the source. A check that could not be carried out is a fault,
//! never "free", "valid" or "allowed".

use std::error::Error;

type Source = Box<dyn Error + Send + Sync>;

/// Something that should have worked did not.
#[derive(Debug, thiserror::Error)]
#[error("{doing}")]
pub struct Fault {
    doing: String,
    retryable: bool,
    #[source]
    source: Option<Source>,
}

impl Fault {
    /// A fault while `doing` something ("render letter 0190…"), caused by `source`.
    pub fn new(doing: impl Into<String>, source: impl Into<Source>) -> Self {
        Self { doing: doing.into(), retryable: false, source: Some(source.into()) }
    }

    /// A fault without a deeper cause.
    pub fn plain(doing: impl Into<String>) -> Self {
        Self { doing: doing.into(), retryable: false, source: None }
    }

    /// Says what was being done when this fault happened.
    #[must_use]
    pub fn while_doing(self, doing: impl Into<String>) -> Self {
        let retryable = self.retryable;
        Self { doing: doing.into(), retryable, source: Some(Box::new(self)) }
    }

    /// Whether the same transaction may succeed when it is run again (serialisation, deadlock).
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.retryable
    }

    /// The whole chain of causes in one line, for the one log line at the edge.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(next) = cause {
            line.push_str(": ");
            line.push_str(&next.to_string());
            cause = next.source();
        }
        line
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        // 40001 serialization_failure, 40P01 deadlock_detected, 55P03 lock_not_available.
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        let retryable = matches!(code.as_deref(), Some("40001" | "40P01" | "55P03"));
        // The server's message may quote a row; only its code and constraint are kept.
        let source: Source = match error.as_database_error() {
            Some(refusal) => format!(
                "database error {}{}",
                code.as_deref().unwrap_or("?????"),
                refusal.constraint().map(|name| format!(" on {name}")).unwrap_or_default()
            )
            .into(),
            None => Box::new(error),
        };
        Self { doing: "talk to the database".to_owned(), retryable, source: Some(source) }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        // A parser's message may quote the text it read; the position is enough.
        Self::plain(format!("read or write JSON (line {}, column {})", error.line(), error.column()))
    }
}

/// Attaches what was being done to a fallible step.
pub trait While<T> {
    /// On failure, says what was being done.
    ///
    /// # Errors
    /// The fault, with `doing` as its message.
    fn while_doing(self, doing: impl Into<String>) -> Result<T, Fault>;
}

impl<T, E: Into<Fault>> While<T> for Result<T, E> {
    fn while_doing(self, doing: impl Into<String>) -> Result<T, Fault> {
        self.map_err(|error| error.into().while_doing(doing))
    }
}

/// An error of a use case: either a named refusal or a [`Fault`].
///
/// Implemented by every module's error enum; the transaction door asks it whether to run the transaction again, and
/// the edges turn it into problem JSON or an `ack`.
pub trait Refusal: From<Fault> + Error {
    /// The fault, when this is one.
    fn fault(&self) -> Option<&Fault>;

    /// The stable code: the same string in the API, in console frames, in metrics and in logs.
    fn code(&self) -> &'static str;
}

impl Refusal for Fault {
    fn fault(&self) -> Option<&Fault> {
        Some(self)
    }

    fn code(&self) -> &'static str {
        "fault"
    }
}
