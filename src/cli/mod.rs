//! The commands of the `vaxline` program, one file each.

pub mod users;
