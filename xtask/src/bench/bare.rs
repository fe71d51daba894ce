//! The limits: decoding tiles in memory with nothing but `laz`.

use std::io::{Cursor, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use ept_laz::{Decoder, Item, Kind};
use ept_reader::{Dataset, Query};
use futures::TryStreamExt;
use las::raw::{Header, Vlr};
use laz::laszip::ChunkTable;
use laz::record::{
    LayeredPointRecordDecompressor, RecordDecompressor, SequentialPointRecordDecompressor,
};
use laz::{LasZipDecompressor, LazItem, LazItemType, LazVlr};

use super::{on_threads, timed};

/// Tiles of a dataset.
pub(crate) struct Tiles {
    pub(super) tiles: Vec<Tile>,
}

pub(super) struct Tile {
    /// Path below the dataset.
    path: String,
    bytes: Vec<u8>,
    points: usize,
    pub(super) encoding: Encoding,
}

pub(super) enum Encoding {
    Laszip {
        points_at: u64,
        vlr: LazVlr,
        /// Offset of each chunk, and its number of points.
        chunks: Vec<(usize, usize)>,
    },
    /// One chunk of a LAZ file.
    Chunk { vlr: LazVlr },
}

impl Tiles {
    /// Reads the tiles that a query touches, largest first, so that threads end together.
    pub(crate) fn load(folder: &Path, query: &Query) -> Result<Tiles> {
        let runtime = tokio::runtime::Runtime::new()?;
        let dataset = runtime.block_on(Dataset::open(&folder.to_string_lossy()))?;
        let nodes = async { dataset.select(query)?.nodes().try_collect::<Vec<_>>().await };
        let nodes = runtime.block_on(nodes)?;
        let metadata = dataset.ept()?.metadata();
        let tiles = nodes.into_iter().map(|node| {
            let path = metadata.tile_path(node.name);
            let file = folder.join(&path);
            let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
            let points = usize::try_from(node.points)?;
            Ok(Tile {
                path,
                encoding: laszip(&bytes, points)?,
                bytes,
                points,
            })
        });
        let mut tiles = tiles.collect::<Result<Vec<_>>>()?;
        tiles.sort_by_key(|tile| std::cmp::Reverse(tile.points));
        Ok(Tiles { tiles })
    }

    /// Reads the chunks of LAZ files, each as a tile of its own.
    pub(crate) fn of_files(files: &[PathBuf]) -> Result<Tiles> {
        let mut tiles = Vec::new();
        for file in files {
            let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
            let header = Header::read_from(&mut Cursor::new(&bytes))?;
            let large = header.large_file.map(|large| large.number_of_point_records);
            let points = large.unwrap_or_else(|| header.number_of_point_records.into());
            let Encoding::Laszip { vlr, chunks, .. } = laszip(&bytes, usize::try_from(points)?)?
            else {
                bail!("{}: not a LAZ file", file.display());
            };
            let ends = chunks
                .iter()
                .skip(1)
                .map(|(at, _)| *at)
                .chain([bytes.len()]);
            tiles.extend(chunks.iter().zip(ends).map(|((at, points), end)| Tile {
                path: file.display().to_string(),
                bytes: bytes[*at..end].to_vec(),
                points: *points,
                encoding: Encoding::Chunk { vlr: vlr.clone() },
            }));
        }
        Ok(Tiles { tiles })
    }

    pub(crate) fn len(&self) -> usize {
        self.tiles.len()
    }

    pub(crate) fn points(&self) -> usize {
        self.tiles.iter().map(|tile| tile.points).sum()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.tiles.iter().map(|tile| tile.path.as_str())
    }

    /// Time to decode all tiles to records on this many threads. Each thread reuses one buffer.
    pub(crate) fn decode(&self, threads: usize) -> Result<Duration> {
        self.each(threads, |_, _| Ok(()))
    }

    /// Time to decode all laszip tiles to records with `ept-laz`, on one thread.
    pub(crate) fn decode_by_ept_laz(&self) -> Result<Duration> {
        let mut decoder = Decoder::new(&self.items()?)?;
        let mut records = Vec::new();
        timed(|| {
            let mut tiles = self.tiles.iter();
            tiles.try_for_each(|tile| tile.decode_by_ept_laz(&mut decoder, &mut records))
        })
    }

    /// The items of laszip tiles.
    pub(super) fn items(&self) -> Result<Vec<Item>> {
        match self.tiles.first().map(|tile| &tile.encoding) {
            Some(Encoding::Laszip { vlr, .. }) => Ok(vlr.items().iter().map(item).collect()),
            _ => bail!("no laszip tiles"),
        }
    }

    /// As [`Tiles::decode`], then encodes the records again, a chunk for each tile.
    pub(crate) fn recode(&self, threads: usize) -> Result<Duration> {
        self.each(threads, |tile, records| {
            std::hint::black_box(tile.encode(records)?);
            Ok(())
        })
    }

    fn each(
        &self,
        threads: usize,
        then: impl Fn(&Tile, &[u8]) -> Result<()> + Sync,
    ) -> Result<Duration> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut records = Vec::new();
            while let Some(tile) = self.tiles.get(next.fetch_add(1, Ordering::Relaxed)) {
                tile.decode(&mut records)?;
                then(tile, &records)?;
            }
            anyhow::Ok(())
        };
        on_threads(threads, work)
    }
}

