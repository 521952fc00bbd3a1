//! The queue's decisions, pure: no I/O, no clock, no logging.
//!
//! [`plan`] looks at the heads of the queue and the idle agents and says what to do and when to look again. A [`Round`]
//! goes through the plan step by step and learns how each went. [`react`] says what one event does to one entry, its
//! offer and its agent. [`Reasons`] say by the same plan why nothing happens. The simulation in `tests/sim` runs rounds and
//! events by the hundred thousand and checks Q1-Q7 after each step; the shell in `commands` and `dispatcher` only loads and saves.

mod explain;
mod outlook;
mod plan;
mod react;
mod round;

pub use explain::{AgentAnswer, Does, EntryAnswer, Halted, Present, Reasons, Scene, WhyAgent, WhyEntry};
pub use outlook::{AtWork, Outlook, Pace, Saying, Told, handling, outlook, say};
pub use plan::{Due, Head, Idle, Plan, Snapshot, Step, plan};
pub use react::{Change, Effect, Event, Fact, Gone, Matter, No, react};
pub use round::{Look, MOST_OVERDUE, Outcome, Report, Round, Watch};
