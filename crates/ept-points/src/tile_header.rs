//! What the start of a laszip tile says of the whole.

use std::sync::Arc;

use crate::field::bytes;
use crate::las_header::LasHeader;
use crate::{DecodeError, Scaling, laszip};

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
}

impl TileHeader {
    /// How many bytes of the tile [`TileHeader::parse`] needs, by its first 100 bytes; that many when there are fewer.
    #[must_use]
    pub fn length(start: &[u8]) -> u64 {
        match start.len() {
            0..100 => 100,
            _ => u64::from(u32::from_le_bytes(bytes(start, 96))),
        }
    }

    /// Reads the header from the first bytes of a tile of `size` bytes.
    ///
    /// # Errors
    /// When the tile is no LAS or LAZ file, or its header contradicts itself or the size.
    pub fn parse(start: &[u8], size: u64) -> Result<TileHeader, DecodeError> {
        if start.is_empty() {
            return Err(DecodeError::Empty);
        }
        let header = LasHeader::of_start(start, usize::try_from(size).unwrap_or(usize::MAX))?;
        let layout = laszip::layout(start, &header)?;
        Ok(TileHeader {
            points: header.points,
            point_format: header.point_format,
            scaling: header.scaling,
            dimensions: layout.fields.into_iter().map(|field| field.name).collect(),
        })
    }
}
