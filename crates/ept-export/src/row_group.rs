//! Row groups of GeoParquet, encoded apart from their file.

use std::io::Write;
use std::mem;

use arrow_array::{Array, Float64Array, RecordBatch};
use arrow_schema::SchemaRef;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::file::writer::SerializedFileWriter;

use crate::ExportError;
use crate::geometry::{Covering, Extent, Geometry};

/// The rows of a row group.
#[derive(Debug, Default)]
pub(crate) struct RowGroup {
    /// Index of the group in its file.
    index: usize,
    /// The rows, in order, without geometry and box.
    parts: Vec<RecordBatch>,
    rows: usize,
}

/// An encoded row group.
#[derive(Debug, Default)]
pub(crate) struct EncodedGroup {
    /// A chunk for each column.
    chunks: Vec<ArrowColumnChunk>,
    /// Minimum and maximum coordinates.
    pub(crate) extent: Extent,
}

/// Encodes the row groups of a file.
#[derive(Debug)]
pub(crate) struct GroupEncoder {
    pub(crate) factory: ArrowRowGroupWriterFactory,
    /// The columns, with geometry and box at the end.
    pub(crate) schema: SchemaRef,
    pub(crate) geometry: Geometry,
    pub(crate) covering: Covering,
}

impl RowGroup {
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn push(&mut self, rows: RecordBatch) {
        self.rows += rows.num_rows();
        self.parts.push(rows);
    }

    /// Takes the rows. What remains is the next group, which is empty.
    pub(crate) fn take(&mut self) -> RowGroup {
        let next = RowGroup {
            index: self.index + 1,
            ..RowGroup::default()
        };
        mem::replace(self, next)
    }
}

impl GroupEncoder {
    /// Encodes a row group, which is appended to a new one.
    pub(crate) fn encode(
        &self,
        group: &RowGroup,
        mut encoded: EncodedGroup,
    ) -> Result<EncodedGroup, ExportError> {
        let mut writers = self.factory.create_column_writers(group.index)?;
        for part in &group.parts {
            let coordinates = coordinates(part)?;
            encoded.extent.add(coordinates);
            let mut columns = part.columns().to_vec();
            columns.push(self.geometry.array(coordinates)?);
            columns.push(self.covering.array(coordinates)?);
            let mut writers = writers.iter_mut();
            for (field, column) in self.schema.fields().iter().zip(&columns) {
                let leaves = compute_leaves(field, column)?;
                // In this order, the end of the leaves takes no writer from the next column.
                for (leaf, writer) in leaves.iter().zip(writers.by_ref()) {
                    writer.write(leaf)?;
                }
            }
        }
        for writer in writers {
            encoded.chunks.push(writer.close()?);
        }
        Ok(encoded)
    }
}

impl EncodedGroup {
    /// Appends the group to its file.
    pub(crate) fn write<W: Write + Send>(
        self,
        file: &mut SerializedFileWriter<W>,
    ) -> Result<(), ExportError> {
        let mut group = file.next_row_group()?;
        for chunk in self.chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        Ok(())
    }
}

/// The three coordinates of rows.
///
/// # Errors
/// If there is no X, Y or Z.
pub(crate) fn coordinates(rows: &RecordBatch) -> Result<[&[f64]; 3], ExportError> {
    let axis = |name: &'static str| {
        let column = rows.column_by_name(name);
        let axis = column.and_then(|column| column.as_any().downcast_ref::<Float64Array>());
        let axis = axis.filter(|axis| axis.null_count() == 0);
        match axis {
            Some(axis) => Ok(&axis.values()[..]),
            None => Err(ExportError::NoCoordinate(name)),
        }
    };
    Ok([axis("X")?, axis("Y")?, axis("Z")?])
}
