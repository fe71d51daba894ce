//! Errors of decoding.

use std::fmt;

/// Why a chunk, or records of some kind, can't be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The chunk, or one of its layers, ends before its points do.
    Truncated,
    /// The items are not those of a supported point format, or not in its order.
    Unsupported,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::Truncated => "the chunk ends before its points do",
            Error::Unsupported => "the items are not those of point format 0 to 3 or 6 to 8",
        })
    }
}

impl std::error::Error for Error {}
