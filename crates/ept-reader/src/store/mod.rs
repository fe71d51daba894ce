//! Stores: where the bytes of a dataset come from.

mod body;
mod cache;
mod file;
mod http;
mod memory;
#[cfg(feature = "cloud")]
mod object;
mod secrets;
mod watch;

use std::fmt::Debug;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{BoxFuture, try_join};
use futures::{FutureExt, TryFutureExt};

pub use body::Body;
pub(crate) use cache::DatasetCache;
pub use cache::{Cache, CachedDataset};
pub use file::FileStore;
pub use http::{HttpOptions, HttpStore};
pub use memory::MemoryStore;
#[cfg(feature = "cloud")]
pub use object::CloudStore;
pub use secrets::without_secrets;

/// A store of the files of one dataset.
///
/// The only required fetching method, [`Store::get`], is called from many tasks concurrently. It makes a single
/// attempt: a [`crate::Dataset`] limits concurrency and retries temporary failures.
pub trait Store: Debug + Send + Sync {
    /// The whole contents of a file of at most `max_bytes` bytes. A longer file is [`StoreError::TooLarge`], before it fills
    /// the memory. `path` is relative to the dataset's root, with `/` as separator, for example `ept-data/0-0-0-0.laz`.
    fn get<'a>(
        &'a self,
        path: &'a str,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>>;

    /// Fetches a file unless it still has the stamp of an earlier answer. Stores without stamps always return the file.
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

    /// The contents of the first of these files, as many as the store reads together at less cost than one by one, of at most
    /// `max_bytes` bytes in all. It stops before a file that can't be read, whose error [`Store::get`] tells. None by default:
    /// each takes a request of its own.
    fn get_together<'a>(
        &'a self,
        _paths: &'a [String],
        _max_bytes: usize,
    ) -> BoxFuture<'a, Vec<Bytes>> {
        futures::future::ready(Vec::new()).boxed()
    }

    /// The size of a file in bytes, without its contents. `None` if only the contents would tell it. A missing file is
    /// an error if the store can tell.
    fn size<'a>(&'a self, _path: &'a str) -> BoxFuture<'a, Result<Option<u64>, StoreError>> {
        futures::future::ready(Ok(None)).boxed()
    }

    /// The bytes of a file in a range, truncated at the end of the file: a range past the end is empty. More than
    /// `max_bytes` bytes are an error. An empty range may be answered without checking that the file exists.
    ///
    /// Stores without ranges read the file up to the end of the range or, like this default, as a whole, and
    /// `max_bytes` limits that.
    fn range<'a>(
        &'a self,
        path: &'a str,
        range: Range<u64>,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        let whole = self.get(path, max_bytes);
        whole.map_ok(move |bytes| part(bytes, &range)).boxed()
    }

    /// The first `length` bytes of a file and its size, with a single request if possible.
    fn start<'a>(
        &'a self,
        path: &'a str,
        length: u64,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Start, StoreError>> {
        let bytes = self.range(path, 0..length, max_bytes);
        let found = try_join(bytes, self.size(path));
        let start = found.map_ok(|(bytes, size)| Start {
            bytes,
            size,
            stamp: None,
        });
        start.boxed()
    }

    /// The bytes of a file as they come, however large it is. If the caller has the first `from` bytes of the file with that
    /// stamp already, and the file still is the same, those after them; else all of it. A file that ends at `from` has no
    /// bytes after it.
    ///
    /// Stores that know nothing of the kind, as this default, give the whole file without a stamp.
    fn body<'a>(
        &'a self,
        path: &'a str,
        _from: u64,
        _stamp: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Body<'a>, StoreError>> {
        async move {
            let size = self.size(path).await?;
            Ok(Body {
                start: 0,
                size,
                stamp: None,
                pieces: body::by_ranges(self, path, 0),
            })
        }
        .boxed()
    }

    /// The names of the files in a folder, in any order. `None` if the store can't list them. A missing folder is
    /// empty.
    fn list<'a>(
        &'a self,
        _folder: &'a str,
    ) -> BoxFuture<'a, Result<Option<Vec<String>>, StoreError>> {
        futures::future::ready(Ok(None)).boxed()
    }

    /// The full path or URL of a file, for messages, without passwords, tokens or query strings.
    fn location(&self, path: &str) -> String;

    /// Distinguishes the dataset from all others in a [`Cache`], which stores only a hash of it, so it may contain
    /// secrets.
    fn identity(&self) -> String {
        self.location("")
    }

    /// Whether files are worth keeping in a [`Cache`] on disk. True by default.
    fn is_remote(&self) -> bool {
        true
    }
}

