//! The programs: `sip-mock provider`, `sip-mock load`, `sip-mock judge`.

mod cli;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    cli::main().await
}
