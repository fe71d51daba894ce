//! Counts of requests and bytes.

use std::sync::atomic::{AtomicU64, Ordering};

/// The traffic of an engine, including `ept.json`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests, including failed ones and retries.
    pub requests: u64,
    /// Retries after failures.
    pub retries: u64,
    /// Bytes of files received, as stored.
    pub bytes: u64,
}

/// The running counts.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    bytes: AtomicU64,
}

impl Counters {
    pub(crate) fn count(&self, bytes: usize, is_retry: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.retries.fetch_add(is_retry.into(), Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Counts bytes of a request that was counted before.
    pub(crate) fn count_more(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Traffic {
        Traffic {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
