//! A dataset in a folder.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

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

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Store for FileStore {
    fn get<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        async move {
            let read = tokio::fs::read(self.root.join(path)).await;
            read.map(Bytes::from).map_err(|error| {
                let location = self.location(path);
                let cause = error.to_string();
                match error.kind() {
                    // A file where a folder should be: nothing can be below it.
                    ErrorKind::NotFound | ErrorKind::NotADirectory => {
                        StoreError::NotFound { location }
                    }
                    ErrorKind::PermissionDenied => StoreError::Denied { location, cause },
                    _ => StoreError::Failed { location, cause },
                }
            })
        }
        .boxed()
    }

    fn location(&self, path: &str) -> String {
        self.root.join(path).display().to_string()
    }
}
