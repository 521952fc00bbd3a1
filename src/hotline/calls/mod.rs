//! Calls: what is known of a telephone call, folded from reports that repeat, come late and come in any order.
//!
//! **Owns** calls, their legs, where they stand in the menu, and what their hooks were answered. **In:** arrivals, leg
//! reports and answered steps, in neutral words (from the provider). **Out:** neutral scripts for the provider;
//! `call.arrived`, `call.placed`, `call.named` and `call.ended`; joins, redials and ends told to the queue.
//!
//! **Must hold:** progress only goes forward; a call that ended before it was heard of stays ended; the same step is
//! answered the same and has its effect once; a caller's number is personal data; a music tick stores nothing.

pub mod callback;
pub mod commands;
pub mod decide;
pub mod model;
pub mod store;
