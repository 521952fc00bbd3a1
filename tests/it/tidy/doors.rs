//! The doors of a module: what may stand in which file.

use super::assert_nowhere;
use super::sources::{Source, rust};

/// Every production line of `sources` that one of `words` is in.
fn lines_with(sources: &[Source], words: &[&str], is_exempt: impl Fn(&Source, &str) -> bool) -> Vec<String> {
    let mut places = Vec::new();
    for source in sources {
        for (number, line) in source.production() {
            if words.iter().any(|word| line.contains(word)) && !is_exempt(source, line) {
                places.push(source.at(number, line));
            }
        }
    }
    places
}

#[test]
fn sql_stands_in_store_files_only() {
    let places = lines_with(
        &rust("src"),
        &["sqlx::query", "query!(", "query_as!(", "query_scalar!(", "QueryBuilder"],
        // The foundation's parts are one file each: a door of its own for three statements would hide them.
        |source, _| source.is_door("store") || source.module() == "foundation",
    );
    assert_nowhere(
        "SQL stands in store.rs: whoever changes a table finds every statement on it in one file a module.",
        &places,
    );
}

#[test]
fn axum_stands_in_http_and_ws_files_only() {
    let places = lines_with(&rust("src"), &["axum::"], |source, line| {
        let is_wiring = source.module() == "app" || source.path == "src/foundation/problem.rs";
        // Reading a header is not serving.
        let reads_headers = line.match_indices("axum::").all(|(at, _)| line[at..].starts_with("axum::http::"));
        source.is_door("http") || source.is_door("ws") || is_wiring || reads_headers
    });
    assert_nowhere(
        "axum stands in http.rs and ws.rs (and where they are wired together): commands know nothing of how they are \
         reached, so the console, the portal and a test can all call them.",
        &places,
    );
}

#[test]
fn decisions_are_pure() {
    let deciders: Vec<Source> = rust("src").into_iter().filter(|source| source.is_door("decide")).collect();
    let places = lines_with(
        &deciders,
        &["async ", ".await", "sqlx::", "tracing::", "tokio::", "std::fs", "std::env", "::now()", "println!"],
        |_, _| false,
    );
    assert_nowhere(
        "decide.rs takes state, a command and `now`, and returns a change or a refusal. No I/O, no clock, no log, no \
         async: that is why the simulation can take it through years of operations in seconds.",
        &places,
    );
}

#[test]
fn every_module_begins_with_what_it_is() {
    let mut places = Vec::new();
    for source in [rust("src"), rust("tests"), rust("sip-mock")].iter().flatten() {
        let is_head = matches!(source.name(), "mod.rs" | "lib.rs" | "main.rs");
        if is_head && !source.text.starts_with("//! ") {
            places.push(source.at(1, source.text.lines().next().unwrap_or_default()));
        }
    }
    assert_nowhere(
        "The first line of a module says what it is (`//! …`); its head goes on with what it owns, what comes in, what \
         goes out and what must always hold. It is the page that a reader looks for.",
        &places,
    );
}

#[test]
fn a_file_is_a_page_that_can_be_held() {
    const LONGEST: usize = 700;
    let sources = [rust("src"), rust("tests"), rust("sip-mock")];
    let places: Vec<String> = sources
        .iter()
        .flatten()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(source, lines)| format!("  {}: {lines} lines", source.path))
        .collect();
    assert_nowhere(
        &format!("A file has at most {LONGEST} lines: more is a sign that two things live together. Split it by verb."),
        &places,
    );
}
