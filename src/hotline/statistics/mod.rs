//! Statistics of the hotline: every figure is a fold over the event log.
//!
//! **Owns** the hourly sums, and what the fold remembers of calls, entries and agents that are not over. **In:** published
//! facts, in the order of their position. **Out:** sums by hour, queue, language, topic and agent, as JSON and CSV.
//!
//! **Must hold** (Q8): the sums are what folding the whole log at once gives, wherever the folding was interrupted and
//! whoever went on: facts, sums and position change in one transaction, under a lease. Sums outlive the facts that they
//! were folded from, and hold numbers only: no caller, no call; agents by their user id. A figure that cannot be computed
//! is absent, never nought.
//!
//! What each figure means stands where it is made: [`decide`] for sums, [`decide::figures`] for ratios. Two rules of
//! attribution: an entry counts in the hour, queue, language and topic in which it joined, whatever becomes of it later;
//! an agent's time is divided at the hours.

pub mod commands;
pub mod decide;
pub mod http;
pub mod model;
pub mod recount;
pub mod settings;
pub mod store;
pub mod wire;
pub mod worker;
