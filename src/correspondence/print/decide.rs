//! Pure decisions of the print queue.

use super::model::{AcceptRequest, Accepted, Exception, PrintError, Reported};
use crate::foundation::ids::LetterId;
use time::OffsetDateTime;
use uuid::Uuid;

/// A batch as far as decisions need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The token of its lease.
    pub token: Uuid,
    /// How it stands.
    pub state: BatchState,
    /// Until when it must be accepted.
    pub expires_at: OffsetDateTime,
    /// Digest of its list.
    pub manifest_sha256: Vec<u8>,
}

/// How a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// The house has it and must accept it in time.
    Leased,
    /// The house prints it.
    Accepted,
    /// Its letters went back.
    Lapsed,
}

/// Whether a write to a batch is the holder's and in time.
///
/// # Errors
/// Another token, an accepted batch, or a lease that is over: even if nobody has taken its letters back yet.
pub fn may_write(held: &Held, token: Uuid, now: OffsetDateTime) -> Result<(), PrintError> {
    if held.token != token {
        return Err(PrintError::WrongToken);
    }
    match held.state {
        BatchState::Accepted => Err(PrintError::AlreadyAccepted),
        BatchState::Lapsed => Err(PrintError::LeaseLapsed),
        BatchState::Leased if held.expires_at <= now => Err(PrintError::LeaseLapsed),
        BatchState::Leased => Ok(()),
    }
}

/// What an acceptance does: which letters are printed, which are refused, which were withdrawn meanwhile. `letters`
/// are those of the batch, with whether each is still wanted.
///
/// # Errors
/// What [`may_write`] says, another list than ours, or an exception for a letter that is not there.
pub fn accept(
    held: &Held,
    letters: &[(LetterId, bool)],
    request: &AcceptRequest,
    now: OffsetDateTime,
) -> Result<(Vec<LetterId>, Accepted), PrintError> {
    may_write(held, request.lease_token, now)?;
    if hex::decode(&request.sha256).ok().as_deref() != Some(&held.manifest_sha256[..]) {
        return Err(PrintError::DigestMismatch);
    }
    let known = |exception: &Exception| letters.iter().any(|(letter, _)| *letter == exception.letter_id);
    if !request.exceptions.iter().all(|exception| known(exception) && is_code(&exception.code)) {
        return Err(PrintError::BadException);
    }
    let mut printed = Vec::new();
    let mut outcome = Accepted { accepted: 0, refused: Vec::new(), withdrawn: Vec::new() };
    for (letter, wanted) in letters {
        if !wanted {
            outcome.withdrawn.push(*letter);
        } else if request.exceptions.iter().any(|exception| exception.letter_id == *letter) {
            outcome.refused.push(*letter);
        } else {
            printed.push(*letter);
        }
    }
    outcome.accepted = printed.len();
    Ok((printed, outcome))
}

