//! The live desk of an agent over a WebSocket.

pub mod wire;
