//! How much an engine may do concurrently, and how large the parts of datasets may be.

use std::num::NonZeroUsize;

/// How much is in flight concurrently, over all queries of one [`Engine`](crate::Engine), and how large files may
/// be. The latter keep a broken or hostile dataset from filling the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests at the same time; 16 by default, at most 65,536.
    pub requests: NonZeroUsize,
    /// Tiles decoded at the same time; the number of cores by default, at most 4096.
    pub threads: NonZeroUsize,
    /// Bytes of decoded points that wait for the consumers of queries; 256 MiB by default. A
    /// tile that is larger than that is still read, alone.
    pub memory: NonZeroUsize,
    /// Size of the largest file that is fetched, and of the largest text that a compressed one may hold, in
    /// bytes; 1 GiB by default.
    pub file_bytes: NonZeroUsize,
    /// Points of the largest tile that is decoded; 100 million by default. Builders of EPT stay below one.
    pub tile_points: u64,
    /// Entries of all hierarchy pages that one walk reads; 20 million by default, enough for a trillion points.
    pub nodes: u64,
}

const REQUESTS: NonZeroUsize = NonZeroUsize::new(16).expect("16 is not 0");
const MEMORY: NonZeroUsize = NonZeroUsize::new(256 << 20).expect("256 MiB is not 0");
const FILE_BYTES: NonZeroUsize = NonZeroUsize::new(1 << 30).expect("1 GiB is not 0");

/// More have no use, and what counts them has an end.
const MOST_REQUESTS: NonZeroUsize = NonZeroUsize::new(1 << 16).expect("65,536 is not 0");
const MOST_THREADS: NonZeroUsize = NonZeroUsize::new(1 << 12).expect("4096 is not 0");

impl Limits {
    /// As far as they can be kept.
    pub(super) fn within_reason(self) -> Limits {
        Limits {
            requests: self.requests.min(MOST_REQUESTS),
            threads: self.threads.min(MOST_THREADS),
            ..self
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            requests: REQUESTS,
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            memory: MEMORY,
            file_bytes: FILE_BYTES,
            tile_points: 100_000_000,
            nodes: 20_000_000,
        }
    }
}
