//! Errors of decoding tiles.

use ept_las::LasError;

/// A tile that can't be decoded, or does not match its dataset.
///
/// The message does not name the tile: the caller, who fetched it, adds that.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The tile has no bytes.
    #[error("the tile is empty (0 bytes)")]
    Empty,
    /// The tile is not a LAS or LAZ file.
    #[error("not a LAZ file: {0}")]
    NotLas(&'static str),
    /// A header, record or table of the tile contradicts its bytes.
    #[error("corrupt {what}: {problem}")]
    Corrupt {
        /// The part of the tile.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The tile has a different number of points than the hierarchy says.
    #[error("the hierarchy gives this node {expected} points, but its tile has {found}")]
    Count {
        /// Points according to the hierarchy.
        expected: u64,
        /// Points in the tile.
        found: u64,
    },
    /// A kind of tile that can't be read.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// The schema of a binary or zstandard dataset does not describe a point.
    #[error("schema: {0}")]
    Schema(String),
    /// A requested dimension is in neither the schema nor the tile.
    #[error("there is no dimension \"{name}\"; available are {available}")]
    NoDimension {
        /// The requested name.
        name: String,
        /// Names of the tile's dimensions, separated by commas.
        available: String,
    },
    /// The columns of a batch have different lengths or the same name.
    #[error("columns do not fit together: {0}")]
    Columns(String),
    /// The decompressor panicked.
    #[error("the decompressor gave up: the tile is corrupt ({0})")]
    Panicked(String),
}

impl From<LasError> for DecodeError {
    fn from(error: LasError) -> DecodeError {
        match error {
            LasError::Empty => DecodeError::Empty,
            LasError::NotLas(why) => DecodeError::NotLas(why),
            LasError::Corrupt { what, problem } => DecodeError::Corrupt { what, problem },
            LasError::Unsupported(what) => DecodeError::Unsupported(what),
            other => DecodeError::Unsupported(other.to_string()),
        }
    }
}

impl DecodeError {
    pub(crate) fn corrupt(what: &'static str, problem: impl Into<String>) -> Self {
        DecodeError::Corrupt {
            what,
            problem: problem.into(),
        }
    }
}
