//! Fetching, with limited concurrency and retries. Nothing else waits for I/O.

use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use ept_index::NextPage;
use futures::future::BoxFuture;
use tokio::time::{sleep, timeout_at};

use super::ranges::{self, Ranges, Reach};
use super::{Engine, Interested, Retry, Task, Wait, log};
use crate::store::{Answer, DatasetCache, HttpStore, Start, Store, StoreError};

/// Fetches files of a store, within the limits of an engine.
#[derive(Debug, Clone)]
pub(crate) struct Fetcher {
    pub(super) store: Arc<dyn Store>,
    pub(super) engine: Engine,
    cache: Option<Arc<DatasetCache>>,
    /// Whether the cache keeps ranges: those of a file that tells when it is another one.
    keeps_ranges: bool,
    ranges: Arc<Ranges>,
}

impl Fetcher {
    pub(crate) fn new(store: Arc<dyn Store>, engine: &Engine) -> Fetcher {
        let cache = engine.options().cache.as_ref();
        let cache = cache.filter(|_| store.is_remote());
        let cache = cache.map(|cache| {
            Arc::new(DatasetCache::new(
                cache,
                store.location(""),
                &store.identity(),
            ))
        });
        Fetcher {
            cache,
            keeps_ranges: false,
            store,
            engine: engine.clone(),
            ranges: Arc::default(),
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Path or URL of a file, for messages.
    pub(crate) fn location(&self, path: &str) -> String {
        self.store.location(path)
    }

    fn retry(&self) -> &Retry {
        &self.engine.options().retry
    }

    fn max_bytes(&self) -> usize {
        self.engine.limits().file_bytes.get()
    }

    /// Whether its URL has parts that may be secret and are left out of locations.
    pub(crate) fn has_secret_url(&self) -> bool {
        self.store.identity() != self.store.location("")
    }

    /// Fetches a file of at most `most` bytes from the cache or the store, with its own retry policy.
    pub(crate) async fn get_with(
        &self,
        path: &str,
        most: usize,
        retry: &Retry,
    ) -> Result<Bytes, StoreError> {
        let Some(cache) = &self.cache else {
            let answer = self.ask(path, most, None, retry).await?;
            return answer.into_file(|| self.location(path));
        };
        let known = cache.find(path, most).await;
        if let Some(entry) = &known
            && (self.engine.options().is_offline || cache.is_fresh(path, entry))
        {
            log::cached(&self.location(path));
            return Ok(entry.bytes.clone());
        }
        let stamp = known.as_ref().and_then(|entry| entry.stamp.clone());
        let answer = self.ask(path, most, stamp, retry).await?;
        cache.resolve(path, known, answer).await
    }

    /// The first of these files, as many as the store reads together; see [`Store::get_together`]. They count as a request
    /// each, and need one permit.
    pub(crate) async fn get_together(&self, paths: Vec<String>, most: usize) -> Vec<Bytes> {
        let (fetcher, interested) = (self.clone(), Interested::of_current_task());
        let request = Task::spawn(async move {
            let requests = Arc::clone(&fetcher.engine.inner.requests);
            // The semaphore is never closed. Without a permit, only the limit would be exceeded.
            let _permit = requests.acquire_owned().await.ok();
            if interested.is_over() {
                return Vec::new();
            }
            let files = log::together(fetcher.store.get_together(&paths, most)).await;
            for bytes in &files {
                fetcher.engine.inner.traffic.count(bytes.len(), false);
            }
            files
        });
        request.await.unwrap_or_default()
    }

    /// Fetches a file of at most `most` bytes from the store, bypassing the cache.
    pub(crate) async fn get_anew(&self, path: &str, most: usize) -> Result<Bytes, StoreError> {
        let answer = self.ask(path, most, None, self.retry()).await?;
        answer.into_file(|| self.location(path))
    }

    /// The answer of a web server to a request that is more than its URL. It bypasses the cache, which knows URLs only. `store`
    /// is the store of this fetcher.
    pub(crate) async fn page(
        &self,
        store: Arc<HttpStore>,
        path: &str,
        page: &NextPage,
        most: usize,
    ) -> Result<Bytes, StoreError> {
        let page = Arc::new(page.clone());
        let ask = move |_: Arc<dyn Store>, path: Arc<str>| -> Asking<Bytes> {
            let (store, page) = (Arc::clone(&store), Arc::clone(&page));
            Box::pin(async move { store.fetch_page(&path, &page, most).await })
        };
        self.request(path, self.retry(), ask, Bytes::len).await
    }

    /// Removes a damaged file from the cache. Returns whether it is worth fetching again, since the damage may be in
    /// the cached copy.
    pub(crate) async fn forget(&self, path: &str) -> bool {
        if let Some(cache) = &self.cache {
            cache.forget(path).await;
        }
        self.cache.is_some()
    }

    /// The size of a file. `None` if the store can't tell sizes.
    pub(crate) async fn size(&self, path: &str) -> Result<Option<u64>, StoreError> {
        let ask = |store: Arc<dyn Store>, path: Arc<str>| -> Asking<Option<u64>> {
            Box::pin(async move { store.size(&path).await })
        };
        self.request(path, self.retry(), ask, |_| 0).await
    }

    /// The bytes of a file in a range, truncated at the end of the file.
    pub(crate) async fn range(&self, path: &str, range: Range<u64>) -> Result<Bytes, StoreError> {
        self.range_with(path, range, self.retry()).await
    }

    /// As [`Fetcher::range`], with its own retry policy.
    pub(crate) async fn range_with(
        &self,
        path: &str,
        range: Range<u64>,
        retry: &Retry,
    ) -> Result<Bytes, StoreError> {
        let cache = self.cache.as_ref().filter(|_| self.keeps_ranges);
        if let Some(cache) = cache
            && let Some(bytes) = cache.find_range(path, &range).await
        {
            return Ok(bytes);
        }
        let path: Arc<str> = path.into();
        let once = |is_retry| -> Asking<Bytes> {
            let (fetcher, path, range) = (self.clone(), Arc::clone(&path), range.clone());
            Box::pin(async move { fetcher.range_once(&path, &range, is_retry).await })
        };
        let bytes = self.patiently(&path, retry, once).await?;
        if let Some(cache) = cache {
            cache.keep_range(&path, &range, &bytes).await;
        }
        Ok(bytes)
    }

    /// Drops a range that turned out to be damaged from the cache; see [`Fetcher::forget`].
    pub(crate) async fn forget_range(&self, path: &str, range: &Range<u64>) -> bool {
        let cache = self.cache.as_ref().filter(|_| self.keeps_ranges);
        if let Some(cache) = cache {
            cache.forget_range(path, range).await;
        }
        cache.is_some()
    }

    /// The fetcher of one file that begins so. From now on, the cache keeps its ranges, if there is a cache, and the store
    /// tells whether the file is the same the next time.
    pub(crate) fn of_file(mut self, start: &Start) -> Fetcher {
        if let (Some(cache), Some(stamp), Some(size)) = (&self.cache, &start.stamp, start.size) {
            cache.begin_file(stamp, size);
            self.keeps_ranges = true;
        }
        self
    }

    /// The fetcher that always asks the store.
    pub(crate) fn without_cache(self) -> Fetcher {
        Fetcher {
            cache: None,
            ..self
        }
    }

    /// The first bytes of a file and its size, which takes another request if the answer lacks it. `None` if the store
    /// can't tell sizes.
    pub(crate) async fn start(&self, path: &str, length: u64) -> Result<Start, StoreError> {
        let most = self.max_bytes();
        let ask = move |store: Arc<dyn Store>, path: Arc<str>| -> Asking<Start> {
            Box::pin(async move { store.start(&path, length, most).await })
        };
        let bytes = |start: &Start| start.bytes.len();
        let mut start = self.request(path, self.retry(), ask, bytes).await?;
        if start.size.is_none() {
            start.size = self.size(path).await?;
        }
        Ok(start)
    }

    /// The names of the files in a folder. `None` if the store can't list them.
    pub(crate) async fn list(&self, folder: &str) -> Result<Option<Vec<String>>, StoreError> {
        let ask = |store: Arc<dyn Store>, folder: Arc<str>| -> Asking<Option<Vec<String>>> {
            Box::pin(async move { store.list(&folder).await })
        };
        self.request(folder, self.retry(), ask, |_| 0).await
    }

    /// Whether requests are expensive.
    pub(crate) fn is_remote(&self) -> bool {
        self.store.is_remote()
    }

    async fn ask(
        &self,
        path: &str,
        most: usize,
        stamp: Option<String>,
        retry: &Retry,
    ) -> Result<Answer, StoreError> {
        let ask = move |store: Arc<dyn Store>, path: Arc<str>| -> Asking<Answer> {
            let stamp = stamp.clone();
            Box::pin(async move { store.get_changed(&path, most, stamp.as_deref()).await })
        };
        let bytes = |answer: &Answer| match answer {
            Answer::File { bytes, .. } => bytes.len(),
            Answer::Same => 0,
        };
        self.request(path, retry, ask, bytes).await
    }

    /// Sends a request to the store and retries it as long as the failure is temporary, within the engine's timeout.
    async fn request<T: Send + 'static>(
        &self,
        path: &str,
        retry: &Retry,
        ask: impl Fn(Arc<dyn Store>, Arc<str>) -> Asking<T>,
        bytes: fn(&T) -> usize,
    ) -> Result<T, StoreError> {
        let path: Arc<str> = path.into();
        let once = |is_retry| -> Asking<T> {
            let (fetcher, path) = (self.clone(), Arc::clone(&path));
            let asking = ask(Arc::clone(&self.store), Arc::clone(&path));
            let asking = log::told(self.location(&path), bytes, asking);
            Box::pin(async move {
                let result = fetcher.request_once(&path, Box::pin(asking)).await;
                let bytes = result.as_ref().map_or(0, bytes);
                fetcher.engine.inner.traffic.count(bytes, is_retry);
                result
            })
        };
        self.patiently(&path, retry, once).await
    }

    /// Fails for a remote file if nothing may be asked for.
    pub(super) fn check_online(&self, path: &str) -> Result<(), StoreError> {
        if self.engine.options().is_offline && self.is_remote() {
            return Err(StoreError::Failed {
                location: self.location(path),
                cause: "is not in the cache, and nothing is asked for offline".into(),
            });
        }
        Ok(())
    }

    /// Repeats `once` until it succeeds, fails permanently, or takes too long. Its argument says whether it is a retry.
    async fn patiently<T>(
        &self,
        path: &str,
        retry: &Retry,
        once: impl Fn(bool) -> Asking<T>,
    ) -> Result<T, StoreError> {
        self.check_online(path)?;
        let last = Mutex::new(None);
        let patient = self.attempts(retry, once, &last);
        let Some(timeout) = &self.engine.inner.timeout else {
            return patient.await;
        };
        timeout_at(timeout.end(), patient)
            .await
            .unwrap_or_else(|_| {
                let last = last.lock().unwrap_or_else(PoisonError::into_inner).take();
                let last =
                    last.map_or_else(String::new, |cause| format!("; last attempt: {cause}"));
                Err(StoreError::Failed {
                    location: self.location(path),
                    cause: format!(
                        "not complete within the total timeout of {:?}{last}",
                        timeout.limit()
                    ),
                })
            })
    }

    /// Stores the cause of the last failure in `last`, for the message if the timeout expires.
    async fn attempts<T>(
        &self,
        retry: &Retry,
        once: impl Fn(bool) -> Asking<T>,
        last: &Mutex<Option<String>>,
    ) -> Result<T, StoreError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let result = once(attempt > 1).await;
            let is_reached = !matches!(result, Err(StoreError::Unreachable { .. }));
            let has_answer = &self.engine.inner.has_answer;
            has_answer.fetch_or(is_reached && self.is_remote(), Ordering::Relaxed);
            let error = match result {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match retry.wait(attempt, &error, has_answer.load(Ordering::Relaxed)) {
                Some((time, attempts)) => {
                    let wait = Wait {
                        location: error.location().to_owned(),
                        cause: error.cause().to_owned(),
                        attempt,
                        attempts,
                        time,
                    };
                    if let Some(watch) = &self.engine.options().waits {
                        watch.tell(&wait);
                    }
                    log::again(&wait.location, attempt, attempts, time);
                    *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(wait.cause);
                    sleep(time).await;
                }
                None => return Err(error.after(attempt)),
            }
        }
    }

