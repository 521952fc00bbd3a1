//! How many agents a load needs, and what callers meet with those who are there.
//!
//! **Owns** Erlang's formulas and the forecast of the next hour. **In:** the event log (who joined the line, what agents
//! and callers did), and the goal of the configuration. **Out:** figures for supervisors; nothing is changed. **Must
//! hold:** every figure comes from the event log and a formula that is written here; a load that cannot be carried is
//! said to be one; what is assumed because nothing is known yet is said to be assumed.

pub mod commands;
pub mod decide;
pub mod erlang;
pub mod forecast;
pub mod http;
pub mod settings;
pub mod store;
