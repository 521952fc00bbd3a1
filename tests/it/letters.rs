//! The letter as others see it: the tools of PDF readers and of printers, on files that the program made.
//!
//! Lengths are in millimetres from the top left corner.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use vaxline::correspondence::letters::set::Source;
use vaxline::correspondence::letters::specimen::{self, Specimen};
use vaxline::correspondence::letters::typesetter::Typesetter;
use vaxline::correspondence::model::{Addressee, Content, Kind, Language};
use vaxline::foundation::pii::Pii;

/// A file that is gone with the test.
pub struct File(PathBuf);

impl File {
    /// Writes it.
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("vaxline-{}-{name}.pdf", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }

    /// What a program says of it; `FILE` among the arguments becomes its path.
    pub fn read_by(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(
                arguments.iter().map(|argument| if *argument == "FILE" { self.0.to_str().unwrap() } else { argument }),
            )
            .output()
            .unwrap_or_else(|error| panic!("{program} is needed for this test (make setup): {error}"));
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn typesetter() -> Typesetter {
    Typesetter::load(&Source::CompiledIn).unwrap()
}

fn made(typesetter: &Typesetter, kind: Kind, specimen: &Specimen, name: &str) -> File {
    let letter = typesetter.letter(kind, &specimen.content, specimen.token.as_deref()).unwrap();
    File::of(name, &letter.pdf)
}

/// The words of the page and their boxes: left, top, right, bottom, word.
fn words(file: &File) -> Vec<(f64, f64, f64, f64, String)> {
    let html = file.read_by("pdftotext", &["-bbox", "FILE", "-"]);
    html.lines()
        .filter_map(|line| line.trim().strip_prefix("<word "))
        .map(|line| {
            let value = |name: &str| -> f64 {
                let rest = line.split_once(&format!("{name}=\"")).unwrap().1;
                rest.split_once('"').unwrap().0.parse::<f64>().unwrap() * 25.4 / 72.0
            };
            let word = line.split_once('>').unwrap().1.split_once("</word>").unwrap().0.to_owned();
            (value("xMin"), value("yMin"), value("xMax"), value("yMax"), word)
        })
        .collect()
}

#[test]
fn nothing_but_the_address_shows_in_the_window_of_any_specimen() {
    let typesetter = typesetter();
    for (kind, language, specimen) in specimen::all() {
        let name = format!("window-{}-{}-{}", kind.code(), language.code(), specimen.name.replace(' ', "-"));
        let file = made(&typesetter, kind, &specimen, &name);
        let address = specimen.content.addressee.expose().clone();
        let addressed: BTreeSet<String> =
            [address.full_name(), address.street, address.postcode, address.town, address.care_of.join(" ")]
                .iter()
                .flat_map(|text| text.split(' ').map(str::to_owned).collect::<Vec<_>>())
                .collect();
        // A box is taller than its letters; an allowance of less than a millimetre is made for that.
        let mut seen = BTreeSet::new();
        for (left, top, right, bottom, word) in words(&file) {
            let is_within = |x0: f64, y0: f64, x1: f64, y1: f64| left < x1 && right > x0 && top < y1 && bottom > y0;
            if is_within(20.0, 62.7, 110.0, 95.0) && bottom > 63.0 {
                assert!(
                    left >= 24.9 && right <= 105.1 && top >= 62.0 && bottom <= 90.8,
                    "{name}: {word} {top} {bottom}"
                );
                assert!(addressed.iter().any(|part| part.contains(&word)), "{name}: {word} shows in the window");
                seen.insert(word);
            } else if is_within(20.0, 45.0, 105.0, 62.7) {
                assert!(top > 57.0, "{name}: {word} stands above the return line");
                let lower = word.to_lowercase();
                assert!(!lower.contains("impf") && !lower.contains("vacc"), "{name}: the window says {word}");
            }
        }
        assert!(seen.len() >= 4, "{name}: the address is missing");
    }
}

#[test]
fn nothing_stands_in_the_margins_and_the_code_stays_below_the_window() {
    let typesetter = typesetter();
    let (kind, _, specimen) = specimen::all().remove(1);
    assert_eq!(specimen.name, "longest");
    for (left, _, right, bottom, word) in words(&made(&typesetter, kind, &specimen, "margins")) {
        assert!(left >= 24.9 && right <= 200.0 && bottom <= 290.0, "{word}: {left} {right} {bottom}");
    }
    let sheet = typesetter.sheet(kind, &specimen.content, specimen.token.as_deref()).unwrap();
    use vaxline::correspondence::letters::sheet::{Item, Role};
    let code = sheet.blocks.iter().find(|block| matches!(block.role, Role::Figure(_))).unwrap();
    let edges: Vec<(f32, f32)> = code
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Rect { x, y, .. } => Some((*x, *y)),
            Item::Text { .. } => None,
        })
        .collect();
    assert!(edges.iter().all(|(x, y)| *y > 110.0 && *x > 125.0));
    let height =
        edges.iter().map(|(_, y)| *y).fold(0.0, f32::max) - edges.iter().map(|(_, y)| *y).fold(f32::MAX, f32::min);
    assert!(height + 0.762 >= 25.0, "{height}");
}

