//! The header and variable length records of a LAS file (LAS 1.4 R15, sections 2.4 and 2.5).

use crate::field::bytes;
use crate::{DecodeError, Scaling};

/// What a tile's LAS header says, checked against the bytes of the tile.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LasHeader {
    /// Number of points.
    pub(crate) points: u64,
    /// Point format, the marks of compression taken off.
    pub(crate) point_format: u8,
    /// Whether the points are compressed.
    pub(crate) is_compressed: bool,
    /// Bytes of a point record.
    pub(crate) record_length: usize,
    /// Scale and offset of the coordinates.
    pub(crate) scaling: Scaling,
    /// Where the points start; within the tile.
    pub(crate) points_at: usize,
    /// Where the first variable length record starts; within the tile.
    records_at: usize,
    /// Number of variable length records, as claimed.
    records: u32,
}

/// Smallest header: LAS 1.0 to 1.2.
const HEADER_SIZE: usize = 227;
/// Size of the LAS 1.4 header, which has the 64-bit count.
const HEADER_SIZE_1_4: usize = 375;
const VLR_HEADER_SIZE: usize = 54;

impl LasHeader {
    pub(crate) fn parse(tile: &[u8]) -> Result<LasHeader, DecodeError> {
        LasHeader::of_start(tile, tile.len())
    }

    /// The header of a tile of `size` bytes, of which only the start is in hand.
    pub(crate) fn of_start(tile: &[u8], size: usize) -> Result<LasHeader, DecodeError> {
        if !tile.starts_with(b"LASF") {
            return Err(not_las(tile));
        }
        let corrupt = |problem: String| DecodeError::corrupt("LAS header", problem);
        let ends = || corrupt(format!("the tile ends after {} bytes", tile.len()));
        if tile.len() < HEADER_SIZE {
            return Err(ends());
        }
        let u16_at = |at| u16::from_le_bytes(bytes(tile, at));
        let u32_at = |at| u32::from_le_bytes(bytes(tile, at));
        let axes = |at: usize| [at, at + 8, at + 16].map(|at| f64::from_le_bytes(bytes(tile, at)));

        let (major, minor) = (tile[24], tile[25]);
        if major != 1 {
            return Err(corrupt(format!("LAS version {major}.{minor}")));
        }
        let records_at = usize::from(u16_at(94));
        let points_at = usize::try_from(u32_at(96)).unwrap_or(usize::MAX);
        if records_at < HEADER_SIZE || records_at > points_at || points_at > size {
            return Err(corrupt(format!(
                "header of {records_at} bytes, points at {points_at}, in a tile of {size}"
            )));
        }
        let scaling = Scaling {
            scale: axes(131),
            offset: axes(155),
        };
        let is_usable = |scale: &f64| scale.is_finite() && *scale != 0.0;
        if !scaling.scale.iter().all(is_usable) || !scaling.offset.iter().all(|o| o.is_finite()) {
            return Err(corrupt(format!(
                "scale {:?} and offset {:?}",
                scaling.scale, scaling.offset
            )));
        }
        let is_1_4 = records_at >= HEADER_SIZE_1_4 && minor >= 4;
        if is_1_4 && tile.len() < HEADER_SIZE_1_4 {
            return Err(ends());
        }
        let legacy_points = u64::from(u32_at(107));
        let points = match is_1_4 {
            true => u64::from_le_bytes(bytes(tile, 247)).max(legacy_points),
            false => legacy_points,
        };
        Ok(LasHeader {
            points,
            point_format: tile[104] & 0x3f,
            is_compressed: tile[104] & 0xc0 != 0,
            record_length: usize::from(u16_at(105)),
            scaling,
            points_at,
            records_at,
            records: u32_at(100),
        })
    }

    /// The contents of the first variable length record of that user and id.
    pub(crate) fn vlr<'a>(
        &self,
        tile: &'a [u8],
        user: &str,
        id: u16,
    ) -> Result<Option<&'a [u8]>, DecodeError> {
        let mut rest = tile.get(self.records_at..).unwrap_or_default();
        for number in 0..self.records {
            let cut = || {
                let problem = format!("record {number} of {} is cut off", self.records);
                DecodeError::corrupt("variable length records", problem)
            };
            let (header, after) = rest.split_at_checked(VLR_HEADER_SIZE).ok_or_else(cut)?;
            let length = usize::from(u16::from_le_bytes(bytes(header, 20)));
            let (contents, after) = after.split_at_checked(length).ok_or_else(cut)?;
            let name = header[2..18].split(|b| *b == 0).next().unwrap_or_default();
            if name == user.as_bytes() && u16::from_le_bytes(bytes(header, 18)) == id {
                return Ok(Some(contents));
            }
            rest = after;
        }
        Ok(None)
    }
}

/// Says what a tile is that is no LAS file: what servers and tools leave in the place of one.
fn not_las(tile: &[u8]) -> DecodeError {
    let start = tile.trim_ascii_start();
    DecodeError::NotLas(match tile {
        [] => return DecodeError::Empty,
        _ if start.starts_with(b"<") => "it is a web page or XML, perhaps a server's error message",
        _ if start.starts_with(b"version https://git-lfs") => {
            "it is a Git LFS pointer, the file itself was not downloaded"
        }
        [0x1f, 0x8b, ..] => "it is gzip compressed",
        _ => "it does not start with \"LASF\"",
    })
}
