//! Stores around the files of a fixture that watch what is asked, or hold it back.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use ept_reader::{FileStore, Store, StoreError};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::Notify;

use super::fixture;

/// Counts requests, in all and at the same time.
#[derive(Debug)]
pub struct Watched {
    inner: FileStore,
    asked: Mutex<Vec<String>>,
    now: AtomicUsize,
    most: AtomicUsize,
    changed: Notify,
    /// Paths that never come.
    held: Mutex<HashSet<String>>,
    /// Paths that are answered with these bytes instead, or not at all.
    replaced: Mutex<HashMap<String, Option<Bytes>>>,
}

impl Watched {
    pub fn new(name: &str) -> Arc<Watched> {
        Arc::new(Watched {
            inner: FileStore::new(fixture(name)),
            asked: Mutex::default(),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            changed: Notify::new(),
            held: Mutex::default(),
            replaced: Mutex::default(),
        })
    }

    /// Holds a file back until [`Watched::release`].
    pub fn hold(&self, path: &str) {
        self.held.lock().unwrap().insert(path.to_owned());
    }

    pub fn release(&self, path: &str) {
        self.held.lock().unwrap().remove(path);
        self.changed.notify_waiters();
    }

    /// Answers with other bytes, or as if the file were not there.
    pub fn replace(&self, path: &str, bytes: Option<&[u8]>) {
        let bytes = bytes.map(Bytes::copy_from_slice);
        self.replaced.lock().unwrap().insert(path.to_owned(), bytes);
    }

    /// All paths asked for so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub fn tiles_asked(&self) -> usize {
        self.asked()
            .iter()
            .filter(|path| path.starts_with("ept-data/"))
            .count()
    }

    /// Requests under way.
    pub fn now(&self) -> usize {
        self.now.load(Ordering::SeqCst)
    }

    /// The most requests that were ever under way at the same time.
    pub fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    /// Waits until `holds` of this store.
    pub async fn until(&self, holds: impl Fn(&Watched) -> bool) {
        loop {
            let changed = self.changed.notified();
            if holds(self) {
                return;
            }
            changed.await;
        }
    }

    async fn answer(&self, path: &str, max: usize) -> Result<Bytes, StoreError> {
        self.until(|store| !store.held.lock().unwrap().contains(path))
            .await;
        let replaced = self.replaced.lock().unwrap().get(path).cloned();
        match replaced {
            Some(Some(bytes)) => Ok(bytes),
            Some(None) => Err(StoreError::NotFound {
                location: self.location(path),
            }),
            None => self.inner.get(path, max).await,
        }
    }
}

/// Counts a request as under way until it ends, also by being dropped.
struct UnderWay<'a>(&'a Watched);

impl<'a> UnderWay<'a> {
    fn new(store: &'a Watched) -> UnderWay<'a> {
        let now = store.now.fetch_add(1, Ordering::SeqCst) + 1;
        store.most.fetch_max(now, Ordering::SeqCst);
        store.changed.notify_waiters();
        UnderWay(store)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }
}

impl Store for Watched {
    fn get<'a>(&'a self, path: &'a str, max: usize) -> BoxFuture<'a, Result<Bytes, StoreError>> {
        async move {
            self.asked.lock().unwrap().push(path.to_owned());
            let _under_way = UnderWay::new(self);
            self.answer(path, max).await
        }
        .boxed()
    }

    fn location(&self, path: &str) -> String {
        format!("watched:{path}")
    }
}
