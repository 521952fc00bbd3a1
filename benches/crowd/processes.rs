//! What processes have used of the processor.

use crate::scene::Scene;
use crate::service::{self, Service};
use std::time::Duration;

/// How many of the kernel's ticks are a second, on every Linux that we run on.
const TICKS: f64 = 100.0;

/// Time of the processor since the processes began.
pub struct Cost {
    nodes: Duration,
    database: Duration,
}

impl Cost {
    /// What was used until now.
    pub fn of(scene: &Scene) -> Self {
        let sum = |processes: Vec<u32>| processes.into_iter().map(used).sum();
        Self { nodes: sum(nodes(scene)), database: sum(database(scene)) }
    }

    /// What was used since.
    pub fn since(&self, before: &Self) -> [(&'static str, Duration); 2] {
        [
            ("both nodes", self.nodes.saturating_sub(before.nodes)),
            ("PostgreSQL", self.database.saturating_sub(before.database)),
        ]
    }
}

/// The processes of the program.
pub fn nodes(scene: &Scene) -> Vec<u32> {
    scene.nodes.iter().filter_map(|node| node.service.as_ref()).map(Service::process).collect()
}

/// The database server and its children.
fn database(scene: &Scene) -> Vec<u32> {
    let server = scene.postgres.process();
    std::iter::once(server).chain(service::children_of(server)).collect()
}

/// User and system time of a process; zero when it is gone.
fn used(process: u32) -> Duration {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) else { return Duration::ZERO };
    // The name stands in parentheses and may hold anything.
    let Some((_, fields)) = stat.rsplit_once(')') else { return Duration::ZERO };
    let ticks: f64 = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    Duration::from_secs_f64(ticks / TICKS)
}
