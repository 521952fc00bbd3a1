//! What the hotline and its independent witness must agree on without sharing code: the judge's times, and the golden messages.

use sip_mock::judge::Rules;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use vaxline::app::config::Config;
use vaxline::hotline::provider::wire;

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/provider")
}

#[test]
fn the_judges_times_are_those_of_the_shipped_configuration() {
    let config = Config::load(None, []).unwrap();
    let shipped = config.queue.policy(&config.staffing).unwrap();
    let judged = Rules::default();
    assert_eq!(judged.back_off, shipped.back_off);
    assert_eq!(judged.connect, shipped.connect);
    assert_eq!(judged.callback, shipped.callback.ring + shipped.callback.answer);
    assert_eq!(judged.wrap_up, shipped.wrap_up);
    assert_eq!(judged.redeem, shipped.redeem);
}

#[test]
fn every_golden_message_is_understood() {
    // REST bodies are no hooks: the client's tests name each of them.
    let client = include_str!("provider_rest.rs");
    let mut read = BTreeSet::new();
    for file in std::fs::read_dir(golden_folder()).unwrap() {
        let path = file.unwrap().path();
        let Some(name) = path.file_name().unwrap().to_str().unwrap().strip_suffix(".json") else { continue };
        if name.starts_with("rest-") {
            assert!(client.contains(&format!("\"{name}\"")), "{name}.json is read by no test of the client");
        } else {
            let hook = wire::read(&std::fs::read(&path).unwrap());
            assert!(hook.is_ok(), "{name}.json is not understood: {:?}", hook.err());
        }
        read.insert(name.to_owned());
    }
    assert!(read.len() > 40, "{read:?}");
}
