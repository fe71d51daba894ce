//! What can be wrong with a tile.

use ept_las::LasError;

/// A tile that cannot be decoded, or not as the dataset describes it.
///
/// The text does not name the tile: the caller, who fetched it, adds that.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The tile has no bytes.
    #[error("the tile is empty (0 bytes)")]
    Empty,
    /// The tile is no LAS or LAZ file.
    #[error("not a LAZ file: {0}")]
    NotLas(&'static str),
    /// A header, record or table of the tile says something that its bytes contradict.
    #[error("corrupt {what}: {problem}")]
    Corrupt {
        /// The part of the tile.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The tile does not hold as many points as the hierarchy says.
    #[error("the hierarchy gives this node {expected} points, but its tile has {found}")]
    Count {
        /// Points by the hierarchy.
        expected: u64,
        /// Points by the tile.
        found: u64,
    },
    /// A tile of a kind that cannot be read.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// The schema of a binary or zstandard dataset does not describe a point.
    #[error("schema: {0}")]
    Schema(String),
    /// A dimension was asked for that neither the schema nor the tile has.
    #[error("no dimension \"{name}\"; there are {available}")]
    NoDimension {
        /// The name asked for.
        name: String,
        /// Names of those in the tile, separated by commas.
        available: String,
    },
    /// Columns of one batch have different lengths or the same name.
    #[error("columns do not fit together: {0}")]
    Columns(String),
    /// The decompressor failed in a way that it does not report as an error.
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
