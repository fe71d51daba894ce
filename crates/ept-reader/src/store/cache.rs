//! The cache of files of remote datasets, in a folder.

mod dataset_cache;
mod entry;
mod folder;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use dataset_cache::DatasetCache;
use folder::{Folder, LOCATION_FILE, files, folders, remove_empty};

/// A folder that keeps fetched files for later queries and other processes.
///
/// Everything is in a subfolder `ept-cache`, which is marked as the cache's own. No other file is ever removed, and no
/// link is followed.
///
/// Entries are whole or absent, even if a process was killed: each is written to a temporary file and renamed, and
/// verified by a checksum when read. The least recently used are removed when the cache exceeds its limit.
///
/// An entry is fresh as long as the dataset's `ept.json` is the one under which it was fetched, by contents and `ETag`
/// or date; only that file is requested each time a dataset is opened. If it has changed, each entry is revalidated by
/// its own `ETag` or date before it is used again. A URL with a different query string is another dataset. An entry
/// that can't be decoded is removed and fetched again.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: Arc<Folder>,
}

/// What a cache contains of one dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedDataset {
    /// URL of the dataset, without secrets.
    pub location: String,
    /// Number of files.
    pub files: u64,
    /// Size of the files in the cache in bytes.
    pub bytes: u64,
}

/// Name of the cache's own subfolder.
const FOLDER: &str = "ept-cache";

impl Cache {
    /// A cache in `folder`, which is created when needed. It keeps at most `max_bytes` bytes, and no file larger than a
    /// twentieth of that.
    pub fn new(folder: impl Into<PathBuf>, max_bytes: u64) -> Cache {
        Cache {
            folder: Arc::new(Folder::new(folder.into().join(FOLDER), max_bytes)),
        }
    }

    /// The datasets in the cache, by location.
    ///
    /// # Errors
    /// If the folder can't be read. A folder that does not exist is empty.
    pub fn datasets(&self) -> io::Result<Vec<CachedDataset>> {
        let mut datasets = Vec::new();
        for folder in folders(&self.folder.root)? {
            let Ok(location) = std::fs::read_to_string(folder.join(LOCATION_FILE)) else {
                continue;
            };
            let files = files(&folder)?;
            datasets.push(CachedDataset {
                location,
                files: files.len() as u64,
                bytes: files.iter().map(|file| file.bytes).sum(),
            });
        }
        datasets.sort_by(|a, b| a.location.cmp(&b.location));
        Ok(datasets)
    }

    /// Removes everything in the cache, and nothing else in its folder.
    ///
    /// # Errors
    /// If a file can't be removed.
    pub fn clear(&self) -> io::Result<()> {
        for folder in folders(&self.folder.root)? {
            for entry in files(&folder)? {
                std::fs::remove_file(entry.path)?;
            }
            std::fs::remove_file(folder.join(LOCATION_FILE))?;
            remove_empty(&folder);
        }
        Ok(())
    }
}
