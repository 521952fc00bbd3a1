//! From ring to wrap-up: provider, calls, menu, queue, agents, console, supervision, statistics and staffing.
//!
//! **Imports** scheduling and everything below it; never portal or onsite.

pub mod agents;
pub mod calls;
pub mod console;
pub mod ivr;
pub mod live;
pub mod provider;
pub mod queue;
pub mod staffing;
pub mod statistics;
pub mod supervision;
