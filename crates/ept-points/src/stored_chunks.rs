//! Points as they are compressed in their source.

use std::sync::Arc;

use ept_las::{Compression, Layout};

/// The compressed LAZ chunks that a batch was decoded from, if they have all of its points, in order and unchanged. They can
/// be copied to a file with the same records rather than compressed again.
#[derive(Debug, Clone)]
pub struct StoredChunks {
    layout: Arc<Layout>,
    compression: Arc<Compression>,
    chunks: Vec<(u64, Arc<[u8]>)>,
}

impl StoredChunks {
    /// Copies chunks, each given with its number of points.
    pub(crate) fn new(
        layout: &Arc<Layout>,
        compression: &Arc<Compression>,
        chunks: &[(u64, &[u8])],
    ) -> StoredChunks {
        let chunks = chunks.iter();
        StoredChunks {
            layout: Arc::clone(layout),
            compression: Arc::clone(compression),
            chunks: chunks
                .map(|(points, bytes)| (*points, Arc::from(*bytes)))
                .collect(),
        }
    }

    /// The records in the chunks, with the scale and offset of their coordinates.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How the records are compressed.
    #[must_use]
    pub fn compression(&self) -> &Compression {
        &self.compression
    }

    /// The chunks, one or more, each with its number of points.
    #[must_use]
    pub fn chunks(&self) -> &[(u64, Arc<[u8]>)] {
        &self.chunks
    }
}

impl PartialEq for StoredChunks {
    fn eq(&self, other: &StoredChunks) -> bool {
        self.chunks == other.chunks
            && self.layout == other.layout
            && self.compression.codes_as(&other.compression)
    }
}
