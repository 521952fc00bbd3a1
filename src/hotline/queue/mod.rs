//! The queue: places in line, offers, and the dispatcher that brings callers and agents together.
//!
//! **Owns** entries, offers, the queue's view of agents, and pairs kept apart. **In:** callers who join, redial or leave
//! (from calls and menu), agents' wishes (from agents), phones that answer or fail (from the provider), and time.
//! **Out:** facts in the event log; promises to the provider: connect, park, hang up.
//!
//! **Must hold** (Q1-Q7): an entry is in exactly one state; at most one live offer binds an entry and an agent; no ready
//! agent stays idle while an entry waits that may be offered to them, as routing and skills say; entries are offered in the
//! order of their key, which nothing changes, among those that the agent may take; every state lives in the database, so no
//! crash loses a place; every transient state has a deadline; a hang-up withdraws the offer.

pub mod commands;
pub mod decide;
pub mod dispatcher;
pub mod model;
pub mod monitor;
pub mod routing;
pub mod settings;
pub mod skills;
pub mod store;
