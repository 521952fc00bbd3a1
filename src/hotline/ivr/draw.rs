//! Draws a flow as a Mermaid flowchart, for documents and for whoever has to agree to it.

use super::flow::{Choice, Node, Plan};
use crate::hotline::queue::model::Language;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How much of a text stands in a box.
const SHOWN: usize = 60;

/// The flow as Mermaid text.
#[must_use]
pub fn mermaid(plan: &Plan) -> String {
    let mut drawing = String::from("flowchart TD\n    ring((Anruf))\n");
    for (name, node) in &plan.nodes {
        let _ = writeln!(drawing, "    {name}{}", shape(name, node, plan.language));
    }
    let _ = writeln!(drawing, "    ring --> {}", plan.start);
    for (name, node) in &plan.nodes {
        for (way, label) in ways(node) {
            let _ = writeln!(drawing, "    {name} -->|{label}| {way}");
        }
    }
    let _ = writeln!(drawing, "    exhausted([nach {} Fragen]) -.-> {}", plan.limits.questions, plan.limits.exhausted);
    drawing
}

fn shape(name: &str, node: &Node, language: Language) -> String {
    let words = node.text().map(|text| shorten(text.of(language))).unwrap_or_default();
    match node {
        Node::Say { .. } => format!("[\"{name}: {words}\"]"),
        Node::Ask { .. } => format!("[/\"{name}: {words}\"/]"),
        Node::Hours { .. } => "{Geöffnet?}".to_owned(),
        Node::Redial { .. } => "{Platz noch da?}".to_owned(),
        Node::Notice { .. } => "[\"Hinweis der Leitung, wenn es einen gibt\"]".to_owned(),
        Node::Queue { .. } => format!("([\"Warteschlange: {words}\"])"),
        Node::TakeUp { .. } => format!("([\"alter Platz: {words}\"])"),
        Node::HangUp { .. } => format!("([\"Auflegen: {words}\"])"),
    }
}

/// The ways out of a node with their labels; keys that lead to the same place share an arrow.
fn ways(node: &Node) -> Vec<(&str, String)> {
    match node {
        Node::Say { next, .. } | Node::Notice { next } => vec![(next, "weiter".to_owned())],
        Node::Hours { open, closed } => vec![(open, "ja".to_owned()), (closed, "nein".to_owned())],
        Node::Redial { known, new } => vec![(known, "ja".to_owned()), (new, "nein".to_owned())],
        Node::Ask { keys, otherwise, .. } => {
            let mut labels: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for (key, choice) in keys {
                labels.entry(&choice.next).or_default().push(format!("{key}{}", chosen(choice)));
            }
            labels.entry(&otherwise.next).or_default().push(format!("sonst{}", chosen(otherwise)));
            labels.into_iter().map(|(way, labels)| (way, format!("\"{}\"", labels.join(" / ")))).collect()
        }
        Node::Queue { full, .. } => full.iter().map(|full| (full.as_str(), "zu voll".to_owned())).collect(),
        Node::TakeUp { .. } | Node::HangUp { .. } => Vec::new(),
    }
}

fn chosen(choice: &Choice) -> String {
    let language = choice.language.map(Language::code);
    let topic = choice.topic.map(crate::hotline::queue::model::Topic::code);
    match [language, topic].into_iter().flatten().collect::<Vec<_>>() {
        chosen if chosen.is_empty() => String::new(),
        chosen => format!(" ({})", chosen.join(", ")),
    }
}

fn shorten(text: &str) -> String {
    let plain = text.replace('"', "'");
    match plain.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", plain.get(..end).unwrap_or(&plain).trim_end()),
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hotline::ivr::flow::Flow;

    #[test]
    fn every_node_and_every_way_is_drawn() {
        let flow = Flow::load(include_str!("../../../ivr-flows/hotline.toml")).unwrap();
        let drawing = mermaid(&flow.plan);
        for name in flow.plan.nodes.keys() {
            assert!(drawing.contains(&format!("\n    {name}")), "{name}\n{drawing}");
        }
        assert!(drawing.contains("language -->|\"1 (de) / 2 (en) / sonst (de)\"| privacy"), "{drawing}");
        assert!(drawing.contains("information -->|\"9\"| reason"), "{drawing}");
    }
}
