//! Populations of callers and agents as data.
