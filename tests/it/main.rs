//! What must hold from outside: real database, real transactions, a module per capability.

mod support;

mod accounts;
mod world;
