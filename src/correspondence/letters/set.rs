//! The set of templates: read and checked whole, or not taken at all.
//!
//! A set is a folder: `sender.toml`, `languages/<code>.toml`, `profiles/<name>.toml`, and for each kind
//! `<kind>/<language>.md` (the letter) and `<kind>/<language>.mail.md`. One set is compiled in; a folder replaces it.

use super::demands::{self, Medium};
use super::face::Faces;
use super::profile::Profile;
use super::template::Template;
use crate::correspondence::model::{Kind, Language};
use rust_embed::RustEmbed;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

/// Counted up when the way in which pages are set changes, so that a hash names the bytes that come out.
const ENGINE: &str = "1";

#[derive(RustEmbed)]
#[folder = "letter-templates/"]
struct CompiledIn;

/// Where a set is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The set that is compiled in.
    CompiledIn,
    /// A folder.
    Folder(PathBuf),
}

impl Source {
    /// Reads a file of the set.
    #[must_use]
    pub fn read(&self, path: &str) -> Option<String> {
        match self {
            Self::CompiledIn => CompiledIn::get(path).and_then(|file| String::from_utf8(file.data.into_owned()).ok()),
            Self::Folder(folder) => std::fs::read_to_string(folder.join(path)).ok(),
        }
    }
}

/// Who writes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The name in the letterhead.
    pub name: String,
    /// The small line above the address.
    pub return_line: String,
    /// The hotline's number.
    pub hotline: String,
    /// Where data protection is explained.
    pub privacy: String,
}

/// Words and formats of a language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tongue {
    /// The line under the sender's name.
    pub subline: String,
    /// When the hotline is staffed.
    pub hours: String,
    /// From Monday.
    pub weekdays: [String; 7],
    /// From January.
    pub months: [String; 12],
    /// How a day is written.
    pub date: String,
    /// How a time is written.
    pub time: String,
    /// What the appointments are called.
    pub doses: [String; 2],
    /// The heads of the table.
    pub heads: [String; 5],
    /// The lines at the foot of the page.
    pub footer: Vec<String>,
    /// The labels of the information block.
    pub labels: Labels,
}

/// The labels of the information block.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Of the reference.
    pub reference: String,
    /// Of the version.
    pub version: String,
    /// Of the telephone number.
    pub phone: String,
    /// That the number costs nothing.
    pub free: String,
    /// Of the date.
    pub date: String,
}

/// Which wording a letter was made with; kept with the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Kind and language.
    pub name: String,
    /// The number of the wording.
    pub version: i32,
    /// SHA-256 over everything that shapes the page besides the content.
    pub hash: [u8; 32],
}

/// A letter's or mail's template with its stamp.
#[derive(Clone, Debug, PartialEq)]
pub struct Wording {
    /// The text.
    pub template: Template,
    /// What names it.
    pub stamp: Stamp,
}

/// A set that was read and checked.
#[derive(Clone, Debug)]
pub struct Set {
    /// Who writes.
    pub sender: Sender,
    pub(super) tongues: BTreeMap<Language, Tongue>,
    pub(super) profiles: BTreeMap<String, Profile>,
    pub(super) letters: BTreeMap<(Kind, Language), Wording>,
    pub(super) mails: BTreeMap<(Kind, Language), Wording>,
}

impl Set {
    /// Reads a set whole.
    ///
    /// # Errors
    /// Every mistake found, each with its file.
    pub fn read(source: &Source) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        let mut reader = Reader { source, mistakes: &mut mistakes };
        let sender: Option<(Sender, String)> = reader.toml("sender.toml");
        let mut tongues = BTreeMap::new();
        let mut profiles = BTreeMap::new();
        let mut letters = BTreeMap::new();
        let mut mails = BTreeMap::new();
        for language in Language::ALL {
            let tongue: Option<(Tongue, String)> = reader.toml(&format!("languages/{}.toml", language.code()));
            for kind in Kind::ALL {
                let name = format!("{}/{}", kind.code(), language.code());
                let shared = [sender.as_ref().map(|(_, text)| text), tongue.as_ref().map(|(_, text)| text)];
                if let Some((template, text)) = reader.template(&format!("{name}.md"), kind, Medium::Letter) {
                    let profile = reader.profile(&template.front.profile, &name, &mut profiles);
                    let parts =
                        shared.into_iter().flatten().map(String::as_str).chain([text.as_str(), profile.as_str()]);
                    let stamp = stamp(&name, &template, parts);
                    letters.insert((kind, language), Wording { template, stamp });
                }
                if let Some((template, text)) = reader.template(&format!("{name}.mail.md"), kind, Medium::Mail) {
                    let parts = shared.into_iter().flatten().map(String::as_str).chain([text.as_str()]);
                    let stamp = stamp(&format!("{name}.mail"), &template, parts);
                    mails.insert((kind, language), Wording { template, stamp });
                }
            }
            if let Some((tongue, _)) = tongue {
                tongues.insert(language, tongue);
            }
        }
        match sender {
            Some((sender, _)) if mistakes.is_empty() => Ok(Self { sender, tongues, profiles, letters, mails }),
            _ => Err(mistakes),
        }
    }

    /// The wording of a letter.
    #[must_use]
    pub fn letter(&self, kind: Kind, language: Language) -> Option<&Wording> {
        self.letters.get(&(kind, language))
    }

    /// The wording of a mail.
    #[must_use]
    pub fn mail(&self, kind: Kind, language: Language) -> Option<&Wording> {
        self.mails.get(&(kind, language))
    }
}

