//! Points as LAS 1.4 or LAZ.

use std::io::{Seek, Write};
use std::num::NonZeroUsize;

use ept_format::{Bounds, NodeName};
use ept_points::PointBatch;

use crate::fused::Fused;
use crate::las_file::LasFile;
use crate::laz_chunks::LazChunks;
use crate::record::Record;
use crate::{ExportError, Rounding, Sink, point_format};

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
/// offset come back as the same integers. Later points have the same dimensions, since LAS has no way to say that a value is
/// absent, and coordinates that the file holds without loss: otherwise there is an error for which
/// [`ExportError::is_unforeseen`]. [`LasSink::with_columns`] settles the file beforehand. The bit of the global encoding
/// that says what GPS times are is that of the tiles, or set by times beyond the seconds of a week.
///
/// The same points make the same bytes: the file has no date and no identifier. Of LAZ, two chunks of
/// 50,000 points for each thread are in memory.
#[derive(Debug)]
pub struct LasSink<W> {
    draft: Fused<Draft<W>>,
    note: Option<String>,
}

/// A file of which nothing is written before its first points.
#[derive(Debug)]
struct Draft<W> {
    out: W,
    options: LasOptions,
    file: Option<LasFile>,
    columns: Option<PointBatch>,
}

impl<W: Write + Seek + Send> LasSink<W> {
    /// A sink to `out`, which is empty: the file starts at its position 0.
    pub fn new(out: W, options: LasOptions) -> LasSink<W> {
        LasSink {
            draft: Fused::new(Draft {
                out,
                options,
                file: None,
                columns: None,
            }),
            note: None,
        }
    }

    /// Settles the file: it has the columns of this batch, with its scale, offset and point format, whatever comes first.
    /// Coordinates that they do not hold are rounded, which [`Sink::rounding`] tells.
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
    /// Writes what precedes the points.
    fn start(&mut self, record: Record) -> Result<LasFile, ExportError> {
        let laz = if self.options.compressed {
            Some(LazChunks::fixed(&record, self.options.threads)?)
        } else {
            None
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
                self.start(if columns.is_some() {
                    record.settled()
                } else {
                    record
                })?
            }
        };
        self.file.insert(file).write(batch, &mut self.out)?;
        Ok(self)
    }

    fn finish(mut self, note: Option<&str>) -> Result<u64, ExportError> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.start(Record::unknown(&self.options.bounds))?,
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
