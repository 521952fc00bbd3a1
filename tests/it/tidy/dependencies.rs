//! What the program is built from.

use super::assert_nowhere;
use super::sources::root;
use std::collections::BTreeSet;
use std::process::Command;

/// The licences of `deny.toml`.
fn allowed() -> BTreeSet<String> {
    let rules: toml::Table = std::fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap();
    let licences = rules["licenses"]["allow"].as_array().unwrap();
    licences.iter().map(|licence| licence.as_str().unwrap().to_owned()).collect()
}

/// Whether an SPDX expression can be met with the allowed licences.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "_WITH_");
    let words: Vec<String> = spaced.split_whitespace().map(|word| word.replace("_WITH_", " WITH ")).collect();
    either(&mut words.iter().map(String::as_str).peekable(), allowed)
}

type Words<'a, I> = std::iter::Peekable<I>;

fn either<'a, I: Iterator<Item = &'a str>>(words: &mut Words<'a, I>, allowed: &BTreeSet<String>) -> bool {
    let mut met = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        // Not `||`: the other side has to be read in any case.
        met |= both(words, allowed);
    }
    met
}

fn both<'a, I: Iterator<Item = &'a str>>(words: &mut Words<'a, I>, allowed: &BTreeSet<String>) -> bool {
    let mut met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, allowed);
    }
    met
}

fn one<'a, I: Iterator<Item = &'a str>>(words: &mut Words<'a, I>, allowed: &BTreeSet<String>) -> bool {
    match words.next() {
        Some("(") => {
            let met = either(words, allowed);
            assert_eq!(words.next(), Some(")"), "an expression's bracket is closed");
            met
        }
        Some(licence) => allowed.contains(licence),
        None => false,
    }
}

#[test]
fn an_expression_is_met_by_one_side_of_or_and_both_sides_of_and() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned()]);
    assert!(is_met("GPL-3.0 OR MIT", &allowed));
    assert!(is_met("MIT/GPL-3.0", &allowed));
    assert!(is_met("(GPL-3.0 OR MIT) AND ISC", &allowed));
    assert!(!is_met("MIT AND GPL-3.0", &allowed));
    assert!(!is_met("MIT WITH exception", &allowed));
}

#[test]
fn every_dependency_has_a_licence_that_we_allow() {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let allowed = allowed();
    let mut places = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let licence = package["license"].as_str().unwrap_or("none");
        if !is_met(licence, &allowed) {
            places.push(format!("  {} {}: {licence}", package["name"], package["version"]));
        }
        let is_ours = package["source"].is_null();
        if !is_ours && package["source"] != "registry+https://github.com/rust-lang/crates.io-index" {
            places.push(format!("  {} comes from {}", package["name"], package["source"]));
        }
    }
    assert_nowhere(
        "Vaxline is under EUPL-1.2: what it links must be under a licence that deny.toml lists, from the registry of Rust.",
        &places,
    );
}
