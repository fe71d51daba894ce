//! Limits on concurrency, memory and the size of files.

use std::num::NonZeroUsize;

/// Limits for all queries of an [`Engine`](crate::Engine) together: concurrency, memory, and the size of files. The
/// latter protect against datasets that are broken or hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum concurrent requests, 16 by default, at most 65,536.
    pub requests: NonZeroUsize,
    /// Maximum tiles decoded concurrently. By default the number of cores, at most 4096.
    pub threads: NonZeroUsize,
    /// Bytes of points, fetched and decoded, that wait for consumers, 256 MiB by default. A tile that is larger is still
    /// read, alone. Files that are larger than usual for their kind, such as texts above 4 MiB, are read one at a time.
    pub memory: NonZeroUsize,
    /// Maximum size of a file in bytes, decompressed if it is sent compressed, 1 GiB by default. Tiles are also limited
    /// by their number of points, see [`Limits::tile_bytes`].
    pub file_bytes: NonZeroUsize,
    /// Maximum size of an `ept.json` or `ept-addon.json` in bytes, after decompression, 16 MiB by default.
    pub metadata_bytes: NonZeroUsize,
    /// Maximum size of a hierarchy page in bytes, after decompression, 64 MiB by default, enough for three million
    /// nodes.
    pub page_bytes: NonZeroUsize,
    /// Maximum size of a list of source files or of their metadata in bytes, after decompression, 64 MiB by default.
    pub sources_bytes: NonZeroUsize,
    /// Maximum gap in bytes between two parts of a file fetched with one request, 16 KiB by default. Parts are joined
    /// only while all requests are busy.
    pub gap_bytes: u64,
    /// Maximum bytes fetched with one request for several parts of a file, 4 MiB by default.
    pub run_bytes: NonZeroUsize,
    /// Maximum size of a tile index in bytes, and of each decompressed file in a zipped one, 500 MiB by default.
    pub index_bytes: NonZeroUsize,
    /// Maximum points of a tile, 100 million by default. EPT builders stay below one million.
    pub tile_points: u64,
    /// Maximum entries of all hierarchy pages read in one walk, 20 million by default, enough for a trillion points.
    pub nodes: u64,
}

const REQUESTS: NonZeroUsize = NonZeroUsize::new(16).expect("16 is not 0");
const MEMORY: NonZeroUsize = NonZeroUsize::new(256 << 20).expect("256 MiB is not 0");
const FILE_BYTES: NonZeroUsize = NonZeroUsize::new(1 << 30).expect("1 GiB is not 0");
const METADATA_BYTES: NonZeroUsize = NonZeroUsize::new(16 << 20).expect("16 MiB is not 0");
const PAGE_BYTES: NonZeroUsize = NonZeroUsize::new(64 << 20).expect("64 MiB is not 0");
const RUN_BYTES: NonZeroUsize = NonZeroUsize::new(4 << 20).expect("4 MiB is not 0");
const SOURCES_BYTES: NonZeroUsize = NonZeroUsize::new(64 << 20).expect("64 MiB is not 0");
const INDEX_BYTES: NonZeroUsize = NonZeroUsize::new(500 << 20).expect("500 MiB is not 0");
/// Allowance for everything in a tile except points, such as the text of a coordinate system.
const BESIDE_POINTS: u64 = 16 << 20;
/// Allowance for a point in a tile, unless its schema needs more: no real one takes half of it.
const POINT_BYTES: u64 = 256;

/// More would be useless, and counters are finite.
const MOST_REQUESTS: NonZeroUsize = NonZeroUsize::new(1 << 16).expect("65,536 is not 0");
const MOST_THREADS: NonZeroUsize = NonZeroUsize::new(1 << 12).expect("4096 is not 0");

impl Limits {
    /// Maximum size in bytes of a tile with this many points, whose values take `point_size` bytes each according to
    /// the schema. This bounds the memory of tiles being fetched.
    #[must_use]
    pub fn tile_bytes(&self, points: u64, point_size: usize) -> usize {
        let each = (point_size as u64).saturating_mul(2).max(POINT_BYTES);
        let bytes = points.saturating_mul(each).saturating_add(BESIDE_POINTS);
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        bytes.min(self.file_bytes.get())
    }

    /// Maximum size of a text in bytes, given the limit for its kind.
    pub(crate) fn text_bytes(&self, kind: NonZeroUsize) -> usize {
        kind.min(self.file_bytes).get()
    }

    /// The limits, reduced to what can be enforced.
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
            metadata_bytes: METADATA_BYTES,
            page_bytes: PAGE_BYTES,
            sources_bytes: SOURCES_BYTES,
            gap_bytes: 16 << 10,
            run_bytes: RUN_BYTES,
            index_bytes: INDEX_BYTES,
            tile_points: 100_000_000,
            nodes: 20_000_000,
        }
    }
}
