//! The rules of the house, as tests. Each failure says the rule, its reason, and every place that breaks it.

mod dependencies;
mod documents;
mod doors;
mod imports;
pub mod routes;
mod schema;
mod sources;
mod text;

/// Fails with the rule and all places that break it, so that one run shows the whole work.
fn assert_nowhere(rule: &str, places: &[String]) {
    assert!(places.is_empty(), "{rule}\n\n{}\n", places.join("\n"));
}
