//! The menu: transcripts that stay as they are, and documents that the provider's own validators accept.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use time::macros::datetime;
use uuid::Uuid;
use vaxline::foundation::ids::{CallId, OfferId};
use vaxline::hotline::calls::model::{About, Action, Ask, Park, Script, Spoken, Whose};
use vaxline::hotline::ivr::decide::{self, Facts, Input, Then, Turn};
use vaxline::hotline::ivr::flow::{Flow, LANGUAGES, Texts};
use vaxline::hotline::ivr::simulate;
use vaxline::hotline::provider::settings::{Park as Music, Secret, Voice, Voices};
use vaxline::hotline::provider::steps::Steps;
use vaxline::hotline::provider::verbs::Dialect;
use vaxline::hotline::queue::model::Language;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|it| it == extension));
    found.sort();
    found
}

fn flow() -> Flow {
    Flow::load(&std::fs::read_to_string(root().join("ivr-flows/hotline.toml")).unwrap()).unwrap()
}

#[test]
fn every_flow_file_is_sound() {
    for path in files("ivr-flows", "toml") {
        if let Err(findings) = Flow::load(&std::fs::read_to_string(&path).unwrap()) {
            panic!("{}:\n{}", path.display(), findings.join("\n"));
        }
    }
}

#[test]
fn callers_hear_what_the_transcripts_say() {
    let flow = flow();
    let transcripts = files("ivr-flows/transcripts", "txt");
    assert!(transcripts.len() >= 10);
    for path in transcripts {
        let golden = std::fs::read_to_string(&path).unwrap();
        let heard = simulate::run(&flow.plan, &golden).unwrap();
        assert_eq!(heard, golden, "{}: vaxline flows simulate --accept writes it", path.display());
    }
}

#[test]
fn every_sentence_of_the_flow_is_heard_in_some_transcript() {
    let heard: String =
        files("ivr-flows/transcripts", "txt").iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let flow = flow();
    let silent: Vec<&String> = flow
        .plan
        .nodes
        .iter()
        .filter(|(_, node)| node.text().is_some_and(|text| !heard.contains(text.of(Language::De))))
        .map(|(name, _)| name)
        .collect();
    assert!(silent.is_empty(), "no transcript goes through {silent:?}");
}

fn dialect() -> Dialect {
    let voice = |language: &str| Voice {
        vendor: "microsoft".to_owned(),
        language: language.to_owned(),
        voice: format!("{language}-Example"),
    };
    Dialect {
        steps: Steps::new(
            "https://hooks.vaxline.example".to_owned(),
            vec![Secret::new("a-secret-of-some-length".into())],
        ),
        voices: Voices { de: voice("de-DE"), en: voice("en-GB") },
        music: Music {
            music_url: "https://media.vaxline.example/hold.wav".to_owned(),
            music_seconds: 25,
            pieces: 40,
            announce_every: 3,
        },
        sip_realm: "vaxline.example".to_owned(),
        caller_id: "08000899089".to_owned(),
    }
}

const CALL: CallId = CallId(Uuid::from_u128(7));

