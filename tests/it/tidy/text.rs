//! What no file says.

use super::assert_nowhere;
use super::sources::{Source, root, texts};
use std::os::unix::fs::PermissionsExt;

/// Lines of our own files with one of `words`.
fn lines_with(words: &[String]) -> Vec<String> {
    let mut places = Vec::new();
    for source in texts("").iter().filter(|source| source.name() != "Cargo.lock") {
        for (number, line) in (1..).zip(source.text.lines()) {
            if words.iter().any(|word| line.contains(word.as_str())) {
                let shown: String = line.chars().take(120).collect();
                places.push(source.at(number, &shown));
            }
        }
    }
    places
}

#[test]
fn nothing_is_left_to_do() {
    // Put together here, or this file would be the first to break the rule.
    let words = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X:"].concat()];
    assert_nowhere(
        "What is not done is an issue, not a remark: nobody reads remarks on a Monday.",
        &lines_with(&words),
    );
}

#[test]
fn no_file_names_the_host_of_a_package_registry() {
    let hosts =
        [["npmjs", ".org"], ["pypi", ".org"], ["pythonhosted", ".org"], ["crates", ".io/api"], ["deb.debian", ".org"]];
    assert_nowhere(
        "Packages are named by name, version and hash; where they come from is the machine's own setting, which may be a \
         mirror. Lock files of npm: set omit-lockfile-registry-resolved in .npmrc and make them again.",
        &lines_with(&hosts.map(|parts| parts.concat())),
    );
}

#[test]
fn statements_take_the_time_as_an_argument() {
    let is_time = |line: &str| {
        ["current_timestamp", "current_date", "localtimestamp", "clock_timestamp()", "statement_timestamp()"]
            .iter()
            .any(|word| line.to_lowercase().contains(word))
            || line.match_indices("now()").any(|(at, _)| {
                // `tx.now()`, `Clock::now()` and `fn now()` are Rust.
                let before = &line[..at];
                !before.ends_with(['.', ':', '_'])
                    && !before.ends_with("fn ")
                    && !before.ends_with(char::is_alphanumeric)
            })
    };
    let mut places = Vec::new();
    // The one place that asks the database what time it is.
    let is_door = |source: &Source| source.path == "src/foundation/db/tx.rs";
    for source in texts("src").iter().chain(&texts("migrations")).filter(|source| !is_door(source)) {
        for (number, line) in (1..).zip(source.text.lines()) {
            let is_comment = ["//", "--"].iter().any(|mark| line.trim_start().starts_with(mark));
            if !is_comment && is_time(line) {
                places.push(source.at(number, line));
            }
        }
    }
    assert_nowhere(
        "Time comes in once a transaction, at its door; every statement takes it as an argument. A statement, or a \
         default of a column, that asks the clock itself cannot be moved in a test and disagrees with its neighbours.",
        &places,
    );
}

#[test]
fn every_script_stops_at_the_first_failure() {
    let mut places = Vec::new();
    for script in texts("scripts").iter().chain(&texts(".ci")).filter(|script| script.text.starts_with("#!")) {
        let is_executable = std::fs::metadata(root().join(&script.path)).unwrap().permissions().mode() & 0o111 != 0;
        if script.text.contains("bash\n") && !script.text.contains("\nset -euo pipefail\n") {
            places.push(script.at(1, "has no `set -euo pipefail`"));
        }
        if !is_executable {
            places.push(script.at(1, "is not executable"));
        }
    }
    assert_nowhere("A script that goes on after a failure reports success.", &places);
}
