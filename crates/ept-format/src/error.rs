//! Errors in the JSON of an EPT dataset or the octree of a COPC file.

use crate::Key;

/// An error in the JSON of an EPT dataset, or in the octree of a COPC file.
///
/// The message names the field, key or entry. It does not name the file: the caller, who fetched it, adds that.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The text is not JSON, or is truncated. The message contains line and column.
    #[error("not valid JSON: {0}")]
    NotJson(String),
    /// The text is a web page: the usual answer of a server that doesn't have the file.
    #[error("this is a web page (HTML), not JSON; is the address right?")]
    WebPage,
    /// The JSON is an index written by Entwine before EPT 1.0.
    #[error(
        "this is a pre-1.0 Entwine index, which is not EPT; rebuild it with Entwine 2 or later"
    )]
    PreEpt,
    /// A field of `ept.json` or of a sources file is missing or has an invalid value.
    #[error("field `{field}`: {problem}")]
    Field {
        /// Path of the field, such as `schema[3].size`.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The text has more of something than real ones have, which would take too much memory or time.
    #[error("has more {what} than the limit of {most}")]
    TooMany {
        /// What there are too many of, such as `dimensions`.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// A node key is malformed or outside the octree.
    #[error("key \"{text}\": {problem}")]
    Key {
        /// The key as written.
        text: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A count in the hierarchy is neither a number of points nor -1.
    #[error("hierarchy entry {key}: {problem}")]
    Entry {
        /// The node of the entry.
        key: Key,
        /// What is wrong with it.
        problem: String,
    },
    /// A record or page of a COPC file contradicts itself or the size of the file.
    #[error("COPC {what}: {problem}")]
    Copc {
        /// The part of the file.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A resolution that is not a finite number greater than 0.
    #[error("resolution {0}: must be a finite number greater than 0")]
    Resolution(f64),
}

impl FormatError {
    pub(crate) fn field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        FormatError::Field {
            field: field.into(),
            problem: problem.into(),
        }
    }

    pub(crate) fn entry(key: Key, problem: impl Into<String>) -> Self {
        FormatError::Entry {
            key,
            problem: problem.into(),
        }
    }
}
