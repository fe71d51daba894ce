//! Compression of point records to LAZ chunks, and their chunk table.

use std::fmt;
use std::io::{self, Seek, SeekFrom, Write};
use std::mem;
use std::num::NonZeroUsize;
use std::sync::Arc;

use ept_las::{ChunkTable, Chunking, Compression};
use ept_points::StoredChunks;

use crate::ExportError;
use crate::encoders::{Encoded, Encoders};
use crate::record::Record;

/// Points in each chunk but the last, as in LASzip.
const CHUNK_POINTS: u32 = 50_000;
/// Points of the smallest chunk that is copied where batches can share a chunk: many small chunks take more space.
const LEAST_COPIED: u64 = 5_000;

/// Compresses records on several threads and writes the chunks in order.
pub(crate) struct LazChunks {
    compression: Arc<Compression>,
    /// Bytes of the records of a full chunk. `None` if each batch of records is a chunk.
    full: Option<usize>,
    encoders: Encoders<Points>,
    /// Records of the chunk being filled.
    open: Vec<u8>,
    /// Offset of the points.
    points_at: u64,
    table: ChunkTable,
}

/// The points of a chunk.
enum Points {
    Records(Vec<u8>),
    /// The chunk as it is stored elsewhere, with its number of points.
    Stored(u64, Arc<[u8]>),
}

impl LazChunks {
    /// Chunks of 50,000 points, compressed on up to `threads` threads.
    pub(crate) fn fixed(record: &Record, threads: NonZeroUsize) -> Result<LazChunks, ExportError> {
        let chunking = Chunking::Fixed(CHUNK_POINTS);
        LazChunks::new(record, threads, chunking, Some(CHUNK_POINTS))
    }

    /// One chunk for each batch of records.
    pub(crate) fn variable(
        record: &Record,
        threads: NonZeroUsize,
    ) -> Result<LazChunks, ExportError> {
        LazChunks::new(record, threads, Chunking::Variable, None)
    }

    /// Chunks of 50,000 points, and chunks of any size that are copied.
    pub(crate) fn mixed(record: &Record, threads: NonZeroUsize) -> Result<LazChunks, ExportError> {
        LazChunks::new(record, threads, Chunking::Variable, Some(CHUNK_POINTS))
    }

    fn new(
        record: &Record,
        threads: NonZeroUsize,
        chunking: Chunking,
        full: Option<u32>,
    ) -> Result<LazChunks, ExportError> {
        let extra = record.size() - record.point_format.size();
        let compression = Arc::new(Compression::new(record.point_format, extra, chunking)?);
        let encoder = Arc::clone(&compression);
        Ok(LazChunks {
            compression,
            full: full.map(|points| points as usize * record.size()),
            encoders: Encoders::new(threads, move |points: &Points, mut chunk| match points {
                Points::Records(records) => Ok(encoder.compress(records, chunk)?),
                Points::Stored(_, stored) => {
                    chunk.extend_from_slice(stored);
                    Ok(chunk)
                }
            }),
            open: Vec::new(),
            points_at: 0,
            table: ChunkTable::default(),
        })
    }

    /// The compression, as the file describes it.
    pub(crate) fn compression(&self) -> &Compression {
        &self.compression
    }

    /// Reserves space for the offset of the chunk table at the start of the points. The first chunk follows it.
    pub(crate) fn start(&mut self, points_at: u64, out: &mut impl Write) -> io::Result<()> {
        self.points_at = points_at;
        self.table = ChunkTable::starting_at(points_at + ChunkTable::PLACE_SIZE);
        out.write_all(&[0; ChunkTable::PLACE_SIZE as usize])
    }

    /// Compresses whole records, one or more. Finished chunks are written to `out`.
    pub(crate) fn write(
        &mut self,
        mut records: &[u8],
        out: &mut impl Write,
    ) -> Result<(), ExportError> {
        let Some(full) = self.full else {
            self.open.extend_from_slice(records);
            return self.close(out);
        };
        while !records.is_empty() {
            let room = full - self.open.len();
            let (now, after) = records.split_at(room.min(records.len()));
            self.open.extend_from_slice(now);
            if self.open.len() == full {
                self.close(out)?;
            }
            records = after;
        }
        Ok(())
    }

    /// Whether chunks of these records, compressed like this, can be copied to this file: all of them, as chunks of their
    /// own.
    pub(crate) fn takes(&self, stored: &StoredChunks) -> bool {
        let fits = match (self.full, self.compression.chunking()) {
            (_, Chunking::Fixed(_) | Chunking::Whole) => false,
            (None, Chunking::Variable) => stored.chunks().len() == 1,
            (Some(_), Chunking::Variable) => {
                let mut chunks = stored.chunks().iter();
                chunks.all(|(points, _)| *points >= LEAST_COPIED)
            }
        };
        fits && self.compression.codes_as(stored.compression())
    }

    /// Copies chunks that it [takes](LazChunks::takes).
    pub(crate) fn copy(
        &mut self,
        stored: &StoredChunks,
        out: &mut impl Write,
    ) -> Result<(), ExportError> {
        if !self.open.is_empty() {
            self.close(out)?;
        }
        for (points, chunk) in stored.chunks() {
            self.submit(Points::Stored(*points, Arc::clone(chunk)), out)?;
        }
        Ok(())
    }

    /// Writes the last chunk and the table, and its offset at the start of the points. Returns the table.
    pub(crate) fn finish(
        mut self,
        out: &mut (impl Write + Seek),
    ) -> Result<ChunkTable, ExportError> {
        if !self.open.is_empty() {
            self.close(out)?;
        }
        while let Some(encoded) = self.encoders.next()? {
            self.put(encoded, out)?;
        }
        let table_at = out.stream_position()?;
        let table = self.table.to_bytes(&self.compression)?;
        out.write_all(&table)?;
        out.seek(SeekFrom::Start(self.points_at))?;
        out.write_all(&table_at.to_le_bytes())?;
        out.seek(SeekFrom::Start(table_at + table.len() as u64))?;
        Ok(self.table)
    }

    /// Queues the current chunk for compression, and starts the next.
    fn close(&mut self, out: &mut impl Write) -> Result<(), ExportError> {
        let next = self.encoders.buffer();
        let records = mem::replace(&mut self.open, next);
        self.submit(Points::Records(records), out)
    }

    fn submit(&mut self, points: Points, out: &mut impl Write) -> Result<(), ExportError> {
        self.encoders.submit(points)?;
        while let Some(encoded) = self.encoders.due()? {
            self.put(encoded, out)?;
        }
        Ok(())
    }

    fn put(&mut self, encoded: Encoded<Points>, out: &mut impl Write) -> Result<(), ExportError> {
        if i32::try_from(encoded.chunk.len()).is_err() {
            let problem = format!(
                "a chunk of {} bytes does not fit in 31 bits",
                encoded.chunk.len()
            );
            return Err(ExportError::Compression(problem));
        }
        out.write_all(&encoded.chunk)?;
        let points = match encoded.points {
            Points::Records(records) => {
                let points = records.len() / self.compression.record_length();
                self.encoders.reuse(records);
                points as u64
            }
            Points::Stored(points, _) => points,
        };
        self.table.push(points, encoded.chunk.len() as u64);
        self.encoders.reuse(encoded.chunk);
        Ok(())
    }
}

impl fmt::Debug for LazChunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazChunks")
            .field("compression", &self.compression)
            .field("chunks", &self.table.chunks().len())
            .finish_non_exhaustive()
    }
}
