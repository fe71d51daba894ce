//! Where the bytes of a dataset come from.

mod body;
mod cache;
mod file;
mod http;
mod memory;
#[cfg(feature = "cloud")]
mod object;
mod secrets;

use std::fmt::Debug;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{BoxFuture, try_join};
use futures::{FutureExt, TryFutureExt};

pub(crate) use cache::DatasetCache;
pub use cache::{Cache, CachedDataset};
pub use file::FileStore;
pub use http::{HttpOptions, HttpStore};
pub use memory::MemoryStore;
#[cfg(feature = "cloud")]
pub use object::CloudStore;
pub(crate) use secrets::without_secrets;

/// A place that holds the files of one dataset.
///
/// The one method that matters, [`Store::get`], is called from many tasks at once. It makes one attempt: a
/// [`crate::Dataset`] limits how many run at the same time and asks again after failures that may pass.
pub trait Store: Debug + Send + Sync {
    /// The whole contents of a file, of at most `max_bytes` bytes: a longer one is an error, before it fills
    /// the memory. `path` is relative to the dataset's root, with `/` between parts, such as
    /// `ept-data/0-0-0-0.laz`.
    fn get<'a>(
        &'a self,
        path: &'a str,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>>;

    /// The file unless it still is the one of that stamp, which an earlier answer gave. Stores that know
    /// no stamps give the file.
    fn get_changed<'a>(
        &'a self,
        path: &'a str,
        max_bytes: usize,
        _stamp: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Answer, StoreError>> {
        let bytes = self.get(path, max_bytes);
        bytes
            .map_ok(|bytes| Answer::File { bytes, stamp: None })
            .boxed()
    }

    /// The size of a file in bytes, without its contents; `None` if only its contents would tell. A file that is not
    /// there is an error all the same, of stores that can tell.
    fn size<'a>(&'a self, _path: &'a str) -> BoxFuture<'a, Result<Option<u64>, StoreError>> {
        futures::future::ready(Ok(None)).boxed()
    }

    /// The bytes of a file in a range, cut off at the end of the file: a range that begins there or after it has no
    /// bytes. More than `max_bytes` are an error. An empty range may be answered without looking for the file.
    ///
    /// Stores that know no ranges read the file up to the end of the range, or whole as this default does, and
    /// `max_bytes` is the limit of that.
    fn range<'a>(
        &'a self,
        path: &'a str,
        range: Range<u64>,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        let whole = self.get(path, max_bytes);
        whole.map_ok(move |bytes| part(bytes, &range)).boxed()
    }

    /// The first `length` bytes of a file and its size, by one request where the store can.
    fn start<'a>(
        &'a self,
        path: &'a str,
        length: u64,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Start, StoreError>> {
        let bytes = self.range(path, 0..length, max_bytes);
        let found = try_join(bytes, self.size(path));
        found.map_ok(|(bytes, size)| Start { bytes, size }).boxed()
    }

    /// The names of the files in a folder, in any order; `None` if the store cannot list them. A folder that is not
    /// there is empty.
    fn list<'a>(
        &'a self,
        _folder: &'a str,
    ) -> BoxFuture<'a, Result<Option<Vec<String>>, StoreError>> {
        futures::future::ready(Ok(None)).boxed()
    }

    /// The full path or URL of a file, for messages: without passwords, tokens or query strings.
    fn location(&self, path: &str) -> String;

    /// What tells the dataset from all others in a [`Cache`], which keeps no more than a hash of it: secrets may be in it.
    fn identity(&self) -> String {
        self.location("")
    }

    /// Whether files are worth keeping in a [`Cache`] on disk. True unless a store says otherwise.
    fn is_remote(&self) -> bool {
        true
    }
}

/// The bytes of a range, cut off at the end.
fn part(bytes: Bytes, range: &Range<u64>) -> Bytes {
    let place = |at: u64| usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
    let (start, end) = (place(range.start), place(range.end));
    bytes.slice(start..end.max(start))
}

/// The first bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The bytes.
    pub bytes: Bytes,
    /// The size of the whole file. `None` if the store does not tell.
    pub size: Option<u64>,
}

/// What a store says of a file that the caller may have already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is the same as before.
    Same,
    /// It is another one, or the caller has none.
    File {
        /// Its contents.
        bytes: Bytes,
        /// What identifies these contents, such as an `ETag`; `None` if the store knows nothing of the kind.
        stamp: Option<String>,
    },
}

impl Answer {
    /// The contents that come to a caller who has none; the location is for the message.
    pub(crate) fn into_file(self, location: impl FnOnce() -> String) -> Result<Bytes, StoreError> {
        match self {
            Answer::File { bytes, .. } => Ok(bytes),
            Answer::Same => Err(StoreError::Failed {
                location: location(),
                cause: "the store says that it is the same as before, but nothing was before"
                    .into(),
            }),
        }
    }
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
    /// The network or the server failed in a way that may pass.
    #[error("{location}: {cause}")]
    Transient {
        /// Path or URL, without secrets.
        location: String,
        /// What failed.
        cause: String,
        /// When the server wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// The server refuses connections, or its name is not known. It may pass, but rarely does on the first request.
    #[error("{location}: {cause}")]
    Unreachable {
        /// Path or URL, without secrets.
        location: String,
        /// What failed.
        cause: String,
    },
    /// The file system, network or server failed, and would again.
    #[error("{location}: {cause}")]
    Failed {
        /// Path or URL, without secrets.
        location: String,
        /// What failed.
        cause: String,
    },
}

const WEB_PAGE: &str = "the server answers with a web page (HTML) instead of the file";

impl StoreError {
    pub(crate) fn too_large(location: String, max_bytes: usize) -> StoreError {
        StoreError::Failed {
            location,
            cause: format!("larger than the limit of {max_bytes} bytes"),
        }
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            StoreError::Transient { .. } | StoreError::Unreachable { .. }
        )
    }

    /// That the server answers with a web page where a file should be.
    pub(crate) fn web_page(location: String) -> StoreError {
        StoreError::Failed {
            location,
            cause: WEB_PAGE.into(),
        }
    }

    /// Whether the server answered with a web page where a file should be.
    pub(crate) fn is_web_page(&self) -> bool {
        self.cause() == WEB_PAGE
    }

    /// The error of the last attempt, which says how many there were.
    pub(crate) fn after(mut self, attempts: u32) -> StoreError {
        if let StoreError::Transient { cause, .. } | StoreError::Unreachable { cause, .. } =
            &mut self
            && attempts > 1
        {
            *cause += &format!(" (asked {attempts} times)");
        }
        self
    }

    /// Path or URL of the file, without secrets.
    #[must_use]
    pub fn location(&self) -> &str {
        match self {
            StoreError::NotFound { location }
            | StoreError::Denied { location, .. }
            | StoreError::Transient { location, .. }
            | StoreError::Unreachable { location, .. }
            | StoreError::Failed { location, .. } => location,
        }
    }

    /// What happened, without the location.
    #[must_use]
    pub fn cause(&self) -> &str {
        match self {
            StoreError::NotFound { .. } => "not found",
            StoreError::Denied { cause, .. }
            | StoreError::Transient { cause, .. }
            | StoreError::Unreachable { cause, .. }
            | StoreError::Failed { cause, .. } => cause,
        }
    }
}
