//! Where PostgreSQL's programs are on this machine.

use crate::foundation::fault::Fault;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest major version that is used.
const OLDEST: u32 = 15;

/// Finds the folder with `postgres` and `initdb`.
pub(super) fn find(given: Option<&Path>) -> Result<PathBuf, Fault> {
    let mut candidates: Vec<PathBuf> = Vec::new();
    if let Some(given) = given {
        if !given.join("postgres").exists() {
            return Err(Fault::plain(format!("there is no PostgreSQL in {} (PG_BIN)", given.display())));
        }
        return Ok(given.to_path_buf());
    }
    #[expect(clippy::disallowed_methods, reason = "PATH is where programs are searched, not configuration")]
    let path = std::env::var("PATH").unwrap_or_default();
    for folder in std::env::split_paths(&path) {
        // Distributions put links on PATH; the programs look for their libraries beside the real file.
        if let Ok(real) = folder.join("initdb").canonicalize() {
            candidates.extend(real.parent().map(Path::to_path_buf));
        }
    }
    for root in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr/pgsql"] {
        if let Ok(versions) = fs::read_dir(root) {
            candidates.extend(versions.flatten().map(|version| version.path().join("bin")));
        }
    }
    candidates
        .into_iter()
        .filter(|folder| folder.join("postgres").exists() && folder.join("initdb").exists())
        .filter_map(|folder| major_version(&folder).map(|version| (version, folder)))
        .filter(|(version, _)| *version >= OLDEST)
        .max_by_key(|(version, _)| *version)
        .map(|(_, folder)| folder)
        .ok_or_else(|| {
            Fault::plain(format!(
                "no PostgreSQL {OLDEST} or newer found: install it (Debian: apt-get install postgresql), set DATABASE_URL, or point PG_BIN at its programs"
            ))
        })
}

fn major_version(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok())
}
