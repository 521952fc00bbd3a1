//! Reading the tree as text.

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the tree.
pub struct Source {
    /// From the root of the repository, with forward slashes.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl Source {
    /// The file's own name.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    /// Whether it is, or is in a folder that is, named `stem`: `decide.rs` as well as `decide/plan.rs`.
    pub fn is_door(&self, stem: &str) -> bool {
        self.path.split('/').any(|part| part == stem || part.strip_suffix(".rs") == Some(stem))
    }

    /// The module that a file below `src/` belongs to: `hotline` for `src/hotline/queue/store.rs`.
    pub fn module(&self) -> &str {
        self.path.strip_prefix("src/").unwrap().split('/').next().unwrap()
    }

    /// The lines that run in production, numbered from 1: no comments, and no item that is for tests alone.
    pub fn production(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut lines = (1..).zip(self.text.lines());
        std::iter::from_fn(move || {
            loop {
                let (number, line) = lines.next()?;
                if line.trim() == "#[cfg(test)]" {
                    skip_item(&mut lines);
                } else if !line.trim_start().starts_with("//") {
                    return Some((number, line));
                }
            }
        })
    }

    /// How a place is named in a failure.
    pub fn at(&self, line: usize, what: &str) -> String {
        format!("  {}:{line}: {}", self.path, what.trim())
    }
}

/// Passes over the item that follows an attribute, to its end at the same indentation.
fn skip_item<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>) {
    let Some((_, first)) = lines.find(|(_, line)| !line.trim_start().starts_with("#[")) else { return };
    if first.ends_with([';', '}', ',']) {
        return;
    }
    let indentation = &first[..first.len() - first.trim_start().len()];
    lines.find(|(_, line)| line.strip_prefix(indentation).is_some_and(|rest| rest.starts_with(['}', ']', ')'])));
}

#[test]
fn what_follows_the_tests_of_a_file_runs_in_production() {
    let text = "use one;\n#[cfg(test)]\nmod apart;\nuse two;\n#[cfg(test)]\n#[expect(dead_code)]\nmod tests {\n    fn a() {\n    }\n}\nuse three;";
    let source = Source { path: "src/a.rs".to_owned(), text: text.to_owned() };
    let lines: Vec<(usize, &str)> = source.production().collect();
    assert_eq!(lines, [(1, "use one;"), (4, "use two;"), (11, "use three;")]);
}

/// Where the repository is.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder, tests in files of their own left out.
pub fn rust(folder: &str) -> Vec<Source> {
    let mut sources = texts(folder);
    sources.retain(|source| {
        source.path.ends_with(".rs") && source.name() != "tests.rs" && !source.path.contains("/tests/")
    });
    assert!(!sources.is_empty(), "no sources in {folder}: the test looks in the wrong place");
    sources
}

/// Every text file below a folder that is ours: nothing built, nothing installed.
pub fn texts(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    const NOT_OURS: [&str; 6] = [".git", "target", "node_modules", "dist", "var", "test-results"];
    let entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !NOT_OURS.contains(&name) {
                collect(&path, found);
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            found.push(Source { path, text });
        }
    }
}