/// The bytes in a range, truncated at the end.
fn part(bytes: Bytes, range: &Range<u64>) -> Bytes {
    let place = |at: u64| usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
    let (start, end) = (place(range.start), place(range.end));
    bytes.slice(start..end.max(start))
}

/// The start of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The bytes.
    pub bytes: Bytes,
    /// The size of the whole file. `None` if the store doesn't tell it.
    pub size: Option<u64>,
    /// What identifies the contents of the file, such as an `ETag`. `None` if the store knows nothing of the kind.
    pub stamp: Option<String>,
}

/// A store's answer for a file that the caller may already have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The file has not changed.
    Same,
    /// The file has changed, or the caller does not have it.
    File {
        /// Its contents.
        bytes: Bytes,
        /// Identifies these contents, for example an `ETag`. `None` if the store has no stamps.
        stamp: Option<String>,
    },
}

impl Answer {
    /// The contents, for a caller that does not have them yet. `location` is for the message.
    pub(crate) fn into_file(self, location: impl FnOnce() -> String) -> Result<Bytes, StoreError> {
        match self {
            Answer::File { bytes, .. } => Ok(bytes),
            Answer::Same => Err(StoreError::Failed {
                location: location(),
                cause: "the store answered \"not modified\" to a request without a stamp".into(),
            }),
        }
    }
}

/// A file that can't be fetched, by what the caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such file.
    #[error("{location}: not found")]
    NotFound {
        /// Path or URL, without secrets.
        location: String,
    },
    /// Access is denied. Some object stores also answer this for missing files.
    #[error("{location}: {cause}")]
    Denied {
        /// Path or URL, without secrets.
        location: String,
        /// The answer of the system or the server.
        cause: String,
    },
    /// The network or the server failed temporarily.
    #[error("{location}: {cause}")]
    Transient {
        /// Path or URL, without secrets.
        location: String,
        /// What failed.
        cause: String,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The server refuses connections, or its name is unknown. This may be temporary, but rarely is on the first
    /// request.
    #[error("{location}: {cause}")]
    Unreachable {
        /// Path or URL, without secrets.
        location: String,
        /// What failed.
        cause: String,
    },
    /// The file was changed after the first file of the store was read.
    #[error("{location}: changed while it was read")]
    Changed {
        /// Path or URL, without secrets.
        location: String,
    },
    /// The file or range has more bytes than the caller allows.
    #[error("{location}: {cause}")]
    TooLarge {
        /// Path or URL, without secrets.
        location: String,
        /// The limit.
        cause: String,
    },
    /// The file system, network or server failed permanently.
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
        let cause = format!("larger than the limit of {max_bytes} bytes");
        StoreError::TooLarge { location, cause }
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            StoreError::Transient { .. } | StoreError::Unreachable { .. }
        )
    }

    /// The error if the server answers with a web page instead of the file.
    pub(crate) fn web_page(location: String) -> StoreError {
        StoreError::Failed {
            location,
            cause: WEB_PAGE.into(),
        }
    }

    /// Whether the server answered with a web page instead of the file.
    pub(crate) fn is_web_page(&self) -> bool {
        self.cause() == WEB_PAGE
    }

    /// The error of the last attempt, with the number of attempts.
    pub(crate) fn after(mut self, attempts: u32) -> StoreError {
        if let StoreError::Transient { cause, .. } | StoreError::Unreachable { cause, .. } =
            &mut self
            && attempts > 1
        {
            *cause += &format!(" (tried {attempts} times)");
        }
        self
    }

    /// Path or URL of the file, without secrets.
    #[must_use]
    pub fn location(&self) -> &str {
        match self {
            StoreError::NotFound { location }
            | StoreError::Changed { location }
            | StoreError::Denied { location, .. }
            | StoreError::Transient { location, .. }
            | StoreError::Unreachable { location, .. }
            | StoreError::TooLarge { location, .. }
            | StoreError::Failed { location, .. } => location,
        }
    }

    /// What happened, without the location.
    #[must_use]
    pub fn cause(&self) -> &str {
        match self {
            StoreError::NotFound { .. } => "not found",
            StoreError::Changed { .. } => "changed while it was read",
            StoreError::Denied { cause, .. }
            | StoreError::Transient { cause, .. }
            | StoreError::Unreachable { cause, .. }
            | StoreError::TooLarge { cause, .. }
            | StoreError::Failed { cause, .. } => cause,
        }
    }
}
