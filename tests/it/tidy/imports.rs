//! Which module may know which.

use super::assert_nowhere;
use super::sources::{Source, root, rust};

/// The modules from the ground up. A module may know those of the lines above its own, and itself.
const LAYERS: [&[&str]; 8] = [
    &["foundation"],
    &["accounts"],
    &["supply", "correspondence"],
    &["scheduling"],
    &["hotline", "portal", "onsite"],
    &["reporting", "privacy"],
    &["app"],
    &["cli"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The modules that a line names by `crate::`, in a path or in a group.
fn named(line: &str) -> Vec<&str> {
    let mut modules = Vec::new();
    for (_, rest) in line.match_indices("crate::").map(|(at, found)| (at, &line[at + found.len()..])) {
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut is_first = true;
            for word in group.split_inclusive(['{', '}', ',']) {
                if depth == 0 && is_first {
                    modules.push(head(word.trim_start()));
                }
                match word.chars().last() {
                    Some('{') => (depth, is_first) = (depth + 1, false),
                    Some('}') if depth == 0 => break,
                    Some('}') => depth -= 1,
                    _ => is_first = depth == 0,
                }
            }
        } else {
            modules.push(head(rest));
        }
    }
    modules.retain(|module| !module.is_empty());
    modules
}

fn head(path: &str) -> &str {
    path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

#[test]
fn a_line_names_modules_in_paths_and_in_groups() {
    assert_eq!(named("use crate::accounts::model::User;"), ["accounts"]);
    assert_eq!(named("use crate::{app::{config, state}, cli, hotline::queue};"), ["app", "cli", "hotline"]);
    assert_eq!(named("    crate::scheduling::commands::reserve(tx, crate::supply::lots())"), ["scheduling", "supply"]);
}

#[test]
fn imports_run_from_the_hotline_down_to_the_foundation_and_never_sideways() {
    let mut places = Vec::new();
    for source in rust("src").iter().filter(|source| source.path.matches('/').count() > 1) {
        let Some(own) = layer(source.module()) else { continue };
        // Tests beside the code follow the same rule: what they need from above belongs above.
        for (number, line) in (1..).zip(source.text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for module in named(line).into_iter().filter(|module| *module != source.module()) {
                if layer(module).is_some_and(|other| other >= own) {
                    places.push(source.at(number, line));
                }
            }
        }
    }
    assert_nowhere(
        "Imports run foundation <- accounts <- {supply, correspondence} <- scheduling <- {hotline, portal, onsite} <- \
         {reporting, privacy} <- app <- cli, never up and never sideways: so a module can be read, tested and replaced \
         with nothing but what is below it. Where a lower module must ask a higher one, it owns a trait that the higher \
         one implements.",
        &places,
    );
}

#[test]
fn every_module_has_its_place_among_the_layers() {
    let unplaced: Vec<String> = std::fs::read_dir(root().join("src"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".rs") && layer(name).is_none())
        .collect();
    assert_nowhere("A new module gets its line in LAYERS, or the import rule would not bind it.", &unplaced);
}

#[test]
fn the_simulated_provider_and_the_hotline_do_not_know_each_other() {
    let manifest = std::fs::read_to_string(root().join("sip-mock/Cargo.toml")).unwrap();
    assert!(
        !manifest.contains("vaxline ") && !manifest.contains("vaxline="),
        "sip-mock is the independent witness of the provider protocol: it shares golden files with the hotline, no code"
    );
    let uses: Vec<String> = rust("src")
        .iter()
        .filter(|source| !is_demo(source))
        .flat_map(|source| {
            let lines = source.production().filter(|(_, line)| line.contains("sip_mock::"));
            lines.map(|(number, line)| source.at(number, line)).collect::<Vec<_>>()
        })
        .collect();
    assert_nowhere("Only the demo, which plays both sides, uses sip-mock.", &uses);
}

fn is_demo(source: &Source) -> bool {
    source.path.starts_with("src/cli/demo")
}
