//! Errors in LAS and LAZ files.

/// A file that is not LAS, is damaged, or can't be read or written.
///
/// The message does not name the file: the caller, who knows it, adds that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LasError {
    /// The file has 0 bytes.
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
    /// A kind of file that can't be read or written.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// Something that can't be stored in LAS.
    #[error("LAS can't store {what}: {problem}")]
    Unstorable {
        /// The thing to store.
        what: &'static str,
        /// Why it can't be stored.
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
