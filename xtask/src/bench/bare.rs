//! The limit: all tiles of a laszip dataset, in memory, through nothing but the `laz` crate.

use std::io::{Cursor, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, anyhow, ensure};
use las::raw::{Header, Vlr};
use laz::record::{
    LayeredPointRecordCompressor, RecordCompressor, SequentialPointRecordCompressor,
};
use laz::{LasZipDecompressor, LazVlr};

/// The tiles of a dataset.
pub(crate) struct Tiles {
    tiles: Vec<Tile>,
}

struct Tile {
    bytes: Vec<u8>,
    points: usize,
    points_at: u64,
    vlr: LazVlr,
}

impl Tiles {
    /// Reads all of a dataset's tiles, largest first, so that threads end together.
    pub(crate) fn load(dataset: &Path) -> Result<Tiles> {
        let folder = dataset.join("ept-data");
        let mut tiles = Vec::new();
        for entry in folder
            .read_dir()
            .with_context(|| folder.display().to_string())?
        {
            let path = entry?.path();
            ensure!(
                path.extension().is_some_and(|e| e == "laz"),
                "only laszip has a bare decoder"
            );
            let tile = Tile::parse(std::fs::read(&path)?);
            tiles.push(tile.with_context(|| path.display().to_string())?);
        }
        tiles.sort_by_key(|tile| std::cmp::Reverse(tile.points));
        Ok(Tiles { tiles })
    }

    pub(crate) fn len(&self) -> usize {
        self.tiles.len()
    }

    pub(crate) fn points(&self) -> usize {
        self.tiles.iter().map(|tile| tile.points).sum()
    }

    /// Decodes all tiles to records on that many threads; each keeps one buffer.
    pub(crate) fn decode(&self, threads: usize) -> Result<()> {
        self.each(threads, |_, _| Ok(()))
    }

    /// Decodes all tiles and encodes their records again, a tile to a chunk, on that many threads.
    pub(crate) fn recode(&self, threads: usize) -> Result<()> {
        self.each(threads, |tile, records| {
            std::hint::black_box(tile.encode(records)?);
            Ok(())
        })
    }

    fn each(&self, threads: usize, then: impl Fn(&Tile, &[u8]) -> Result<()> + Sync) -> Result<()> {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let work = || {
                let mut records = Vec::new();
                while let Some(tile) = self.tiles.get(next.fetch_add(1, Ordering::Relaxed)) {
                    tile.decode(&mut records)?;
                    then(tile, &records)?;
                }
                anyhow::Ok(())
            };
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let mut results = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            results.try_for_each(|result| result.map_err(|_| anyhow!("a thread panicked"))?)
        })
    }
}

impl Tile {
    fn parse(bytes: Vec<u8>) -> Result<Tile> {
        let mut source = Cursor::new(&bytes);
        let header = Header::read_from(&mut source)?;
        source.seek(SeekFrom::Start(header.header_size.into()))?;
        let mut vlr = None;
        for _ in 0..header.number_of_variable_length_records {
            let record = Vlr::read_from(&mut source, false)?;
            if record.record_id == LazVlr::RECORD_ID {
                vlr = Some(LazVlr::from_buffer(&record.data)?);
            }
        }
        let large = header
            .large_file
            .map_or(0, |large| large.number_of_point_records);
        Ok(Tile {
            points: usize::try_from(large.max(header.number_of_point_records.into()))?,
            points_at: header.offset_to_point_data.into(),
            vlr: vlr.context("no LASzip record")?,
            bytes,
        })
    }

    fn encode(&self, records: &[u8]) -> Result<Vec<u8>> {
        let is_layered = self.vlr.items().iter().any(|item| item.version() > 2);
        let mut compressor: Box<dyn RecordCompressor<Vec<u8>>> = match is_layered {
            true => Box::new(LayeredPointRecordCompressor::new(Vec::new())),
            false => Box::new(SequentialPointRecordCompressor::new(Vec::new())),
        };
        compressor.set_fields_from(self.vlr.items())?;
        compressor.compress_many(records)?;
        compressor.done()?;
        Ok(compressor.box_into_inner())
    }

    fn decode(&self, records: &mut Vec<u8>) -> Result<()> {
        let mut source = Cursor::new(self.bytes.as_slice());
        source.set_position(self.points_at);
        records.resize(self.points * self.vlr.items_size() as usize, 0);
        let mut decompressor = LasZipDecompressor::new(source, self.vlr.clone())?;
        decompressor.decompress_many(records)?;
        std::hint::black_box(&records);
        Ok(())
    }
}
