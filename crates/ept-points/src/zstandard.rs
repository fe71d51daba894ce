//! Zstandard tiles: records of the schema, compressed.

use std::io::Read;

use crate::DecodeError;
use crate::columns::{BLOCK_BYTES, ColumnBuilder};

/// Decompresses a tile and hands its records to `columns`; returns how many bytes it decompressed to.
///
/// At most `expected` bytes become points, so that a tile cannot fill the memory; up to twice as many
/// are counted for the message.
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
    while total <= expected.saturating_mul(2) {
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