/// A code of a house: short, and nothing that could be a name.
#[must_use]
pub fn is_code(code: &str) -> bool {
    (1..=40).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// An event's id as a house may choose it: printable ASCII, and none of those that we give to fetches.
#[must_use]
pub fn is_event_id(id: &str) -> bool {
    (1..=100).contains(&id.len()) && id.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !id.starts_with("fetch:")
}

/// Whether a letter whose lease lapsed for the `lapses`-th time is kept from the houses: perhaps it is what they die of.
#[must_use]
pub const fn is_lost(lapses: i32, until_held: i32) -> bool {
    lapses >= until_held
}

/// How many of the candidates a batch takes: the first always, the others as long as they fit.
#[must_use]
pub fn fill(sizes: &[i64], max_bytes: u64) -> usize {
    let mut used = 0_u64;
    let mut taken = 0;
    for size in sizes {
        used = used.saturating_add(u64::try_from(*size).unwrap_or(u64::MAX));
        if taken > 0 && used > max_bytes {
            break;
        }
        taken += 1;
    }
    taken
}

/// The state of a letter after a report; the same state when it says nothing new; nothing when it cannot be.
#[must_use]
pub fn reported(state: &str, report: Reported) -> Option<&'static str> {
    match (state, report) {
        // A house may tell of the post before it tells of the printing.
        ("accepted" | "printed", Reported::Printed) => Some("printed"),
        ("mailed", Reported::Printed) | ("accepted" | "printed" | "mailed", Reported::Mailed) => Some("mailed"),
        ("accepted" | "printed" | "held", Reported::Rejected) => Some("held"),
        ("printed" | "mailed" | "returned", Reported::Returned) => Some("returned"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2021-04-28 16:00 UTC);

    fn letter(number: u128) -> LetterId {
        LetterId(Uuid::from_u128(number))
    }

    fn held(state: BatchState) -> Held {
        Held { token: Uuid::from_u128(1), state, expires_at: NOW + Duration::minutes(15), manifest_sha256: vec![7; 32] }
    }

    fn request() -> AcceptRequest {
        AcceptRequest { lease_token: Uuid::from_u128(1), sha256: hex::encode([7; 32]), exceptions: Vec::new() }
    }

    #[test]
    fn a_late_acceptance_is_refused_to_the_second() {
        let batch = held(BatchState::Leased);
        let letters = [(letter(1), true)];
        assert!(accept(&batch, &letters, &request(), NOW + Duration::seconds(899)).is_ok());
        let late = accept(&batch, &letters, &request(), NOW + Duration::minutes(15)).unwrap_err();
        assert!(matches!(late, PrintError::LeaseLapsed));
        let lapsed = accept(&held(BatchState::Lapsed), &letters, &request(), NOW).unwrap_err();
        assert!(matches!(lapsed, PrintError::LeaseLapsed));
    }

    #[test]
    fn another_token_or_another_list_accepts_nothing() {
        let batch = held(BatchState::Leased);
        let other = AcceptRequest { lease_token: Uuid::from_u128(2), ..request() };
        assert!(matches!(accept(&batch, &[], &other, NOW).unwrap_err(), PrintError::WrongToken));
        for sha256 in [hex::encode([8; 32]), String::new(), "äöü".into()] {
            let other = AcceptRequest { sha256, ..request() };
            assert!(matches!(accept(&batch, &[], &other, NOW).unwrap_err(), PrintError::DigestMismatch));
        }
    }

    #[test]
    fn what_was_withdrawn_is_named_and_not_printed() {
        let letters = [(letter(1), true), (letter(2), false), (letter(3), true)];
        let exceptions = vec![Exception { letter_id: letter(3), code: "file_damaged".into() }];
        let (printed, outcome) =
            accept(&held(BatchState::Leased), &letters, &AcceptRequest { exceptions, ..request() }, NOW).unwrap();
        assert_eq!(printed, [letter(1)]);
        assert_eq!(outcome, Accepted { accepted: 1, refused: vec![letter(3)], withdrawn: vec![letter(2)] });
    }

    #[test]
    fn an_exception_for_a_strange_letter_or_with_prose_is_refused() {
        for (number, code) in [(9, "file_damaged"), (1, "Der Name fehlt"), (1, "")] {
            let exceptions = vec![Exception { letter_id: letter(number), code: code.into() }];
            let refused = accept(
                &held(BatchState::Leased),
                &[(letter(1), true)],
                &AcceptRequest { exceptions, ..request() },
                NOW,
            );
            assert!(matches!(refused.unwrap_err(), PrintError::BadException));
        }
    }

    #[test]
    fn an_event_is_named_in_characters_that_every_system_keeps() {
        assert!(is_event_id("2021-04-28T18:00:00Z/4711 #2"));
        for id in ["", "fetch:1", "a\u{0}b", "a\nb", "Münze", &"x".repeat(101)] {
            assert!(!is_event_id(id), "{id:?}");
        }
    }

    #[test]
    fn a_batch_takes_what_fits_and_one_letter_at_least() {
        assert_eq!(fill(&[10, 10, 10], 20), 2);
        assert_eq!(fill(&[100], 20), 1);
        assert_eq!(fill(&[], 20), 0);
    }

    #[test]
    fn reports_move_a_letter_forward_alone() {
        assert_eq!(reported("accepted", Reported::Mailed), Some("mailed"));
        assert_eq!(reported("mailed", Reported::Printed), Some("mailed"), "told late");
        assert_eq!(reported("mailed", Reported::Returned), Some("returned"));
        for state in ["ordered", "available", "leased", "superseded"] {
            assert_eq!(reported(state, Reported::Printed), None, "{state}");
        }
        assert_eq!(reported("mailed", Reported::Rejected), None);
    }
}
