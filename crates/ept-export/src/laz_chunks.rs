//! LAZ: point records compressed in chunks, and the table of these chunks.

use std::fmt;
use std::io::{self, Seek, SeekFrom, Write};
use std::mem;
use std::num::NonZeroUsize;

use laz::laszip::{ChunkTable, ChunkTableEntry};
use laz::record::{
    LayeredPointRecordCompressor, RecordCompressor, SequentialPointRecordCompressor,
};
use laz::{LasZipError, LazVlr, LazVlrBuilder};

use crate::ExportError;
use crate::encoders::{Encoded, Encoders};
use crate::record::Record;

/// Points of each chunk but the last: what LASzip itself does.
const CHUNK_POINTS: u32 = 50_000;

/// Compresses records on several threads and writes the chunks in order.
pub(crate) struct LazChunks {
    vlr: LazVlr,
    /// Bytes of a point record.
    size: usize,
    /// Bytes of the records of a full chunk; none when each batch of records is a chunk.
    full: Option<usize>,
    encoders: Encoders,
    /// Records of a chunk that is not full.
    open: Vec<u8>,
    table: ChunkTable,
}

impl LazChunks {
    /// Chunks of 50,000 points, compressed on up to `threads` threads.
    pub(crate) fn fixed(record: &Record, threads: NonZeroUsize) -> Result<LazChunks, ExportError> {
        let full = CHUNK_POINTS as usize * record.size();
        LazChunks::new(record, threads, Some(full))
    }

    /// A chunk of each batch of records.
    pub(crate) fn variable(
        record: &Record,
        threads: NonZeroUsize,
    ) -> Result<LazChunks, ExportError> {
        LazChunks::new(record, threads, None)
    }

    fn new(
        record: &Record,
        threads: NonZeroUsize,
        full: Option<usize>,
    ) -> Result<LazChunks, ExportError> {
        let extra = record.size() - crate::point_format::size(record.point_format);
        // The record length is 16 bits, so the part of it that is extra bytes is too.
        let vlr = LazVlrBuilder::default()
            .with_point_format(record.point_format, extra as u16)
            .map_err(|error| compression(&error))?;
        let vlr = match full {
            Some(_) => vlr.with_fixed_chunk_size(CHUNK_POINTS),
            None => vlr.with_variable_chunk_size(),
        };
        let vlr = vlr.build();
        let (format, items) = (record.point_format, vlr.clone());
        Ok(LazChunks {
            vlr,
            size: record.size(),
            full,
            encoders: Encoders::new(threads, move |records, chunk| {
                encode(format, &items, records, chunk)
            }),
            open: Vec::new(),
            table: ChunkTable::default(),
        })
    }

    /// The contents of the record that tells readers how to decompress.
    pub(crate) fn vlr(&self) -> &LazVlr {
        &self.vlr
    }

    /// Keeps room for the place of the chunk table; the first chunk follows.
    pub(crate) fn start(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&[0; ChunkTable::OFFSET_SIZE])
    }

    /// Compresses whole records, one or more; `out` gets chunks that are done.
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

    /// Writes the last chunk and the table, whose place goes to `points_at`; returns the table.
    pub(crate) fn finish(
        mut self,
        points_at: u64,
        out: &mut (impl Write + Seek),
    ) -> Result<ChunkTable, ExportError> {
        if !self.open.is_empty() {
            self.close(out)?;
        }
        while let Some(encoded) = self.encoders.next()? {
            self.put(encoded, out)?;
        }
        let table_at = out.stream_position()?;
        let mut table = Vec::new();
        self.table.write_to(&mut table, &self.vlr)?;
        out.write_all(&table)?;
        out.seek(SeekFrom::Start(points_at))?;
        out.write_all(&table_at.to_le_bytes())?;
        out.seek(SeekFrom::Start(table_at + table.len() as u64))?;
        Ok(self.table)
    }

    /// Has the open chunk compressed, and opens the next.
    fn close(&mut self, out: &mut impl Write) -> Result<(), ExportError> {
        let next = self.encoders.buffer();
        let records = mem::replace(&mut self.open, next);
        self.encoders.submit(records)?;
        while let Some(encoded) = self.encoders.due()? {
            self.put(encoded, out)?;
        }
        Ok(())
    }

    fn put(&mut self, encoded: Encoded, out: &mut impl Write) -> Result<(), ExportError> {
        if i32::try_from(encoded.chunk.len()).is_err() {
            let problem = format!(
                "a chunk of {} bytes; 31 bits are for it",
                encoded.chunk.len()
            );
            return Err(ExportError::Compression(problem));
        }
        out.write_all(&encoded.chunk)?;
        self.table.push(ChunkTableEntry {
            point_count: (encoded.records.len() / self.size) as u64,
            byte_count: encoded.chunk.len() as u64,
        });
        self.encoders.reuse(encoded);
        Ok(())
    }
}

/// Compresses whole records to one chunk, which is appended to `chunk`.
fn encode(
    point_format: u8,
    vlr: &LazVlr,
    records: &[u8],
    chunk: Vec<u8>,
) -> Result<Vec<u8>, ExportError> {
    let mut compressor: Box<dyn RecordCompressor<Vec<u8>>> = match point_format {
        0..6 => Box::new(SequentialPointRecordCompressor::new(chunk)),
        6.. => Box::new(LayeredPointRecordCompressor::new(chunk)),
    };
    let result = compressor.set_fields_from(vlr.items());
    result.map_err(|error| compression(&error))?;
    compressor.compress_many(records)?;
    compressor.done()?;
    Ok(compressor.box_into_inner())
}

fn compression(error: &LasZipError) -> ExportError {
    ExportError::Compression(error.to_string())
}

impl fmt::Debug for LazChunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazChunks")
            .field("vlr", &self.vlr)
            .field("chunks", &self.table.len())
            .finish_non_exhaustive()
    }
}
