//! Zstandard tiles: compressed records as described by the schema.

use std::io::Read;

use crate::DecodeError;
use crate::columns::{BLOCK_BYTES, ColumnBuilder};

/// Maximum number of bytes to count if fewer are expected. No honest tile has as many.
const MAX_COUNTED: u64 = 1 << 28;

/// Decompresses a tile and passes its records to `columns`. Returns the number of decompressed bytes.
///
/// At most `expected` bytes become points, so that a tile can't fill the memory. The rest is only counted, for the
/// message, and of a decompression bomb not all of it.
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
