//! Decompression of chunks to records: by `ept-laz`, and by `laz` for what that can't read.

use std::io::Cursor;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ept_laz::{Item, Layers};
use laz::LazItemType;
use laz::record::{
    LayeredPointRecordDecompressor, RecordDecompressor, SequentialPointRecordDecompressor,
};

use crate::bytes::u32_at;
use crate::{Compression, LasError, guard};

/// Bytes of records passed on at a time: they stay in the cache of a core.
const BLOCK_BYTES: usize = 1 << 16;

/// Decompresses chunks, on any number of threads. Each chunk being decompressed takes about a megabyte, which is reused
/// for the next.
#[derive(Debug, Default)]
pub struct Decompressors {
    /// Decoders not in use.
    idle: Mutex<Vec<(Vec<Item>, ept_laz::Decoder)>>,
}

impl Decompressors {
    /// Decompresses a chunk of `points` points and passes its records to `sink`, a block at a time.
    ///
    /// In records of point formats 6 to 10, fields that are in none of the `wanted` layers are meaningless.
    ///
    /// # Errors
    /// If the chunk is damaged or has too few points.
    pub fn decompress(
        &self,
        compression: &Compression,
        chunk: &[u8],
        points: u64,
        wanted: Layers,
        mut sink: impl FnMut(&[u8]),
    ) -> Result<(), LasError> {
        check(chunk, compression)?;
        let size = compression.record_length;
        let mut block = vec![0; (BLOCK_BYTES / size).max(1) * size];
        let decoder = compression
            .items
            .as_ref()
            .and_then(|items| self.take(items));
        let Some((items, mut decoder)) = decoder else {
            return by_laz(compression, chunk, points, &mut block, &mut sink);
        };
        decoder.select(wanted);
        let result = decoder.begin(chunk).and_then(|mut records| {
            blocks(points, size, &mut block, |block| {
                records.read(block)?;
                sink(block);
                Ok(())
            })
        });
        self.idle().push((items, decoder));
        result.map_err(|error: ept_laz::Error| corrupt(error.to_string()))
    }

    /// A decoder of these items. `None` if `ept-laz` can't read their sequence.
    fn take(&self, items: &[Item]) -> Option<(Vec<Item>, ept_laz::Decoder)> {
        let mut idle = self.idle();
        match idle.iter().position(|(known, _)| known == items) {
            Some(at) => Some(idle.swap_remove(at)),
            None => {
                drop(idle);
                let decoder = ept_laz::Decoder::new(items).ok()?;
                Some((items.to_vec(), decoder))
            }
        }
    }

    /// The idle decoders. The lock can't be poisoned: no code that can panic runs under it.
    fn idle(&self) -> MutexGuard<'_, Vec<(Vec<Item>, ept_laz::Decoder)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn by_laz(
    compression: &Compression,
    chunk: &[u8],
    points: u64,
    block: &mut [u8],
    sink: &mut impl FnMut(&[u8]),
) -> Result<(), LasError> {
    if compression.is_layered {
        let layered = LayeredPointRecordDecompressor::new(Cursor::new(chunk));
        records_by_laz(layered, compression, points, block, sink)
    } else {
        let sequential = SequentialPointRecordDecompressor::new(chunk);
        records_by_laz(sequential, compression, points, block, sink)
    }
}

fn records_by_laz<R>(
    mut decompressor: impl RecordDecompressor<R>,
    compression: &Compression,
    points: u64,
    block: &mut [u8],
    sink: &mut impl FnMut(&[u8]),
) -> Result<(), LasError> {
    guard::call("LASzip record", || {
        decompressor.set_fields_from(compression.vlr.items())
    })?;
    blocks(points, compression.record_length, block, |block| {
        guard::call("LAZ chunk", || decompressor.decompress_many(block))?;
        sink(block);
        Ok(())
    })
}

/// Calls a function for a block of records at a time, until it was called for all points.
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

/// Checks the lengths in a chunk: decoders trust them, and `laz` aborts on wrong ones.
fn check(chunk: &[u8], compression: &Compression) -> Result<(), LasError> {
    if compression.is_layered {
        check_layers(chunk, compression)
    } else {
        check_code(chunk.get(compression.record_length..).unwrap_or(&[]))
    }
}

/// Checks that an arithmetic code starts with a number below 2^32 - 1, as encoders write it.
///
/// `laz` never recovers from another start: it decodes the last symbol again and again, for GPS times by recursion
/// until the stack overflows.
fn check_code(code: &[u8]) -> Result<(), LasError> {
    if code.starts_with(&[0xff; 4]) {
        return Err(corrupt("its code is out of range".into()));
    }
    Ok(())
}

/// Checks that the layers of a chunk of point formats 6 to 10 fit in its bytes, and that their codes start validly.
fn check_layers(chunk: &[u8], compression: &Compression) -> Result<(), LasError> {
    let items = compression.vlr.items().iter();
    let layers: usize = items.map(|item| layers_of(item.item_type())).sum();
    let cut = || corrupt("it ends within the sizes of its layers".into());
    // The first point uncompressed, the number of points, then a size for each layer.
    let sizes = chunk.get(compression.record_length + 4..).ok_or_else(cut)?;
    let (sizes, mut data) = sizes.split_at_checked(layers * 4).ok_or_else(cut)?;
    let sizes = sizes.chunks_exact(4).map(|size| u32_at(size, 0));
    let total: u64 = sizes.clone().map(u64::from).sum();
    if total > data.len() as u64 {
        let problem = format!(
            "its layers have {total} bytes, but only {} follow",
            data.len()
        );
        return Err(corrupt(problem));
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

fn corrupt(problem: String) -> LasError {
    LasError::corrupt("LAZ chunk", problem)
}
