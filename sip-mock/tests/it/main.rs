//! The simulated provider against a small service that answers as each test wants.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod callers;
mod dial;
mod documents;
mod faults;
mod hold_list;
mod hooks;
mod keys;
mod programs;
mod rest;
mod robots;
mod service;
mod shapes;