fn laszip(tile: &[u8], points: usize) -> Result<Encoding> {
    let mut source = Cursor::new(tile);
    let header = Header::read_from(&mut source)?;
    source.seek(SeekFrom::Start(header.header_size.into()))?;
    let mut vlr = None;
    for _ in 0..header.number_of_variable_length_records {
        let record = Vlr::read_from(&mut source, false)?;
        if record.record_id == LazVlr::RECORD_ID {
            vlr = Some(LazVlr::from_buffer(&record.data)?);
        }
    }
    let points_at = header.offset_to_point_data.into();
    let vlr = vlr.context("no LASzip record")?;
    source.set_position(points_at);
    let table = ChunkTable::read_from(&mut source, &vlr)?;
    let (mut at, mut left) = (points_at as usize + ChunkTable::OFFSET_SIZE, points);
    let chunks = table.into_iter().map(|chunk| {
        let count = if vlr.uses_variable_size_chunks() {
            chunk.point_count as usize
        } else {
            left.min(vlr.chunk_size() as usize)
        };
        left -= count;
        at += chunk.byte_count as usize;
        (at - chunk.byte_count as usize, count)
    });
    Ok(Encoding::Laszip {
        points_at,
        chunks: chunks.collect(),
        vlr,
    })
}

fn item(item: &LazItem) -> Item {
    let kind = match item.item_type() {
        LazItemType::Point10 => Kind::Point10,
        LazItemType::GpsTime => Kind::GpsTime,
        LazItemType::RGB12 => Kind::Rgb12,
        LazItemType::WavePacket13 => Kind::WavePacket13,
        LazItemType::Byte(count) => Kind::Bytes(count),
        LazItemType::Point14 => Kind::Point14,
        LazItemType::RGB14 => Kind::Rgb14,
        LazItemType::RGBNIR14 => Kind::RgbNir14,
        LazItemType::WavePacket14 => Kind::WavePacket14,
        LazItemType::Byte14(count) => Kind::Bytes14(count),
    };
    kind.version(item.version())
}

impl Tile {
    fn decode(&self, records: &mut Vec<u8>) -> Result<()> {
        match &self.encoding {
            Encoding::Laszip { points_at, vlr, .. } => {
                let mut source = Cursor::new(self.bytes.as_slice());
                source.set_position(*points_at);
                records.resize(self.points * vlr.items_size() as usize, 0);
                LasZipDecompressor::new(source, vlr.clone())?.decompress_many(records)?;
            }
            Encoding::Chunk { vlr } => {
                records.resize(self.points * vlr.items_size() as usize, 0);
                let source = Cursor::new(self.bytes.as_slice());
                let mut decompressor: Box<dyn RecordDecompressor<_>> = if is_layered(vlr) {
                    Box::new(LayeredPointRecordDecompressor::new(source))
                } else {
                    Box::new(SequentialPointRecordDecompressor::new(source))
                };
                decompressor.set_fields_from(vlr.items())?;
                decompressor.decompress_many(records)?;
            }
        }
        std::hint::black_box(records);
        Ok(())
    }

    pub(super) fn decode_by_ept_laz(
        &self,
        decoder: &mut Decoder,
        records: &mut Vec<u8>,
    ) -> Result<()> {
        let Encoding::Laszip { chunks, .. } = &self.encoding else {
            return Ok(());
        };
        let size = decoder.record_size();
        records.resize(self.points * size, 0);
        let mut rest = &mut records[..];
        for (at, points) in chunks {
            let own;
            (own, rest) = rest.split_at_mut(points * size);
            decoder.begin(&self.bytes[*at..])?.read(own)?;
        }
        std::hint::black_box(records);
        Ok(())
    }
}

/// Whether points are compressed like those of point formats 6 to 10.
pub(super) fn is_layered(vlr: &LazVlr) -> bool {
    vlr.items().iter().any(|item| item.version() > 2)
}
