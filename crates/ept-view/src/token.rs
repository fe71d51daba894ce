//! The secret part of a page's address.

use std::fmt::Write as _;

use crate::ViewError;

/// 128 random bits of the system, as hexadecimal text.
pub(crate) fn token() -> Result<String, ViewError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| ViewError::Random(error.to_string()))?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
