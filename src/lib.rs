//! Vaxline: the hotline of a vaccination campaign.

pub mod app;
pub mod foundation;
pub mod hotline;