/// Every script that a caller can be sent: the whole menu by all keys, and everything that comes after it.
fn scripts(flow: &Flow) -> BTreeMap<String, Script> {
    let mut scripts = BTreeMap::new();
    let now = datetime!(2021-04-28 16:00 UTC);
    let usual = || Facts { now, always_open: false, returning: false, crowded: false, notice: None };
    let words = Texts { de: "Ein Hinweis.".to_owned(), en: "A notice.".to_owned() };
    let all = [
        usual(),
        Facts { returning: true, ..usual() },
        Facts { now: datetime!(2021-04-28 22:00 UTC), ..usual() },
        Facts { crowded: true, notice: Some(words), ..usual() },
    ];
    let keys: Vec<Input> =
        "0123456789*#".chars().map(|key| Input::Keys(key.to_string())).chain([Input::Silence]).collect();
    for facts in all {
        let mut seen = HashSet::new();
        let mut open = vec![decide::begin(&flow.plan, &facts)];
        while let Some(turn) = open.pop() {
            let is_question = matches!(turn.then, Then::Ask(_));
            let script = script_of(flow, &turn);
            // The number of the question changes ids alone: one document of each content is enough.
            let content = format!("{:?}", (&turn.say, turn.state.place.clone(), turn.state.language));
            scripts.entry(content).or_insert(script);
            if is_question {
                for input in &keys {
                    let next = decide::answer(&flow.plan, &turn.state, input, &facts).unwrap();
                    if seen.insert(format!("{:?}", next.state)) {
                        open.push(next);
                    }
                }
            }
        }
    }
    for language in LANGUAGES {
        let code = language.code();
        let park = Park::new(format!("q3{code}"), language);
        let renewed = park.renewed();
        let invited = park.clone().with_callback(true);
        let callback = flow.plan.callback.as_ref().unwrap();
        let ask = |name: &str, text: &Texts, about: About| {
            let spoken = Spoken { language, text: text.of(language).to_owned() };
            let prompts = vec![spoken.clone(), spoken];
            Action::Ask(Ask { name: name.to_owned(), number: 0, prompts, patience: flow.plan.limits.patience(), about })
        };
        let offer = OfferId(Uuid::from_u128(9));
        let goodbye = flow.plan.waiting.goodbye.of(language).to_owned();
        for (name, actions) in [
            ("park", vec![Action::Park(park)]),
            ("renewed", vec![Action::Park(renewed)]),
            ("invited", vec![Action::Park(invited)]),
            ("callback", vec![ask("callback", &callback.question, About::CallBack)]),
            ("greeting", vec![ask("greeting", &callback.greeting, About::Reached(offer))]),
            ("goodbye", vec![Action::Say(Spoken { language, text: goodbye }), Action::HangUp]),
            (
                "connect",
                vec![Action::Connect {
                    offer,
                    phone_user: "1001".to_owned(),
                    ring: Duration::from_millis(14_700),
                    language,
                }],
            ),
        ] {
            scripts.insert(format!("{name} {code}"), Script::new(CALL, format!("{name}{code}"), actions));
        }
        for (whose, call) in
            [("call", Whose::Call(CALL)), ("newcomer", Whose::Newcomer { rang: datetime!(2021-04-28 16:00 UTC) })]
        {
            let text = flow.plan.waiting.announcement.of(language).to_owned();
            let park = Action::Park(Park::new("safe".to_owned(), language));
            let actions = vec![Action::Say(Spoken { language, text }), park];
            scripts.insert(format!("safe {code} {whose}"), Script { call, label: "safe".to_owned(), actions });
        }
    }
    scripts.insert("over".to_owned(), Script::new(CALL, "e1", vec![Action::HangUp]));
    scripts
}

fn script_of(flow: &Flow, turn: &Turn) -> Script {
    let mut actions: Vec<Action> = turn.say.iter().cloned().map(Action::Say).collect();
    let language = turn.state.language.unwrap_or(flow.plan.language);
    actions.push(match turn.then.clone() {
        Then::Ask(ask) => Action::Ask(ask),
        Then::Join { .. } | Then::TakeUp => Action::Park(Park::new("q1".to_owned(), language)),
        Then::HangUp => Action::HangUp,
    });
    Script::new(CALL, format!("m{}", turn.state.asked), actions)
}

fn documents() -> Vec<(String, Value)> {
    let flow = flow();
    let dialect = dialect();
    scripts(&flow).into_iter().map(|(name, script)| (name, dialect.verbs(&script, &flow.plan))).collect()
}

