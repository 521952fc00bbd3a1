//! Why a command of a page is refused.

use super::wire::{Answer, Refused};
use super::words;
use crate::foundation::fault::{Fault, Refusal};
use crate::hotline::queue::commands::QueueError;
use crate::scheduling::SchedulingError;

/// A command was refused, or something is broken.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Another window has taken the desk over.
    #[error("another window has taken over")]
    Superseded,
    /// The key was used for another command.
    #[error("this key was used for another command")]
    KeyMisused,
    /// The message is not a command.
    #[error("this is not a command")]
    BadCommand,
    /// The code is none of the setup's.
    #[error("this code is not one of the setup")]
    UnknownCode,
    /// The word to the next agent is too long.
    #[error("a note has 200 characters at most")]
    NoteTooLong,
    /// There is no caller on the desk.
    #[error("there is no caller on the desk")]
    NoCaller,
    /// The queue refuses.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// Scheduling refuses.
    #[error(transparent)]
    Scheduling(#[from] SchedulingError),
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for ConsoleError {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Queue(error) => error.fault(),
            Self::Scheduling(error) => error.fault(),
            Self::Fault(fault) => Some(fault),
            Self::Superseded
            | Self::KeyMisused
            | Self::BadCommand
            | Self::UnknownCode
            | Self::NoteTooLong
            | Self::NoCaller => None,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::KeyMisused => "key_misused",
            Self::BadCommand => "bad_command",
            Self::UnknownCode => "unknown_code",
            Self::NoteTooLong => "note_too_long",
            Self::NoCaller => "no_caller",
            Self::Queue(error) => error.code(),
            Self::Scheduling(error) => error.code(),
            Self::Fault(_) => "fault",
        }
    }
}

impl ConsoleError {
    /// What the page is told. A fault is logged here, once, and shown without its causes.
    #[must_use]
    pub fn refused(&self) -> Refused {
        let detail = match self.fault() {
            Some(fault) => {
                tracing::error!(fault = fault.chain(), "console: a command failed");
                "this could not be carried out; repeat it".to_owned()
            }
            None => self.to_string(),
        };
        Refused { code: self.code().to_owned(), field: self.field(), detail }
    }

    /// The field of the form, by its path.
    fn field(&self) -> Option<String> {
        let Self::Scheduling(error) = self else { return None };
        error.field().map(|field| match field {
            "from_day" | "day_part" => field.to_owned(),
            of_person => format!("person.{of_person}"),
        })
    }

    /// What could be taken instead of what was refused.
    #[must_use]
    pub fn instead(&self) -> Option<Answer> {
        let Self::Scheduling(SchedulingError::PairTaken(pairs)) = self else { return None };
        Some(Answer::Pairs { pairs: pairs.iter().map(words::pair).collect() })
    }
}
