//! References: twelve letters and digits in groups of four that people read aloud and type.
//!
//! Eleven are random, the last one checks: a mistyped sign or two swapped ones are noticed. There are no signs that look
//! alike, so `B`, `S` and `Z` are read as `8`, `5` and `2`. A reference opens nothing without the birth date.

use rand::{Rng, RngExt};

/// Twenty-nine signs, a prime: then every wrong sign and every swap changes the check.
const ALPHABET: &[u8; 29] = b"23456789ACDEFGHJKLMNPQRTUVWXY";

/// Signs in all.
const LENGTH: usize = 12;

/// A reference, in twelve capital signs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference(String);

impl Reference {
    /// A new one.
    pub fn mint(chance: &mut impl Rng) -> Self {
        let mut signs: Vec<usize> = (1..LENGTH).map(|_| chance.random_range(0..ALPHABET.len())).collect();
        signs.push(check(&signs));
        Self(signs.into_iter().map(|sign| char::from(ALPHABET[sign])).collect())
    }

    /// Reads one as people type it: any case, any spacing. None when it cannot be one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        let mut signs = Vec::with_capacity(LENGTH);
        for sign in text.chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '.')) {
            let sign = match sign.to_ascii_uppercase() {
                'B' => '8',
                'S' => '5',
                'Z' => '2',
                other => other,
            };
            signs.push(ALPHABET.iter().position(|known| char::from(*known) == sign)?);
        }
        let (last, random) = signs.split_last()?;
        let fits = signs.len() == LENGTH && check(random) == *last;
        fits.then(|| Self(signs.iter().map(|sign| char::from(ALPHABET[*sign])).collect()))
    }

    /// As it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&grouped(&self.0))
    }
}

/// A stored reference in groups of four.
pub(in crate::scheduling) fn grouped(stored: &str) -> String {
    let signs: Vec<char> = stored.chars().collect();
    signs.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The last sign: the sum of the others, each times its place.
fn check(signs: &[usize]) -> usize {
    signs.iter().enumerate().map(|(place, sign)| (place + 2) * sign).sum::<usize>() % ALPHABET.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use std::collections::HashSet;

    fn reference(seed: u64) -> Reference {
        Reference::mint(&mut StdRng::seed_from_u64(seed))
    }

    #[test]
    fn a_reference_is_read_however_it_is_typed() {
        let reference = reference(1);
        let shown = reference.to_string();
        assert_eq!(shown.len(), 14);
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace(' ', "-"), format!(" {shown} \n")] {
            assert_eq!(Reference::read(&typed), Some(reference.clone()));
        }
        let alike = shown.replace('8', "B").replace('5', "S").replace('2', "Z");
        assert_eq!(Reference::read(&alike), Some(reference));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in
            ["", "2345", "2345 6789 ACDE F", "Ääää öööö üüüü", "0000 0000 0000", "1IO0 1IO0 1IO0", &"2".repeat(1000)]
        {
            assert_eq!(Reference::read(text), None, "{text}");
        }
    }

    #[test]
    fn references_do_not_repeat_and_share_no_beginning() {
        let mut chance = StdRng::seed_from_u64(7);
        let many: HashSet<String> = (0..100_000).map(|_| Reference::mint(&mut chance).0).collect();
        assert_eq!(many.len(), 100_000);
        let beginnings: HashSet<&str> = many.iter().map(|reference| &reference[..2]).collect();
        assert_eq!(beginnings.len(), ALPHABET.len() * ALPHABET.len());
    }

    proptest! {
        #[test]
        fn every_wrong_sign_and_every_swap_is_noticed(seed in any::<u64>(), place in 0_usize..LENGTH, shift in 1_usize..29) {
            let right = reference(seed).0.into_bytes();
            let mut wrong = right.clone();
            let at = ALPHABET.iter().position(|sign| *sign == right[place]).unwrap();
            wrong[place] = ALPHABET[(at + shift) % ALPHABET.len()];
            prop_assert_eq!(Reference::read(&String::from_utf8(wrong).unwrap()), None);
            let mut swapped = right.clone();
            swapped.swap(place, (place + 1) % LENGTH);
            if place + 1 < LENGTH && swapped != right {
                prop_assert_eq!(Reference::read(&String::from_utf8(swapped).unwrap()), None);
            }
        }

        #[test]
        fn no_text_stops_the_program(text in any::<String>()) {
            let _ = Reference::read(&text);
        }
    }
}
