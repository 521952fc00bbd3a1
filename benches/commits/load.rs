//! Clients that do one thing after the other for a while, and how long each took.

use crate::shared::rank;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What clients got done.
pub struct Work {
    /// How many a second.
    pub rate: f64,
    /// Half of them took no longer.
    pub median: Duration,
    /// 99 of 100 took no longer.
    pub p99: Duration,
}

/// Lets `clients` work for `each`. `act` gets a number that nobody else gets.
pub async fn run<F, Fut>(clients: usize, each: Duration, act: F) -> Work
where
    F: Fn(usize, usize) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send,
{
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let began = Instant::now();
    let mut working = JoinSet::new();
    for client in 0..clients {
        let act = act.clone();
        working.spawn(async move {
            let mut times = Vec::new();
            while began.elapsed() < each {
                let one = Instant::now();
                act(client, NEXT.fetch_add(1, Ordering::Relaxed)).await;
                times.push(one.elapsed());
            }
            times
        });
    }
    let mut times: Vec<Duration> = working.join_all().await.into_iter().flatten().collect();
    let took = began.elapsed();
    times.sort_unstable();
    Work { rate: times.len() as f64 / took.as_secs_f64(), median: rank(&times, 0.5), p99: rank(&times, 0.99) }
}
