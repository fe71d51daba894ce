//! Fetching: the only act that waits. So many requests at the same time, failed ones again.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use crate::Retry;
use crate::options::Options;
use crate::store::{Answer, DatasetCache, Store, StoreError};
use crate::traffic::{Counters, Traffic};

/// Fetches the files of one dataset.
#[derive(Debug)]
pub(crate) struct Fetcher {
    store: Arc<dyn Store>,
    retry: Retry,
    requests: Semaphore,
    traffic: Counters,
    deadline: Option<(Instant, Duration)>,
    max_bytes: usize,
    cache: Option<DatasetCache>,
}

impl Fetcher {
    pub(crate) fn new(store: Arc<dyn Store>, options: &Options) -> Fetcher {
        let cache = match store.is_remote() {
            true => options.cache.as_ref(),
            false => None,
        };
        let requests = options.limits.requests.get().min(Semaphore::MAX_PERMITS);
        Fetcher {
            cache: cache.map(|cache| DatasetCache::new(cache, store.location(""))),
            store,
            retry: options.retry,
            requests: Semaphore::new(requests),
            traffic: Counters::default(),
            deadline: options
                .timeout
                .map(|timeout| (Instant::now() + timeout, timeout)),
            max_bytes: options.limits.file_bytes.get(),
        }
    }

    /// Path or URL of a file, for messages.
    pub(crate) fn location(&self, path: &str) -> String {
        self.store.location(path)
    }

    pub(crate) fn traffic(&self) -> Traffic {
        self.traffic.now()
    }

    /// A file, from the cache or the store.
    pub(crate) async fn get(&self, path: &str) -> Result<Bytes, StoreError> {
        self.get_with(path, &self.retry).await
    }

    /// As [`Fetcher::get`], with one attempt, for callers who decide themselves when to ask again.
    pub(crate) async fn get_once(&self, path: &str) -> Result<Bytes, StoreError> {
        self.get_with(path, &Retry::NEVER).await
    }

    async fn get_with(&self, path: &str, retry: &Retry) -> Result<Bytes, StoreError> {
        let Some(cache) = &self.cache else {
            let answer = self.ask(path, None, retry).await?;
            return answer.into_file(|| self.location(path));
        };
        let known = cache.find(path, self.max_bytes).await;
        if let Some(entry) = &known
            && cache.is_fresh(path, entry)
        {
            return Ok(entry.bytes.clone());
        }
        let stamp = known.as_ref().and_then(|entry| entry.stamp.as_deref());
        let answer = self.ask(path, stamp, retry).await?;
        cache.resolve(path, known, answer).await
    }

    /// The size of a file by the store; none when only its contents would tell.
    pub(crate) async fn size(&self, path: &str) -> Result<Option<u64>, StoreError> {
        self.wait_for(path, &self.retry, || self.store.size(path), |_| 0)
            .await
    }

    /// The first bytes of a file, at least so many where it has as many.
    pub(crate) async fn start(&self, path: &str, bytes: usize) -> Result<Bytes, StoreError> {
        let ask = || self.store.start(path, bytes, self.max_bytes);
        self.wait_for(path, &self.retry, ask, Bytes::len).await
    }

    /// The names of the files in a folder; none when the store cannot list them.
    pub(crate) async fn list(&self, folder: &str) -> Result<Option<Vec<String>>, StoreError> {
        self.wait_for(folder, &self.retry, || self.store.list(folder), |_| 0)
            .await
    }

    /// Whether requests are worth saving.
    pub(crate) fn is_remote(&self) -> bool {
        self.store.is_remote()
    }

    async fn ask(
        &self,
        path: &str,
        stamp: Option<&str>,
        retry: &Retry,
    ) -> Result<Answer, StoreError> {
        let ask = || self.store.get_changed(path, self.max_bytes, stamp);
        let bytes = |answer: &Answer| match answer {
            Answer::File { bytes, .. } => bytes.len(),
            Answer::Same => 0,
        };
        self.wait_for(path, retry, ask, bytes).await
    }

    /// Asks the store. Failures that may pass are waited out; the time of the dataset is not exceeded.
    async fn wait_for<'a, T>(
        &self,
        path: &str,
        retry: &Retry,
        ask: impl Fn() -> BoxFuture<'a, Result<T, StoreError>>,
        bytes: impl Fn(&T) -> usize,
    ) -> Result<T, StoreError> {
        let Some((deadline, timeout)) = self.deadline else {
            return self.wait_patiently(retry, ask, bytes).await;
        };
        let result = timeout_at(deadline, self.wait_patiently(retry, ask, bytes)).await;
        result.unwrap_or_else(|_| {
            Err(StoreError::Failed {
                location: self.location(path),
                cause: format!("not complete when the timeout of {timeout:?} for all was over"),
            })
        })
    }

    async fn wait_patiently<'a, T>(
        &self,
        retry: &Retry,
        ask: impl Fn() -> BoxFuture<'a, Result<T, StoreError>>,
        bytes: impl Fn(&T) -> usize,
    ) -> Result<T, StoreError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let result = self.ask_once(&ask).await;
            self.traffic
                .count(result.as_ref().map_or(0, &bytes), attempt > 1);
            let error = match result {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match retry.wait(attempt, &error) {
                Some(wait) => sleep(wait).await,
                None => return Err(error.after(attempt)),
            }
        }
    }

    /// One request, once there is one to spare. The wait before another one holds none up.
    async fn ask_once<'a, T>(
        &self,
        ask: impl Fn() -> BoxFuture<'a, Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        // The semaphore is never closed; without a permit the limit is all that would be missed.
        let _permit = self.requests.acquire().await.ok();
        ask().await
    }
}
