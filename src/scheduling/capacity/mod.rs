//! Capacity: what the lanes of a centre can serve becomes one row a slot, once, at release.
//!
//! **Owns** the release of slots. **In:** a named release of first-dose days at a centre. **Out:** free slots in two
//! pools, released in pairs: for each first dose a second one at the target interval, and about five percent slack.
//! **Must hold:** a release of a day happens once, whoever repeats it and wherever it was interrupted; a place of five
//! minutes exists once; no first dose is released without a second; nothing lies outside a centre's days and hours.

mod commands;
mod decide;
mod model;
mod store;

pub use commands::{release_days, release_slots};
pub use decide::{BUCKETS, order_of_places};
pub use model::{DayRelease, Places, Plan, Release, ReleaseError, Released, Spot, Summary};