/// What the provider's own validators complain of, by the document's name.
fn complaints(documents: &[(String, Value)]) -> BTreeMap<String, Value> {
    let folder = root().join("tests/tools/provider-check");
    assert!(folder.join("node_modules").is_dir(), "the provider's validators are not installed: run `make setup`");
    let mut node = Command::new("node")
        .arg(folder.join("check.js"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is needed for this test: install it, then run `make setup`");
    let mut stdin = node.stdin.take().unwrap();
    let lines: String =
        documents.iter().map(|(name, verbs)| format!("{}\n", json!({ "name": name, "verbs": verbs }))).collect();
    let writing = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = node.wait_with_output().unwrap();
    writing.join().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| (line["name"].as_str().unwrap().to_owned(), line["complaints"].clone()))
        .collect()
}

#[test]
fn both_of_the_providers_validators_accept_every_document() {
    let documents = documents();
    assert!(documents.len() > 30, "only {} documents", documents.len());
    let found = complaints(&documents);
    assert!(found.is_empty(), "{} of {} documents: {found:#?}", found.len(), documents.len());
}

#[test]
fn the_validators_refuse_what_the_provider_would_refuse() {
    // The control: without it the test above may pass because nothing was looked at.
    let bad = [
        ("unknown property", json!([{ "verb": "hangup", "politely": true }])),
        ("unknown input", json!([{ "verb": "gather", "input": ["dtmf"] }])),
        ("text for a number", json!([{ "verb": "pause", "length": "1" }])),
        ("unknown verb", json!([{ "verb": "sing" }])),
        ("empty", json!([])),
        ("no list", json!({ "verb": "hangup" })),
    ];
    let bad: Vec<(String, Value)> = bad.into_iter().map(|(name, verbs)| (name.to_owned(), verbs)).collect();
    let refused: BTreeSet<String> = complaints(&bad).into_keys().collect();
    assert_eq!(refused, bad.into_iter().map(|(name, _)| name).collect());
}

#[test]
fn every_document_ends_in_a_hang_up_and_names_each_verb_once() {
    for (name, document) in documents() {
        let verbs = document.as_array().unwrap();
        assert_eq!(verbs.last().unwrap()["verb"], "hangup", "{name}");
        let ids: Vec<&str> = verbs.iter().map(|verb| verb["id"].as_str().unwrap()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}: {ids:?}");
        // A list that is too long to be read at once would be answered late.
        assert!(document.to_string().len() < 48 * 1024, "{name}: {} bytes", document.to_string().len());
    }
}

#[test]
fn behind_everything_that_asks_there_is_music_for_when_nobody_answers() {
    for (name, document) in documents() {
        let verbs = document.as_array().unwrap();
        let music = verbs.iter().filter(|verb| verb["play"]["url"].is_string()).count();
        let asks = verbs.iter().any(|verb| verb["actionHook"].is_string());
        assert_eq!(music, if asks { 40 } else { 0 }, "{name}");
        assert!(verbs.iter().all(|verb| verb["verb"] != "redirect"), "a redirect that fails drops the call");
    }
}

#[test]
fn every_hook_is_absolute_and_says_when_to_try_again() {
    for (name, document) in documents() {
        for verb in document.as_array().unwrap() {
            let Some(hook) = verb["actionHook"].as_str() else { continue };
            assert!(hook.starts_with("https://hooks.vaxline.example/providers/jambonz/"), "{name}: {hook}");
            assert!(hook.ends_with("#rc=3&rp=ct,5xx") || hook.ends_with("#rc=1&rp=ct,5xx"), "{name}: {hook}");
        }
    }
}

#[test]
fn keys_do_not_end_the_music_and_every_piece_asks_by_itself() {
    let (_, document) = documents().into_iter().find(|(name, _)| name == "park de").unwrap();
    let pieces: Vec<&Value> = document.as_array().unwrap().iter().filter(|verb| verb["verb"] == "gather").collect();
    assert_eq!(pieces.len(), 40);
    for piece in &pieces {
        assert_eq!(piece["input"], json!([]));
        assert_eq!(piece["timeout"], 1);
        assert!(piece["play"]["loop"].is_null(), "a piece that loops never asks");
    }
    let hooks: BTreeSet<&str> = pieces.iter().map(|piece| piece["actionHook"].as_str().unwrap()).collect();
    assert_eq!(hooks.len(), 40);
    let said = document.as_array().unwrap().iter().filter(|verb| verb["verb"] == "say").count();
    assert_eq!(said, 13 + 1, "an announcement after every third piece, and the apology");
}

#[test]
fn an_agents_phone_is_rung_so_that_it_answers_by_itself() {
    let (_, document) = documents().into_iter().find(|(name, _)| name == "connect de").unwrap();
    let dial = &document[0];
    assert_eq!(dial["verb"], "dial");
    assert_eq!(dial["target"], json!([{ "type": "user", "name": "1001@vaxline.example" }]));
    assert_eq!(dial["timeout"], 14);
    assert!(dial["headers"]["Call-Info"].as_str().unwrap().contains("answer-after=0"));
}
