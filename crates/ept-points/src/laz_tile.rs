//! The compressed points of a LAZ tile: their chunks, checked.
//!
//! Decoders trust the lengths that they read, and `laz` aborts on those that lie. So all of them are compared with the
//! tile first.

use std::io::Cursor;

use laz::laszip::{ChunkTable, CompressorType};
use laz::{LazItemRecordBuilder, LazItemType, LazVlr};

use crate::DecodeError;
use crate::field::bytes;
use crate::las_header::LasHeader;
use crate::point_format::SIZES;

/// What a tile says of its compression, and its chunks, of which each has been checked.
#[derive(Debug)]
pub(crate) struct LazTile<'a> {
    pub(crate) vlr: LazVlr,
    pub(crate) is_layered: bool,
    /// Bytes of a record; never 0.
    pub(crate) record_length: usize,
    pub(crate) chunks: Vec<Chunk<'a>>,
}

/// One compressed chunk.
#[derive(Debug)]
pub(crate) struct Chunk<'a> {
    pub(crate) points: u64,
    pub(crate) bytes: &'a [u8],
}

impl<'a> LazTile<'a> {
    pub(crate) fn parse(tile: &'a [u8], header: &LasHeader) -> Result<LazTile<'a>, DecodeError> {
        let Some(vlr) = header.vlr(tile, LazVlr::USER_ID, LazVlr::RECORD_ID)? else {
            return Err(DecodeError::NotLas("it has no LASzip record"));
        };
        let compressor = vlr.first_chunk().map(|code| u16::from_le_bytes(*code));
        let vlr = LazVlr::from_buffer(vlr).map_err(|e| unsupported(&e))?;
        let is_layered = compressor == Some(CompressorType::LayeredChunked as u16);
        check_items(&vlr, header, is_layered)?;
        let chunks = match compressor {
            Some(code) if code == CompressorType::None as u16 => {
                return Err(DecodeError::Unsupported("LAZ compressor 0".into()));
            }
            Some(code) if code == CompressorType::PointWise as u16 => vec![Chunk {
                points: header.points,
                bytes: &tile[header.points_at..],
            }],
            _ => chunks(tile, header, &vlr)?,
        };
        for chunk in &chunks {
            match is_layered {
                true => check_layers(chunk, &vlr, header)?,
                false => check_code(chunk.bytes.get(header.record_length..).unwrap_or(&[]))?,
            }
        }
        Ok(LazTile {
            vlr,
            is_layered,
            record_length: header.record_length,
            chunks,
        })
    }
}

pub(crate) fn unsupported(error: &laz::LasZipError) -> DecodeError {
    DecodeError::Unsupported(format!("LAZ compression ({error})"))
}

/// Compares the compressed items with what the point format and record length call for.
fn check_items(vlr: &LazVlr, header: &LasHeader, is_layered: bool) -> Result<(), DecodeError> {
    let base = SIZES[usize::from(header.point_format)];
    let extra = (header.record_length - base) as u16;
    let expected = LazItemRecordBuilder::default_for_point_format_id(header.point_format, extra)
        .map_err(|e| unsupported(&e))?;
    let shape = |items: &[laz::LazItem]| -> Vec<(LazItemType, u16)> {
        items
            .iter()
            .map(|item| (item.item_type(), item.size()))
            .collect()
    };
    if shape(vlr.items()) != shape(&expected) || is_layered != (header.point_format >= 6) {
        let problem = format!("it does not describe point format {}", header.point_format);
        return Err(DecodeError::corrupt("LASzip record", problem));
    }
    Ok(())
}

/// The chunks by the tile's chunk table; together they have exactly the header's points.
fn chunks<'a>(
    tile: &'a [u8],
    header: &LasHeader,
    vlr: &LazVlr,
) -> Result<Vec<Chunk<'a>>, DecodeError> {
    let corrupt = |problem: String| DecodeError::corrupt("chunk table", problem);
    let first = header.points_at + ChunkTable::OFFSET_SIZE;
    if first > tile.len() {
        return Err(corrupt("the tile ends before it".into()));
    }
    if header.points == 0 {
        return Ok(Vec::new());
    }
    // A writer that could not seek back leaves the place of the table at the end of the file.
    let place = |at: usize| usize::try_from(i64::from_le_bytes(bytes(tile, at))).ok();
    let is_possible = |at: &usize| *at >= first && *at <= tile.len() - 8;
    let at = place(header.points_at).filter(is_possible);
    let Some(at) = at.or_else(|| place(tile.len() - 8).filter(is_possible)) else {
        return Err(corrupt("its place lies outside of the tile".into()));
    };
    // Each chunk has its first point as it is; some writers add a last chunk without points.
    let claimed = u32::from_le_bytes(bytes(tile, at + 4)) as usize;
    let most = (at - first) / header.record_length + 1;
    if claimed > most {
        return Err(corrupt(format!("{claimed} chunks in {} bytes", at - first)));
    }
    let is_variable = vlr.uses_variable_size_chunks();
    let table = ChunkTable::read(&mut Cursor::new(&tile[at..]), is_variable)
        .map_err(|_| corrupt("it is cut off".into()))?;

    let mut chunks = Vec::with_capacity(table.len());
    let (mut rest, mut left) = (&tile[first..at], header.points);
    for entry in &table {
        let (bytes, after) = usize::try_from(entry.byte_count)
            .ok()
            .and_then(|count| rest.split_at_checked(count))
            .ok_or_else(|| corrupt("a chunk ends outside of the points".into()))?;
        let points = match is_variable {
            true => entry.point_count,
            false => u64::from(vlr.chunk_size()).min(left),
        };
        left = left.checked_sub(points).ok_or_else(|| {
            corrupt(format!(
                "its chunks have more than {} points",
                header.points
            ))
        })?;
        if points > 0 {
            chunks.push(Chunk { points, bytes });
        }
        rest = after;
    }
    if left > 0 {
        let (found, all) = (header.points - left, header.points);
        return Err(corrupt(format!("its chunks have {found} of {all} points")));
    }
    Ok(chunks)
}

