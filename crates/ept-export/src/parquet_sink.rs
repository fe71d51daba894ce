//! The sink for GeoParquet 1.1.

use std::io::Write;
use std::num::NonZeroUsize;

use ept_format::NodeName;
use ept_points::PointBatch;

use crate::fused::Fused;
use crate::parquet_file::ParquetFile;
use crate::shape::{Empty, Shape};
use crate::{ExportError, FileInfo, Sink};

/// Writes a GeoParquet 1.1 file: a row for each point, with a column for each dimension, its geometry and its box.
///
/// - Dimensions keep their names and types, including X, Y and Z, which are required. The first points settle the
///   columns; if later points lack one, it has nulls there.
/// - `geometry` is a WKB `POINT Z`. The native encoding `point` would be smaller, but the specification prefers WKB for
///   portability, and DuckDB reads only WKB as `GEOMETRY`, but `point` as a struct.
/// - `bbox` is its covering, with which readers skip row groups outside an area: GeoPandas (`read_parquet(bbox=...)`)
///   and GDAL use this column, all others the statistics of X, Y and Z. Its numbers are 32-bit floats, as in GDAL,
///   rounded outwards.
/// - A row group is one node, or several consecutive small ones; its statistics contain its bounds.
/// - `crs` is PROJJSON if the WKT of the dataset can be converted, otherwise null, which means unknown. The file's
///   metadata contains the WKT itself as `ept:crs`, and the other keys of `record_batch`; scale and offset are those of
///   the first points.
///
/// The same points give the same bytes: the file has no date and no identifier. Row groups are encoded on
/// [several threads](ParquetSink::with_threads), two for each thread and at most two million rows at once, which limits
/// memory.
#[derive(Debug)]
pub struct ParquetSink<W: Write + Send> {
    draft: Fused<Draft<W>>,
    info: FileInfo,
    empty: Empty,
    threads: NonZeroUsize,
}

#[derive(Debug)]
enum Draft<W: Write + Send> {
    /// Nothing has been written yet.
    Waiting(W),
    Started(Box<ParquetFile<W>>),
}

impl<W: Write + Send> ParquetSink<W> {
    /// Settles the columns of the file in advance, as those of this batch.
    #[must_use]
    pub fn with_columns(self, columns: PointBatch) -> ParquetSink<W> {
        ParquetSink {
            empty: Empty::settled(columns),
            ..self
        }
    }

    /// Encodes row groups on at most this many threads, 1 by default. It does not affect the file.
    #[must_use]
    pub fn with_threads(self, threads: NonZeroUsize) -> ParquetSink<W> {
        ParquetSink { threads, ..self }
    }

    /// A sink that writes to `out`. If there are no points, the columns are those of `empty`.
    pub fn new(out: W, info: FileInfo, empty: PointBatch) -> ParquetSink<W> {
        ParquetSink {
            draft: Fused::new(Draft::Waiting(out)),
            info,
            empty: Empty::of(empty),
            threads: NonZeroUsize::MIN,
        }
    }
}

impl<W: Write + Send> Draft<W> {
    /// Starts the file if it has not been started, with the columns of `first` or, if that has none, of `empty`.
    fn started(
        self,
        info: &FileInfo,
        first: Option<&PointBatch>,
        empty: &Empty,
        threads: NonZeroUsize,
    ) -> Result<Box<ParquetFile<W>>, ExportError> {
        match self {
            Draft::Waiting(out) => {
                let first = first.unwrap_or(&empty.columns);
                let shape = Shape::of_first(first, empty);
                let first = empty.storage(first);
                ParquetFile::start(out, shape, info, first, threads).map(Box::new)
            }
            Draft::Started(file) => Ok(file),
        }
    }
}

impl<W: Write + Send> Sink for ParquetSink<W> {
    fn write(&mut self, _node: NodeName, batch: &PointBatch) -> Result<(), ExportError> {
        let (info, empty, threads) = (&self.info, &self.empty, self.threads);
        self.draft.step(|draft| {
            if batch.is_empty() {
                return Ok(draft);
            }
            let mut file = draft.started(info, Some(batch), empty, threads)?;
            file.write(batch)?;
            Ok(Draft::Started(file))
        })
    }

    fn describe(&mut self, note: String) {
        self.info.note = Some(note);
    }

    fn finish(self: Box<Self>) -> Result<u64, ExportError> {
        let (info, empty, threads) = (&self.info, &self.empty, self.threads);
        self.draft.finish(|draft| {
            let file = draft.started(info, None, empty, threads)?;
            file.finish(info)
        })
    }
}
