//! The supervisors view of the hotline over a WebSocket.

pub mod wire;
