//! Vaxline: the hotline of a vaccination campaign.

pub mod accounts;
pub mod app;
pub mod cli;
pub mod correspondence;
pub mod foundation;
pub mod hotline;
pub mod scheduling;
pub mod supply;
