//! What must hold of a flow before any call runs in it. The whole file is checked, and everything is reported at once.

use super::flow::{LANGUAGES, Node, Plan, Texts};
use super::hours;
use crate::hotline::queue::routing::Routing;
use std::collections::{BTreeMap, BTreeSet};

/// More nodes than this nobody can oversee.
const MOST_NODES: usize = 200;

/// A longer text is a lecture: at three words a second this is nearly a minute.
const LONGEST_TEXT: usize = 900;

/// Everything that is wrong with a plan, a line each; empty when it may be used.
#[must_use]
pub fn check(plan: &Plan) -> Vec<String> {
    let mut findings = Vec::new();
    check_limits(plan, &mut findings);
    check_texts(plan, &mut findings);
    check_nodes(plan, &mut findings);
    for (date, _) in plan.hours.days.iter().filter(|(date, _)| hours::day(date).is_none()) {
        findings.push(format!("hours.days: {date:?} is not a date such as \"2021-12-24\""));
    }
    // The ways are only worth following when every one of them leads somewhere.
    if check_ways(plan, &mut findings) {
        check_reach(plan, &mut findings);
        check_loops(plan, &mut findings);
    }
    findings
}

/// The queues and classes that a plan names, and that are not configured; a line each.
#[must_use]
pub fn check_queues(plan: &Plan, routing: &Routing) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, node) in &plan.nodes {
        let Node::Queue { queue, class, .. } = node else { continue };
        if let Some(queue) = queue.as_ref().filter(|queue| !routing.has_queue(queue)) {
            findings.push(format!("nodes.{name}.queue: there is no queue {queue:?} under routing.queues"));
        }
        if let Some(class) = class.as_ref().filter(|class| !routing.has_class(class)) {
            findings.push(format!("nodes.{name}.class: there is no class {class:?} under routing.classes"));
        }
    }
    findings
}

fn check_limits(plan: &Plan, findings: &mut Vec<String>) {
    if !is_name(&plan.name) {
        findings.push("name: use 1 to 40 of a-z, 0-9 and _".to_owned());
    }
    let limits = &plan.limits;
    if !(1..=5).contains(&limits.tries) {
        findings.push("limits.tries: 1 to 5".to_owned());
    }
    if !(5..=100).contains(&limits.questions) {
        findings.push("limits.questions: 5 to 100".to_owned());
    }
    if !(2..=30).contains(&limits.patience_seconds) {
        findings.push("limits.patience_seconds: 2 to 30".to_owned());
    }
    if plan.nodes.is_empty() || plan.nodes.len() > MOST_NODES {
        findings.push(format!("nodes: 1 to {MOST_NODES}"));
    }
}

fn check_texts(plan: &Plan, findings: &mut Vec<String>) {
    const BOUNDS: &[&str] = &["{low}", "{high}"];
    let question = plan.callback.as_ref().map(|callback| ("callback.question", &callback.question, &["{number}"][..]));
    let estimates =
        [("waiting.estimate", &plan.waiting.estimate, BOUNDS), ("waiting.longer", &plan.waiting.longer, BOUNDS)];
    for (place, texts, names) in estimates.into_iter().chain(question) {
        for language in LANGUAGES {
            if !names.iter().all(|name| texts.of(language).contains(name)) {
                findings.push(format!("{place}.{}: must name {}", language.code(), names.join(" and ")));
            }
        }
    }
    let of_callback = plan.callback.iter().flat_map(|callback| {
        [
            ("callback.invitation", &callback.invitation),
            ("callback.question", &callback.question),
            ("callback.agreed", &callback.agreed),
            ("callback.greeting", &callback.greeting),
            ("callback.later", &callback.later),
        ]
    });
    let shared: [(&str, &Texts); 10] = [
        ("waiting.soon", &plan.waiting.soon),
        ("waiting.estimate", &plan.waiting.estimate),
        ("waiting.longer", &plan.waiting.longer),
        ("again.wrong_key", &plan.again.wrong_key),
        ("again.silence", &plan.again.silence),
        ("waiting.announcement", &plan.waiting.announcement),
        ("waiting.apology", &plan.waiting.apology),
        ("waiting.moment", &plan.waiting.moment),
        ("waiting.sorry", &plan.waiting.sorry),
        ("waiting.goodbye", &plan.waiting.goodbye),
    ];
    let of_nodes = plan.nodes.iter().filter_map(|(name, node)| Some((format!("nodes.{name}.text"), node.text()?)));
    let shared = shared.into_iter().chain(of_callback).map(|(place, texts)| (place.to_owned(), texts));
    for (place, texts) in shared.chain(of_nodes) {
        for language in LANGUAGES {
            check_text(&format!("{place}.{}", language.code()), texts.of(language), findings);
        }
    }
}

