//! A dataset in a folder.

use std::io::ErrorKind;
use std::path::PathBuf;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::{Store, StoreError};

/// The files of a dataset below a folder.
#[derive(Debug, Clone)]
pub struct FileStore {
    root: PathBuf,
}

impl FileStore {
    /// The dataset whose `ept.json` lies in the folder `root`.
    pub fn new(root: impl Into<PathBuf>) -> FileStore {
        FileStore { root: root.into() }
    }

    fn error(&self, path: &str, error: &std::io::Error) -> StoreError {
        let location = self.location(path);
        let cause = error.to_string();
        match error.kind() {
            // A file where a folder should be: nothing can be below it.
            ErrorKind::NotFound | ErrorKind::NotADirectory => StoreError::NotFound { location },
            ErrorKind::PermissionDenied => StoreError::Denied { location, cause },
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
        async move {
            let failed = |error| self.error(path, &error);
            let full = self.root.join(path);
            // Asked first: a device or a file of terabytes is not read to its end.
            let size = tokio::fs::metadata(&full).await.map_err(failed)?.len();
            if size > max_bytes as u64 {
                return Err(StoreError::too_large(self.location(path), max_bytes));
            }
            tokio::fs::read(&full)
                .await
                .map(Bytes::from)
                .map_err(failed)
        }
        .boxed()
    }

    fn size<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<u64>, StoreError>> {
        async move {
            let metadata = tokio::fs::metadata(self.root.join(path)).await;
            let metadata = metadata.map_err(|error| self.error(path, &error))?;
            Ok(metadata.is_file().then_some(metadata.len()))
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
