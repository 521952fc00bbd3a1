//! The letters of DIN 91379: what names in Europe are written with, in NFC.
//!
//! 500 of its letters are one code point; 149 are a base and one or two combining marks that have none of their own.

/// Letters of one code point, as ranges.
const LETTERS: [(u32, u32); 38] = [
    (0x0041, 0x005a),
    (0x0061, 0x007a),
    (0x00c0, 0x00d6),
    (0x00d8, 0x00f6),
    (0x00f8, 0x017e),
    (0x0187, 0x0188),
    (0x018f, 0x018f),
    (0x0197, 0x0197),
    (0x01a0, 0x01a1),
    (0x01af, 0x01b0),
    (0x01b7, 0x01b7),
    (0x01cd, 0x01dc),
    (0x01de, 0x01df),
    (0x01e2, 0x01f0),
    (0x01f4, 0x01f5),
    (0x01f8, 0x01ff),
    (0x0212, 0x0213),
    (0x0218, 0x021b),
    (0x021e, 0x021f),
    (0x0227, 0x0233),
    (0x0259, 0x0259),
    (0x0268, 0x0268),
    (0x0292, 0x0292),
    (0x1e02, 0x1e03),
    (0x1e06, 0x1e07),
    (0x1e0a, 0x1e11),
    (0x1e17, 0x1e17),
    (0x1e1c, 0x1e2b),
    (0x1e2f, 0x1e37),
    (0x1e3a, 0x1e3b),
    (0x1e40, 0x1e49),
    (0x1e52, 0x1e5b),
    (0x1e5e, 0x1e63),
    (0x1e6a, 0x1e6f),
    (0x1e80, 0x1e87),
    (0x1e8c, 0x1e97),
    (0x1e9e, 0x1e9e),
    (0x1ea0, 0x1ef9),
];

/// Marks, and the letters that they may stand on.
const SEQUENCES: [(&str, &str); 22] = [
    ("\u{300}", "CFGKMPSTZcfgkmpstz"),
    ("\u{301}", "JjÿĪī"),
    ("\u{302}", "DKLMNdklmn"),
    ("\u{304}", "CFHKNPSTZcfhknpstzÛûḲḳṢṣṬṭỤụ"),
    ("\u{306}", "CMNRZcmnrzÇç"),
    ("\u{307}", "KUku"),
    ("\u{308}", "CTZczẠạỌọỤụ"),
    ("\u{30b}", "Aa"),
    ("\u{30c}", "J"),
    ("\u{30d}", "ēō"),
    ("\u{310}", "Mm"),
    ("\u{315}", "CKPTckptČč"),
    ("\u{31b}", "KTkt"),
    ("\u{31b}\u{304}", "Ss"),
    ("\u{323}", "CPcpČč"),
    ("\u{325}", "LRlr"),
    ("\u{325}\u{304}", "LRlr"),
    ("\u{326}", "CHKLNchklnŽž"),
    ("\u{327}", "ZzŽž"),
    ("\u{328}\u{306}", "Cc"),
    ("\u{331}", "HSs"),
    // K with the letter that follows it.
    ("\u{35f}", "Kk"),
];

/// Signs of names beside letters.
const IN_NAMES: &str = " ',-.`~¨´·ʹʺʾʿˈˌ’‡";

/// Signs of addresses beside letters and the signs of names.
const IN_ADDRESSES: &str = "0123456789/()&+:;#§°!?\"";

/// Whether a mark stands on the letter before it.
pub(super) const fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36f}')
}

/// Whether a text in NFC is written with letters and signs of names.
pub(super) fn is_name(text: &str) -> bool {
    is_written_with(text, |sign| IN_NAMES.contains(sign))
}

/// Whether a text in NFC is written with letters and signs of addresses.
pub(super) fn is_address(text: &str) -> bool {
    is_written_with(text, |sign| IN_NAMES.contains(sign) || IN_ADDRESSES.contains(sign))
}

fn is_written_with(text: &str, is_sign: impl Fn(char) -> bool) -> bool {
    let mut rest = text;
    while let Some(base) = rest.chars().next() {
        let behind = &rest[base.len_utf8()..];
        let marks_end = behind.find(|sign| !is_mark(sign)).unwrap_or(behind.len());
        let (marks, next) = behind.split_at(marks_end);
        let fits = if marks.is_empty() { is_letter(base) || is_sign(base) } else { is_sequence(base, marks, next) };
        if !fits {
            return false;
        }
        rest = next;
    }
    true
}

fn is_letter(letter: char) -> bool {
    let code = u32::from(letter);
    LETTERS.iter().any(|(from, until)| (*from..=*until).contains(&code))
}

fn is_sequence(base: char, marks: &str, next: &str) -> bool {
    // The double macron below spans two letters: KH, Kh, kh.
    if marks == "\u{35f}" && !next.starts_with('h') && !(base == 'K' && next.starts_with('H')) {
        return false;
    }
    SEQUENCES.iter().any(|(known, bases)| *known == marks && bases.contains(base))
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn it_has_every_letter_and_sequence_of_the_standard() {
        let letters: u32 = LETTERS.iter().map(|(from, until)| until - from + 1).sum();
        let sequences: usize = SEQUENCES.iter().map(|(_, bases)| bases.chars().count()).sum();
        // K͟H and K͟h share one entry.
        assert_eq!((letters, sequences + 1), (500, 149));
    }

    #[test]
    fn every_letter_is_its_own_composed_form() {
        for (from, until) in LETTERS {
            for letter in (from..=until).filter_map(char::from_u32) {
                assert_eq!(letter.nfc().collect::<String>(), letter.to_string());
            }
        }
    }

    #[test]
    fn names_of_saxony_and_its_guests_are_names() {
        for name in [
            "Groß",
            "GROẞ",
            "Łucja Žurowa",
            "Šołćic",
            "Gülşen İnanç",
            "Åkesson",
            "Nguyễn Thị Hạnh",
            "O'Connor",
            "D’Angelo",
            "Müller-Lüdenscheidt",
            "K͟huri",
            "Đặng",
            "Null",
            "Ng",
            "O",
        ] {
            let composed: String = name.nfc().collect();
            assert!(is_name(&composed), "{name}");
        }
    }

    #[test]
    fn what_a_letter_cannot_print_is_no_name() {
        for text in [
            "Ελένη",
            "Иван",
            "محمد",
            "שרה",
            "山田",
            "Anna🙂",
            "A\u{200d}B",
            "\u{202e}ynnA",
            "a\u{301}\u{301}",
            "x\u{35f}y",
            "=HYPERLINK(1)",
            "Anna<b>",
            "1. FC",
            "\u{feff}Anna",
            "\u{300}",
        ] {
            assert!(!is_name(text), "{text:?}");
        }
    }

    #[test]
    fn addresses_may_have_numbers() {
        for text in ["Straße des 17. Juni 12 a", "c/o Pflegeheim", "Nr. 5-7", "3/2", "-", "Bautzen/Budyšin"] {
            assert!(is_address(text), "{text}");
        }
        assert!(!is_address("Weg 1 | cat"));
    }
}
