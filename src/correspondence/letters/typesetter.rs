//! Templates, fonts and profiles together: what makes letters and mails, and what checks itself before it is used.

use super::face::Faces;
use super::page::set_letter;
use super::set::{Set, Source, Stamp, Wording};
use super::sheet::Sheet;
use super::wording::Facts;
use super::{LetterError, pdf, specimen};
use crate::correspondence::model::{Content, Kind, Language};
use sha2::{Digest, Sha256};

/// Makes letters and mails of one set of templates.
#[derive(Debug)]
pub struct Typesetter {
    faces: Faces,
    set: Set,
}

/// A letter that is made.
#[derive(Clone, PartialEq)]
pub struct Letter {
    /// The file.
    pub pdf: Vec<u8>,
    /// Its digest: the same in the manifest, the ETag, the audit trail and a reprint.
    pub sha256: [u8; 32],
    /// The number of pages.
    pub pages: i32,
    /// The wording it was made with.
    pub stamp: Stamp,
}

/// A mail that is written.
#[derive(Clone, PartialEq, Eq)]
pub struct MailText {
    /// The subject.
    pub subject: String,
    /// The text, complete on its own.
    pub body: String,
    /// The wording it was made with.
    pub stamp: Stamp,
}

/// A finding of the check: which template, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The template.
    pub template: String,
    /// What is wrong.
    pub wrong: String,
}

impl Typesetter {
    /// Reads a set and proves it: every letter is set with the specimens, the longest values among them.
    ///
    /// # Errors
    /// Every mistake; then nothing of the set is used.
    pub fn load(source: &Source) -> Result<Self, Vec<String>> {
        let set = Set::read(source)?;
        let faces = Faces::load().map_err(|error| vec![error.to_string()])?;
        let typesetter = Self { faces, set };
        let findings = typesetter.prove();
        if findings.is_empty() {
            Ok(typesetter)
        } else {
            Err(findings.into_iter().map(|finding| format!("{}: {}", finding.template, finding.wrong)).collect())
        }
    }

    /// Sets a letter without writing it: for transcripts and measurements.
    ///
    /// # Errors
    /// Why it cannot be set.
    pub fn sheet(&self, kind: Kind, content: &Content, token: Option<&str>) -> Result<Sheet, LetterError> {
        let wording = self.wording(kind, content.language)?;
        let profile = self
            .set
            .profiles
            .get(&wording.template.front.profile)
            .ok_or_else(|| LetterError::Engine("the profile is missing".to_owned()))?;
        set_letter(&self.faces, profile, &wording.template, &self.facts(content, false)?, token)
    }

