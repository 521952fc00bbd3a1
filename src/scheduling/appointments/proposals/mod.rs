//! Proposals: pairs that are bookable for this person, best first. Nothing is taken yet.

mod commands;
mod decide;
pub(super) mod store;

pub use commands::propose;
pub(super) use commands::{nearest, rules_for};
