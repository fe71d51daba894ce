//! LAZ tiles, or LAS files in their place, which are entirely in memory.

use std::sync::Arc;

use ept_las::{ChunkTable, Header};

use crate::file_decoder::FileDecoder;
use crate::wanted::wanted;
use crate::{DecodeError, Decoder, PointBatch};

/// Decodes a LAZ tile.
pub(crate) fn decode(
    decoder: &Decoder,
    points: u64,
    tile: &[u8],
) -> Result<PointBatch, DecodeError> {
    let bounds = &decoder.bounds;
    let header = Header::parse(tile, tile.len() as u64)?;
    if header.points != points {
        return Err(DecodeError::Count {
            expected: points,
            found: header.points,
        });
    }
    let evlrs = header.evlrs_range(tile.len() as u64)?;
    // `evlrs_range` lies within the size, which is that of the tile.
    let evlrs = &tile[evlrs.start as usize..evlrs.end as usize];
    let pool = Arc::clone(&decoder.decompressors);
    let evlrs = (evlrs, header.evlr_count);
    let file = FileDecoder::new(header, tile, evlrs)?.with_decompressors(pool);
    let fields = wanted(file.layout(), decoder.wanted.as_deref(), |name| {
        decoder.is_known(name)
    })?;
    file.decode_fields(fields, bounds, decoder.keeps_chunks, &chunks(&file, tile)?)
}

/// The chunks of a tile, each with its number of points.
fn chunks<'a>(file: &FileDecoder, tile: &'a [u8]) -> Result<Vec<(u64, &'a [u8])>, DecodeError> {
    let header = file.header();
    let Some(compression) = file.compression() else {
        // The header was checked: points start within the file.
        return Ok(vec![(header.points, &tile[header.points_at as usize..])]);
    };
    let table = ChunkTable::of_file(tile, header, compression)?;
    // The chunk table was checked: chunks are within the file.
    let chunk = |at: u64, size: u64| &tile[at as usize..][..size as usize];
    let chunks = table.chunks().iter();
    Ok(chunks.map(|c| (c.points, chunk(c.at, c.size))).collect())
}
