//! Capacity: what the lanes of a centre can serve becomes one row a slot, once, at release.
//!
//! **Owns** the release of slots. **In:** a named release of first-dose days at a centre. **Out:** free slots in two
//! pools, released in pairs: for each first dose a second one at the target interval, and about five percent slack.
//! **Must hold:** a release of a day happens once, whoever repeats it and wherever it was interrupted, and makes at least
//! one pair; a place of five
//! minutes exists once; no first dose is released without a second; nothing lies outside a centre's days and hours.

mod commands;
mod decide;
mod model;
mod store;

pub use commands::release_days;
pub use model::{Release, ReleaseError, Summary};
