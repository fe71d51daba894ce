//! How far a download is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far a download is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DownloadProgress {
    /// Files that are done with: complete, there before, or given up.
    pub files: u64,
    /// Files in all.
    pub of: u64,
    /// Bytes that came so far.
    pub bytes: u64,
    /// Bytes that will have come at the end, by the sizes that are known so far.
    pub of_bytes: u64,
}

/// The count while it goes on, told after each step.
pub(crate) struct Meter {
    files: AtomicU64,
    of: u64,
    bytes: AtomicU64,
    /// Bytes that the files begun will have taken, and how many these are.
    expected: AtomicU64,
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

    /// Counts a file that is done with.
    pub(crate) fn count_file(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    /// The share of a file.
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
        // Files that were not begun yet are as large as the others.
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

/// What a file has of the count.
#[derive(Debug)]
pub(crate) struct Share {
    meter: Arc<Meter>,
    bytes: u64,
    expected: Option<u64>,
}

impl Share {
    /// Counts bytes that came.
    pub(crate) fn add(&mut self, bytes: u64) {
        self.bytes += bytes;
        self.meter.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.meter.tell();
    }

    /// Says how many bytes are to come. `None` if that is not known.
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
