//! Fetching: the only act that waits. So many requests at the same time, failed ones again.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use crate::Retry;
use crate::options::Options;
use crate::store::{Store, StoreError};
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
}

impl Fetcher {
    pub(crate) fn new(store: Arc<dyn Store>, options: &Options) -> Fetcher {
        let requests = options.limits.requests.get().min(Semaphore::MAX_PERMITS);
        Fetcher {
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

    /// A file. Failures that may pass are waited out; the time of the dataset is not exceeded.
    pub(crate) async fn get(&self, path: &str) -> Result<Bytes, StoreError> {
        let Some((deadline, timeout)) = self.deadline else {
            return self.get_patiently(path).await;
        };
        let result = timeout_at(deadline, self.get_patiently(path)).await;
        result.unwrap_or_else(|_| {
            Err(StoreError::Failed {
                location: self.location(path),
                cause: format!("not complete when the timeout of {timeout:?} for all was over"),
            })
        })
    }

    async fn get_patiently(&self, path: &str) -> Result<Bytes, StoreError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let error = match self.get_once(path, attempt).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) => error,
            };
            match self.retry.wait(attempt, &error) {
                Some(wait) => sleep(wait).await,
                None => return Err(error.after(attempt)),
            }
        }
    }

    /// One request, once there is one to spare. The wait before another one holds none up.
    async fn get_once(&self, path: &str, attempt: u32) -> Result<Bytes, StoreError> {
        // The semaphore is never closed; without a permit the limit is all that would be missed.
        let _permit = self.requests.acquire().await.ok();
        let result = self.store.get(path, self.max_bytes).await;
        self.traffic
            .count(result.as_ref().map_or(0, Bytes::len), attempt > 1);
        result
    }
}
