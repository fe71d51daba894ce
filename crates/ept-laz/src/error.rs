//! Errors of decoding and encoding.

use std::fmt;

use crate::item::Item;

/// Why a chunk can't be decoded, or records can't be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The chunk, or one of its layers, ends before its points do.
    Truncated,
    /// A code is none that an encoder writes.
    Damaged,
    /// There are no items.
    NoItems,
    /// Bytes are not whole records, one or more.
    NotRecords,
    /// The chunk would have 2^32 points or a layer of 2^32 bytes or more.
    TooLong,
    /// An item is unknown, or can't follow those before it.
    Unsupported(Item),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Truncated => f.write_str("the chunk ends before its points do"),
            Error::Damaged => f.write_str("the chunk is damaged"),
            Error::NoItems => f.write_str("the records have no items"),
            Error::NotRecords => f.write_str("the bytes are not whole records, one or more"),
            Error::TooLong => {
                f.write_str("the records are too many for one chunk, use smaller ones")
            }
            Error::Unsupported(item) => write!(f, "{item} is not supported in its place"),
        }
    }
}

impl std::error::Error for Error {}
