//! What the two hottest paths cost, against the least that the same PostgreSQL can do for a durable write.
//!
//! Every figure is a ratio to the rate at which `pgbench` commits one plain row, measured before and after it with as
//! many clients in the same run: a ratio can be compared between machines, a rate cannot. The database keeps what it
//! commits (fsync, full_page_writes and synchronous_commit are on), and shares the machine with its clients.
//!
//! `make bench` runs it and prints the table of `docs/BENCHMARKS.md`. `SECONDS_EACH=` sets how long one measurement
//! takes (5 without it), `ROUNDS=` how often all of them are repeated (3).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a measurement that cannot go on has failed")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark's table and its progress")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock and its own switches")]

mod booking;
mod hotline;
mod load;
mod park_tick;
mod plain;
#[path = "../shared/mod.rs"]
mod shared;
mod table;

use hotline::Hotline;
use shared::switch;
use std::time::Duration;

/// How many clients work at once: about as many as connections help two cores, and many more than that.
const CLIENTS: [usize; 2] = [16, 64];

fn main() {
    // The provider's client wants one, although nobody is asked here.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Started on the main thread: the cluster ends with the thread that started it.
    let cluster = hotline::cluster();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(&cluster));
}

async fn measure(cluster: &hotline::Cluster) {
    let each = Duration::from_secs(switch("SECONDS_EACH", 5));
    let rounds = switch("ROUNDS", 3);
    eprintln!("centres, slots and waiting callers are made ...");
    let hotline = Hotline::open(cluster, *CLIENTS.iter().max().unwrap()).await;
    booking::set(&hotline).await;
    let waiting = park_tick::fill(&hotline).await;
    let mut rows = Vec::new();
    for clients in CLIENTS {
        for round in 1..=rounds {
            eprintln!("{clients} clients, round {round} of {rounds}");
            let before = plain::commits(cluster, clients, each);
            let ticks = park_tick::measure(&hotline, &waiting, clients, each).await;
            let between = plain::commits(cluster, clients, each);
            let bookings = booking::measure(&hotline, clients, each).await;
            let after = plain::commits(cluster, clients, each);
            rows.push(table::Row::new("park tick", clients, &ticks, [before, between]));
            rows.push(table::Row::new("two-dose booking", clients, &bookings, [between, after]));
        }
    }
    booking::nothing_is_overbooked(&hotline).await;
    println!("{}", table::draw(rows));
}
