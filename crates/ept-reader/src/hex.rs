//! Bytes as text.

use std::fmt::Write as _;

/// Two hexadecimal digits for each byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to memory can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
