//! Decompression of chunks to records.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ept_laz::{Decoder, Error, Item, Layers};

use crate::{Compression, LasError};

/// Bytes of records passed on at a time: they stay in the cache of a core.
const BLOCK_BYTES: usize = 1 << 16;

/// Maximum number of decoders kept for later chunks, of whatever records.
const MOST_IDLE: usize = 64;

/// Decompresses chunks, on any number of threads. Each chunk being decompressed takes about a megabyte, which is reused
/// for the next.
#[derive(Debug, Default)]
pub struct Decompressors {
    /// Decoders not in use.
    idle: Mutex<Vec<(Vec<Item>, Decoder)>>,
}

impl Decompressors {
    /// Decompresses a chunk of `points` points and passes its records to `sink`, a block at a time.
    ///
    /// Returns the number of bytes that follow the code of the points, which is 0 for a chunk that LASzip wrote.
    ///
    /// In records of point formats 6 to 10, fields that are in none of the `wanted` layers are meaningless.
    ///
    /// # Errors
    /// If the chunk is damaged or has too few points, or its version of the compression is unknown.
    pub fn decompress(
        &self,
        compression: &Compression,
        chunk: &[u8],
        points: u64,
        wanted: Layers,
        mut sink: impl FnMut(&[u8]),
    ) -> Result<usize, LasError> {
        let size = compression.record_length;
        let mut block = vec![0; (BLOCK_BYTES / size).max(1) * size];
        let (items, mut decoder) = self.take(&compression.items)?;
        decoder.select(wanted);
        let result = decoder.begin(chunk).and_then(|mut records| {
            blocks(points, size, &mut block, |block| {
                records.read(block)?;
                sink(block);
                Ok(())
            })?;
            Ok(records.bytes_left())
        });
        let mut idle = self.idle();
        if idle.len() < MOST_IDLE {
            idle.push((items, decoder));
        }
        drop(idle);
        result.map_err(error)
    }

    /// A decoder of these items.
    fn take(&self, items: &[Item]) -> Result<(Vec<Item>, Decoder), LasError> {
        let mut idle = self.idle();
        match idle.iter().position(|(known, _)| known == items) {
            Some(at) => Ok(idle.swap_remove(at)),
            None => {
                drop(idle);
                let decoder = Decoder::new(items).map_err(error)?;
                Ok((items.to_vec(), decoder))
            }
        }
    }

    /// The idle decoders. The lock can't be poisoned: no code that can panic runs under it.
    fn idle(&self) -> MutexGuard<'_, Vec<(Vec<Item>, Decoder)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

fn error(error: Error) -> LasError {
    match error {
        Error::Unsupported(item) => LasError::Unsupported(format!("LAZ compression ({item})")),
        other => LasError::corrupt("LAZ chunk", other.to_string()),
    }
}
