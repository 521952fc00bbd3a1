//! What the replayed log knows of entries, offers and agents.

use super::{Micros, Rules, micros};

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Waiting(Micros),
    Taken(Micros),
    Talking(Micros),
    Ended(Micros),
}

#[derive(Debug, Clone)]
pub(super) struct EntryRecord {
    pub(super) key: (i64, i64),
    /// The provider's id of the call that waits on it, when the log names it.
    pub(super) sid: Option<String>,
    pub(super) joined: Micros,
    pub(super) place: Place,
    pub(super) ended_as: Option<String>,
    pub(super) first_offer: Option<Micros>,
    pub(super) talking: Option<Micros>,
    pub(super) redeemed: bool,
    pub(super) live_offer: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct OfferRecord {
    pub(super) id: String,
    pub(super) entry: String,
    pub(super) agent: String,
    pub(super) sid: Option<String>,
    pub(super) made: Micros,
    pub(super) deadline: Option<Micros>,
    pub(super) accepted: Option<Micros>,
    pub(super) closed: Option<Micros>,
}

#[derive(Debug, Clone)]
pub(super) struct AgentRecord {
    pub(super) state: String,
    pub(super) since: Micros,
    pub(super) idle_since: Micros,
    pub(super) linked: bool,
    pub(super) linked_since: Micros,
    pub(super) live_offer: Option<String>,
    /// The last offer was taken back through no doing of theirs: their turn is kept.
    pub(super) keeps_turn: bool,
    /// When that ended which holds the agent in the present state.
    pub(super) released: Option<Micros>,
    /// How often the present wrap-up was extended.
    pub(super) extensions: i64,
}

impl AgentRecord {
    /// An agent of whom the log has not told before.
    pub(super) fn first_heard_of(at: Micros) -> Self {
        Self {
            state: "offline".to_owned(),
            since: at,
            idle_since: at,
            linked: true,
            linked_since: at,
            live_offer: None,
            keeps_turn: false,
            released: None,
            extensions: 0,
        }
    }

    /// Until when the present state may last, if it is one that passes.
    pub(super) fn passes_by(&self, rules: &Rules) -> Option<(&'static str, Micros)> {
        match self.state.as_str() {
            "wrap_up" => Some(("wrap-up of agent", self.since + micros(rules.wrap_up) * (1 + self.extensions))),
            "offered" | "connecting" => Some(("agent in between", self.released?)),
            "talking" => Some(("agent who talks to nobody", self.released?)),
            _ => None,
        }
    }
}

/// A state of an agent that passes: by when, and when it did.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    pub(super) what: &'static str,
    pub(super) agent: String,
    pub(super) deadline: Micros,
    /// `None`: it lasts to the end of the log.
    pub(super) over: Option<Micros>,
}
