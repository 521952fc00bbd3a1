//! Agents: what they wish, and what stands on their desk.
//!
//! **In:** wishes from the console (ready, accept, pause …) and the state of its socket. **Out:** changes of the queue's
//! matter, decided by the queue. **Must hold:** the server is right: a wish that does not fit the state is refused by
//! name and changes nothing.

pub mod commands;
pub mod store;
