//! Wiring only: how the modules become one program.

pub mod config;
pub mod doctor;
pub mod health;
pub mod lifecycle;
pub mod pages;
pub mod server;
pub mod tasks;
pub mod telemetry;
pub mod telephony;