    /// Makes a letter.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub fn letter(&self, kind: Kind, content: &Content, token: Option<&str>) -> Result<Letter, LetterError> {
        let sheet = self.sheet(kind, content, token)?;
        let pdf = pdf::write(&self.faces, &sheet)?;
        let sha256 = Sha256::digest(&pdf).into();
        Ok(Letter { pdf, sha256, pages: 1, stamp: self.wording(kind, content.language)?.stamp.clone() })
    }

    /// Writes a mail.
    ///
    /// # Errors
    /// When the set has no words for it.
    pub fn mail(&self, kind: Kind, content: &Content, attached: bool) -> Result<MailText, LetterError> {
        let missing = || LetterError::Engine("the mail's template is missing".to_owned());
        let wording = self.set.mail(kind, content.language).ok_or_else(missing)?;
        let facts = self.facts(content, attached)?;
        Ok(MailText {
            subject: facts.plain(&wording.template.subject),
            body: facts.mail(&wording.template),
            stamp: wording.stamp.clone(),
        })
    }

    fn wording(&self, kind: Kind, language: Language) -> Result<&Wording, LetterError> {
        self.set
            .letter(kind, language)
            .ok_or_else(|| LetterError::Engine("the letter's template is missing".to_owned()))
    }

    fn facts<'a>(&'a self, content: &'a Content, attached: bool) -> Result<Facts<'a>, LetterError> {
        let tongue = self
            .set
            .tongues
            .get(&content.language)
            .ok_or_else(|| LetterError::Engine("the language is missing".to_owned()))?;
        Ok(Facts { content, sender: &self.set.sender, tongue, attached })
    }

    /// Sets every letter and writes every mail with every specimen.
    #[must_use]
    pub fn prove(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (kind, language, specimen) in specimen::all() {
            let path = format!("{}/{}", kind.code(), language.code());
            let mut found = |template: String, error: &LetterError| {
                findings.push(Finding { template, wrong: format!("specimen \"{}\": {error}", specimen.name) });
            };
            if let Err(error) = self.sheet(kind, &specimen.content, specimen.token.as_deref()) {
                found(format!("{path}.md"), &error);
            }
            for attached in [false, true] {
                if let Err(error) = self.mail(kind, &specimen.content, attached) {
                    found(format!("{path}.mail.md"), &error);
                }
            }
        }
        findings
    }

    /// The transcripts of the first specimen of each letter and mail: path below the set, and text.
    ///
    /// # Errors
    /// When one cannot be set.
    pub fn transcripts(&self) -> Result<Vec<(String, String)>, LetterError> {
        let mut transcripts = Vec::new();
        for (kind, language, specimen) in specimen::all() {
            if specimen.name != specimen::ORDINARY {
                continue;
            }
            let sheet = self.sheet(kind, &specimen.content, specimen.token.as_deref())?;
            let folder = format!("{}/expected/{}", kind.code(), language.code());
            transcripts.push((format!("{folder}.txt"), sheet.transcript()));
            let mail = self.mail(kind, &specimen.content, kind == Kind::Confirmation)?;
            transcripts.push((format!("{folder}.mail.txt"), format!("{}\n\n{}", mail.subject, mail.body)));
        }
        Ok(transcripts)
    }

    /// Compares the transcripts with those that stand beside the templates.
    #[must_use]
    pub fn compare(&self, source: &Source) -> Vec<Finding> {
        let transcripts = match self.transcripts() {
            Ok(transcripts) => transcripts,
            Err(error) => return vec![Finding { template: "transcripts".into(), wrong: error.to_string() }],
        };
        transcripts
            .into_iter()
            .filter_map(|(path, text)| match source.read(&path) {
                Some(expected) if expected == text => None,
                Some(expected) => {
                    let line = expected.lines().zip(text.lines()).take_while(|(old, new)| old == new).count() + 1;
                    Some(Finding { template: path, wrong: format!("differs from the letter from line {line} on") })
                }
                None => Some(Finding { template: path, wrong: "is missing".into() }),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typesetter() -> Typesetter {
        Typesetter::load(&Source::CompiledIn).unwrap()
    }

    #[test]
    fn every_transcript_beside_the_templates_is_what_comes_out() {
        assert_eq!(typesetter().compare(&Source::CompiledIn), []);
    }

    #[test]
    fn the_same_data_and_template_give_the_same_bytes() {
        let (one, other) = (typesetter(), typesetter());
        let (kind, _, specimen) = &specimen::all()[0];
        let make = |typesetter: &Typesetter, content: &Content| {
            typesetter.letter(*kind, content, specimen.token.as_deref()).unwrap()
        };
        let letter = make(&one, &specimen.content);
        assert_eq!(letter.sha256, make(&one, &specimen.content).sha256);
        assert_eq!(letter.sha256, make(&other, &specimen.content).sha256);
        let next = Content { version: 2, ..specimen.content.clone() };
        assert_ne!(letter.sha256, make(&one, &next).sha256);
        assert!(letter.pdf.len() < 56_000, "{}", letter.pdf.len());
    }

    #[test]
    fn a_letter_says_its_version_and_that_it_replaces_another() {
        let (kind, _, specimen) = &specimen::all()[0];
        let typesetter = typesetter();
        let text = |version| {
            let content = Content { version, ..specimen.content.clone() };
            typesetter.sheet(*kind, &content, None).unwrap().transcript()
        };
        assert!(!text(1).contains("ersetzt"));
        assert!(text(2).contains("Fassung\n2\n") || text(2).contains("Fassung  2\n"), "{}", text(2));
        assert!(text(2).contains("ersetzt alle früheren Briefe"));
    }

    #[test]
    fn a_template_that_does_not_fit_its_page_is_not_taken() {
        let folder = std::env::temp_dir().join(format!("vaxline-letters-{}", std::process::id()));
        let read = |path: &str| Source::CompiledIn.read(path).unwrap();
        for path in ["sender.toml", "languages/de.toml", "languages/en.toml", "profiles/din5008-b.toml"]
            .into_iter()
            .map(str::to_owned)
            .chain(["confirmation", "cancellation"].into_iter().flat_map(|kind| {
                ["de.md", "en.md", "de.mail.md", "en.mail.md"].into_iter().map(move |file| format!("{kind}/{file}"))
            }))
        {
            let mut text = read(&path);
            if path == "confirmation/de.md" {
                text.push_str(&"\nNoch ein Absatz.\n".repeat(12));
            }
            let target = folder.join(&path);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::write(target, text).unwrap();
        }
        let mistakes = Typesetter::load(&Source::Folder(folder.clone())).unwrap_err();
        std::fs::remove_dir_all(folder).unwrap();
        assert!(
            mistakes[0].starts_with("confirmation/de.md: specimen \"ordinary\": the text is longer"),
            "{mistakes:?}"
        );
    }
}