/// Checks that arithmetic code starts as an encoder can start it: with a number below 2^32 - 1.
///
/// `laz` never finds its way back from one that does not. It takes the last symbol again and again, for
/// GPS times by recursion, and the stack ends.
fn check_code(code: &[u8]) -> Result<(), DecodeError> {
    if code.starts_with(&[0xff; 4]) {
        let problem = "its code is out of range";
        return Err(DecodeError::corrupt("LAZ chunk", problem));
    }
    Ok(())
}

/// Checks that the layers of a chunk of point format 6 to 10 fit its bytes, and their code its range.
fn check_layers(chunk: &Chunk<'_>, vlr: &LazVlr, header: &LasHeader) -> Result<(), DecodeError> {
    let layers: usize = vlr
        .items()
        .iter()
        .map(|item| layers_of(item.item_type()))
        .sum();
    let cut = || DecodeError::corrupt("LAZ chunk", "it ends within its layer sizes");
    // The first point as it is, the number of points, then a size for each layer.
    let sizes = chunk
        .bytes
        .get(header.record_length + 4..)
        .ok_or_else(cut)?;
    let (sizes, mut data) = sizes.split_at_checked(layers * 4).ok_or_else(cut)?;
    let sizes = sizes
        .chunks_exact(4)
        .map(|size| u32::from_le_bytes(bytes(size, 0)));
    let total: u64 = sizes.clone().map(u64::from).sum();
    if total > data.len() as u64 {
        let problem = format!("layers of {total} bytes in a chunk of {}", data.len());
        return Err(DecodeError::corrupt("LAZ chunk", problem));
    }
    for size in sizes {
        let (layer, rest) = data.split_at(size as usize);
        check_code(layer)?;
        data = rest;
    }
    Ok(())
}

/// Number of layers of an item of point formats 6 to 10.
fn layers_of(item: LazItemType) -> usize {
    match item {
        LazItemType::Point14 => 9,
        LazItemType::RGB14 | LazItemType::WavePacket14 => 1,
        LazItemType::RGBNIR14 => 2,
        LazItemType::Byte14(count) => usize::from(count),
        _ => 0,
    }
}
