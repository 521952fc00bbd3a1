//! What the documents point to.

use super::assert_nowhere;
use super::sources::{Source, root, texts};
use std::path::Path;

/// The targets of links and pictures in a text: `](…)`, `src="…"`, `href="…"`.
fn targets(text: &str) -> Vec<&str> {
    let marks = [("](", ')'), ("src=\"", '"'), ("href=\"", '"')];
    let pieces = marks.iter().flat_map(|(begin, end)| {
        text.split(begin).skip(1).filter_map(move |piece| piece.split_once(*end).map(|(target, _)| target))
    });
    pieces
        .filter(|target| !target.contains("://") && !target.starts_with(['#', '/']) && !target.contains(' '))
        .collect()
}

fn is_there(source: &Source, target: &str) -> bool {
    let file = target.split('#').next().unwrap_or_default();
    let folder = Path::new(&source.path).parent().unwrap();
    target.starts_with("mailto:") || root().join(folder).join(file).exists()
}

#[test]
fn a_link_is_found_whatever_it_looks_like() {
    let text = "[a](docs/a.md#part) ![b](b.png) <img src=\"c.svg\"> [d](https://example.org) [e](#e)";
    assert_eq!(targets(text), ["docs/a.md#part", "b.png", "c.svg"]);
}

#[test]
fn every_relative_link_of_the_documents_exists() {
    let mut documents = texts("docs");
    documents.push(Source {
        path: "README.md".to_owned(),
        text: std::fs::read_to_string(root().join("README.md")).unwrap(),
    });
    let mut places = Vec::new();
    for document in documents.iter().filter(|document| document.path.ends_with(".md")) {
        for target in targets(&document.text).into_iter().filter(|target| !is_there(document, target)) {
            places.push(document.at(1, target));
        }
    }
    assert_nowhere("Whoever follows a link of the documents finds something there.", &places);
}
