//! What is said between us and a print house.

use crate::foundation::fault::{Fault, Refusal};
use crate::foundation::ids::{LetterId, PrintBatchId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a house asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// At most so many letters.
    #[serde(default = "default_letters")]
    pub max_letters: u32,
    /// At most so many bytes; at least one letter is given.
    #[serde(default = "default_bytes")]
    pub max_bytes: u64,
    /// How long the house needs until it accepts.
    #[serde(default)]
    pub lease_seconds: Option<u32>,
}

const fn default_letters() -> u32 {
    500
}

const fn default_bytes() -> u64 {
    64 << 20
}

/// The most letters of a batch: its manifest stays readable, and a lapse gives back no more.
pub const MOST_LETTERS: u32 = 2_000;

/// A batch that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Id of the batch.
    pub batch_id: PrintBatchId,
    /// Names the lease in every write.
    pub lease_token: Uuid,
    /// Until when it must be accepted.
    #[serde(with = "time::serde::rfc3339")]
    pub lease_expires_at: OffsetDateTime,
    /// Where the list is.
    pub manifest_url: String,
    /// Digest of the list: the acceptance repeats it.
    pub manifest_sha256: String,
    /// How many letters.
    pub letters: i32,
    /// How many sheets of paper.
    pub sheets: i32,
    /// Size of all files.
    pub bytes: i64,
}

/// The list of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Id of the batch.
    pub batch_id: PrintBatchId,
    /// When it was taken.
    #[serde(with = "time::serde::rfc3339")]
    pub leased_at: OffsetDateTime,
    /// Its letters, in the order in which they are to be printed.
    pub letters: Vec<Entry>,
}

/// A letter in the list: what a house needs to print, fold and post it, and nothing of what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Id of the letter.
    pub letter_id: LetterId,
    /// Place in the batch, from one.
    pub sequence: i32,
    /// Where the file is.
    pub url: String,
    /// Digest of the file.
    pub sha256: String,
    /// Size of the file.
    pub bytes: i32,
    /// Pages of the file.
    pub pages: i32,
    /// Sheets of paper.
    pub sheets: i32,
    /// Whether both sides are printed.
    pub duplex: bool,
    /// Whether it needs colour.
    pub colour: bool,
    /// The paper.
    pub paper: String,
    /// The envelope.
    pub envelope: String,
    /// The class of postage.
    pub postage_class: String,
    /// Country of the address.
    pub country: String,
    /// Postcode, for sorting.
    pub postcode: String,
    /// The language of its words.
    pub language: String,
    /// The cut-off until which it should be printed.
    #[serde(with = "time::serde::rfc3339")]
    pub print_by: OffsetDateTime,
    /// How often it has been taken, this time included.
    pub attempt: i32,
}

/// A longer lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeaseRequest {
    /// The token of the lease.
    pub lease_token: Uuid,
    /// From now on.
    pub extend_seconds: u32,
}

/// The lease as it stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Until when the batch must be accepted.
    #[serde(with = "time::serde::rfc3339")]
    pub lease_expires_at: OffsetDateTime,
}

/// A house takes a batch over: from here on it prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptRequest {
    /// The token of the lease.
    pub lease_token: Uuid,
    /// The digest of the list that the house holds.
    pub sha256: String,
    /// Letters that it will not print.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

/// A letter that a house will not print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The letter.
    pub letter_id: LetterId,
    /// The house's code: letters, digits and underscores.
    pub code: String,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// How many letters the house is now to print.
    pub accepted: usize,
    /// Letters that it refused; a person sees to them.
    pub refused: Vec<LetterId>,
    /// Letters that we withdrew while the house held them: these must not be printed.
    pub withdrawn: Vec<LetterId>,
}

/// What a house tells of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Chosen by the house, in printable ASCII; the same event counts once.
    pub event_id: String,
    /// The letter.
    pub letter_id: LetterId,
    /// What happened.
    pub state: Reported,
    /// When, by the house's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The house's code for a rejection or a return.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The most reports of one request.
pub const MOST_REPORTS: usize = 1_000;

/// What can happen to a letter at a print house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reported {
    /// Printed and enveloped.
    Printed,
    /// Handed to the post.
    Mailed,
    /// Could not be printed.
    Rejected,
    /// Came back from the post.
    Returned,
}

impl Reported {
    /// The name that is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::Mailed => "mailed",
            Self::Rejected => "rejected",
            Self::Returned => "returned",
        }
    }
}

/// The answer to one report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportAnswer {
    /// The report.
    pub event_id: String,
    /// 200 counted, or known before; 404 no letter of this house; 409 against the order of things; 422 unreadable; 503 not
    /// noted now: to be told again.
    pub status: u16,
    /// Why it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl ReportAnswer {
    /// The answer to a report.
    #[must_use]
    pub fn new(report: &Report, status: u16, code: Option<&str>) -> Self {
        Self { event_id: report.event_id.clone(), status, code: code.map(str::to_owned) }
    }
}

/// Why a print house is refused.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// Not a batch of this house.
    #[error("there is no such batch")]
    BatchUnknown,
    /// Not a letter that this house holds.
    #[error("there is no such letter")]
    LetterUnknown,
    /// The lease has lapsed: its letters went back.
    #[error("the lease has lapsed; its letters went back and must not be printed")]
    LeaseLapsed,
    /// The token is not that of the lease.
    #[error("the lease has another token")]
    WrongToken,
    /// The batch was accepted and is not leased any more.
    #[error("the batch was accepted before")]
    AlreadyAccepted,
    /// The list that the house holds is not the one we gave.
    #[error("the digest is not that of the manifest")]
    DigestMismatch,
    /// An exception names a letter that is not in the batch, or has a code that cannot be kept.
    #[error("an exception names a letter that is not in the batch, or has an unusable code")]
    BadException,
    /// The request needs an `Idempotency-Key`.
    #[error("the header Idempotency-Key is missing or longer than 256 characters")]
    KeyMissing,
    /// The key was used for another request.
    #[error("the key was used for another request")]
    KeyMisused,
    /// A figure is out of its range.
    #[error("{0} is out of its range")]
    OutOfRange(&'static str),
    /// The request cannot be read.
    #[error("the request cannot be read: {0}")]
    Unreadable(String),
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for PrintError {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::BatchUnknown
            | Self::LetterUnknown
            | Self::LeaseLapsed
            | Self::WrongToken
            | Self::AlreadyAccepted
            | Self::DigestMismatch
            | Self::BadException
            | Self::KeyMissing
            | Self::KeyMisused
            | Self::OutOfRange(_)
            | Self::Unreadable(_) => None,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::BatchUnknown => "batch_unknown",
            Self::LetterUnknown => "letter_unknown",
            Self::LeaseLapsed => "lease_lapsed",
            Self::WrongToken => "lease_token_wrong",
            Self::AlreadyAccepted => "already_accepted",
            Self::DigestMismatch => "digest_mismatch",
            Self::BadException => "bad_exception",
            Self::KeyMissing => "idempotency_key_missing",
            Self::KeyMisused => "idempotency_key_misused",
            Self::OutOfRange(_) => "out_of_range",
            Self::Unreadable(_) => "unreadable",
            Self::Fault(_) => "fault",
        }
    }
}