/// What is wrong with a text that is to be spoken, a line each.
pub(super) fn check_text(place: &str, text: &str, findings: &mut Vec<String>) {
    if text.trim().is_empty() {
        findings.push(format!("{place}: missing"));
    }
    if text.chars().count() > LONGEST_TEXT {
        findings.push(format!("{place}: longer than {LONGEST_TEXT} characters"));
    }
    // A voice reads `<` as the beginning of markup, and what follows not at all.
    if text.chars().any(|sign| sign.is_control() || sign == '<' || sign == '>') {
        findings.push(format!("{place}: control characters and markup cannot be spoken"));
    }
}

fn check_nodes(plan: &Plan, findings: &mut Vec<String>) {
    for (name, node) in &plan.nodes {
        if !is_name(name) {
            findings.push(format!("nodes.{name}: use 1 to 40 of a-z, 0-9 and _ for a name"));
        }
        if let Node::Ask { keys, tries, .. } = node {
            if keys.is_empty() {
                findings.push(format!("nodes.{name}.keys: none"));
            }
            for key in keys.keys().filter(|key| !is_key(key)) {
                findings.push(format!("nodes.{name}.keys: {key:?} is not on a telephone"));
            }
            if tries.is_some_and(|tries| !(1..=5).contains(&tries)) {
                findings.push(format!("nodes.{name}.tries: 1 to 5"));
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn is_key(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0'..=b'9' | b'*' | b'#'])
}

/// Whether every way leads to a node.
fn check_ways(plan: &Plan, findings: &mut Vec<String>) -> bool {
    let before = findings.len();
    let named = [("start", plan.start.as_str()), ("limits.exhausted", plan.limits.exhausted.as_str())];
    for (place, target) in named {
        if !plan.nodes.contains_key(target) {
            findings.push(format!("{place}: there is no node {target:?}"));
        }
    }
    for (name, node) in &plan.nodes {
        let unknown: BTreeSet<&str> = node.ways().into_iter().filter(|way| !plan.nodes.contains_key(*way)).collect();
        for way in unknown {
            findings.push(format!("nodes.{name}: there is no node {way:?}"));
        }
    }
    findings.len() == before
}

/// Every node is reached from the start, and from every node a call comes to an end.
fn check_reach(plan: &Plan, findings: &mut Vec<String>) {
    let reached = reach(plan, [plan.start.as_str(), plan.limits.exhausted.as_str()]);
    for name in plan.nodes.keys().filter(|name| !reached.contains(name.as_str())) {
        findings.push(format!("nodes.{name}: nothing leads here"));
    }
    for name in plan.nodes.keys() {
        let ends = reach(plan, [name.as_str()]).into_iter().any(|there| plan.nodes.get(there).is_some_and(is_end));
        if !ends {
            findings.push(format!("nodes.{name}: no way leads from here to the queue or to a goodbye"));
        }
    }
    let asks_again = reach(plan, [plan.limits.exhausted.as_str()])
        .into_iter()
        .any(|there| matches!(plan.nodes.get(there), Some(Node::Ask { .. })));
    if asks_again {
        findings.push("limits.exhausted: leads to another question".to_owned());
    }
}

/// A call may come to its end here.
fn is_end(node: &Node) -> bool {
    matches!(node, Node::Queue { .. } | Node::TakeUp { .. } | Node::HangUp { .. })
}

fn reach<'a>(plan: &'a Plan, from: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = from.into_iter().collect();
    while let Some(name) = open.pop() {
        if reached.insert(name)
            && let Some(node) = plan.nodes.get(name)
        {
            open.extend(node.ways());
        }
    }
    reached
}

/// A caller who does nothing always comes to an end: without keys there is no way in a circle.
fn check_loops(plan: &Plan, findings: &mut Vec<String>) {
    let mut seen = BTreeMap::new();
    for name in plan.nodes.keys() {
        if let Some(node) = find_circle(plan, name, &mut seen) {
            findings.push(format!("nodes.{node}: a silent caller goes in a circle here"));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    OnTheWay,
    Done,
}

/// Follows the ways without a key from `start`; the node at which the way meets itself, if it does. The walk keeps its
/// own stack, so that no file is deep enough to exhaust the thread's.
fn find_circle<'a>(plan: &'a Plan, start: &'a str, seen: &mut BTreeMap<&'a str, Mark>) -> Option<&'a str> {
    if seen.contains_key(start) {
        return None;
    }
    let ways = |name: &str| plan.nodes.get(name).map(Node::ways_without_a_key).unwrap_or_default();
    seen.insert(start, Mark::OnTheWay);
    let mut path = vec![(start, ways(start))];
    while let Some((name, open)) = path.last_mut() {
        match open.pop() {
            Some(way) => match seen.get(way) {
                Some(Mark::OnTheWay) => return Some(way),
                Some(Mark::Done) => {}
                None => {
                    seen.insert(way, Mark::OnTheWay);
                    path.push((way, ways(way)));
                }
            },
            None => {
                seen.insert(name, Mark::Done);
                path.pop();
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::flow::Flow;

    const SOUND: &str = include_str!("../../../ivr-flows/hotline.toml");

    fn findings(change: impl FnOnce(&mut toml::Table)) -> Vec<String> {
        let mut table: toml::Table = SOUND.parse().unwrap();
        change(&mut table);
        let plan = table.try_into().unwrap();
        super::check(&plan)
    }

    fn node<'a>(table: &'a mut toml::Table, name: &str) -> &'a mut toml::Table {
        table["nodes"][name].as_table_mut().unwrap()
    }

    #[test]
    fn the_flow_of_the_hotline_is_sound() {
        let flow = Flow::load(SOUND).unwrap();
        assert_eq!(flow.version.len(), 64);
    }

    #[test]
    fn a_way_to_nowhere_is_found() {
        let found = findings(|table| {
            node(table, "privacy").insert("next".into(), "nowhere".into());
        });
        assert_eq!(found, ["nodes.privacy: there is no node \"nowhere\""]);
    }

    #[test]
    fn a_node_that_nothing_leads_to_is_found() {
        let found = findings(|table| {
            let goodbye = table["nodes"]["closed"].clone();
            table["nodes"].as_table_mut().unwrap().insert("island".into(), goodbye);
        });
        assert_eq!(found, ["nodes.island: nothing leads here"]);
    }

    #[test]
    fn a_silent_caller_in_a_circle_is_found() {
        let found = findings(|table| {
            node(table, "reason")["otherwise"].as_table_mut().unwrap().insert("next".into(), "privacy".into());
        });
        assert!(found.iter().any(|line| line.ends_with("a silent caller goes in a circle here")), "{found:?}");
    }

    #[test]
    fn a_missing_translation_is_found_wherever_it_is() {
        let found = findings(|table| {
            node(table, "reason")["text"].as_table_mut().unwrap().remove("en");
            table["waiting"]["apology"].as_table_mut().unwrap().insert("de".into(), " ".into());
        });
        assert_eq!(found, ["waiting.apology.de: missing", "nodes.reason.text.en: missing"]);
    }

    #[test]
    fn an_announcement_of_the_wait_that_names_no_time_is_found() {
        let found = findings(|table| {
            table["waiting"]["estimate"].as_table_mut().unwrap().insert("en".into(), "It takes a while.".into());
        });
        assert_eq!(found, ["waiting.estimate.en: must name {low} and {high}"]);
    }

    #[test]
    fn markup_and_lectures_are_found() {
        let found = findings(|table| {
            let text = node(table, "reason")["text"].as_table_mut().unwrap();
            text.insert("de".into(), "<break time=\"9h\"/>".into());
            text.insert("en".into(), "blah ".repeat(200).into());
        });
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn the_end_of_all_questions_asks_no_more() {
        let found = findings(|table| {
            table["limits"].as_table_mut().unwrap().insert("exhausted".into(), "reason".into());
        });
        assert!(found.contains(&"limits.exhausted: leads to another question".to_owned()), "{found:?}");
    }

    #[test]
    fn keys_that_no_telephone_has_are_found() {
        let found = findings(|table| {
            let keys = node(table, "reason")["keys"].as_table_mut().unwrap();
            let one = keys["1"].clone();
            keys.insert("10".into(), one.clone());
            keys.insert("A".into(), one);
        });
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn an_unknown_property_is_an_error_and_not_ignored() {
        assert!(Flow::load(&SOUND.replacen("kind = \"say\"", "kind = \"say\"\nvolume = 3", 1)).is_err());
        assert!(Flow::load(&"#".repeat(300_000)).is_err());
        assert!(Flow::load("").is_err());
    }
}
