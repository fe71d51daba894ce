//! Progress of a download.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Progress of a download.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DownloadProgress {
    /// Number of finished files, including failed ones.
    pub files: u64,
    /// Total number of files.
    pub of: u64,
    /// Number of bytes fetched.
    pub bytes: u64,
    /// Total number of bytes, estimated from the sizes known so far.
    pub of_bytes: u64,
}

/// The counters of a running download. Each change is reported.
pub(crate) struct Meter {
    files: AtomicU64,
    of: u64,
    bytes: AtomicU64,
    /// Total bytes of the started files.
    expected: AtomicU64,
    /// Number of started files.
    begun: AtomicU64,
    tell: Box<dyn Fn(&DownloadProgress) + Send + Sync>,
}

impl Meter {
    pub(crate) fn new(
        of: u64,
        tell: impl Fn(&DownloadProgress) + Send + Sync + 'static,
    ) -> Arc<Meter> {
        Arc::new(Meter {
            files: AtomicU64::new(0),
            of,
            bytes: AtomicU64::new(0),
            expected: AtomicU64::new(0),
            begun: AtomicU64::new(0),
            tell: Box::new(tell),
        })
    }

    /// Counts a finished file.
    pub(crate) fn count_file(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    /// The counters of a file.
    pub(crate) fn share(self: &Arc<Meter>) -> Share {
        Share {
            meter: Arc::clone(self),
            bytes: 0,
            expected: None,
        }
    }

    fn tell(&self) {
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let (files, begun, expected) = (get(&self.files), get(&self.begun), get(&self.expected));
        // The other files are assumed to be as large as those started.
        let left = self.of.saturating_sub(files.max(begun));
        let more = expected
            .checked_div(begun)
            .unwrap_or(0)
            .saturating_mul(left);
        (self.tell)(&DownloadProgress {
            files,
            of: self.of,
            bytes: get(&self.bytes),
            of_bytes: expected.saturating_add(more),
        });
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").finish_non_exhaustive()
    }
}

/// The share of a file in the counters.
#[derive(Debug)]
pub(crate) struct Share {
    meter: Arc<Meter>,
    bytes: u64,
    expected: Option<u64>,
}

impl Share {
    /// Counts fetched bytes.
    pub(crate) fn add(&mut self, bytes: u64) {
        self.bytes += bytes;
        self.meter.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.meter.tell();
    }

    /// Sets the number of bytes still to be fetched. `None` if it is unknown.
    pub(crate) fn expect(&mut self, left: Option<u64>) {
        let all = self.bytes + left.unwrap_or(0);
        let expected = &self.meter.expected;
        match self.expected.replace(all) {
            Some(before) => {
                expected.fetch_sub(before, Ordering::Relaxed);
            }
            None => {
                self.meter.begun.fetch_add(1, Ordering::Relaxed);
            }
        }
        expected.fetch_add(all, Ordering::Relaxed);
        self.meter.tell();
    }
}
