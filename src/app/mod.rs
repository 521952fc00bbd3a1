//! Wiring only: how the modules become one program.

pub mod pages;
