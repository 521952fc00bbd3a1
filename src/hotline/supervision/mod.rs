//! The supervisors' view of the hotline over a WebSocket.
//!
//! **Owns** the board: who waits, who talks, the agents by state, the day so far. **In:** the state of calls, queue and
//! agents, and the event log. **Out:** one whole board twice a second, read once for all supervisors of this process
//! and only while one watches; and, when asked, why callers wait and agents are idle. **Must hold:** every number can be recomputed from the event log; an old board is never
//! sent as a new one.

mod board;
pub mod http;
mod store;
mod why;
pub mod wire;
pub mod ws;

pub use board::Wall;
pub use why::Why;

use crate::accounts::Accounts;
use crate::hotline::live::Node;
use crate::hotline::live::seats::Seats;
use crate::hotline::live::ws::Timing;
use crate::hotline::queue::model::Strategy;

/// How many walls one supervisor may have open: screens in several rooms.
const SOCKETS_PER_USER: usize = 10;

/// How many walls a process shows.
const SOCKETS: usize = 500;

/// What the sockets of this process work with.
#[derive(Clone, Debug)]
pub struct Supervision {
    /// Users and sessions.
    pub accounts: Accounts,
    /// This process.
    pub node: Node,
    /// The board.
    pub wall: Wall,
    /// Who of those who may take a caller takes them: what is explained is what happens.
    pub strategy: Strategy,
    /// Times and limits of a line.
    pub timing: Timing,
    /// How many sockets there may be.
    pub seats: Seats,
}

impl Supervision {
    /// Supervision on the staff plane of a process.
    #[must_use]
    pub fn new(accounts: Accounts, node: Node, wall: Wall, strategy: Strategy) -> Self {
        Self { accounts, node, wall, strategy, timing: Timing::default(), seats: Seats::new(SOCKETS_PER_USER, SOCKETS) }
    }
}
