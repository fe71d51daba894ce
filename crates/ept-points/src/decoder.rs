//! The decoder for a dataset's tiles.

use std::sync::Arc;

use ept_format::{Bounds, DataType, Metadata, is_same_dimension};
use ept_las::Decompressors;

use crate::columns::{BLOCK_BYTES, ColumnBuilder};
use crate::guard::guarded;
use crate::wanted::wanted;
use crate::{DecodeError, PointBatch, Wish, laszip, schema, zstandard};

/// Decodes tiles of a dataset to columns, on any number of threads. Clones share the memory for decompression, about a
/// megabyte per thread.
///
/// ```
/// use ept_format::Metadata;
/// use ept_points::Decoder;
///
/// let metadata = Metadata::from_json(br#"{
///     "bounds": [0, 0, 0, 8, 8, 8], "span": 8, "dataType": "binary",
///     "schema": [{"name": "X", "type": "signed", "size": 2, "scale": 0.5},
///                {"name": "Y", "type": "signed", "size": 2},
///                {"name": "Z", "type": "signed", "size": 2},
///                {"name": "Intensity", "type": "unsigned", "size": 1}]
/// }"#)?;
/// let batch = Decoder::new(&metadata).decode(1, &[3, 0, 4, 0, 5, 0, 99])?;
/// assert_eq!((batch.x(), batch.y(), batch.z()), (Some(&[1.5][..]), Some(&[4.0][..]), Some(&[5.0][..])));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Decoder {
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) wanted: Option<Vec<String>>,
    /// Dimensions that some tiles have though the schema lacks them.
    pub(crate) known: Vec<String>,
    pub(crate) bounds: Bounds,
    pub(crate) keeps_chunks: bool,
    pub(crate) decompressors: Arc<Decompressors>,
}

impl Decoder {
    /// Decodes all points with all dimensions.
    #[must_use]
    pub fn new(metadata: &Metadata) -> Decoder {
        Decoder {
            metadata: Arc::new(metadata.clone()),
            wanted: None,
            known: Vec::new(),
            bounds: Bounds::EVERYTHING,
            keeps_chunks: false,
            decompressors: Arc::default(),
        }
    }

    /// Shares the memory for decompression, about a megabyte for each thread, with other decoders.
    #[must_use]
    pub fn with_decompressors(self, decompressors: Arc<Decompressors>) -> Decoder {
        Decoder {
            decompressors,
            ..self
        }
    }

    /// Adds dimensions that some laszip tiles have though the schema lacks them. A tile without them is then not an
    /// error.
    #[must_use]
    pub fn with_known(mut self, names: Vec<String>) -> Decoder {
        self.known = names;
        self
    }

    /// Decodes only what is requested.
    #[must_use]
    pub fn with_wish(mut self, wish: &Wish) -> Decoder {
        self.wanted = wish.dimensions.clone();
        self.bounds = wish.bounds;
        self.keeps_chunks = wish.keeps_chunks;
        self
    }

    /// Decodes only these dimensions, in this order. Case does not matter, and repeated names count once.
    #[must_use]
    pub fn with_dimensions(mut self, names: Vec<String>) -> Decoder {
        self.wanted = Some(names);
        self
    }

    /// Decodes only points within these bounds, in units of the dataset's coordinate system.
    #[must_use]
    pub fn with_bounds(mut self, bounds: Bounds) -> Decoder {
        self.bounds = bounds;
        self
    }

    /// Decodes a tile that has `points` points according to the hierarchy.
    ///
    /// Points keep the order of the tile. Requested dimensions that are in the schema but not in the tile are left out.
    ///
    /// # Errors
    /// If the tile is not of the dataset's type or is corrupt, has a different number of points, or a requested
    /// dimension is in neither the tile nor the schema.
    pub fn decode(&self, points: u64, tile: &[u8]) -> Result<PointBatch, DecodeError> {
        if tile.is_empty() {
            return Err(DecodeError::Empty);
        }
        guarded(|| match self.metadata.data_type() {
            DataType::Laszip => laszip::decode(self, points, tile),
            DataType::Binary | DataType::Zstandard => self.decode_by_schema(points, tile),
        })
    }

    /// Whether a dimension is in the schema or in some tiles.
    pub(crate) fn is_known(&self, name: &str) -> bool {
        let in_schema = self.metadata.schema().iter().map(|d| &d.name);
        let mut known = in_schema.chain(&self.known);
        known.any(|other| is_same_dimension(other, name))
    }

    fn decode_by_schema(&self, points: u64, tile: &[u8]) -> Result<PointBatch, DecodeError> {
        let layout = schema::layout(&self.metadata)?;
        let fields = wanted(&layout, self.wanted.as_deref(), |name| self.is_known(name))?;
        let mut columns = ColumnBuilder::new(&layout, fields, &self.bounds, points);
        let size = layout.size() as u64;
        let expected = points.saturating_mul(size);
        let found = if self.metadata.data_type() == DataType::Zstandard {
            zstandard::decode(tile, layout.size(), expected, &mut columns)?
        } else {
            if tile.len() as u64 == expected {
                let in_block = (BLOCK_BYTES / layout.size()).max(1);
                tile.chunks(in_block * layout.size())
                    .for_each(|block| columns.push(block));
            }
            tile.len() as u64
        };
        if found % size != 0 {
            let problem = format!("{found} bytes are not a whole number of {size}-byte points");
            return Err(DecodeError::corrupt("tile", problem));
        }
        if found == expected {
            columns.finish()
        } else {
            Err(DecodeError::Count {
                expected: points,
                found: found / size,
            })
        }
    }
}
