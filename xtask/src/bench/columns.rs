//! The limit of reading tiles of fixed fields: files read into one buffer, and their values written to columns.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ept_reader::{DataType, Dataset, Query};
use futures::TryStreamExt;

use super::on_threads;

/// Tiles of a binary or zstandard dataset, as files.
pub(super) struct Files {
    tiles: Vec<(PathBuf, usize)>,
    /// Size of each field of a record, and whether it is scaled to 64-bit floats.
    fields: Vec<(usize, bool)>,
    is_compressed: bool,
}

/// What a thread uses again for each tile.
#[derive(Default)]
struct Memory {
    file: Vec<u8>,
    records: Vec<u8>,
    columns: Vec<Column>,
}

#[derive(Default)]
struct Column {
    bytes: Vec<u8>,
    shorts: Vec<[u8; 2]>,
    words: Vec<[u8; 4]>,
    longs: Vec<[u8; 8]>,
    floats: Vec<f64>,
}

impl Files {
    /// The tiles of a dataset on disk, largest first.
    pub(super) fn of(folder: &Path) -> Result<Files> {
        let runtime = tokio::runtime::Runtime::new()?;
        let dataset = runtime.block_on(Dataset::open(&folder.to_string_lossy()))?;
        let nodes = async {
            dataset
                .select(&Query::new())?
                .nodes()
                .try_collect::<Vec<_>>()
                .await
        };
        let mut nodes = runtime.block_on(nodes)?;
        nodes.sort_by_key(|node| std::cmp::Reverse(node.points));
        let metadata = dataset.ept()?.metadata();
        let tiles = nodes.iter().map(|node| {
            let points = usize::try_from(node.points)?;
            Ok((folder.join(metadata.tile_path(node.name)), points))
        });
        let schema = metadata.schema().iter();
        Ok(Files {
            tiles: tiles.collect::<Result<_>>()?,
            fields: schema.map(|d| (d.scalar.size(), d.scale != 1.0)).collect(),
            is_compressed: metadata.data_type() == DataType::Zstandard,
        })
    }

    /// Time to read all tiles and to write their values to columns on this many threads, which reuse their memory.
    pub(super) fn read(&self, threads: usize) -> Result<Duration> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut memory = Memory::default();
            memory
                .columns
                .resize_with(self.fields.len(), Column::default);
            while let Some((file, points)) = self.tiles.get(next.fetch_add(1, Ordering::Relaxed)) {
                let read = self.read_tile(file, *points, &mut memory);
                read.with_context(|| file.display().to_string())?;
            }
            anyhow::Ok(())
        };
        on_threads(threads, work)
    }

    fn read_tile(&self, path: &Path, points: usize, memory: &mut Memory) -> Result<()> {
        let Memory {
            file,
            records,
            columns,
        } = memory;
        file.clear();
        File::open(path)?.read_to_end(file)?;
        let size: usize = self.fields.iter().map(|(size, _)| size).sum();
        let records = if self.is_compressed {
            records.resize(points * size, 0);
            zstd::bulk::decompress_to_buffer(file, &mut records[..])?;
            records
        } else {
            file
        };
        ensure!(records.len() == points * size, "{} bytes", records.len());
        // A block at a time, which stays in the cache of a core.
        columns.iter_mut().for_each(Column::clear);
        for block in records.chunks((1 << 16) / size * size) {
            let mut at = 0;
            for (column, (width, is_scaled)) in columns.iter_mut().zip(&self.fields) {
                column.push(block.chunks_exact(size), at, *width, *is_scaled);
                at += width;
            }
        }
        std::hint::black_box(columns);
        Ok(())
    }
}

impl Column {
    fn clear(&mut self) {
        self.bytes.clear();
        self.shorts.clear();
        self.words.clear();
        self.longs.clear();
        self.floats.clear();
    }

    fn push<'a>(
        &mut self,
        records: impl Iterator<Item = &'a [u8]>,
        at: usize,
        width: usize,
        is_scaled: bool,
    ) {
        match width {
            4 if is_scaled => {
                let value = |r: &[u8]| f64::from(i32::from_le_bytes(part(r, at))) * 0.01 + 1.0;
                self.floats.extend(records.map(value));
            }
            1 => self.bytes.extend(records.map(|r| r[at])),
            2 => self.shorts.extend(records.map(|r| part::<2>(r, at))),
            4 => self.words.extend(records.map(|r| part::<4>(r, at))),
            _ => self.longs.extend(records.map(|r| part::<8>(r, at))),
        }
    }
}

fn part<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&record[at..at + N]);
    bytes
}
