//! From compressed chunks to records: by `ept-laz`, or by `laz` what that does not read.

use std::io::Cursor;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ept_laz::{Item, Layers};
use laz::record::{
    LayeredPointRecordDecompressor, RecordDecompressor, SequentialPointRecordDecompressor,
};
use laz::{LazItem, LazItemType, LazVlr};

use crate::DecodeError;
use crate::columns::BLOCK_BYTES;
use crate::laz_tile::{Chunk, LazTile, unsupported};

/// Decoders that are not at work. Each has a megabyte of models, which is worth keeping from tile to tile.
#[derive(Debug, Default)]
pub(crate) struct Decompressors {
    idle: Mutex<Vec<(Vec<Item>, ept_laz::Decoder)>>,
}

impl Decompressors {
    /// Decompresses all points of a tile and hands their records to `sink`, some at a time. Of layered records, what is
    /// in no wanted layer is without meaning.
    pub(crate) fn decompress(
        &self,
        tile: &LazTile<'_>,
        wanted: Layers,
        mut sink: impl FnMut(&[u8]),
    ) -> Result<(), DecodeError> {
        let size = tile.record_length;
        let mut block = vec![0; (BLOCK_BYTES / size).max(1) * size];
        let items = items(&tile.vlr);
        let Some((items, mut decoder)) = items.and_then(|items| self.take(items)) else {
            let mut chunks = tile.chunks.iter();
            return chunks.try_for_each(|chunk| by_laz(tile, chunk, &mut block, &mut sink));
        };
        decoder.select(wanted);
        let mut chunks = tile.chunks.iter();
        let result = chunks.try_for_each(|chunk| {
            let mut records = decoder.begin(chunk.bytes)?;
            blocks(chunk.points, size, &mut block, |block| {
                records.read(block)?;
                sink(block);
                Ok(())
            })
        });
        self.idle().push((items, decoder));
        result.map_err(|error: ept_laz::Error| DecodeError::corrupt("LAZ chunk", error.to_string()))
    }

    /// A decoder of these items; none for what `ept-laz` does not read.
    fn take(&self, items: Vec<Item>) -> Option<(Vec<Item>, ept_laz::Decoder)> {
        let mut idle = self.idle();
        match idle.iter().position(|(known, _)| *known == items) {
            Some(at) => Some(idle.swap_remove(at)),
            None => {
                drop(idle);
                let decoder = ept_laz::Decoder::new(&items).ok()?;
                Some((items, decoder))
            }
        }
    }

    /// No code that can panic runs under the lock.
    fn idle(&self) -> MutexGuard<'_, Vec<(Vec<Item>, ept_laz::Decoder)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The items in the words of `ept-laz`; none where it has no words.
fn items(vlr: &LazVlr) -> Option<Vec<Item>> {
    vlr.items().iter().map(item).collect()
}

fn item(item: &LazItem) -> Option<Item> {
    Some(match (item.item_type(), item.version()) {
        (LazItemType::Point10, 2) => Item::Point10,
        (LazItemType::GpsTime, 2) => Item::GpsTime,
        (LazItemType::RGB12, 2) => Item::Rgb12,
        (LazItemType::Byte(count), 2) => Item::Bytes(count),
        (LazItemType::Point14, 3) => Item::Point14,
        (LazItemType::RGB14, 3) => Item::Rgb14,
        (LazItemType::RGBNIR14, 3) => Item::RgbNir14,
        (LazItemType::Byte14(count), 3) => Item::Bytes14(count),
        _ => return None,
    })
}

fn by_laz(
    tile: &LazTile<'_>,
    chunk: &Chunk<'_>,
    block: &mut [u8],
    sink: &mut impl FnMut(&[u8]),
) -> Result<(), DecodeError> {
    let result = match tile.is_layered {
        true => {
            let layered = LayeredPointRecordDecompressor::new(Cursor::new(chunk.bytes));
            records_by_laz(layered, tile, chunk, block, sink)
        }
        false => {
            let sequential = SequentialPointRecordDecompressor::new(chunk.bytes);
            records_by_laz(sequential, tile, chunk, block, sink)
        }
    };
    result.map_err(|error| match error {
        laz::LasZipError::IoError(_) => {
            DecodeError::corrupt("LAZ chunk", "it ends before its last point")
        }
        other => unsupported(&other),
    })
}

fn records_by_laz<R>(
    mut decompressor: impl RecordDecompressor<R>,
    tile: &LazTile<'_>,
    chunk: &Chunk<'_>,
    block: &mut [u8],
    sink: &mut impl FnMut(&[u8]),
) -> Result<(), laz::LasZipError> {
    decompressor.set_fields_from(tile.vlr.items())?;
    let size = decompressor.record_size();
    blocks(chunk.points, size, block, |block| {
        decompressor.decompress_many(block)?;
        sink(block);
        Ok(())
    })
}

/// Does something for as many records as there are points, a block of them at a time.
fn blocks<E>(
    points: u64,
    size: usize,
    block: &mut [u8],
    mut each: impl FnMut(&mut [u8]) -> Result<(), E>,
) -> Result<(), E> {
    let in_block = block.len() / size;
    let mut left = points;
    while left > 0 {
        let now = usize::try_from(left).map_or(in_block, |left| left.min(in_block));
        each(&mut block[..now * size])?;
        left -= now as u64;
    }
    Ok(())
}
