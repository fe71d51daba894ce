//! A LAS, LAZ or COPC file being written.

use std::io::{Seek, SeekFrom, Write};
use std::mem;

use ept_format::CopcInfo;
use ept_las::{ChunkTable, Decompressors, Layers};
use ept_points::{PointBatch, Scaling, StoredChunks};

use crate::las_header::LasHeader;
use crate::laz_chunks::LazChunks;
use crate::record::Record;
use crate::tally::Tally;
use crate::{ExportError, Rounding};

/// A file with settled record format.
#[derive(Debug)]
pub(crate) struct LasFile {
    record: Record,
    header: LasHeader,
    laz: Option<LazChunks>,
    tally: Tally,
    /// What the points say of their GPS times; `None` if none says anything.
    has_standard_time: Option<bool>,
    /// Records of the current batch, reused for each.
    records: Vec<u8>,
}

impl LasFile {
    /// Writes everything before the points.
    pub(crate) fn start(
        record: Record,
        wkt: Option<&str>,
        mut laz: Option<LazChunks>,
        copc: Option<&CopcInfo>,
        out: &mut impl Write,
    ) -> Result<LasFile, ExportError> {
        let compression = laz.as_ref().map(LazChunks::compression);
        let header = LasHeader::new(&record, wkt, compression, copc);
        out.write_all(&header.to_bytes())?;
        if let Some(laz) = &mut laz {
            laz.start(header.points_at(), out)?;
        }
        Ok(LasFile {
            tally: Tally::new(record.point_format, record.size()),
            record,
            header,
            laz,
            has_standard_time: None,
            records: Vec::new(),
        })
    }

    /// Writes the points of a batch, as a chunk of their own unless chunks have a size. Chunks that have the same records
    /// already are copied.
    pub(crate) fn write(
        &mut self,
        batch: &PointBatch,
        out: &mut impl Write,
    ) -> Result<(), ExportError> {
        if !self.copy(batch, out)? {
            let records = self.pack(batch)?;
            self.write_records(&records, out)?;
            self.reuse(records);
        }
        Ok(())
    }

    /// Copies the chunks of a batch. Returns false if it has none for this file.
    fn copy(&mut self, batch: &PointBatch, out: &mut impl Write) -> Result<bool, ExportError> {
        let (Some(laz), Some(stored)) = (&mut self.laz, batch.chunks()) else {
            return Ok(false);
        };
        if !self.record.is_of(stored) || !laz.takes(stored) {
            return Ok(false);
        }
        let records = &mut self.records;
        if cfg!(debug_assertions) {
            self.record.pack(batch, records)?;
            assert!(holds(stored, records), "chunks of other points");
        }
        self.record.pack_some(batch, Tally::counts, records)?;
        self.tally.add(records);
        laz.copy(stored, out)?;
        self.add_times(batch);
        Ok(true)
    }

    /// Packs the records of a batch without writing them, for [`LasFile::reuse`].
    pub(crate) fn pack(&mut self, batch: &PointBatch) -> Result<Vec<u8>, ExportError> {
        let mut records = mem::take(&mut self.records);
        self.add_times(batch);
        self.record.pack(batch, &mut records)?;
        Ok(records)
    }

    /// Takes back the memory of records.
    pub(crate) fn reuse(&mut self, records: Vec<u8>) {
        self.records = records;
    }

    /// Takes note of what points say of their times: standard ones decide, since the file has one bit for all.
    fn add_times(&mut self, batch: &PointBatch) {
        let said = batch.has_standard_time();
        self.has_standard_time = self.has_standard_time.max(said);
    }

    /// Writes whole records.
    pub(crate) fn write_records(
        &mut self,
        records: &[u8],
        out: &mut impl Write,
    ) -> Result<(), ExportError> {
        self.tally.add(records);
        match &mut self.laz {
            Some(laz) => laz.write(records, out),
            None => Ok(out.write_all(records)?),
        }
    }

    /// The axes on which coordinates were rounded.
    pub(crate) fn rounding(&self) -> Vec<Rounding> {
        self.record.rounding()
    }

    /// Size of a point record in bytes.
    pub(crate) fn record_size(&self) -> usize {
        self.record.size()
    }

    pub(crate) fn scaling(&self) -> &Scaling {
        &self.record.scaling
    }

    /// Writes the remaining points. Returns the chunk table. What follows the points can be written next.
    pub(crate) fn end_points(
        &mut self,
        out: &mut (impl Write + Seek),
    ) -> Result<ChunkTable, ExportError> {
        match self.laz.take() {
            Some(laz) => laz.finish(out),
            None => Ok(ChunkTable::default()),
        }
    }

    /// Minimum and maximum GPS time of the points so far. 0 if they have none.
    pub(crate) fn times(&self) -> (f64, f64) {
        self.tally.times.unwrap_or_default()
    }

    pub(crate) fn header_mut(&mut self) -> &mut LasHeader {
        &mut self.header
    }

    /// Writes everything after the points, then the completed header over the first one.
    pub(crate) fn finish(
        mut self,
        note: Option<&str>,
        out: &mut (impl Write + Seek),
    ) -> Result<u64, ExportError> {
        if let Some(note) = note {
            self.header.push_note(note);
        }
        let end = out.stream_position()?;
        for record in self.header.extended() {
            out.write_all(record)?;
        }
        self.header
            .complete(&self.record, &self.tally, self.has_standard_time, end);
        out.seek(SeekFrom::Start(0))?;
        out.write_all(&self.header.to_bytes())?;
        out.flush()?;
        Ok(self.tally.points)
    }
}

/// Whether chunks have these records.
fn holds(stored: &StoredChunks, records: &[u8]) -> bool {
    let pool = Decompressors::default();
    let mut found = Vec::with_capacity(records.len());
    let decoded = stored.chunks().iter().try_for_each(|(points, chunk)| {
        let push = |records: &[u8]| found.extend_from_slice(records);
        let decoded = pool.decompress(stored.compression(), chunk, *points, Layers::ALL, push);
        decoded.map(drop)
    });
    decoded.is_ok() && found == records
}
