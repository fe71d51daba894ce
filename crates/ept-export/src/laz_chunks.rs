//! LAZ: point records compressed in chunks, and the table of these chunks.

use std::fmt;
use std::io::{self, Seek, SeekFrom, Write};

use laz::laszip::{ChunkTable, ChunkTableEntry};
use laz::record::{
    LayeredPointRecordCompressor, RecordCompressor, SequentialPointRecordCompressor,
};
use laz::{LasZipError, LazVlr, LazVlrBuilder};

use crate::ExportError;
use crate::record::Record;

/// Points of each chunk but the last: what LASzip itself does.
const CHUNK_POINTS: u64 = 50_000;

type Compressor = Box<dyn RecordCompressor<Vec<u8>> + Send>;

/// Compresses records, one chunk in memory at a time.
pub(crate) struct LazChunks {
    vlr: LazVlr,
    is_layered: bool,
    /// The chunk that is open, and the number of its points; none when it would have no point.
    open: Option<(Compressor, u64)>,
    table: ChunkTable,
}

impl LazChunks {
    pub(crate) fn new(record: &Record) -> Result<LazChunks, ExportError> {
        let extra = record.size() - crate::point_format::size(record.point_format);
        // The record length is 16 bits, so the part of it that is extra bytes is too.
        let vlr = LazVlrBuilder::default()
            .with_point_format(record.point_format, extra as u16)
            .map_err(|error| compression(&error))?
            .with_fixed_chunk_size(CHUNK_POINTS as u32)
            .build();
        Ok(LazChunks {
            vlr,
            is_layered: record.point_format >= 6,
            open: None,
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

    /// Compresses whole records; `out` gets the chunks that became full.
    pub(crate) fn write(
        &mut self,
        mut records: &[u8],
        size: usize,
        out: &mut impl Write,
    ) -> Result<(), ExportError> {
        while !records.is_empty() {
            let (mut compressor, points) = match self.open.take() {
                Some(open) => open,
                None => (self.compressor()?, 0),
            };
            let room = (CHUNK_POINTS - points) as usize * size;
            let (now, after) = records.split_at(room.min(records.len()));
            compressor.compress_many(now)?;
            self.open = Some((compressor, points + (now.len() / size) as u64));
            if now.len() == room {
                self.close(out)?;
            }
            records = after;
        }
        Ok(())
    }

    /// Writes the last chunk and the table, whose place goes to `points_at`.
    pub(crate) fn finish(
        mut self,
        points_at: u64,
        out: &mut (impl Write + Seek),
    ) -> io::Result<()> {
        self.close(out)?;
        let table_at = out.stream_position()?;
        let mut table = Vec::new();
        self.table.write_to(&mut table, &self.vlr)?;
        out.write_all(&table)?;
        out.seek(SeekFrom::Start(points_at))?;
        out.write_all(&table_at.to_le_bytes())?;
        out.seek(SeekFrom::Start(table_at + table.len() as u64))?;
        Ok(())
    }

    /// Writes the open chunk, if there is one.
    fn close(&mut self, out: &mut impl Write) -> io::Result<()> {
        let Some((mut compressor, point_count)) = self.open.take() else {
            return Ok(());
        };
        compressor.done()?;
        let chunk = compressor.box_into_inner();
        out.write_all(&chunk)?;
        self.table.push(ChunkTableEntry {
            point_count,
            byte_count: chunk.len() as u64,
        });
        Ok(())
    }

    fn compressor(&self) -> Result<Compressor, ExportError> {
        let mut compressor: Compressor = match self.is_layered {
            true => Box::new(LayeredPointRecordCompressor::new(Vec::new())),
            false => Box::new(SequentialPointRecordCompressor::new(Vec::new())),
        };
        let result = compressor.set_fields_from(self.vlr.items());
        result.map_err(|error| compression(&error))?;
        Ok(compressor)
    }
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
