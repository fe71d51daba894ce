//! The store in memory.

use std::collections::HashMap;
use std::ops::Range;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};

use super::{Store, StoreError, part};

/// The files of a dataset, in memory.
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
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<String>, contents: impl Into<Bytes>) {
        self.files.insert(path.into(), contents.into());
    }

    fn find(&self, path: &str) -> Result<&Bytes, StoreError> {
        self.files.get(path).ok_or_else(|| StoreError::NotFound {
            location: self.location(path),
        })
    }

    fn limited(&self, path: &str, bytes: Bytes, max_bytes: usize) -> Result<Bytes, StoreError> {
        if bytes.len() <= max_bytes {
            Ok(bytes)
        } else {
            Err(StoreError::too_large(self.location(path), max_bytes))
        }
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
        let found = self.find(path).cloned();
        let found = found.and_then(|bytes| self.limited(path, bytes, max_bytes));
        ready(found).boxed()
    }

    fn size<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<u64>, StoreError>> {
        let size = self.find(path).map(|bytes| Some(bytes.len() as u64));
        ready(size).boxed()
    }

    fn range<'a>(
        &'a self,
        path: &'a str,
        range: Range<u64>,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        let found = self.find(path).map(|bytes| part(bytes.clone(), &range));
        let found = found.and_then(|bytes| self.limited(path, bytes, max_bytes));
        ready(found).boxed()
    }

    fn location(&self, path: &str) -> String {
        format!("memory:{path}")
    }

    fn is_remote(&self) -> bool {
        false
    }
}
