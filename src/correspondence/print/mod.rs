//! The print queue: a print house pulls letters, and acknowledges them.
//!
//! **In:** letters that are ready. **Out:** batches under a lease, with a manifest of digests; an acceptance, after which
//! the house prints and tells of it. **Must hold:** a letter is in one live batch at most; a batch that is not accepted
//! in time gives its letters back, unchanged; a late acceptance is refused, so that no letter is printed twice; what was
//! withdrawn before the acceptance is named in its answer and must not be printed; every fetch is audited.

pub mod commands;
pub mod decide;
pub mod http;
pub mod model;
mod store;
pub mod worker;
