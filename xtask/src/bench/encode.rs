//! Encoding of records in memory, by `laz` and by `ept-laz`.

use std::time::Duration;

use anyhow::Result;
use ept_laz::{Decoder, Encoder};
use laz::record::{
    LayeredPointRecordCompressor, RecordCompressor, SequentialPointRecordCompressor,
};

use super::bare::{Encoding, Tile, Tiles, is_layered};
use super::timed;

impl Tiles {
    /// Time to encode the records of all laszip tiles with `laz` on one thread, a chunk for each tile.
    pub(crate) fn encode(&self) -> Result<Duration> {
        self.each_records(|tile, records| {
            std::hint::black_box(tile.encode(records)?);
            Ok(())
        })
    }

    /// The same with `ept-laz`.
    pub(crate) fn encode_by_ept_laz(&self) -> Result<Duration> {
        let mut encoder = Encoder::new(&self.items()?)?;
        let mut chunk = Vec::new();
        self.each_records(|_, records| {
            chunk.clear();
            encoder.encode(records, &mut chunk)?;
            std::hint::black_box(&chunk);
            Ok(())
        })
    }

    /// Time of some work with the records of each tile. Decoding them is not part of it.
    fn each_records(&self, mut work: impl FnMut(&Tile, &[u8]) -> Result<()>) -> Result<Duration> {
        let mut decoder = Decoder::new(&self.items()?)?;
        let (mut records, mut time) = (Vec::new(), Duration::ZERO);
        for tile in &self.tiles {
            tile.decode_by_ept_laz(&mut decoder, &mut records)?;
            time += timed(|| work(tile, &records))?;
        }
        Ok(time)
    }
}

impl Tile {
    /// One chunk of the tile's records, by `laz`.
    pub(super) fn encode(&self, records: &[u8]) -> Result<Vec<u8>> {
        let (Encoding::Laszip { vlr, .. } | Encoding::Chunk { vlr }) = &self.encoding;
        let mut compressor: Box<dyn RecordCompressor<Vec<u8>>> = if is_layered(vlr) {
            Box::new(LayeredPointRecordCompressor::new(Vec::new()))
        } else {
            Box::new(SequentialPointRecordCompressor::new(Vec::new()))
        };
        compressor.set_fields_from(vlr.items())?;
        compressor.compress_many(records)?;
        compressor.done()?;
        Ok(compressor.box_into_inner())
    }
}
