//! `vaxline events export`: the event log as JSON lines, for statistics of one's own and for an independent judge.

use super::start::Context;
use crate::foundation::events;
use anyhow::Context as _;
use std::io::Write;
use std::path::PathBuf;

/// How many facts are read at once.
const PAGE: i64 = 5_000;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Write published facts, one JSON object a line, in the order of their position.
    Export {
        /// Begin after this position.
        #[arg(long, default_value_t = 0)]
        after: i64,
        /// Write to this file instead of standard output.
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}

pub(super) async fn run(context: Context, command: Command) -> anyhow::Result<()> {
    let Command::Export { mut after, to } = command;
    let mut out: Box<dyn Write + Send> = match &to {
        Some(path) => Box::new(std::fs::File::create(path).with_context(|| format!("write {}", path.display()))?),
        None => Box::new(std::io::stdout()),
    };
    let db = &context.pools.work;
    loop {
        let facts = db.read("read the log", events::read_after(db.pool(), after, PAGE)).await?;
        let Some(last) = facts.last() else { break };
        after = last.position;
        for fact in &facts {
            serde_json::to_writer(&mut out, fact)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(())
}
