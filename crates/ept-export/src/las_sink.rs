//! The sink for LAS 1.4 and LAZ.

use std::io::{Seek, Write};
use std::num::NonZeroUsize;

use ept_format::{Bounds, NodeName};
use ept_points::PointBatch;

use crate::fused::Fused;
use crate::las_file::LasFile;
use crate::laz_chunks::LazChunks;
use crate::record::Record;
use crate::{ExportError, Rounding, Sink, point_format};

/// Properties of a LAS file other than its points.
#[derive(Debug, Clone, PartialEq)]
pub struct LasOptions {
    /// Whether to compress the points (LAZ).
    pub compressed: bool,
    /// The coordinate system as WKT 1. `None` if it is not known.
    pub wkt: Option<String>,
    /// Bounds of all points that may come, in units of the coordinate system. They determine scale and offset of
    /// coordinates that were not stored as integers.
    pub bounds: Bounds,
    /// Number of threads that compress. It does not affect the file.
    pub threads: NonZeroUsize,
}

/// Writes a LAS 1.4 file, uncompressed or as LAZ.
///
/// The first points settle the file: its point format ([`point_format`](crate::point_format()), the smallest with their
/// dimensions), its scale and offset (those of their tile), and its extra bytes (the dimensions that are not part of
/// LAS, by name and type). Coordinates with that scale and offset are written as the same integers. Later points must
/// have the same dimensions, since LAS has no absent values, and coordinates that the file can store without loss.
/// Otherwise there is an error for which [`ExportError::is_unforeseen`] is true. [`LasSink::with_columns`] settles the
/// file in advance. The flag for GPS times in the global encoding is that of the tiles, or set if times exceed the
/// seconds of a week.
///
/// The same points give the same bytes: the file has no date and no identifier. For LAZ, memory holds two chunks of
/// 50,000 points for each thread.
#[derive(Debug)]
pub struct LasSink<W> {
    draft: Fused<Draft<W>>,
    note: Option<String>,
}

/// A file of which nothing has been written yet.
#[derive(Debug)]
struct Draft<W> {
    out: W,
    options: LasOptions,
    file: Option<LasFile>,
    columns: Option<PointBatch>,
    copies: bool,
}

impl<W: Write + Seek + Send> LasSink<W> {
    /// A sink that writes to `out`, which must be empty: the file starts at its position 0.
    pub fn new(out: W, options: LasOptions) -> LasSink<W> {
        LasSink {
            draft: Fused::new(Draft {
                out,
                options,
                file: None,
                columns: None,
                copies: false,
            }),
            note: None,
        }
    }

    /// Copies the [chunks](PointBatch::chunks) that points come with, if they have the same records, rather than compress
    /// the points again. The chunks of the file then have different sizes, as the chunk table tells, unless the first
    /// points are of another point format than the file, and so depend on how points are divided into batches.
    #[must_use]
    pub fn with_chunks(self) -> LasSink<W> {
        let draft = self.draft.changed(|draft| Draft {
            copies: true,
            ..draft
        });
        LasSink { draft, ..self }
    }

    /// Settles the file in advance, with the columns, scale, offset and point format of this batch. Coordinates that
    /// don't fit exactly are rounded, which [`Sink::rounding`] reports.
    #[must_use]
    pub fn with_columns(self, columns: PointBatch) -> LasSink<W> {
        let draft = self.draft.changed(|draft| Draft {
            columns: Some(columns),
            ..draft
        });
        LasSink { draft, ..self }
    }
}

impl<W: Write + Seek> Draft<W> {
    /// Writes everything before the points. `copies` tells whether chunks may be copied.
    fn start(&mut self, record: Record, copies: bool) -> Result<LasFile, ExportError> {
        let threads = self.options.threads;
        let laz = match (self.options.compressed, copies) {
            (false, _) => None,
            (true, false) => Some(LazChunks::fixed(&record, threads)?),
            (true, true) => Some(LazChunks::mixed(&record, threads)?),
        };
        LasFile::start(
            record,
            self.options.wkt.as_deref(),
            laz,
            None,
            &mut self.out,
        )
    }

    fn write(mut self, batch: &PointBatch) -> Result<Draft<W>, ExportError> {
        if batch.is_empty() {
            return Ok(self);
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                let columns = self.columns.take();
                let first = columns.as_ref().unwrap_or(batch);
                let names: Vec<&str> = first.columns().iter().map(|c| &*c.name).collect();
                let format = point_format(first.point_format(), &names);
                let record = Record::of(first, format, &self.options.bounds)?;
                let copies =
                    self.copies && batch.point_format() == Some(record.point_format.number());
                let record = if columns.is_some() {
                    record.settled()
                } else {
                    record
                };
                self.start(record, copies)?
            }
        };
        self.file.insert(file).write(batch, &mut self.out)?;
        Ok(self)
    }

    fn finish(mut self, note: Option<&str>) -> Result<u64, ExportError> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.start(Record::unknown(&self.options.bounds), false)?,
        };
        file.end_points(&mut self.out)?;
        file.finish(note, &mut self.out)
    }
}

impl<W: Write + Seek + Send> Sink for LasSink<W> {
    fn write(&mut self, _node: NodeName, batch: &PointBatch) -> Result<(), ExportError> {
        self.draft.step(|draft| draft.write(batch))
    }

    fn describe(&mut self, note: String) {
        self.note = Some(note);
    }

    fn rounding(&self) -> Vec<Rounding> {
        let file = self.draft.state().and_then(|draft| draft.file.as_ref());
        file.map(LasFile::rounding).unwrap_or_default()
    }

    fn finish(self: Box<Self>) -> Result<u64, ExportError> {
        let note = self.note.as_deref();
        self.draft.finish(|draft| draft.finish(note))
    }
}
