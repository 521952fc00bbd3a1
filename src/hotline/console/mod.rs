//! The live desk of an agent over a WebSocket.
//!
//! **Owns** the frames ([`wire`]), which socket has a desk, drafts, and what is left for the next agent. **In:** commands of the
//! page, and published facts. **Out:** the state of the desk, whole at first and then by its parts; answers to commands. **Must hold:** the
//! server is right: what a page shows is what the database says, and it is read again whenever a fact concerns the
//! desk, so that no reconnect loses or doubles anything; the newest socket has the desk and an older one can do nothing
//! any more; a command is carried out once; what was typed survives; no personal data leaves but to the desk.

mod booking;
pub mod commands;
pub mod decide;
pub mod error;
pub mod pulse;
pub mod settings;
pub mod setup;
mod socket;
pub mod store;
pub mod view;
pub mod wire;
mod words;
pub mod ws;

use crate::accounts::Accounts;
use crate::foundation::db::Db;
use crate::hotline::live::Node;
use crate::hotline::live::seats::Seats;
use crate::hotline::live::ws::Timing;
use crate::hotline::queue::model::Policy;
use crate::hotline::queue::routing::Routing;
use crate::scheduling::Campaign;
use pulse::Pulse;
use settings::Settings;
use std::sync::Arc;

/// How many sockets one user may have open: the one that has the desk, and those that are just closing.
const SOCKETS_PER_USER: usize = 3;

/// What the sockets of this process work with.
#[derive(Clone, Debug)]
pub struct Console {
    /// Users and sessions.
    pub accounts: Accounts,
    /// The staff pool.
    pub db: Db,
    /// This process.
    pub node: Node,
    /// The queue's times.
    pub policy: Policy,
    /// The queues, and what their callers need.
    pub routing: Arc<Routing>,
    /// Choices and texts of the desk.
    pub settings: Arc<Settings>,
    /// Rules and settings of the campaign.
    pub campaign: Arc<Campaign>,
    /// The queue at a glance, and what is down.
    pub pulse: Pulse,
    /// Times and limits of a line.
    pub timing: Timing,
    /// How many sockets there may be.
    pub seats: Seats,
}

impl Console {
    /// The console on the staff plane of a process.
    #[must_use]
    pub fn new(
        accounts: Accounts,
        node: Node,
        (policy, routing): (Policy, Arc<Routing>),
        settings: Settings,
        campaign: Arc<Campaign>,
        pulse: Pulse,
    ) -> Self {
        Self {
            db: accounts.db.clone(),
            accounts,
            node,
            policy,
            routing,
            seats: Seats::new(SOCKETS_PER_USER, settings.sockets),
            settings: Arc::new(settings),
            campaign,
            pulse,
            timing: Timing::default(),
        }
    }
}
