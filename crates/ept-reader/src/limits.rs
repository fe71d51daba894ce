//! How much a dataset may do at once.

use std::num::NonZeroUsize;

/// How much is in flight at once, over all queries of one [`crate::Dataset`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests at the same time; 16 by default.
    pub requests: NonZeroUsize,
    /// Tiles decoded at the same time; the number of cores by default.
    pub threads: NonZeroUsize,
    /// Bytes of decoded points that wait for the consumer of one query; 256 MiB by default. A
    /// tile that is larger than that is still read, alone.
    pub memory: NonZeroUsize,
}

const REQUESTS: NonZeroUsize = NonZeroUsize::new(16).expect("16 is not 0");
const MEMORY: NonZeroUsize = NonZeroUsize::new(256 << 20).expect("256 MiB is not 0");

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            requests: REQUESTS,
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            memory: MEMORY,
        }
    }
}
