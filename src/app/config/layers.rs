//! Laying one source of settings over another.

use crate::foundation::fault::Fault;
use std::path::Path;
use toml::{Table, Value};

/// What the variables of the environment begin with.
const PREFIX: &str = "VAXLINE__";

/// Reads one layer.
pub(super) fn parse(source: &str, text: &str) -> Result<Table, Fault> {
    text.parse().map_err(|error: toml::de::Error| Fault::plain(format!("{source}: {}", error.message())))
}

/// Lays `upper` over `lower`, table by table.
pub(super) fn merge(lower: &mut Table, upper: Table) {
    for (key, value) in upper {
        match (lower.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                lower.insert(key, value);
            }
        }
    }
}

/// Lays `VAXLINE__SECTION__KEY` variables over the table. A value is read as TOML, else as text.
pub(super) fn apply_environment(table: &mut Table, environment: &[(String, String)]) -> Result<(), Fault> {
    for (name, text) in environment {
        let Some(path) = name.strip_prefix(PREFIX) else { continue };
        let path: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
        let Some((key, sections)) = path.split_last() else { continue };
        let mut below = &mut *table;
        for section in sections {
            let entry = below.entry(section.clone()).or_insert_with(|| Value::Table(Table::new()));
            let Value::Table(next) = entry else {
                return Err(Fault::plain(format!("configuration: {name} goes below something that is not a section")));
            };
            below = next;
        }
        let value = match below.get(key) {
            // What is text stays text, even if it looks like a number.
            Some(Value::String(_)) => Value::String(text.clone()),
            _ => format!("value = {text}")
                .parse::<Table>()
                .ok()
                .and_then(|mut read| read.remove("value"))
                .unwrap_or_else(|| Value::String(text.clone())),
        };
        below.insert(key.clone(), value);
    }
    Ok(())
}

/// Replaces every non-empty `<key>_file` by `<key>` with the file's content.
pub(super) fn read_secrets(table: &mut Table) -> Result<(), Fault> {
    let keys: Vec<String> = table.keys().cloned().collect();
    for key in keys {
        if let Some(Value::Table(below)) = table.get_mut(&key) {
            read_secrets(below)?;
            continue;
        }
        let Some(secret) = key.strip_suffix("_file") else { continue };
        let Some(Value::String(path)) = table.remove(&key) else {
            return Err(Fault::plain(format!("configuration: {key} must be the path of a file")));
        };
        if path.is_empty() {
            continue;
        }
        let text = std::fs::read_to_string(Path::new(&path))
            .map_err(|error| Fault::new(format!("configuration: read the file named by {key}"), error))?;
        table.insert(secret.to_owned(), Value::String(text.trim_end().to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_can_stand_in_a_file_of_its_own() {
        let path = std::env::temp_dir().join(format!("vaxline-secret-{}", std::process::id()));
        std::fs::write(&path, "hush\n").expect("the temporary folder can be written");
        let mut table =
            parse("test", &format!("[mail]\npassword_file = {:?}", path.display().to_string())).expect("valid");
        read_secrets(&mut table).expect("the file is there");
        std::fs::remove_file(&path).expect("it was just written");
        assert_eq!(table["mail"]["password"].as_str(), Some("hush"));
    }
}
