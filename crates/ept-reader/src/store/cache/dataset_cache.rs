//! The part of a cache for one dataset.

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::Cache;
use super::entry::{Entry, hash, read};
use super::folder::{ENTRY, Folder, HASH, LOCATION_FILE};
use crate::store::{Answer, StoreError};

/// The part of a cache for one dataset.
#[derive(Debug)]
pub(crate) struct DatasetCache {
    cache: Arc<Folder>,
    folder: PathBuf,
    location: String,
    /// Identifies the `ept.json` of this run, or the file that ranges are kept of. `None` until it was fetched.
    generation: Mutex<Option<String>>,
}

const METADATA_PATH: &str = "ept.json";

/// The path that a range of a file is kept under.
fn range_path(path: &str, range: &Range<u64>) -> String {
    format!("{path}/{}-{}", range.start, range.end)
}

impl DatasetCache {
    /// The part for the dataset at `location`, which contains no secrets. `identity` distinguishes it from all others
    /// and may contain secrets.
    pub(crate) fn new(cache: &Cache, location: String, identity: &str) -> DatasetCache {
        DatasetCache {
            cache: Arc::clone(&cache.folder),
            folder: cache.folder.root.join(&hash(identity.as_bytes())[..HASH]),
            location,
            generation: Mutex::default(),
        }
    }

    /// The entry of a file, if it is intact.
    pub(crate) async fn find(&self, path: &str, max_bytes: usize) -> Option<Entry> {
        read(self.place(path)?, max_bytes).await
    }

    /// Removes the entry of a file.
    pub(crate) async fn forget(&self, path: &str) {
        if let Some(place) = self.place(path) {
            // If it can't be removed, it will be found damaged again.
            let _ = tokio::fs::remove_file(place).await;
        }
    }

    /// From now on, ranges are kept of the file of this stamp and size: they are of no use for another one.
    pub(crate) fn begin_file(&self, stamp: &str, size: u64) {
        *self.lock() = Some(hash(format!("{size} {stamp}").as_bytes()));
    }

    /// What is kept of a range of the file.
    pub(crate) async fn find_range(&self, path: &str, range: &Range<u64>) -> Option<Bytes> {
        let generation = self.generation()?;
        let size = usize::try_from(range.end - range.start).ok()?;
        let entry = read(self.place(&range_path(path, range))?, size).await?;
        (entry.generation == generation).then_some(entry.bytes)
    }

    /// Keeps a range of the file.
    pub(crate) async fn keep_range(&self, path: &str, range: &Range<u64>, bytes: &Bytes) {
        let place = self.place(&range_path(path, range));
        if let (Some(generation), Some(place)) = (self.generation(), place) {
            let entry = Entry {
                generation,
                stamp: None,
                bytes: bytes.clone(),
            };
            self.keep(place, entry).await;
        }
    }

    /// Removes what is kept of a range of the file.
    pub(crate) async fn forget_range(&self, path: &str, range: &Range<u64>) {
        self.forget(&range_path(path, range)).await;
    }

    /// Whether an entry can be used without revalidating it.
    pub(crate) fn is_fresh(&self, path: &str, entry: &Entry) -> bool {
        path != METADATA_PATH && self.generation().as_ref() == Some(&entry.generation)
    }

    /// The contents that an answer stands for, which are stored in the cache.
    pub(crate) async fn resolve(
        &self,
        path: &str,
        known: Option<Entry>,
        answer: Answer,
    ) -> Result<Bytes, StoreError> {
        let (bytes, stamp) = match (answer, known) {
            (Answer::File { bytes, stamp }, _) => (bytes, stamp),
            (Answer::Same, Some(entry)) => (entry.bytes, entry.stamp),
            (Answer::Same, None) => {
                return Err(StoreError::Failed {
                    location: format!("{}{path}", self.location),
                    cause:
                        "the server answered 304 (not modified) to a request without a validator"
                            .into(),
                });
            }
        };
        if path == METADATA_PATH {
            let mut identity = bytes.to_vec();
            identity.extend_from_slice(stamp.as_deref().unwrap_or_default().as_bytes());
            *self.lock() = Some(hash(&identity));
        }
        if let Some(place) = self.place(path) {
            let entry = Entry {
                generation: self.generation().unwrap_or_default(),
                stamp,
                bytes: bytes.clone(),
            };
            self.keep(place, entry).await;
        }
        Ok(bytes)
    }

    /// The path of a file's entry. `None` if the file's path might lead out of the folder.
    fn place(&self, path: &str) -> Option<PathBuf> {
        let is_plain = |part: &str| {
            let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            !part.is_empty() && !part.starts_with('.') && part.chars().all(is_safe)
        };
        let is_plain = path.len() < 200 && path.split('/').all(is_plain);
        is_plain.then(|| self.folder.join(format!("{path}{ENTRY}")))
    }

    /// Writes an entry if possible: a cache that is full or not writable is not an error.
    async fn keep(&self, place: PathBuf, entry: Entry) {
        let (cache, location) = (Arc::clone(&self.cache), self.location.clone());
        let label = self.folder.join(LOCATION_FILE);
        let work = move || -> io::Result<()> {
            if !label.is_file() {
                cache.write(&label, &[location.as_bytes()])?;
            }
            let head = entry.head();
            cache.write(&place, &[head.as_bytes(), &entry.bytes])
        };
        let _ = tokio::task::spawn_blocking(work).await;
    }

    fn generation(&self) -> Option<String> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.generation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
