//! The store for folders on disk.

use std::fs::Metadata;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::watch::Watch;
use super::{Body, Store, StoreError, body};

/// Time for files that are read together, many times that of small files in the system's cache.
const BRIEFLY: Duration = Duration::from_millis(2);

/// The files of a dataset in a folder.
#[derive(Debug, Clone)]
pub struct FileStore {
    root: PathBuf,
    watch: Watch,
}

impl FileStore {
    /// The dataset whose `ept.json` is in the folder `root`.
    pub fn new(root: impl Into<PathBuf>) -> FileStore {
        FileStore {
            root: root.into(),
            watch: Watch::default(),
        }
    }

    async fn read(
        &self,
        path: &str,
        range: Range<u64>,
        max_bytes: usize,
    ) -> Result<Bytes, StoreError> {
        let (store, own) = (self.clone(), path.to_owned());
        // A single call for everything: each switch to a blocking thread takes as long as reading a small file.
        let read = tokio::task::spawn_blocking(move || store.read_here(&own, &range, max_bytes));
        read.await
            .unwrap_or_else(|error| Err(self.error(path, &error.into())))
    }

    /// As [`FileStore::read`], on this thread, which it blocks.
    fn read_here(
        &self,
        path: &str,
        range: &Range<u64>,
        max_bytes: usize,
    ) -> Result<Bytes, StoreError> {
        match read_range(&self.root.join(path), range, max_bytes) {
            Ok(FilePart {
                changed: Some(time),
                ..
            }) if self.watch.is_changed(time, SystemTime::now()) => Err(StoreError::Changed {
                location: self.location(path),
            }),
            Ok(FilePart {
                bytes: Some(bytes), ..
            }) => Ok(bytes.into()),
            Ok(FilePart { bytes: None, .. }) => {
                Err(StoreError::too_large(self.location(path), max_bytes))
            }
            Err(error) => Err(self.error(path, &error)),
        }
    }

    /// The first of these files, up to `max_bytes` bytes in all, a file that can't be read, or one that takes long: on a file
    /// server, files are better read at the same time than in turn.
    fn read_together(&self, paths: &[String], max_bytes: usize) -> Vec<Bytes> {
        let start = Instant::now();
        let mut room = max_bytes;
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let Ok(bytes) = self.read_here(path, &(0..u64::MAX), room) else {
                break;
            };
            room -= bytes.len();
            files.push(bytes);
            if start.elapsed() > BRIEFLY {
                break;
            }
        }
        files
    }

    fn error(&self, path: &str, error: &std::io::Error) -> StoreError {
        let location = self.location(path);
        let cause = error.to_string();
        match error.kind() {
            // A file instead of a folder: nothing can be below it.
            ErrorKind::NotFound | ErrorKind::NotADirectory => StoreError::NotFound { location },
            ErrorKind::PermissionDenied => StoreError::Denied { location, cause },
            _ if is_out_of_files(error) => StoreError::Transient {
                location,
                cause: format!(
                    "{cause}; raise the limit of open files (`ulimit -n`), or make fewer requests concurrently"
                ),
                retry_after: None,
            },
            _ => StoreError::Failed { location, cause },
        }
    }
}

