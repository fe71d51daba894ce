//! Where the bytes of a dataset come from.

mod file;
mod http;
mod memory;

use std::fmt::Debug;

use bytes::Bytes;
use futures::future::BoxFuture;

pub use file::FileStore;
pub use http::HttpStore;
pub(crate) use http::without_secrets;
pub use memory::MemoryStore;

/// A place that holds the files of one dataset.
///
/// The one method that matters, [`Store::get`], is called from many tasks at once. Caching, retries and
/// the like are stores around stores.
pub trait Store: Debug + Send + Sync {
    /// The whole contents of a file. `path` is relative to the dataset's root, with `/` between
    /// parts, such as `ept-data/0-0-0-0.laz`.
    fn get<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Bytes, StoreError>>;

    /// The full path or URL of a file, for messages: without passwords, tokens or query strings.
    fn location(&self, path: &str) -> String;
}

/// A file that cannot be fetched, by what the caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such file.
    #[error("{location}: not found")]
    NotFound {
        /// Path or URL, without secrets.
        location: String,
    },
    /// The file may not be read. Some object stores say so of files that do not exist.
    #[error("{location}: {cause}")]
    Denied {
        /// Path or URL, without secrets.
        location: String,
        /// What the system or the server said.
        cause: String,
    },
    /// The file system, network or server failed.
    #[error("{location}: {cause}")]
    Failed {
        /// Path or URL, without secrets.
        location: String,
        /// What failed.
        cause: String,
    },
}

impl StoreError {
    /// Path or URL of the file, without secrets.
    #[must_use]
    pub fn location(&self) -> &str {
        match self {
            StoreError::NotFound { location }
            | StoreError::Denied { location, .. }
            | StoreError::Failed { location, .. } => location,
        }
    }

    /// What happened, without the location.
    #[must_use]
    pub fn cause(&self) -> &str {
        match self {
            StoreError::NotFound { .. } => "not found",
            StoreError::Denied { cause, .. } | StoreError::Failed { cause, .. } => cause,
        }
    }
}
