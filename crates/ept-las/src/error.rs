//! What can be wrong with a LAS or LAZ file.

/// A file that is not LAS, is damaged, or can't be read or written.
///
/// The text does not name the file: the caller, who has it, adds that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LasError {
    /// The file has no bytes.
    #[error("the file is empty (0 bytes)")]
    Empty,
    /// Not a LAS or LAZ file.
    #[error("not a LAS or LAZ file: {0}")]
    NotLas(&'static str),
    /// A header, record or table contradicts itself or the size of the file.
    #[error("corrupt {what}: {problem}")]
    Corrupt {
        /// The part of the file.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A file of a kind that can't be read or written.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// Something that LAS has no room for.
    #[error("LAS can't store {what}: {problem}")]
    Unstorable {
        /// The thing to store.
        what: &'static str,
        /// Why there is no room for it.
        problem: String,
    },
}

impl LasError {
    pub(crate) fn corrupt(what: &'static str, problem: impl Into<String>) -> LasError {
        LasError::Corrupt {
            what,
            problem: problem.into(),
        }
    }
}
