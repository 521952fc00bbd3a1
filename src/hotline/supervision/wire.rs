//! The frames of the supervisor's page: one whole board, twice a second.

use crate::hotline::console::wire::AgentState;
use serde::Serialize;
use ts_rs::TS;

/// Frames from the server to the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ToWall {
    /// The first frame of every connection.
    Hello {
        /// The version of the frames, as of the console.
        protocol: u32,
        /// The server's time.
        #[ts(type = "number")]
        epoch_ms: i64,
        /// How often a board comes, at the latest.
        heartbeat_ms: u32,
    },
    /// The state of the hotline.
    Board {
        /// The board.
        board: Box<Board>,
    },
}

/// The state of the hotline at one moment. Every figure can be recomputed from the event log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Board {
    /// The moment.
    #[ts(type = "number")]
    pub epoch_ms: i64,
    /// Entries that wait: waiting and offered.
    pub waiting: u32,
    /// Since when the longest of them waits.
    #[ts(type = "number | null")]
    pub longest_since_ms: Option<i64>,
    /// Calls that are still in the menu.
    pub in_menu: u32,
    /// Callers who talk with an agent.
    pub talking: u32,
    /// Entries served since local midnight.
    pub served_today: u32,
    /// Callers who hung up while waiting since local midnight, those that came back excepted.
    pub abandoned_today: u32,
    /// Bookings confirmed since local midnight.
    pub booked_today: u32,
    /// Agents by state, every state present.
    pub agents_by_state: Vec<StateCount>,
    /// The agents who are not offline.
    pub agents: Vec<AgentRow>,
    /// Parts of the system that are down.
    pub degraded: Vec<String>,
}

/// How many agents are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct StateCount {
    /// The state.
    pub state: AgentState,
    /// How many.
    pub agents: u32,
}

/// One agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AgentRow {
    /// Display name.
    pub name: String,
    /// The state.
    pub state: AgentState,
    /// Why not ready.
    pub reason: Option<String>,
    /// Since when.
    #[ts(type = "number")]
    pub since_ms: i64,
}
