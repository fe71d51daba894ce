//! A dataset in memory.

use std::collections::HashMap;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::{Store, StoreError};

/// The files of a dataset, held in memory.
///
/// ```
/// use ept_reader::{MemoryStore, Store};
///
/// let store: MemoryStore = [("ept.json", &b"{}"[..])].into_iter().collect();
/// assert_eq!(store.location("ept.json"), "memory:ept.json");
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    files: HashMap<String, Bytes>,
}

impl MemoryStore {
    /// Adds a file, or replaces it.
    pub fn insert(&mut self, path: impl Into<String>, contents: impl Into<Bytes>) {
        self.files.insert(path.into(), contents.into());
    }
}

impl<P: Into<String>, B: Into<Bytes>> FromIterator<(P, B)> for MemoryStore {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> MemoryStore {
        let files = files
            .into_iter()
            .map(|(path, bytes)| (path.into(), bytes.into()));
        MemoryStore {
            files: files.collect(),
        }
    }
}

impl Store for MemoryStore {
    fn get<'a>(
        &'a self,
        path: &'a str,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        let location = self.location(path);
        let found = match self.files.get(path) {
            None => Err(StoreError::NotFound { location }),
            Some(bytes) if bytes.len() > max_bytes => {
                Err(StoreError::too_large(location, max_bytes))
            }
            Some(bytes) => Ok(bytes.clone()),
        };
        async move { found }.boxed()
    }

    fn size<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<u64>, StoreError>> {
        let found = match self.files.get(path) {
            None => Err(StoreError::NotFound {
                location: self.location(path),
            }),
            Some(bytes) => Ok(Some(bytes.len() as u64)),
        };
        async move { found }.boxed()
    }

    fn location(&self, path: &str) -> String {
        format!("memory:{path}")
    }

    fn is_remote(&self) -> bool {
        false
    }
}
