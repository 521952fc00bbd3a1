//! `vaxline flows check|simulate|draw`: for who writes the menu, without a database.

use crate::hotline::ivr::flow::Flow;
use crate::hotline::ivr::{draw, simulate};
use crate::hotline::provider::settings::DEFAULT_FLOW;
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What to do with a flow.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Flows {
    /// Reads a flow whole and says everything that is wrong with it
    Check {
        /// The flow file; the flow that is compiled in without it
        #[arg(long)]
        flow: Option<PathBuf>,
    },
    /// Runs calls through a flow and compares what callers hear with the transcripts
    Simulate {
        /// The transcripts
        #[arg(required = true)]
        transcripts: Vec<PathBuf>,
        /// The flow file; the flow that is compiled in without it
        #[arg(long)]
        flow: Option<PathBuf>,
        /// Writes the transcripts instead of comparing them
        #[arg(long)]
        accept: bool,
    },
    /// Draws a flow as a Mermaid flowchart
    Draw {
        /// The flow file; the flow that is compiled in without it
        #[arg(long)]
        flow: Option<PathBuf>,
    },
}

impl Flows {
    /// Carries the command out.
    ///
    /// # Errors
    /// What is wrong with the flow, the transcripts, or the way to their files.
    pub fn run(&self, out: &mut impl Write) -> anyhow::Result<()> {
        match self {
            Self::Check { flow } => {
                let flow = load(flow.as_deref())?;
                writeln!(out, "{}: sound, {} nodes, version {}", flow.plan.name, flow.plan.nodes.len(), flow.version)?;
                Ok(())
            }
            Self::Simulate { transcripts, flow, accept } => {
                let flow = load(flow.as_deref())?;
                let mut differing = 0;
                for path in transcripts {
                    differing += usize::from(!run_transcript(&flow, path, *accept, out)?);
                }
                if differing > 0 {
                    bail!("{differing} transcript(s) differ from what callers hear; --accept writes them");
                }
                Ok(())
            }
            Self::Draw { flow } => {
                write!(out, "{}", draw::mermaid(&load(flow.as_deref())?.plan))?;
                Ok(())
            }
        }
    }
}

fn load(path: Option<&Path>) -> anyhow::Result<Flow> {
    let source = match path {
        None => DEFAULT_FLOW.to_owned(),
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?,
    };
    Flow::load(&source).map_err(|findings| anyhow::anyhow!("{}", findings.join("\n")))
}

/// Runs one transcript; whether it stands as it was.
fn run_transcript(flow: &Flow, path: &Path, accept: bool, out: &mut impl Write) -> anyhow::Result<bool> {
    let name = path.display();
    let before = std::fs::read_to_string(path).with_context(|| format!("read {name}"))?;
    let after = simulate::run(&flow.plan, &before).map_err(|wrong| anyhow::anyhow!("{name}: {wrong}"))?;
    if accept {
        std::fs::write(path, &after).with_context(|| format!("write {name}"))?;
        writeln!(out, "{name}: written")?;
        return Ok(true);
    }
    if before == after {
        writeln!(out, "{name}: as before")?;
        return Ok(true);
    }
    writeln!(out, "{name}: callers hear now")?;
    write!(out, "{after}")?;
    Ok(false)
}
