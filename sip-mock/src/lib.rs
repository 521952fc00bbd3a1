//! A simulated SIP/IVR provider.