struct Reader<'a> {
    source: &'a Source,
    mistakes: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn text(&mut self, path: &str) -> Option<String> {
        let text = self.source.read(path);
        if text.is_none() {
            self.mistakes.push(format!("{path}: is missing or is not UTF-8"));
        }
        text
    }

    fn toml<T: for<'de> Deserialize<'de>>(&mut self, path: &str) -> Option<(T, String)> {
        let text = self.text(path)?;
        match toml::from_str(&text) {
            Ok(value) => Some((value, text)),
            Err(error) => {
                self.mistakes.push(format!("{path}: {}", error.message()));
                None
            }
        }
    }

    fn template(&mut self, path: &str, kind: Kind, medium: Medium) -> Option<(Template, String)> {
        let text = self.text(path)?;
        match Template::parse(&text) {
            Ok(template) => {
                let lacking = demands::lacking(&template, kind, medium);
                self.mistakes.extend(lacking.into_iter().map(|what| format!("{path}: lacks {what}")));
                Some((template, text))
            }
            Err(mistake) => {
                self.mistakes.push(format!("{path}: {mistake}"));
                None
            }
        }
    }

    /// Reads a profile once; returns its text for the stamp.
    fn profile(&mut self, name: &str, asked_by: &str, known: &mut BTreeMap<String, Profile>) -> String {
        // The name comes from a file: it must not lead out of the folder.
        if name.is_empty() || !name.chars().all(|character| character.is_ascii_alphanumeric() || character == '-') {
            self.mistakes.push(format!("{asked_by}.md: names no profile"));
            return String::new();
        }
        let path = format!("profiles/{name}.toml");
        let Some(text) = self.text(&path) else { return String::new() };
        match Profile::parse(&text) {
            Ok(profile) => {
                known.insert(name.to_owned(), profile);
            }
            Err(wrong) => self.mistakes.push(format!("{path}: {wrong}")),
        }
        text
    }
}

/// The fonts are large, and the same for every wording.
static FONTS: LazyLock<[u8; 32]> = LazyLock::new(|| {
    let digests = Faces::bytes().into_iter().map(Sha256::digest);
    digests.fold(Sha256::new(), Sha256::chain_update).finalize().into()
});

fn stamp<'a>(name: &str, template: &Template, parts: impl Iterator<Item = &'a str>) -> Stamp {
    let mut hash = Sha256::new();
    for part in parts.chain([ENGINE]) {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.update(*FONTS);
    Stamp {
        name: name.to_owned(),
        version: i32::try_from(template.front.version).unwrap_or(i32::MAX),
        hash: hash.finalize().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_that_is_compiled_in_is_whole() {
        let set = Set::read(&Source::CompiledIn).unwrap();
        for kind in Kind::ALL {
            for language in Language::ALL {
                assert!(set.letter(kind, language).is_some() && set.mail(kind, language).is_some());
            }
        }
    }

    #[test]
    fn a_set_with_a_file_missing_is_not_taken() {
        let mistakes = Set::read(&Source::Folder(PathBuf::from("/nonexistent"))).unwrap_err();
        assert!(mistakes.contains(&"sender.toml: is missing or is not UTF-8".to_owned()), "{mistakes:?}");
    }

    #[test]
    fn no_mail_says_in_its_subject_or_text_what_it_is_about() {
        // An unencrypted mail carries no health word; the attached letter does, and only with consent.
        let set = Set::read(&Source::CompiledIn).unwrap();
        for wording in set.mails.values() {
            let text = format!("{:?}", wording.template).to_lowercase();
            for word in ["impf", "vacc", "dosis", "dose\"", "covid", "corona"] {
                assert!(!text.contains(word), "{}: {word}", wording.stamp.name);
            }
        }
    }
}
