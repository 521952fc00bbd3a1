//! Memory over time: drawn, and whether it is flat.

use std::time::Duration;

/// How much more than after the warm-up may be used at the end: allocators keep what they may need again.
const SLACK: f64 = 1.10;

/// Characters of the largest bar.
const WIDTH: f64 = 60.0;

/// Lines of a drawing.
const LINES: usize = 24;

/// What the processes keep in memory, in bytes.
pub fn of(processes: &[u32]) -> u64 {
    let resident = |process: &u32| -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    };
    processes.iter().filter_map(resident).sum()
}

/// Whether the last third of a run is no larger than its second third, but for a slack. The first third warms up.
pub fn is_flat(memories: &[u64]) -> bool {
    let third = memories.len() / 3;
    let largest = |part: &[u64]| part.iter().copied().max().unwrap_or(0) as f64;
    largest(&memories[2 * third..]) <= SLACK * largest(&memories[third..2 * third])
}

/// The same run as it would look with a leak that doubles the memory: the control of [`is_flat`].
pub fn with_a_leak(memories: &[u64]) -> Vec<u64> {
    let length = memories.len() as u64;
    memories.iter().zip(0..).map(|(memory, number)| memory + memory * number / length).collect()
}

/// Draws memory over time.
pub fn draw(memories: &[u64], beat: Duration) -> String {
    let largest = memories.iter().copied().max().unwrap_or(1) as f64;
    let step = memories.len().div_ceil(LINES).max(1);
    let mut text = String::from("memory of both nodes\n");
    for (number, memory) in memories.iter().enumerate().step_by(step) {
        let bar = "█".repeat((*memory as f64 / largest * WIDTH) as usize);
        let after = beat.as_secs_f64() * (number + 1) as f64 / 60.0;
        text += &format!("{after:>6.1} min {:>7.1} MiB {bar}\n", *memory as f64 / 1024.0 / 1024.0);
    }
    text
}
