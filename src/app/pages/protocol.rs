//! The frames of both sockets as TypeScript: one file, committed, so that a change of a frame is seen in a review and by
//! the compiler of the pages.

#![expect(clippy::disallowed_methods, reason = "a switch for whoever runs the tests")]

use crate::hotline::{
    console::wire::{FromPage, PROTOCOL, ToPage},
    supervision::{Why, wire::ToWall},
};
use std::{any::TypeId, collections::BTreeMap, collections::HashSet, fs, path::Path};
use ts_rs::{Config, TS, TypeVisitor};

/// Every type that a frame is made of, by name.
#[derive(Default)]
struct Declared {
    seen: HashSet<TypeId>,
    types: BTreeMap<String, String>,
}

impl TypeVisitor for Declared {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only our own types have a file to be written to; numbers and lists have a name and nothing to declare.
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            let config = Config::new();
            let docs = T::docs().unwrap_or_default();
            let known = self.types.insert(T::ident(&config), format!("{docs}export {}\n", T::decl(&config)));
            assert!(known.is_none(), "two types are called {}", T::ident(&config));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn protocol_ts() -> String {
    let mut declared = Declared::default();
    declared.visit::<ToPage>();
    declared.visit::<FromPage>();
    declared.visit::<ToWall>();
    declared.visit::<Why>();
    let head = "// Made from src/hotline/console/wire.rs and src/hotline/supervision/{wire,why}.rs: do not edit, run\n\
                // `UPDATE=1 cargo test protocol_ts_is_current`.\n";
    let types: Vec<String> = declared.types.into_values().collect();
    let text = format!("{head}\nexport const PROTOCOL = {PROTOCOL};\n\n{}", types.join("\n"));
    text.lines().map(str::trim_end).fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn protocol_ts_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/src/protocol.ts");
    let current = protocol_ts();
    if std::env::var("UPDATE").is_ok() {
        fs::write(&path, &current).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == current, "web/src/protocol.ts is stale: run `UPDATE=1 cargo test protocol_ts_is_current`");
}

#[test]
fn every_frame_is_declared() {
    let text = protocol_ts();
    for name in ["ToPage", "FromPage", "Command", "ToWall", "Board", "DraftForm", "Answer", "AgentState"] {
        assert!(text.contains(&format!("export type {name} = ")), "{name}");
    }
}
