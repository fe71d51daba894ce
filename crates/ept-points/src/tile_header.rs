//! What the start of a laszip tile says of the whole.

use std::ops::Range;
use std::sync::Arc;

use ept_format::Bounds;
use ept_las::{Header, Layout};

use crate::file_decoder::has_standard_time;
use crate::{Column, DecodeError, PointBatch, Scaling, Values};

/// The header of a laszip tile, without its points.
#[derive(Debug, Clone, PartialEq)]
pub struct TileHeader {
    /// Number of points.
    pub points: u64,
    /// LAS point format, 0 to 10.
    pub point_format: u8,
    /// Scale and offset of the coordinates.
    pub scaling: Scaling,
    /// Names of the dimensions, as a decoded tile has them, extra bytes included.
    pub dimensions: Vec<Arc<str>>,
    /// The columns and the storage of the decoded tile, without points.
    pub columns: PointBatch,
    /// The box around the points that the tile claims, `None` if it claims none.
    pub bounds: Option<Bounds>,
}

impl TileHeader {
    /// How many bytes of the tile [`TileHeader::parse`] needs, by its first 100 bytes; 100 if there are fewer.
    #[must_use]
    pub fn length(start: &[u8]) -> u64 {
        Header::length_with_vlrs(start)
    }

    /// Where the tile of `size` bytes has its extended records, which may name dimensions too: empty if nowhere. `start`
    /// are its first bytes.
    ///
    /// # Errors
    /// As [`TileHeader::parse`].
    pub fn evlrs(start: &[u8], size: u64) -> Result<Range<u64>, DecodeError> {
        Ok(Header::parse(start, size)?.evlrs_range(size)?)
    }

    /// Parses the header from the first bytes of a tile of `size` bytes, and from `evlrs`, its bytes at
    /// [`TileHeader::evlrs`]. If these are empty, the dimensions that they name are left out.
    ///
    /// # Errors
    /// If the tile is not a LAS or LAZ file, or its header contradicts itself or the size.
    pub fn parse(start: &[u8], size: u64, evlrs: &[u8]) -> Result<TileHeader, DecodeError> {
        let header = Header::parse(start, size)?;
        let layout = Layout::of_file(&header, start, evlrs)?;
        TileHeader::of(&header, &layout)
    }

    /// What a header and the layout of its points say.
    pub(crate) fn of(header: &Header, layout: &Layout) -> Result<TileHeader, DecodeError> {
        let fields = layout.fields().iter();
        let columns = fields.map(|field| {
            Column::new(
                Arc::clone(&field.name),
                Values::with_capacity(field.scalar(), 0),
            )
        });
        let format = header.point_format.number();
        let columns = PointBatch::new(columns.collect())?;
        Ok(TileHeader {
            points: header.points,
            point_format: format,
            scaling: header.scaling,
            dimensions: columns
                .columns()
                .iter()
                .map(|c| Arc::clone(&c.name))
                .collect(),
            columns: columns
                .with_storage(Some(header.scaling), Some(format))
                .with_standard_time(has_standard_time(header)),
            bounds: Bounds::new(header.min, header.max).ok(),
        })
    }
}
