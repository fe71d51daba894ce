//! The header of a laszip tile.

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
    /// Names of the decoded tile's dimensions, extra bytes included.
    pub dimensions: Vec<Arc<str>>,
    /// The columns and storage of the decoded tile, without points.
    pub columns: PointBatch,
    /// The bounds of the points according to the tile. `None` if they are invalid.
    pub bounds: Option<Bounds>,
}

impl TileHeader {
    /// Number of bytes at the start of a tile that [`TileHeader::parse`] needs, given its first 100 bytes. 100 if there
    /// are fewer.
    #[must_use]
    pub fn length(start: &[u8]) -> u64 {
        Header::length_with_vlrs(start)
    }

    /// Byte range of the extended VLRs, which may describe dimensions, in a tile of `size` bytes. Empty if there are
    /// none. `start` is its first bytes.
    ///
    /// # Errors
    /// As for [`TileHeader::parse`].
    pub fn evlrs(start: &[u8], size: u64) -> Result<Range<u64>, DecodeError> {
        Ok(Header::parse(start, size)?.evlrs_range(size)?)
    }

    /// Parses the header from the first bytes of a tile of `size` bytes, and from `evlrs`, its bytes at
    /// [`TileHeader::evlrs`]. If these are empty, the dimensions that they describe are left out.
    ///
    /// # Errors
    /// If the tile is not a LAS or LAZ file, or its header contradicts itself or the size.
    pub fn parse(start: &[u8], size: u64, evlrs: &[u8]) -> Result<TileHeader, DecodeError> {
        let header = Header::parse(start, size)?;
        let layout = Layout::of_file(&header, start, evlrs)?;
        TileHeader::of(&header, &layout)
    }

    /// The tile header, from a LAS header and the layout of its points.
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
