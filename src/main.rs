//! The `vaxline` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    vaxline::cli::main()
}
