//! The menu: a flow is data in `ivr-flows/`, and a pure interpreter says what comes next.
//!
//! **Owns** the flow file's form, its checks, the interpreter, and the versions that running calls stand in. **In:** a
//! flow, where a call stands, what the caller pressed, the time. **Out:** sentences, a question, or an end: join the
//! queue, take a place up, hang up.
//!
//! **Must hold:** a flow is checked whole before it is used, else the old one stays; a running call stays in its version;
//! every caller, whatever is pressed or not, comes to the queue or to a polite goodbye in a bounded number of steps.

pub mod check;
pub mod commands;
pub mod decide;
pub mod draw;
pub mod flow;
pub mod hours;
pub mod library;
pub mod simulate;
pub mod store;
