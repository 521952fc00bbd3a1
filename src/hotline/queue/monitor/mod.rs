//! The queue watches itself: how long the line is, who is at work, and whether what must hold holds.
//!
//! **Out:** gauges, the same from every process, and a count for each invariant that a row could break although every
//! constraint holds. **Must hold:** it only reads, in one snapshot, so that an offer under way is seen whole or not at all.

mod store;
pub mod worker;

use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::findings::Finding;
use crate::hotline::queue::store::line;
use time::Duration;

/// How long after its deadline a state may still stand: a leader that dies is followed within two seconds.
const GRACE: Duration = Duration::seconds(10);

/// The line and the agents, counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizes {
    /// Callers in line.
    pub waiting: i64,
    /// How long the first of them has waited; zero when there is none.
    pub longest: Duration,
    /// Agents by state, those who are signed in.
    pub agents: Vec<(String, i64)>,
}

/// Counts the line and the agents.
///
/// # Errors
/// When the database is away: then nothing is known.
pub async fn sizes(tx: &mut Tx) -> Result<Sizes, Fault> {
    let (waiting, since) = line(tx.conn()).await?;
    let longest = since.map_or(Duration::ZERO, |since| tx.now() - since);
    Ok(Sizes { waiting, longest, agents: store::agents(tx).await? })
}

/// Asks about every invariant.
///
/// # Errors
/// When the database is away: then nothing is known.
pub async fn check(tx: &mut Tx) -> Result<Vec<Finding>, Fault> {
    let late = tx.now() - GRACE;
    let counts = store::counts(tx, late).await?;
    Ok(vec![
        Finding::new("Q1", "a place that is bound is bound by an offer of its own in the same state", counts.entries),
        Finding::new("Q2", "an agent who is bound is bound by an offer of their own in the same state", counts.agents),
        Finding::new("Q6", "nothing outlives its deadline", counts.overdue),
        Finding::new("Q7", "nobody is offered a caller whose place has ended", counts.ghosts),
    ])
}