impl Store for FileStore {
    fn get<'a>(
        &'a self,
        path: &'a str,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        let all = 0..u64::MAX;
        self.read(path, all, max_bytes).boxed()
    }

    fn get_together<'a>(
        &'a self,
        paths: &'a [String],
        max_bytes: usize,
    ) -> BoxFuture<'a, Vec<Bytes>> {
        let (store, paths) = (self.clone(), paths.to_vec());
        let read = tokio::task::spawn_blocking(move || store.read_together(&paths, max_bytes));
        read.map(Result::unwrap_or_default).boxed()
    }

    fn size<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<u64>, StoreError>> {
        async move {
            let metadata = tokio::fs::metadata(self.root.join(path)).await;
            let size = metadata.and_then(|metadata| regular_size(&metadata));
            size.map(Some).map_err(|error| self.error(path, &error))
        }
        .boxed()
    }

    fn range<'a>(
        &'a self,
        path: &'a str,
        range: Range<u64>,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        self.read(path, range, max_bytes).boxed()
    }

    fn body<'a>(
        &'a self,
        path: &'a str,
        from: u64,
        stamp: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Body<'a>, StoreError>> {
        async move {
            let metadata = tokio::fs::metadata(self.root.join(path)).await;
            let known = metadata.and_then(|found| Ok((regular_size(&found)?, stamp_of(&found))));
            let (size, own) = known.map_err(|error| self.error(path, &error))?;
            let is_same = own.is_some() && own.as_deref() == stamp && from <= size;
            let start = if is_same { from } else { 0 };
            Ok(Body {
                start,
                size: Some(size),
                stamp: own,
                pieces: body::by_ranges(self, path, start),
            })
        }
        .boxed()
    }

    fn list<'a>(
        &'a self,
        folder: &'a str,
    ) -> BoxFuture<'a, Result<Option<Vec<String>>, StoreError>> {
        async move {
            match names(&self.root.join(folder)).await {
                Ok(names) => Ok(Some(names)),
                Err(error) => match self.error(folder, &error) {
                    StoreError::NotFound { .. } => Ok(Some(Vec::new())),
                    error => Err(error),
                },
            }
        }
        .boxed()
    }

    fn location(&self, path: &str) -> String {
        self.root.join(path).display().to_string()
    }

    fn is_remote(&self) -> bool {
        false
    }
}

/// Whether the process or the system has too many open files.
fn is_out_of_files(error: &std::io::Error) -> bool {
    let codes: &[i32] = if cfg!(windows) {
        &[4]
    } else {
        // ENFILE and EMFILE.

        &[23, 24]
    };
    error
        .raw_os_error()
        .is_some_and(|code| codes.contains(&code))
}

/// The size of a regular file. Others are refused: reading a FIFO may block forever, and a device has no end.
fn regular_size(metadata: &Metadata) -> std::io::Result<u64> {
    if metadata.is_file() {
        return Ok(metadata.len());
    }
    let kind = if metadata.is_dir() {
        "a folder"
    } else {
        "a pipe, socket or device"
    };
    Err(std::io::Error::other(format!("{kind}, not a regular file")))
}

/// What was read of a file.
struct FilePart {
    /// `None` if there are more bytes than allowed.
    bytes: Option<Vec<u8>>,
    /// When the file was changed. `None` if the system does not tell.
    changed: Option<SystemTime>,
}

/// What identifies the contents of a file: its size and when it was written. `None` if the system does not tell.
fn stamp_of(metadata: &Metadata) -> Option<String> {
    let written = metadata.modified().ok()?;
    let written = written.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} bytes, {}", metadata.len(), written.as_nanos()))
}

/// The bytes of a file in a range. `None` if there are more than `max_bytes`. The size is determined first, so that
/// huge files are not read to the end, and memory is reserved once.
fn read_range(path: &Path, range: &Range<u64>, max_bytes: usize) -> std::io::Result<FilePart> {
    // Before it is opened, which may block forever.
    let metadata = std::fs::metadata(path)?;
    let size = regular_size(&metadata)?;
    let changed = metadata.modified().ok();
    let mut file = std::fs::File::open(path)?;
    let length = range.end.min(size);
    let length = length.saturating_sub(range.start);
    let Some(length) = usize::try_from(length).ok().filter(|n| *n <= max_bytes) else {
        return Ok(FilePart {
            bytes: None,
            changed,
        });
    };
    let mut bytes = Vec::with_capacity(length);
    if range.start > 0 {
        if length == 0 {
            return Ok(FilePart {
                bytes: Some(bytes),
                changed,
            });
        }
        file.seek(SeekFrom::Start(range.start))?;
    }
    // If the file grows meanwhile, no more than allowed is read.
    let most = (max_bytes as u64).saturating_add(1);
    let wanted = range.end.saturating_sub(range.start);
    file.take(wanted.min(most)).read_to_end(&mut bytes)?;
    Ok(FilePart {
        bytes: (bytes.len() <= max_bytes).then_some(bytes),
        changed,
    })
}

/// The names of the files in a folder. Those that are not UTF-8 can't belong to a dataset.
async fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        names.extend(entry.file_name().into_string());
    }
    Ok(names)
}
