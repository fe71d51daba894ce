//! Points as LAS 1.4 or LAZ.

use std::io::{Seek, SeekFrom, Write};
use std::num::NonZeroUsize;

use ept_format::{Bounds, Key};
use ept_points::PointBatch;

use crate::las_header::LasHeader;
use crate::laz_chunks::LazChunks;
use crate::record::Record;
use crate::tally::Tally;
use crate::{ExportError, Sink};

/// What a LAS file is to be, apart from its points.
#[derive(Debug, Clone, PartialEq)]
pub struct LasOptions {
    /// Whether to compress the points (LAZ).
    pub compressed: bool,
    /// The coordinate system as WKT 1, if it is known.
    pub wkt: Option<String>,
    /// The extent of all points that may come, in units of the coordinate system. Decides over
    /// scale and offset of coordinates that were not stored as integers.
    pub bounds: Bounds,
    /// Threads that compress. Their number changes nothing in the file.
    pub threads: NonZeroUsize,
}

/// Writes a LAS 1.4 file, uncompressed or as LAZ.
///
/// The first points settle the file: its point format ([`point_format`](crate::point_format()), the
/// smallest that has their dimensions), its scale and offset (those of their tile) and its extra
/// bytes (the dimensions that LAS does not know, by name and type). Coordinates of that scale and
/// offset come back as the same integers; others are rounded to it. Later points have the same
/// dimensions: LAS has no way to say that a value is absent.
///
/// The same points make the same bytes: the file has no date and no identifier. Of LAZ, two chunks of
/// 50,000 points for each thread are in memory.
#[derive(Debug)]
pub struct LasSink<W> {
    out: W,
    options: LasOptions,
    file: Option<LasFile>,
}

/// A file whose shape is settled.
#[derive(Debug)]
struct LasFile {
    record: Record,
    header: LasHeader,
    laz: Option<LazChunks>,
    tally: Tally,
    /// Records of the batch at hand; reused from batch to batch.
    records: Vec<u8>,
}

impl<W: Write + Seek + Send> LasSink<W> {
    /// A sink to `out`, which is empty: the file starts at its position 0.
    pub fn new(out: W, options: LasOptions) -> LasSink<W> {
        LasSink {
            out,
            options,
            file: None,
        }
    }
}

impl<W: Write + Seek + Send> Sink for LasSink<W> {
    fn write(&mut self, _node: Key, batch: &PointBatch) -> Result<(), ExportError> {
        if batch.is_empty() {
            return Ok(());
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let record = Record::of(batch, &self.options.bounds)?;
                LasFile::start(record, &self.options, &mut self.out)?
            }
        };
        self.file.insert(file).write(batch, &mut self.out)
    }

    fn finish(mut self: Box<Self>) -> Result<u64, ExportError> {
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let record = Record::unknown(&self.options.bounds);
                LasFile::start(record, &self.options, &mut self.out)?
            }
        };
        file.finish(&mut self.out)
    }
}

impl LasFile {
    /// Writes all that precedes the points.
    fn start(
        record: Record,
        options: &LasOptions,
        out: &mut impl Write,
    ) -> Result<LasFile, ExportError> {
        let laz = match options.compressed {
            true => Some(LazChunks::new(&record, options.threads)?),
            false => None,
        };
        let vlr = laz.as_ref().map(LazChunks::vlr);
        let header = LasHeader::new(&record, options.wkt.as_deref(), vlr)?;
        out.write_all(&header.to_bytes()?)?;
        if let Some(laz) = &laz {
            laz.start(out)?;
        }
        Ok(LasFile {
            record,
            header,
            laz,
            tally: Tally::default(),
            records: Vec::new(),
        })
    }

    fn write(&mut self, batch: &PointBatch, out: &mut impl Write) -> Result<(), ExportError> {
        self.record.pack(batch, &mut self.records)?;
        let size = self.record.size();
        self.tally
            .add(&self.records, size, self.record.point_format);
        match &mut self.laz {
            Some(laz) => laz.write(&self.records, out),
            None => Ok(out.write_all(&self.records)?),
        }
    }

    /// Writes what follows the points, then the header again, now complete.
    fn finish(mut self, out: &mut (impl Write + Seek)) -> Result<u64, ExportError> {
        if let Some(laz) = self.laz {
            laz.finish(self.header.points_at(), out)?;
        }
        let end = out.stream_position()?;
        out.write_all(self.header.extended())?;
        self.header.complete(&self.record, &self.tally, end);
        out.seek(SeekFrom::Start(0))?;
        out.write_all(&self.header.to_bytes()?)?;
        out.flush()?;
        Ok(self.tally.points)
    }
}
