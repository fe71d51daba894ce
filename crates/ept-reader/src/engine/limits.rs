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
    /// Size of the largest file that is fetched, decompressed as far as it comes compressed, in bytes; 1 GiB by default. The
    /// file of a tile is also limited by its points: see [`Limits::tile_bytes`].
    pub file_bytes: NonZeroUsize,
    /// Size of the text of the largest `ept.json` or `ept-addon.json` in bytes; 16 MiB by default.
    /// Of gzip, that is the size of the text.
    pub metadata_bytes: NonZeroUsize,
    /// Size of the text of the largest hierarchy page in bytes; 128 MiB by default, enough for six million nodes.
    pub page_bytes: NonZeroUsize,
    /// Size of the text of the largest list of source files, or of their metadata, in bytes; 64 MiB by default.
    pub sources_bytes: NonZeroUsize,
    /// Bytes between two parts of a file that may be fetched for nobody, so that one request fetches both; 16 KiB by
    /// default. Parts are put together only while all requests are busy.
    pub gap_bytes: u64,
    /// Bytes that one request fetches of several parts of a file; 4 MiB by default.
    pub run_bytes: NonZeroUsize,
    /// Size of the largest tile index in bytes, and of what each file in a zipped one unpacks to; 500 MiB by default.
    pub index_bytes: NonZeroUsize,
    /// Points of the largest tile that is decoded; 100 million by default. Builders of EPT stay below one.
    pub tile_points: u64,
    /// Entries of all hierarchy pages that one walk reads; 20 million by default, enough for a trillion points.
    pub nodes: u64,
}

const REQUESTS: NonZeroUsize = NonZeroUsize::new(16).expect("16 is not 0");
const MEMORY: NonZeroUsize = NonZeroUsize::new(256 << 20).expect("256 MiB is not 0");
const FILE_BYTES: NonZeroUsize = NonZeroUsize::new(1 << 30).expect("1 GiB is not 0");
const METADATA_BYTES: NonZeroUsize = NonZeroUsize::new(16 << 20).expect("16 MiB is not 0");
const PAGE_BYTES: NonZeroUsize = NonZeroUsize::new(128 << 20).expect("128 MiB is not 0");
const RUN_BYTES: NonZeroUsize = NonZeroUsize::new(4 << 20).expect("4 MiB is not 0");
const SOURCES_BYTES: NonZeroUsize = NonZeroUsize::new(64 << 20).expect("64 MiB is not 0");
const INDEX_BYTES: NonZeroUsize = NonZeroUsize::new(500 << 20).expect("500 MiB is not 0");
/// What a tile may have beside its points, such as the text of a coordinate system.
const BESIDE_POINTS: u64 = 16 << 20;
/// What a point may take in a tile, if its schema does not ask for more: no real one takes half of it.
const POINT_BYTES: u64 = 256;

/// More have no use, and what counts them has an end.
const MOST_REQUESTS: NonZeroUsize = NonZeroUsize::new(1 << 16).expect("65,536 is not 0");
const MOST_THREADS: NonZeroUsize = NonZeroUsize::new(1 << 12).expect("4096 is not 0");

impl Limits {
    /// Size of the largest file with this many points in bytes, whose values by the schema take `point_size` each. A file
    /// that exceeds it is not the tile of these points, and tiles on the way keep to the memory of their points.
    #[must_use]
    pub fn tile_bytes(&self, points: u64, point_size: usize) -> usize {
        let each = (point_size as u64).saturating_mul(2).max(POINT_BYTES);
        let bytes = points.saturating_mul(each).saturating_add(BESIDE_POINTS);
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        bytes.min(self.file_bytes.get())
    }

    /// Size of a text in bytes, of which a limit for its kind is given.
    pub(crate) fn text_bytes(&self, kind: NonZeroUsize) -> usize {
        kind.min(self.file_bytes).get()
    }

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
