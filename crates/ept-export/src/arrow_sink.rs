//! The sink for Arrow IPC, the file and stream formats of Arrow.

use std::fmt;
use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, new_null_array};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{Schema, SchemaRef};
use ept_format::NodeName;
use ept_points::{PointBatch, Scaling};

use crate::arrow_batch::{array, metadata, of_arrays, schema};
use crate::fused::Fused;
use crate::shape::{Empty, Shape};
use crate::{ExportError, FileInfo, Sink};

/// Writes Arrow IPC: a file, or a stream for a pipe, with a record batch for each node.
///
/// Columns, types and metadata are those of [`record_batch`](crate::record_batch()). They are settled by the first
/// points, including scale and offset. If later points lack a column, it has nulls there.
#[derive(Debug)]
pub struct ArrowSink<W: Write> {
    draft: Fused<Draft<W>>,
    kind: Kind,
    info: FileInfo,
    empty: Empty,
    /// The last note, for the footer of a file.
    note: Option<String>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    File,
    Stream,
}

#[derive(Debug)]
enum Draft<W: Write> {
    /// Nothing has been written yet.
    Waiting(W),
    Started(Box<ArrowFile<W>>),
}

/// A file with settled columns.
#[derive(Debug)]
struct ArrowFile<W: Write> {
    table: Table,
    writer: Writer<W>,
    points: u64,
}

/// The columns of an Arrow or Parquet file.
#[derive(Debug)]
pub(crate) struct Table {
    shape: Shape,
    pub(crate) schema: SchemaRef,
}

enum Writer<W: Write> {
    File(FileWriter<W>),
    Stream(StreamWriter<W>),
}

impl<W: Write> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl<W: Write + Send> ArrowSink<W> {
    /// Settles the columns of the file in advance, as those of this batch.
    #[must_use]
    pub fn with_columns(self, columns: PointBatch) -> ArrowSink<W> {
        ArrowSink {
            empty: Empty::settled(columns),
            ..self
        }
    }

    /// A sink for a file, whose footer lists its batches. If there are no points, its columns are those of `empty`.
    pub fn file(out: W, info: FileInfo, empty: PointBatch) -> ArrowSink<W> {
        ArrowSink::new(out, Kind::File, info, empty)
    }

    /// A sink for a stream, which is read from start to end. See [`ArrowSink::file`] for `empty`.
    pub fn stream(out: W, info: FileInfo, empty: PointBatch) -> ArrowSink<W> {
        ArrowSink::new(out, Kind::Stream, info, empty)
    }

    fn new(out: W, kind: Kind, info: FileInfo, empty: PointBatch) -> ArrowSink<W> {
        ArrowSink {
            draft: Fused::new(Draft::Waiting(out)),
            kind,
            info,
            empty: Empty::of(empty),
            note: None,
        }
    }
}

impl<W: Write> Draft<W> {
    /// Starts the file if it has not been started, with the columns of `first` or, if that has none, of `empty`.
    fn started(
        self,
        kind: Kind,
        info: &FileInfo,
        first: Option<&PointBatch>,
        empty: &Empty,
    ) -> Result<Box<ArrowFile<W>>, ExportError> {
        match self {
            Draft::Waiting(out) => {
                let first = first.unwrap_or(&empty.columns);
                let shape = Shape::of_first(first, empty);
                let first = empty.storage(first);
                ArrowFile::start(out, kind, shape, info, first).map(Box::new)
            }
            Draft::Started(file) => Ok(file),
        }
    }
}

impl<W: Write> ArrowFile<W> {
    fn start(
        out: W,
        kind: Kind,
        shape: Shape,
        info: &FileInfo,
        first: &PointBatch,
    ) -> Result<ArrowFile<W>, ExportError> {
        let table = Table::new(shape, info, first.scaling());
        let writer = Writer::new(kind, out, &table.schema)?;
        Ok(ArrowFile {
            table,
            writer,
            points: 0,
        })
    }

    fn write(&mut self, batch: &PointBatch) -> Result<(), ExportError> {
        self.writer.write(&self.table.rows(batch)?)?;
        self.points += batch.len() as u64;
        Ok(())
    }

    fn finish(mut self, note: Option<String>) -> Result<u64, ExportError> {
        if let (Writer::File(writer), Some(note)) = (&mut self.writer, note) {
            writer.write_metadata("ept:note", note);
        }
        self.writer.finish()?;
        Ok(self.points)
    }
}

impl<W: Write + Send> Sink for ArrowSink<W> {
    fn write(&mut self, _node: NodeName, batch: &PointBatch) -> Result<(), ExportError> {
        let (kind, info, empty) = (self.kind, &self.info, &self.empty);
        self.draft.step(|draft| {
            if batch.is_empty() {
                return Ok(draft);
            }
            let mut file = draft.started(kind, info, Some(batch), empty)?;
            file.write(batch)?;
            Ok(Draft::Started(file))
        })
    }

    fn describe(&mut self, note: String) {
        self.note = Some(note);
    }

    fn finish(self: Box<Self>) -> Result<u64, ExportError> {
        let (kind, info, empty, note) = (self.kind, &self.info, &self.empty, self.note);
        self.draft.finish(|draft| {
            let file = draft.started(kind, info, None, empty)?;
            file.finish(note)
        })
    }
}

impl Table {
    pub(crate) fn new(shape: Shape, info: &FileInfo, scaling: Option<&Scaling>) -> Table {
        let schema = Arc::new(schema(&shape, metadata(info, scaling)));
        Table { shape, schema }
    }

    /// The points of a batch, with nulls in missing columns.
    pub(crate) fn rows(&self, batch: &PointBatch) -> Result<RecordBatch, ExportError> {
        of_arrays(self.schema.clone(), self.arrays(batch)?, batch.len())
    }

    /// A copy of the values of each column, nulls if it is missing.
    pub(crate) fn arrays(&self, batch: &PointBatch) -> Result<Vec<ArrayRef>, ExportError> {
        let columns = self.shape.arrange(batch)?.into_iter();
        let columns = columns.zip(self.schema.fields());
        let arrays = columns.map(|(values, field)| match values {
            Some(values) => array(values.into_owned()),
            None => Ok(new_null_array(field.data_type(), batch.len())),
        });
        arrays.collect()
    }
}

impl<W: Write> Writer<W> {
    fn new(kind: Kind, out: W, schema: &Schema) -> Result<Writer<W>, ExportError> {
        Ok(match kind {
            Kind::File => Writer::File(FileWriter::try_new(out, schema)?),
            Kind::Stream => Writer::Stream(StreamWriter::try_new(out, schema)?),
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), ExportError> {
        match self {
            Writer::File(writer) => writer.write(batch)?,
            Writer::Stream(writer) => writer.write(batch)?,
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ExportError> {
        match self {
            Writer::File(writer) => {
                writer.finish()?;
                writer.flush()?;
            }
            Writer::Stream(writer) => {
                writer.finish()?;
                writer.flush()?;
            }
        }
        Ok(())
    }
}
