//! Files in stores.

use std::sync::Arc;

use crate::engine::Fetcher;
use crate::store::Store;
use crate::{Engine, Error, Receiver, StoreError, TransferError, location};

/// A file at a path or URL, to be fetched as it is.
#[derive(Debug, Clone)]
pub struct StoredFile {
    fetcher: Fetcher,
    path: String,
}

impl StoredFile {
    /// The file at a path or URL: `http(s)`, whose query string is repeated on every request, or with the feature `cloud`
    /// `s3`, `gs` and `az`. No request is sent.
    ///
    /// # Errors
    /// If the location is not that of a file, or is not supported.
    pub fn at(location: &str, engine: &Engine) -> Result<StoredFile, Error> {
        let (store, path) = location::open_file(location, engine.options())?;
        Ok(StoredFile::in_store(store, path, engine))
    }

    /// As [`StoredFile::at`], for a location in the index at `index`: the headers of the options are for the server of the
    /// index, not for others that it lists. An index on this machine may list any.
    ///
    /// # Errors
    /// As for [`StoredFile::at`].
    pub fn listed(location: &str, index: &str, engine: &Engine) -> Result<StoredFile, Error> {
        let index = engine.options().services.location(index)?;
        let options = location::options_within(&index, location, engine.options());
        let (store, path) = location::open_file(location, &options)?;
        Ok(StoredFile::in_store(store, path, engine))
    }

    /// The file at a path in a store.
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

    /// Whether the file is on another machine.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.fetcher.is_remote()
    }

    /// Its size in bytes. `None` if the store can't tell sizes.
    ///
    /// # Errors
    /// If the file does not exist, or the store can't be reached.
    pub async fn size(&self) -> Result<Option<u64>, StoreError> {
        self.fetcher.size(&self.path).await
    }

    /// Passes the bytes of the file to a receiver, in order, starting after those that it has. If the transfer is interrupted, it
    /// continues, as often as the engine's retry policy allows; if the file has changed, it restarts. The cache is not used.
    ///
    /// # Errors
    /// If the file can't be fetched, or the receiver fails. The bytes received until then can be used to continue.
    pub async fn transfer<R: Receiver>(&self, receiver: R) -> Result<R, TransferError> {
        self.fetcher.transfer(&self.path, receiver).await
    }
}
