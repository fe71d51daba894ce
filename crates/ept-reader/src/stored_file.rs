//! Files in stores, whatever they hold.

use std::sync::Arc;

use crate::engine::Fetcher;
use crate::store::Store;
use crate::{Engine, Error, Receiver, StoreError, TransferError, location};

/// A file at a path or URL, whatever it holds: to have it as it is, not to read its points.
#[derive(Debug, Clone)]
pub struct StoredFile {
    fetcher: Fetcher,
    path: String,
}

impl StoredFile {
    /// The file at a path or URL: `http(s)`, whose query string is repeated on every request, or with the feature `cloud`
    /// `s3`, `gs` and `az`. Nothing is asked yet.
    ///
    /// # Errors
    /// When the location names no file, or is of a kind that can't be read.
    pub fn at(location: &str, engine: &Engine) -> Result<StoredFile, Error> {
        let (store, path) = location::open_file(location, engine.options())?;
        Ok(StoredFile::in_store(store, path, engine))
    }

    /// The file of that path in a store.
    #[must_use]
    pub fn in_store(store: Arc<dyn Store>, path: String, engine: &Engine) -> StoredFile {
        StoredFile::of(Fetcher::new(store, engine), path)
    }

    pub(crate) fn of(fetcher: Fetcher, path: String) -> StoredFile {
        StoredFile { fetcher, path }
    }

    /// Path or URL of the file, without secrets.
    #[must_use]
    pub fn location(&self) -> String {
        self.fetcher.location(&self.path)
    }

    /// Whether the file is not on this machine.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.fetcher.is_remote()
    }

    /// Its size in bytes, without its contents. `None` if the store can't tell sizes.
    ///
    /// # Errors
    /// When there is no such file, or the store can't be asked.
    pub async fn size(&self) -> Result<Option<u64>, StoreError> {
        self.fetcher.size(&self.path).await
    }

    /// Gives the bytes of the file to a receiver, in order, beginning after those that it has. What is cut off goes on where
    /// it ended, as often as the engine's patience allows; a file that has changed begins anew. No cache is used.
    ///
    /// # Errors
    /// When the file can't be had, or the receiver can't take it. What it has by then is worth keeping.
    pub async fn transfer<R: Receiver>(&self, receiver: R) -> Result<R, TransferError> {
        self.fetcher.transfer(&self.path, receiver).await
    }
}
