//! The one database: pools, the transaction door, leases of leadership, and the launcher of the embedded cluster.
//!
//! **Owns** connections and transactions. **In:** a URL or the embedded cluster. **Out:** [`Tx`], the only way to write.
//! **Must hold:** time comes in once a transaction; every transaction has a name, a deadline and a bounded retry;
//! no wait on a database that has fallen silent lasts longer than its deadline, and its connection is closed;
//! nothing leaves session state in a pooled connection; a database that would lose acknowledged commits is refused.

pub mod durability;
mod hints;
pub mod launcher;
pub mod leases;
pub mod migrations;
mod pools;
mod tx;

pub use pools::{Db, Plane, Pools, Sizes};
#[doc(hidden)]
pub use tx::{Attempt, finish, start};
pub use tx::{DEADLINE, Tx};
