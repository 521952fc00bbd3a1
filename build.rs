//! Sees to it that there are pages to embed: where `npm run build` has not run yet, `web/dist` gets one line per page
//! that says so. `cargo check` and `cargo test` need no Node this way, and nobody ships the stub unknowingly: its text
//! is on the screen.

use std::{fs, io, path::Path};

const PAGES: [&str; 3] = ["index.html", "console.html", "supervision.html"];
const STUB: &str = "<!doctype html><html lang=\"en\"><title>Vaxline</title><p>The pages are not built yet: run `npm ci` and \
                    `npm run build` in `web/`, or `make demo`.</p></html>\n";

fn main() -> io::Result<()> {
    let dist = Path::new("web/dist");
    // A path that does not exist would make cargo run this script, and build the crate, every time.
    println!("cargo::rerun-if-changed=web/dist");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=migrations");
    fs::create_dir_all(dist)?;
    for page in PAGES {
        let path = dist.join(page);
        if !path.exists() {
            fs::write(path, STUB)?;
        }
    }
    Ok(())
}
