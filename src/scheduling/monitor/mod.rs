//! Standing questions to the database: how often is an invariant violated right now.
//!
//! **Out:** a count for each invariant; every count is zero, always. **Must hold:** it only reads, and asks in one
//! snapshot, so that a booking under way is seen whole or not at all.

mod store;
pub mod worker;

use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::findings::Finding;
use crate::scheduling::rules::RuleBook;
use crate::supply::model::VaccineCode;

/// Asks about every invariant.
///
/// # Errors
/// When the database is away: then nothing is known.
pub async fn check(tx: &mut Tx, rules: &RuleBook) -> Result<Vec<Finding>, Fault> {
    let counts = store::counts(tx).await?;
    let intervals = store::intervals(tx).await?;
    let beyond: i64 = intervals.iter().filter(|series| !fits(rules, series)).map(|series| series.number).sum();
    Ok(vec![
        Finding::new(
            "S1",
            "a slot belongs to at most one active dose, and is booked exactly when it has one",
            counts.slots,
        ),
        Finding::new("S2", "every slot that was released exists, in one state", counts.released),
        Finding::new("S4", "the places of five minutes are not more than the lanes serve", counts.places),
        Finding::new("S5", "a confirmed series has exactly its doses", counts.doses),
        Finding::new(
            "S6",
            "both doses lie in the interval of the rules of their series, at one centre",
            beyond + counts.centres,
        ),
        Finding::new("S7", "a person has at most one active series", counts.persons),
        Finding::new(
            "S10",
            "nothing stays reserved five seconds after its end, or without a live reservation",
            counts.reserved,
        ),
        Finding::new("S16", "a cancelled series holds no slot", counts.cancelled),
        Finding::new("S22", "every booking and every cancellation is in the audit trail", counts.unaudited),
    ])
}

/// Series of one version, vaccine and distance between the doses.
struct Interval {
    rules: String,
    vaccine: VaccineCode,
    days: Option<i32>,
    number: i64,
}

/// A version or a vaccine that is not known cannot be called fitting.
fn fits(rules: &RuleBook, series: &Interval) -> bool {
    let Ok(set) = rules.of_version(&series.rules) else { return false };
    let Some(rule) = set.vaccine(&series.vaccine) else { return false };
    match (rule.interval, series.days) {
        (None, None) => true,
        (Some(interval), Some(days)) => (i32::from(interval.min)..=i32::from(interval.max)).contains(&days),
        (None, Some(_)) | (Some(_), None) => false,
    }
}