#[test]
fn every_pdf_is_sound_and_carries_its_fonts() {
    let typesetter = typesetter();
    for (kind, language, specimen) in specimen::all() {
        let file =
            made(&typesetter, kind, &specimen, &format!("sound-{}-{}-{}", kind.code(), language.code(), specimen.name));
        file.read_by("qpdf", &["--check", "FILE"]);
        let fonts = file.read_by("pdffonts", &["FILE"]);
        let rows: Vec<&str> = fonts.lines().skip(2).collect();
        assert_eq!(rows.len(), 2, "{fonts}");
        for row in rows {
            assert!(row.contains("+NotoSans-") && row.contains("yes yes yes"), "embedded, subset, readable: {row}");
        }
        let info = file.read_by("pdfinfo", &["FILE"]);
        for line in ["Tagged:          yes", "Pages:           1", "Encrypted:       no", "PDF version:     1.7"] {
            assert!(info.contains(line), "{info}");
        }
        assert!(info.contains("A4"), "{info}");
    }
}

#[test]
fn a_reader_finds_name_days_places_and_reference() {
    let typesetter = typesetter();
    for (language, days) in
        [(Language::De, ["11. Mai 2021", "22. Juni 2021"]), (Language::En, ["11 May 2021", "22 June 2021"])]
    {
        let (kind, _, specimen) = specimen::all().into_iter().find(|(_, l, _)| *l == language).unwrap();
        let file = made(&typesetter, kind, &specimen, &format!("text-{}", language.code()));
        let text = file.read_by("pdftotext", &["FILE", "-"]);
        for expected in
            ["Hanka Šołćic", "K7QM 42XP 9RTY", "Impfzentrum Dresden", "Comirnaty (BioNTech/Pfizer)", "0800 0899 089"]
        {
            assert!(text.contains(expected), "{expected}:\n{text}");
        }
        for day in days {
            assert!(text.contains(day), "{day}:\n{text}");
        }
    }
}

