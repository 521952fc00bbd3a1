//! The `vaxline` program.
fn main() {}
