//! The decoder for the chunks of a LAS or LAZ file.

use std::sync::Arc;

use ept_format::{Bounds, Dimension};
use ept_las::{
    Chunking, Compression, Decompressors, Encoding, Field, Header, Layers, Layout, PointFormat,
};

use crate::axis::Clip;
use crate::columns::ColumnBuilder;
use crate::guard::guarded;
use crate::wanted::wanted;
use crate::{DecodeError, PointBatch, StoredChunks, TileHeader, Wish};

/// Decodes chunks of a LAS or LAZ file to columns, on any number of threads. It is made once, from the bytes before the
/// points.
///
/// Uncompressed records are chunks too, with any number of points.
#[derive(Debug)]
pub struct FileDecoder {
    header: Header,
    layout: Arc<Layout>,
    /// `None` if the records are not compressed.
    compression: Option<Arc<Compression>>,
    schema: Vec<Dimension>,
    decompressors: Arc<Decompressors>,
}

impl FileDecoder {
    /// A decoder for a file with this header. `start` is the bytes before its points, `evlrs` the extended VLRs that
    /// describe points, with their number.
    ///
    /// # Errors
    /// If the VLRs are truncated or contradict the header.
    pub fn new(
        header: Header,
        start: &[u8],
        (evlrs, count): (&[u8], u32),
    ) -> Result<FileDecoder, DecodeError> {
        let described = Header {
            evlr_count: count,
            ..header.clone()
        };
        let layout = Layout::of_file(&described, start, evlrs)?;
        let compression = Compression::of_points(&header, start)?;
        Ok(FileDecoder {
            schema: layout.fields().iter().map(dimension).collect(),
            header,
            layout: Arc::new(layout),
            compression: compression.map(Arc::new),
            decompressors: Arc::default(),
        })
    }

    /// Shares the memory for decompression, about a megabyte for each thread, with other decoders.
    #[must_use]
    pub fn with_decompressors(self, decompressors: Arc<Decompressors>) -> FileDecoder {
        FileDecoder {
            decompressors,
            ..self
        }
    }

    /// The header of the file.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether the records have bytes that no field describes.
    #[must_use]
    pub fn has_nameless_bytes(&self) -> bool {
        self.layout.has_nameless_bytes()
    }

    /// The header as that of a tile.
    ///
    /// # Errors
    /// If two dimensions have the same name.
    pub fn tile_header(&self) -> Result<TileHeader, DecodeError> {
        TileHeader::of(&self.header, &self.layout)
    }

    /// The compression of the records. `None` if they are not compressed.
    #[must_use]
    pub fn compression(&self) -> Option<&Compression> {
        self.compression.as_deref()
    }

    /// The dimensions of the points, with their stored types.
    #[must_use]
    pub fn schema(&self) -> &[Dimension] {
        &self.schema
    }

    /// The number of points that a chunk of point formats 6 to 10 states. `None` for other formats, and if the chunk is
    /// truncated.
    #[must_use]
    pub fn points_of(&self, chunk: &[u8]) -> Option<u64> {
        let is_told = self.compression.is_some() && self.header.point_format.is_extended();
        let count = chunk.get(self.layout.size()..)?.first_chunk()?;
        is_told.then(|| u32::from_le_bytes(*count).into())
    }

    /// Decodes chunks, each given with its number of points, in order.
    ///
    /// # Errors
    /// If a chunk is damaged or has fewer points, or a requested dimension is not in the file.
    pub fn decode(&self, wish: &Wish, chunks: &[(u64, &[u8])]) -> Result<PointBatch, DecodeError> {
        let wanted = wanted(&self.layout, wish.dimensions.as_deref(), |_| false)?;
        guarded(|| self.decode_fields(wanted, &wish.bounds, wish.keeps_chunks, chunks))
    }

    /// Decodes these fields, for the points within the bounds.
    pub(crate) fn decode_fields(
        &self,
        fields: Vec<Field>,
        bounds: &Bounds,
        keeps_chunks: bool,
        chunks: &[(u64, &[u8])],
    ) -> Result<PointBatch, DecodeError> {
        let is_whole = fields.len() == self.layout.fields().len();
        let layers = layers(&fields, self.header.point_format, bounds);
        let points = chunks.iter().map(|(points, _)| points);
        let points = points.fold(0_u64, |sum, points| sum.saturating_add(*points));
        let mut columns = ColumnBuilder::new(&self.layout, fields, bounds, points);
        let mut is_exact = true;
        for (points, bytes) in chunks {
            match &self.compression {
                Some(compression) => {
                    let push = |records: &[u8]| columns.push(records);
                    let pool = &self.decompressors;
                    let left = pool.decompress(compression, bytes, *points, layers, push)?;
                    is_exact &= left == 0 && self.points_of(bytes).is_none_or(|n| n == *points);
                }
                None => columns.push(records(bytes, *points, self.layout.size())?),
            }
        }
        let batch = columns.finish()?;
        let batch = batch.with_standard_time(has_standard_time(&self.header));
        Ok(match &self.compression {
            Some(compression)
                if keeps_chunks
                    && is_exact
                    && is_whole
                    && batch.len() as u64 == points
                    && compression.chunking() != Chunking::Whole =>
            {
                batch.with_chunks(StoredChunks::new(&self.layout, compression, chunks))
            }
            _ => batch,
        })
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }
}

/// Whether GPS times are adjusted standard time. `None` for LAS 1.0 and 1.1, which do not say.
pub(crate) fn has_standard_time(header: &Header) -> Option<bool> {
    (header.minor >= 2).then_some(header.global_encoding & Header::STANDARD_TIME != 0)
}

/// The layers of point formats 6 to 10 that contain the fields or are needed for the bounds. X, Y and the returns are
/// always decoded.
fn layers(fields: &[Field], format: PointFormat, bounds: &Bounds) -> Layers {
    let layers = fields.iter().map(|field| format.layer(field.at));
    let z = if Clip::needs_z(bounds) {
        Layers::Z
    } else {
        Layers::NONE
    };
    layers.fold(z, |all, layer| all | layer)
}

/// The first `points` records of some bytes.
fn records(bytes: &[u8], points: u64, size: usize) -> Result<&[u8], DecodeError> {
    let length = usize::try_from(points).ok();
    let length = length.and_then(|points| points.checked_mul(size));
    length
        .and_then(|length| bytes.get(..length))
        .ok_or_else(|| {
            let problem = format!("{points} points do not fit its bytes");
            DecodeError::corrupt("LAS file", problem)
        })
}

fn dimension(field: &Field) -> Dimension {
    let mut dimension = Dimension::new(&*field.name, field.scalar());
    if let Encoding::Scaled {
        stored,
        scale,
        offset,
    } = field.encoding
    {
        dimension.scalar = stored;
        dimension.scale = scale;
        dimension.offset = offset;
    }
    dimension
}
