//! Reading of layered chunks.

use super::chunk::Chunk;
use super::layers::Layers;
use super::{BLOCK, Layered};
use crate::error::Error;

impl Layered {
    /// Reads only these layers, from the next chunk on.
    pub(crate) fn select(&mut self, wanted: Layers) {
        self.wanted = wanted;
    }

    /// Starts a chunk.
    pub(crate) fn begin<'a>(&mut self, chunk: &'a [u8]) -> Result<Chunk<'a>, Error> {
        let chunk = Chunk::new(chunk, self.layout, self.wanted)?;
        self.start(&chunk.codes, chunk.first);
        Ok(chunk)
    }

    /// Fills whole records with the next points of the chunk that was started last.
    pub(crate) fn read(&mut self, chunk: &mut Chunk<'_>, records: &mut [u8]) -> Result<(), Error> {
        let size = self.record_size;
        let whole = records.len() / size * size;
        let mut records = &mut records[..whole];
        if !chunk.is_first_read && records.len() >= size {
            chunk.is_first_read = true;
            let (record, rest) = records.split_at_mut(size);
            record.copy_from_slice(chunk.first);
            records = rest;
        }
        for block in records.chunks_mut(BLOCK * size) {
            if chunk.codes.point.is_none() {
                return Err(Error::Truncated);
            }
            repeat(chunk.first, block);
            self.code_block(&mut chunk.codes, block);
            chunk.check()?;
        }
        Ok(())
    }
}

/// Fills records with copies of a record, in ever larger pieces.
fn repeat(record: &[u8], records: &mut [u8]) {
    let (mut filled, all) = (record.len().min(records.len()), records.len());
    records[..filled].copy_from_slice(&record[..filled]);
    while filled < all && filled > 0 {
        let more = filled.min(all - filled);
        records.copy_within(..more, filled);
        filled += more;
    }
}
