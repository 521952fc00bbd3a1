//! What can be given where: vaccines and centres.
//!
//! **Owns** vaccines by a stable code with names that change by date, and centres with their place, opening hours and
//! lanes. **In:** a [`catalogue`] of them as data, checked whole before it is imported; the list grows at run time.
//! **Out:** what scheduling releases slots for, and what papers and screens call things.
//! **Must hold:** a code never changes its meaning; importing the same catalogue again changes nothing.

pub mod catalogue;
pub mod commands;
pub mod model;
pub mod store;
