//! The rules: those checked at each offer, and those that need the whole log and what callers saw.

mod offers;
mod whole;
