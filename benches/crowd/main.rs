//! A crowd on the real program: two nodes behind a proxy, three hundred consoles on sockets, five thousand callers in line,
//! music and people as fast as life. What it costs, and how long an agent who is ready waits for the next caller.
//!
//! Everything runs on one machine: nodes, PostgreSQL, callers, consoles. Times stand beside one bare durable commit of the same
//! PostgreSQL, measured before the crowd comes: a ratio can be compared between machines, a time cannot.
//!
//! `make bench` runs it and prints the table of `docs/BENCHMARKS.md`. `CALLERS=`, `AGENTS=` and `MINUTES=` (2 without it) set its
//! size, `TALK=` how many seconds agents talk (60: seven times the calls of life; 300: about one a second). With
//! `MINUTES=10` or more it is the long run: memory is drawn, and must not grow while callers come and go.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a measurement that cannot go on has failed")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark's table and its progress")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock and its own switches")]
#![expect(dead_code, reason = "the fault scenes use the rest of what is shared with them")]

#[path = "../../tests/faults/front.rs"]
mod front;
mod latency;
mod memory;
#[path = "../../tests/faults/patience.rs"]
mod patience;
mod plain;
mod processes;
#[path = "../../tests/faults/scene.rs"]
mod scene;
#[path = "../../tests/faults/season.rs"]
mod season;
#[path = "../../tests/faults/service.rs"]
mod service;
#[path = "../shared/mod.rs"]
mod shared;

use processes::Cost;
use scene::{LARGE, Scene, Size, now};
use shared::{rank, switch};
use std::time::{Duration, Instant};

/// How long agents need until the first of them have had their first callers.
const WARM_UP: Duration = Duration::from_secs(30);

/// How many ring in a second, until enough wait.
const PER_SECOND: usize = 50;

const WAITING: &str = "select count(*) from queue_entry where state = 'waiting'";

/// How often memory is looked at, and new callers ring for those who were served.
const BEAT: Duration = Duration::from_secs(5);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let people = |name, otherwise| usize::try_from(switch(name, otherwise)).unwrap();
    let (callers, agents) = (people("CALLERS", 5_000), people("AGENTS", 300));
    let window = Duration::from_secs(60 * switch("MINUTES", 2));
    let size = Size {
        callers,
        agents,
        nodes: 2,
        reaction: Duration::from_secs(1),
        speed: 1.0,
        talk: Duration::from_secs(switch("TALK", 60)),
        ..LARGE
    };
    eprintln!("two nodes, and {agents} agents on the roster ...");
    let mut scene = Scene::set("crowd", size).await;
    let commit = plain::commit(&scene).await;
    let empty = memory::of(&processes::nodes(&scene));
    eprintln!("{callers} callers ring ...");
    let rings = Instant::now();
    let mut pace = tokio::time::interval(Duration::from_secs(1));
    while rings.elapsed().as_secs() * PER_SECOND as u64 <= callers as u64 {
        pace.tick().await;
        scene.ring(PER_SECOND);
    }
    scene
        .until("they wait", Duration::from_secs(180), async |scene| {
            scene.count(WAITING).await.is_some_and(|waiting| waiting >= callers)
        })
        .await;
    eprintln!("... and wait, after {:.0?}", rings.elapsed());
    let waiting = scene.count(WAITING).await.unwrap();
    let full = memory::of(&processes::nodes(&scene));
    scene.hire(1..=agents);
    eprintln!("{agents} agents come to work ...");
    scene
        .until("every agent is at work", Duration::from_secs(300), async |scene| scene.robots.tally().linked >= agents)
        .await;
    tokio::time::sleep(WARM_UP).await;

    eprintln!("measuring for {window:.0?} ...");
    let (since, began) = (now(), Instant::now());
    let (before, served_before) = (Cost::of(&scene), served(&scene).await);
    let mut memories = Vec::new();
    let mut replaced = served_before;
    while began.elapsed() < window {
        tokio::time::sleep(BEAT).await;
        let served = served(&scene).await;
        // The line stays as long as it is.
        scene.ring(served - replaced);
        replaced = served;
        memories.push(memory::of(&processes::nodes(&scene)));
    }
    let (after, handled) = (Cost::of(&scene), served(&scene).await - served_before);
    let seconds = began.elapsed().as_secs_f64();
    let ticks = latency::ticks(&scene, since);
    let offers = latency::offers(&scene, since).await;

    println!("| what | measured | of a bare commit ({:.2} ms) |\n|---|---:|---:|", commit.as_secs_f64() * 1e3);
    for (what, times) in &offers {
        for (named, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
            let time = rank(times, share);
            let ratio = time.as_secs_f64() / commit.as_secs_f64();
            println!("| {what}, {named} | {:.1} ms | {ratio:.1} |", time.as_secs_f64() * 1e3);
        }
    }
    let (p50, p99) = (rank(&ticks, 0.5), rank(&ticks, 0.99));
    println!(
        "| a tick of the music, p50 and p99 | {:.0} and {:.0} ms | |",
        p50.as_secs_f64() * 1e3,
        p99.as_secs_f64() * 1e3
    );
    println!("| ticks a second | {:.0} | |", ticks.len() as f64 / seconds);
    println!("| calls handled a second | {:.1} | |", handled as f64 / seconds);
    for (of, cost) in after.since(&before) {
        println!("| processor for a call handled, {of} | {:.0} ms | |", cost.as_secs_f64() * 1e3 / handled as f64);
    }
    let grown = full.saturating_sub(empty) as f64 / 1024.0 / waiting as f64;
    println!("| memory of both nodes for a caller who waits | {grown:.1} KiB | |");
    println!("\n{}", memory::draw(&memories, BEAT));
    if window >= Duration::from_secs(600) {
        assert!(!memory::is_flat(&memory::with_a_leak(&memories)), "a leak would not be seen");
        assert!(memory::is_flat(&memories), "memory grows while callers come and go");
    }
    let report = scene.judge().await;
    println!(
        "\nthe judge: {}",
        if report.is_clean() { "no promise was broken".to_owned() } else { report.to_string() }
    );
    scene.end().await;
}

async fn served(scene: &Scene) -> usize {
    scene.count("select count(*) from queue_entry where ending = 'served'").await.unwrap()
}
