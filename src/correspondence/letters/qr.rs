//! The token as a QR code: vector rectangles, merged along each row so that no hairline opens between modules.

use super::LetterError;
use fast_qr::{ECL, Mode, QRBuilder};

/// A code as runs of dark modules.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Modules along one side, without the quiet zone.
    pub side: usize,
    /// Row, first column and length of each dark run.
    pub runs: Vec<(usize, usize, usize)>,
}

/// Encodes a token in the alphanumeric mode at level M.
///
/// # Errors
/// When the token is too long or has another character.
pub fn encode(token: &str) -> Result<Matrix, LetterError> {
    let code = QRBuilder::new(token)
        .ecl(ECL::M)
        .mode(Mode::Alphanumeric)
        .build()
        .map_err(|error| LetterError::Engine(format!("draw the code: {error}")))?;
    let mut runs = Vec::new();
    for row in 0..code.size {
        let mut begun: Option<usize> = None;
        for column in 0..=code.size {
            let dark = column < code.size && code[row][column].value();
            match (dark, begun) {
                (true, None) => begun = Some(column),
                (false, Some(first)) => {
                    runs.push((row, first, column - first));
                    begun = None;
                }
                (true, Some(_)) | (false, None) => {}
            }
        }
    }
    Ok(Matrix { side: code.size, runs })
}

/// A count of modules as a factor.
#[must_use]
pub fn modules(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}
