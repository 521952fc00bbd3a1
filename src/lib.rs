//! Vaxline.
