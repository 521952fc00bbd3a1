//! Random tokens: what opens something is shown once and stored as its SHA-256.

use rand::{CryptoRng, RngExt};
use sha2::{Digest, Sha256};
use std::fmt;

/// 256 random bits as 64 hexadecimal characters. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Draws a token from a source of chance that nobody can guess.
    pub fn draw(chance: &mut impl CryptoRng) -> Self {
        Self(hex::encode(chance.random::<[u8; 32]>()))
    }

    /// Reads a token that somebody shows; nothing else has this shape.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let shaped = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        shaped.then(|| Self(text.to_owned()))
    }

    /// What is stored. The token is random throughout, so a slow hash would add nothing.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The text, for the one who may have it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn a_token_reads_back_and_does_not_print() {
        let token = Token::draw(&mut rand::rngs::StdRng::seed_from_u64(1));
        assert_eq!(Token::read(token.reveal()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "…");
        assert_eq!(Token::read("short"), None);
        assert_eq!(Token::read(&token.reveal().to_uppercase()), None);
    }
}