    /// Sends one request once the engine allows it, in a task of its own: a future that holds a permit and is not
    /// polled would block all others. No permit is held while waiting for a retry.
    async fn request_once<T: Send + 'static>(
        &self,
        path: &str,
        asking: Asking<T>,
    ) -> Result<T, StoreError> {
        let requests = Arc::clone(&self.engine.inner.requests);
        let (interested, location) = (Interested::of_current_task(), self.location(path));
        let request = Task::spawn(async move {
            // The semaphore is never closed. Without a permit, only the limit would be exceeded.
            let _permit = requests.acquire_owned().await.ok();
            if interested.is_over() {
                let cause = "given up before it was asked for".into();
                return Err(StoreError::Failed { location, cause });
            }
            asking.await
        });
        request.await.unwrap_or_else(|error| {
            Err(StoreError::Failed {
                location: self.location(path),
                cause: error.to_string(),
            })
        })
    }

    /// Fetches a range with a request of its own, or one that fetches several. The first that gets a permit takes all
    /// nearby ranges.
    async fn range_once(
        &self,
        path: &Arc<str>,
        range: &Range<u64>,
        is_retry: bool,
    ) -> Result<Bytes, StoreError> {
        loop {
            let interested = Interested::of_current_task();
            if interested.is_over() {
                return Err(StoreError::Failed {
                    location: self.location(path),
                    cause: "given up before it was asked for".into(),
                });
            }
            let (place, answer) = self.ranges.add(path, range.clone(), interested);
            let fetcher = self.clone();
            let path = Arc::clone(path);
            let request = Task::spawn(async move {
                let requests = Arc::clone(&fetcher.engine.inner.requests);
                // The semaphore is never closed. Without a permit, only the limit would be exceeded.
                let _permit = requests.acquire_owned().await.ok();
                fetcher.run(&path, &place, is_retry).await;
            });
            // The task that was to fetch it may have been aborted.
            if let Ok(answer) = answer.await {
                return answer;
            }
            drop(request);
        }
    }

    /// Fetches a range together with those nearby.
    async fn run(&self, path: &str, place: &ranges::Place, is_retry: bool) {
        let limits = self.engine.limits();
        let reach = Reach {
            gap: limits.gap_bytes,
            most: limits.run_bytes.get() as u64,
        };
        let Some(run) = self.ranges.take(place, reach) else {
            return;
        };
        let range = run.range();
        let what = format!("{}, bytes {range:?}", self.location(path));
        let asking = self.store.range(path, range, self.max_bytes());
        let found = log::told(what, Bytes::len, asking).await;
        let bytes = found.as_ref().map_or(0, Bytes::len);
        self.engine.inner.traffic.count(bytes, is_retry);
        run.answer(&found);
    }
}

/// A request that has not been sent.
type Asking<T> = BoxFuture<'static, Result<T, StoreError>>;
