//! What the judge says.

use std::fmt;

use super::figures::{Figures, Spread};

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
const RULES: [&str; 9] = [
    "order",
    "longest idle",
    "double offer",
    "ghost offer",
    "lost place",
    DROPPED,
    "unaccounted",
    "stuck",
    "kept apart",
];

/// How many broken promises of a rule are spelt out.
const SPELT_OUT: usize = 5;

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order { offer, entry, overtaken, agent } => {
                write!(f, "offer {offer} gave entry {entry} to agent {agent} while entry {overtaken} stood before it")
            }
            Self::LongestIdle { offer, agent, passed } => {
                write!(f, "offer {offer} went to agent {agent} although agent {passed} was idle for longer")
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

    /// How often a rule was broken.
    #[must_use]
    pub fn count(&self, rule: &str) -> usize {
        self.violations.iter().filter(|v| v.rule() == rule).count()
    }
}

fn spread(f: &mut fmt::Formatter<'_>, name: &str, s: &Spread) -> fmt::Result {
    if s.count == 0 {
        return writeln!(f, "  {name:<28} -");
    }
    writeln!(
        f,
        "  {name:<28} p50 {:>9.1} ms   p95 {:>9.1}   p99 {:>9.1}   max {:>9.1}   n {}",
        s.p50_ms, s.p95_ms, s.p99_ms, s.max_ms, s.count
    )
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = &self.figures;
        writeln!(
            f,
            "Calls {}, waited {}, served {}, gave up {}, turned away {}, places taken up again {}",
            n.calls, n.waited, n.served, n.abandoned, n.turned_away, n.redeemed
        )?;
        writeln!(f, "\nPromises")?;
        for rule in RULES {
            if !self.whole && rule != DROPPED {
                continue;
            }
            let count = self.count(rule);
            writeln!(
                f,
                "  {rule:<16} {}",
                if count == 0 { "kept".to_owned() } else { format!("BROKEN {count} times") }
            )?;
            for violation in self.violations.iter().filter(|v| v.rule() == rule).take(SPELT_OUT) {
                writeln!(f, "      {violation}")?;
            }
        }
        if !self.whole {
            writeln!(f, "  (the other promises are judged with the event log)")?;
        }
        writeln!(f, "\nMeasures (real time)")?;
        spread(f, "assignment", &n.assignment)?;
        spread(f, "joining to first offer", &n.wait_for_offer)?;
        spread(f, "offer to acceptance", &n.acceptance)?;
        spread(f, "acceptance to talking", &n.connecting)?;
        spread(f, "music to the agent's voice", &n.wait)?;
        spread(f, "webhook answers", &n.hooks)?;
        writeln!(f, "  webhooks that failed         {}", n.hooks_failed)?;
        writeln!(
            f,
            "  idle agents while waiting    {:.3} on average, at most {:.0} ms",
            n.idle_while_queue, n.longest_apart_ms
        )?;
        let level = &n.service_level;
        writeln!(
            f,
            "  service level                {:.1} % of answered, {:.1} % of waiting, {:.1} % without short abandons, {:.1} % with them",
            level.of_answered * 100.0,
            level.of_offered * 100.0,
            level.without_short_abandons * 100.0,
            level.with_short_abandons * 100.0
        )?;
        for ms in &n.first_offer_after_restart_ms {
            writeln!(f, "  first offer after a restart  {ms:.0} ms")?;
        }
        Ok(())
    }
}
