//! What the judge says: the promises that were broken, and the measures; as a table and as JSON.

mod json;
mod table;

use std::fmt;

use super::figures::Figures;

/// A broken promise. Ids are those of the logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// An entry was offered while another one stood before it and could have been.
    Order {
        /// The offer.
        offer: String,
        /// The entry offered.
        entry: String,
        /// The entry that was passed over.
        overtaken: String,
        /// The agent.
        agent: String,
    },
    /// Another agent had been idle for longer.
    LongestIdle {
        /// The offer.
        offer: String,
        /// The agent chosen.
        agent: String,
        /// The agent passed over.
        passed: String,
    },
    /// An entry was offered to an agent for whom it does not wait.
    Unfit {
        /// The offer.
        offer: String,
        /// The entry.
        entry: String,
        /// The agent.
        agent: String,
        /// Why not.
        why: &'static str,
    },
    /// A second offer for an entry or an agent that was not free.
    DoubleOffer {
        /// `entry` or `agent`.
        what: &'static str,
        /// Which one.
        id: String,
    },
    /// An offer of a caller who was known to be gone.
    GhostOffer {
        /// The offer.
        offer: String,
        /// For how long.
        for_ms: i64,
    },
    /// A place in line was lost.
    LostPlace {
        /// The entry, or the call when it has none.
        entry: String,
        /// In which way.
        why: &'static str,
    },
    /// A waiting caller was hung up on.
    Dropped {
        /// The provider's id of the call.
        call: String,
        /// The door it left through.
        cause: String,
    },
    /// A caller of whom the log should tell, and does not.
    Unaccounted {
        /// The provider's id of the call.
        call: String,
        /// What happened to them.
        what: &'static str,
    },
    /// A state that should have ended by itself did not.
    Stuck {
        /// Which kind.
        what: &'static str,
        /// Which one.
        id: String,
        /// How long beyond its deadline.
        for_ms: i64,
    },
    /// An idle agent and a waiting caller stayed apart.
    KeptApart {
        /// For how long.
        for_ms: i64,
    },
}

impl Violation {
    /// The rule that is broken, for counting.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Order { .. } => "order",
            Self::LongestIdle { .. } => "longest idle",
            Self::Unfit { .. } => "unfit agent",
            Self::DoubleOffer { .. } => "double offer",
            Self::GhostOffer { .. } => "ghost offer",
            Self::LostPlace { .. } => "lost place",
            Self::Dropped { .. } => DROPPED,
            Self::Unaccounted { .. } => "unaccounted",
            Self::Stuck { .. } => "stuck",
            Self::KeptApart { .. } => "kept apart",
        }
    }
}

const DROPPED: &str = "dropped by us";

/// All rules, so that a report also names those that hold.
const RULES: [&str; 10] = [
    "order",
    "longest idle",
    "unfit agent",
    "double offer",
    "ghost offer",
    "lost place",
    DROPPED,
    "unaccounted",
    "stuck",
    "kept apart",
];

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order { offer, entry, overtaken, agent } => {
                write!(f, "offer {offer} gave entry {entry} to agent {agent} while entry {overtaken} stood before it")
            }
            Self::LongestIdle { offer, agent, passed } => {
                write!(f, "offer {offer} went to agent {agent} although agent {passed} was idle for longer")
            }
            Self::Unfit { offer, entry, agent, why } => {
                write!(f, "offer {offer} gave entry {entry} to agent {agent}, who {why}")
            }
            Self::DoubleOffer { what, id } => write!(f, "{what} {id} was offered while it was not free"),
            Self::GhostOffer { offer, for_ms } => write!(f, "offer {offer} lived {for_ms} ms beyond its caller"),
            Self::LostPlace { entry, why } => write!(f, "{entry}: {why}"),
            Self::Dropped { call, cause } => write!(f, "call {call} waited and was hung up on: {cause}"),
            Self::Unaccounted { call, what } => write!(f, "call {call} {what}"),
            Self::Stuck { what, id, for_ms } => write!(f, "{what} {id} is {for_ms} ms beyond its deadline"),
            Self::KeptApart { for_ms } => write!(f, "an idle agent and a waiting caller stayed apart for {for_ms} ms"),
        }
    }
}

/// The verdict on a run.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Every broken promise.
    pub violations: Vec<Violation>,
    /// The measures.
    pub figures: Figures,
    /// Whether the event log was judged; without it only the journal speaks.
    pub whole: bool,
}

impl Report {
    /// Whether every promise was kept.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// Whether a rule can be judged by the logs there are.
    fn judged(&self, rule: &str) -> bool {
        self.whole || rule == DROPPED
    }

    /// How often a rule was broken.
    #[must_use]
    pub fn count(&self, rule: &str) -> usize {
        self.violations.iter().filter(|v| v.rule() == rule).count()
    }
}