#[test]
fn names_that_others_break_come_back_as_they_were_written() {
    let typesetter = typesetter();
    let (kind, _, specimen) = specimen::all().remove(0);
    for (given, family) in [
        ("Jürgen", "Groß"),
        ("Łukasz", "Dvořák"),
        ("Łucja", "Žurowa"),
        ("Gülşen", "İnanç"),
        ("Søren", "Åkesson"),
        ("Thị Hạnh", "Nguyễn"),
        ("Karl-Heinz", "von und zu der Tann-Rathsamhausen"),
        ("Sinéad", "O'Connor"),
        ("Gianna", "D’Angelo"),
        ("", "Sukarno"),
        ("Amal", "K͟huri"),
        ("Õie", "Ḳ̄azi"),
    ] {
        let content = Content {
            addressee: Pii::new(Addressee {
                given_name: given.into(),
                family_name: family.into(),
                ..specimen.content.addressee.expose().clone()
            }),
            ..specimen.content.clone()
        };
        let letter = typesetter.letter(kind, &content, None).unwrap();
        let file = File::of(&format!("name-{}", hex::encode(&letter.sha256[..4])), &letter.pdf);
        let text = file.read_by("pdftotext", &["-raw", "FILE", "-"]).replace('\n', " ");
        let name = content.addressee.expose().full_name();
        assert!(text.contains(&format!("Guten Tag {name},")), "{name}:\n{text}");
    }
}

#[test]
fn a_name_that_cannot_be_printed_is_refused_by_its_code_point_alone() {
    let typesetter = typesetter();
    let (kind, _, specimen) = specimen::all().remove(0);
    for (family, code, shown) in [
        ("山田", "missing_glyph", "the fonts have no glyph for U+5C71"),
        ("שלום", "missing_glyph", "the fonts have no glyph for U+05E9"),
        ("🙂", "missing_glyph", "the fonts have no glyph for U+1F642"),
        ("a\u{0}b", "unprintable_character", "U+0000 cannot be printed"),
        ("a\u{202E}b", "unprintable_character", "U+202E cannot be printed"),
    ] {
        let addressee = Addressee { family_name: family.into(), ..specimen.content.addressee.expose().clone() };
        let content = Content { addressee: Pii::new(addressee), ..specimen.content.clone() };
        let refused = typesetter.letter(kind, &content, None).err().unwrap();
        assert_eq!((refused.code(), refused.to_string().as_str()), (code, shown));
    }
}

/// The page as a scanner sees it: width, and the grey of every point.
fn scanned(file: &File) -> (usize, Vec<u8>) {
    let picture = file.0.with_extension("");
    file.read_by("pdftoppm", &["-r", "200", "-gray", "-singlefile", "FILE", picture.to_str().unwrap()]);
    let picture = picture.with_extension("pgm");
    let bytes = std::fs::read(&picture).unwrap();
    std::fs::remove_file(&picture).unwrap();
    // P5, width, height and the brightest grey, each ended by one white space; then the points.
    let heads: Vec<&[u8]> = bytes.splitn(5, u8::is_ascii_whitespace).collect();
    assert_eq!((heads[0], heads[3]), (&b"P5"[..], &b"255"[..]));
    let number = |head: &[u8]| std::str::from_utf8(head).unwrap().parse::<usize>().unwrap();
    assert_eq!(heads[4].len(), number(heads[1]) * number(heads[2]));
    (number(heads[1]), heads[4].to_vec())
}

/// What the codes of a page say.
fn codes((width, points): &(usize, Vec<u8>)) -> Vec<String> {
    let height = points.len() / width;
    let mut page = rqrr::PreparedImage::prepare_from_greyscale(*width, height, |x, y| points[y * width + x]);
    page.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

#[test]
fn the_printed_code_is_read_by_a_scanner_and_verified_without_a_network() {
    use vaxline::correspondence::letters::token::{Seal, verify};
    let (kind, _, specimen) = specimen::all().remove(0);
    let page = scanned(&made(&typesetter(), kind, &specimen, "scan"));
    let found = codes(&page);
    let [token] = &found[..] else { panic!("{} codes on the page", found.len()) };
    let claim = verify(token, &[Seal::new(0, &[1; 32]).public()]).unwrap();
    assert_eq!((claim.reference.as_str(), claim.version), ("K7QM42XP9RTY", 1));

    // The control: a page whose right half stayed white is no proof.
    let (width, points) = page;
    let torn = points.iter().enumerate().map(|(at, grey)| if at % width > width * 7 / 10 { 255 } else { *grey });
    assert_eq!(codes(&(width, torn.collect())), [] as [&str; 0]);
}
