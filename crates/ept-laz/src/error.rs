//! Errors of decoding.

use std::fmt;

use crate::item::Item;

/// Why a chunk, or records of some kind, can't be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The chunk, or one of its layers, ends before its points do.
    Truncated,
    /// A code is none that an encoder writes.
    Damaged,
    /// There are no items.
    NoItems,
    /// An item is unknown, or can't follow those before it.
    Unsupported(Item),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Truncated => f.write_str("the chunk ends before its points do"),
            Error::Damaged => f.write_str("the chunk is damaged"),
            Error::NoItems => f.write_str("the records have no items"),
            Error::Unsupported(item) => write!(f, "{item} is not supported in its place"),
        }
    }
}

impl std::error::Error for Error {}
