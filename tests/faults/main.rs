//! The real program under faults: killed, restarted, on a database that is killed, loses its power or cannot be
//! trusted.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod crash;
mod disk;
mod durability;
mod front;
mod kill;
mod patience;
mod power;
mod scene;
mod season;
mod service;
