//! Files of remote datasets, kept in a folder between runs.

mod dataset_cache;
mod entry;
mod folder;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use dataset_cache::DatasetCache;
use folder::{Folder, LOCATION_FILE, files, folders, remove_empty};

/// A folder that keeps what was fetched, for later queries and other processes.
///
/// Everything is in a folder `ept-cache` in it, which the cache marks as its own; no other file is ever removed, and no
/// link is followed.
///
/// Entries are whole or absent, also after a process was killed: each is written beside its name and
/// renamed, and read with a checksum. The least recently used go when it becomes larger than its limit.
///
/// An entry counts as fresh while the dataset's `ept.json` is the one under which it was fetched, by contents
/// and `ETag` or date; that file alone is asked for each time a dataset is opened. Once it has changed, each
/// entry is asked for by its own `ETag` or date before it is used again. A URL with another query string is another
/// dataset. What does not decode is removed and asked for once more.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: Arc<Folder>,
}

/// What a cache holds of one dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedDataset {
    /// URL of the dataset, without secrets.
    pub location: String,
    /// Number of files.
    pub files: u64,
    /// Size of the files in bytes, as they are in the cache.
    pub bytes: u64,
}

/// Folder in the user's that is the cache's own.
const FOLDER: &str = "ept-cache";

impl Cache {
    /// The cache in `folder`, which is made when it is first needed. It holds at most `max_bytes`; files larger
    /// than a twentieth of that are not kept.
    pub fn new(folder: impl Into<PathBuf>, max_bytes: u64) -> Cache {
        Cache {
            folder: Arc::new(Folder::new(folder.into().join(FOLDER), max_bytes)),
        }
    }

    /// The datasets in the cache, by location.
    ///
    /// # Errors
    /// When the folder cannot be read. One that does not exist is empty.
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

    /// Removes all that the cache holds, and nothing else that may be in its folder.
    ///
    /// # Errors
    /// When a file cannot be removed.
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
