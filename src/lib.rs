//! Vaxline: the hotline of a vaccination campaign.

pub mod foundation;
pub mod hotline;
