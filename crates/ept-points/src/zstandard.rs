//! Zstandard tiles: records of the schema, compressed.

use std::io::Read;

use crate::DecodeError;
use crate::columns::{BLOCK_BYTES, ColumnBuilder};

/// Bytes up to which more than the expected are counted: no honest tile has as many.
const MAX_COUNTED: u64 = 1 << 28;

/// Decompresses a tile and hands its records to `columns`; returns how many bytes it decompressed to.
///
/// At most `expected` bytes become points, so that a tile cannot fill the memory; the rest is only counted,
/// for the message, and a bomb not to its end.
pub(crate) fn decode(
    tile: &[u8],
    record_length: usize,
    expected: u64,
    columns: &mut ColumnBuilder<'_>,
) -> Result<u64, DecodeError> {
    let corrupt = |error: std::io::Error| {
        DecodeError::corrupt("Zstandard data", error.to_string().to_lowercase())
    };
    let mut reader = zstd::stream::read::Decoder::with_buffer(tile).map_err(corrupt)?;
    let in_block = (BLOCK_BYTES / record_length).max(1);
    let mut block = vec![0; in_block * record_length];
    let mut total = 0;
    while total <= expected.max(MAX_COUNTED) {
        let mut filled = 0;
        while filled < block.len() {
            match reader.read(&mut block[filled..]).map_err(corrupt)? {
                0 => break,
                read => filled += read,
            }
        }
        total += filled as u64;
        if total <= expected {
            columns.push(&block[..filled]);
        }
        if filled < block.len() {
            break;
        }
    }
    Ok(total)
}
