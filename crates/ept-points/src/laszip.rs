//! LAZ tiles: chunks, checked and decompressed by the `laz` crate.
//!
//! `laz` trusts the lengths that it reads: a chunk table or a layer size that lies makes it allocate
//! gigabytes and abort. So all of them are compared with the tile first.

use std::io::Cursor;

use ept_format::{Bounds, Metadata};
use laz::laszip::{ChunkTable, CompressorType};
use laz::record::{
    LayeredPointRecordDecompressor, RecordDecompressor, SequentialPointRecordDecompressor,
};
use laz::{DecompressionSelection, LazItemRecordBuilder, LazItemType, LazVlr};

use crate::axis::Clip;
use crate::columns::{BLOCK_BYTES, ColumnBuilder};
use crate::field::{Field, bytes};
use crate::las_header::LasHeader;
use crate::layout::Layout;
use crate::point_format::SIZES;
use crate::{DecodeError, PointBatch, extra_bytes, point_format};

/// Decodes a LAZ tile, or a LAS file in the place of one.
pub(crate) fn decode(
    tile: &[u8],
    points: u64,
    metadata: &Metadata,
    wanted: Option<&[String]>,
    bounds: &Bounds,
) -> Result<PointBatch, DecodeError> {
    let header = LasHeader::parse(tile)?;
    if header.points != points {
        return Err(DecodeError::Count {
            expected: points,
            found: header.points,
        });
    }
    let layout = layout(tile, &header)?;
    let fields = layout.wanted(wanted, metadata.schema())?;
    let selection = selection(&fields, header.point_format, bounds);
    let mut columns = ColumnBuilder::new(&layout, fields, bounds, points);
    if header.is_compressed {
        decompress(tile, &header, selection, |records| columns.push(records))?;
    } else {
        columns.push(uncompressed(tile, &header)?);
    }
    columns.finish()
}

/// The layout of the tile's records, extra bytes included.
pub(crate) fn layout(tile: &[u8], header: &LasHeader) -> Result<Layout, DecodeError> {
    let mut layout = point_format::layout(header)?;
    let (user, id) = extra_bytes::VLR;
    if let Some(vlr) = header.vlr(tile, user, id)? {
        let base = SIZES[usize::from(header.point_format)];
        extra_bytes::describe(&mut layout, base, vlr)?;
    }
    Ok(layout)
}

/// The layers of point formats 6 to 10 that hold the fields or decide over the bounds; X, Y and the returns
/// always come along.
fn selection(fields: &[Field], format: u8, bounds: &Bounds) -> DecompressionSelection {
    let base = SIZES[usize::from(format)];
    let has_colour = matches!(format, 7 | 8 | 10);
    let layers = fields.iter().map(|field| match field.at {
        at if at >= base => DecompressionSelection::ALL_EXTRA_BYTES,
        8 => DecompressionSelection::Z,
        12 => DecompressionSelection::INTENSITY,
        15 => DecompressionSelection::FLAGS,
        16 => DecompressionSelection::CLASSIFICATION,
        17 => DecompressionSelection::USER_DATA,
        18 => DecompressionSelection::SCAN_ANGLE,
        20 => DecompressionSelection::POINT_SOURCE_ID,
        22 => DecompressionSelection::GPS_TIME,
        30..36 if has_colour => DecompressionSelection::RGB,
        36 if has_colour => DecompressionSelection::NIR,
        30.. => DecompressionSelection::WAVEPACKET,
        _ => DecompressionSelection::XY_RETURNS_CHANNEL,
    });
    let z = match Clip::needs_z(bounds) {
        true => DecompressionSelection::Z,
        false => DecompressionSelection::XY_RETURNS_CHANNEL,
    };
    DecompressionSelection(layers.fold(z, |all, layer| all | layer))
}

fn uncompressed<'a>(tile: &'a [u8], header: &LasHeader) -> Result<&'a [u8], DecodeError> {
    let records = &tile[header.points_at..];
    let length = usize::try_from(header.points)
        .ok()
        .and_then(|points| points.checked_mul(header.record_length));
    length
        .and_then(|length| records.get(..length))
        .ok_or_else(|| {
            let problem = format!("{} points do not fit its bytes", header.points);
            DecodeError::corrupt("LAS file", problem)
        })
}

/// One compressed chunk.
struct Chunk<'a> {
    points: u64,
    bytes: &'a [u8],
}

/// Decompresses all points and hands their records to `sink`, some at a time.
fn decompress(
    tile: &[u8],
    header: &LasHeader,
    selection: DecompressionSelection,
    mut sink: impl FnMut(&[u8]),
) -> Result<(), DecodeError> {
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
    let in_block = (BLOCK_BYTES / header.record_length).max(1);
    let mut block = vec![0; in_block * header.record_length];
    for chunk in chunks {
        let result = if is_layered {
            check_layers(&chunk, &vlr, header)?;
            let source = LayeredPointRecordDecompressor::new(Cursor::new(chunk.bytes));
            decompress_chunk(source, chunk.points, &vlr, selection, &mut block, &mut sink)
        } else {
            check_code(chunk.bytes.get(header.record_length..).unwrap_or(&[]))?;
            let source = SequentialPointRecordDecompressor::new(chunk.bytes);
            decompress_chunk(source, chunk.points, &vlr, selection, &mut block, &mut sink)
        };
        result.map_err(|error| match error {
            laz::LasZipError::IoError(_) => {
                DecodeError::corrupt("LAZ chunk", "it ends before its last point")
            }
            other => unsupported(&other),
        })?;
    }
    Ok(())
}

fn decompress_chunk<R>(
    mut decompressor: impl RecordDecompressor<R>,
    points: u64,
    vlr: &LazVlr,
    selection: DecompressionSelection,
    block: &mut [u8],
    sink: &mut impl FnMut(&[u8]),
) -> Result<(), laz::LasZipError> {
    decompressor.set_fields_from(vlr.items())?;
    decompressor.set_selection(selection);
    let size = decompressor.record_size();
    let in_block = block.len() / size;
    let mut left = points;
    while left > 0 {
        let now = usize::try_from(left).map_or(in_block, |left| left.min(in_block));
        let records = &mut block[..now * size];
        decompressor.decompress_many(records)?;
        sink(records);
        left -= now as u64;
    }
    Ok(())
}

fn unsupported(error: &laz::LasZipError) -> DecodeError {
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
