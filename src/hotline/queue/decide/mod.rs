//! The queue's decisions, pure: no I/O, no clock, no logging.
//!
//! [`plan`] looks at the heads of the queue and the idle agents and says what to do and when to look again. A [`Round`]
//! goes through the plan step by step and learns how each went. [`react`] says what one event does to one entry, its
//! offer and its agent. [`why_entry`] and [`why_agent`] say by the same rules why nothing happens. The simulation in `tests/sim` runs all of it by the hundred thousand and checks Q1-Q7 after each
//! step; the shell in `commands` and `dispatcher` only loads and saves.

mod explain;
mod outlook;
mod plan;
mod react;
mod round;

pub use explain::{AgentAnswer, Does, EntryAnswer, Halted, Present, Scene, WhyAgent, WhyEntry, why_agent, why_entry};
pub use outlook::{Outlook, Pace, Saying, Told, handling, outlook, say};
pub use plan::{Due, Head, Idle, Plan, Snapshot, Step, plan};
pub use react::{Change, Effect, Event, Fact, Gone, Matter, No, react};
pub use round::{Look, MOST_OVERDUE, Outcome, Report, Round, Watch};
