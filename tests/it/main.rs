//! What must hold from outside: real database, real transactions, a module per capability.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../faults/patience.rs"]
mod patience;
#[path = "../faults/service.rs"]
#[expect(dead_code, reason = "only tests of faults kill it")]
mod service;
mod support;

mod access;
mod accounts;
mod appointments;
mod console_booking;
mod console_outages;
mod console_socket;
mod correspondence;
mod doctor;
mod ivr_flows;
mod launcher;
mod letters;
mod lifecycle;
mod listeners;
mod live_lines;
mod provider_rest;
mod provider_webhooks;
mod queue_monitor;
mod queue_offers;
mod queue_routing;
mod queue_transfer;
mod shared_ground;
mod silent_network;
mod staffing;
mod statistics;
mod supervision_http;
mod supervision_socket;
mod supply;
mod tidy;
mod users_command;
mod whole_way;
mod witness;
mod world;
