//! Record batches with the same columns.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Schema, SchemaRef};
use ept_points::PointBatch;

use crate::arrow_batch::{array, of_arrays};
use crate::arrow_sink::Table;
use crate::geoarrow::Geometry;
use crate::shape::Shape;
use crate::{ExportError, FileInfo};

/// Converts points to record batches with one schema, which is settled in advance: that of
/// [`record_batch`](crate::record_batch()) for some columns. If points lack a column, it has nulls there.
///
/// ```
/// use arrow_array::Array;
/// use ept_export::{FileInfo, RecordBatches};
/// use ept_points::{Column, PointBatch, Values};
///
/// let columns = [("Z", Values::F64(vec![])), ("Intensity", Values::U16(vec![]))];
/// let columns = columns.map(|(name, values)| Column::new(name, values));
/// let batches = RecordBatches::new(&PointBatch::new(columns.into())?, &FileInfo::default());
/// let points = PointBatch::new(vec![Column::new("Z", Values::F64(vec![1.5]))])?;
/// let batch = batches.convert(points)?;
/// assert_eq!(batch.schema(), batches.schema());
/// assert_eq!(batch.column(1).null_count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RecordBatches {
    shape: Shape,
    table: Table,
    geometry: Option<Geometry>,
    schema: SchemaRef,
}

impl RecordBatches {
    /// Batches with these columns. Their values, if there are any, don't matter.
    #[must_use]
    pub fn new(columns: &PointBatch, info: &FileInfo) -> RecordBatches {
        let shape = Shape::of(columns);
        let table = Table::new(shape.clone(), info, columns.scaling());
        RecordBatches {
            shape,
            schema: table.schema.clone(),
            table,
            geometry: None,
        }
    }

    /// Adds the column `geometry`: GeoArrow points made of X, Y and Z without a copy, in the coordinate system `projjson`,
    /// if it is known. Of the columns, only the first `kept` remain.
    ///
    /// # Errors
    /// If there is no X, Y or Z.
    pub fn with_geometry(
        self,
        projjson: Option<&str>,
        kept: usize,
    ) -> Result<RecordBatches, ExportError> {
        let geometry = Geometry::new(&self.table.schema, projjson, kept)?;
        let fields = self.table.schema.fields().iter().take(kept).cloned();
        let fields: Vec<_> = fields.chain([Arc::clone(&geometry.field)]).collect();
        let metadata = self.table.schema.metadata().clone();
        Ok(RecordBatches {
            geometry: Some(geometry),
            schema: Arc::new(Schema::new_with_metadata(fields, metadata)),
            ..self
        })
    }

    /// The schema of all batches.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// Converts points. Nothing is copied if they have exactly these columns.
    ///
    /// # Errors
    /// If there is another column, or a value that the type of its column does not represent.
    pub fn convert(&self, points: PointBatch) -> Result<RecordBatch, ExportError> {
        let rows = points.len();
        let arrays = self.arrays(points)?;
        let arrays = match &self.geometry {
            Some(geometry) => geometry.added(arrays)?,
            None => arrays,
        };
        of_arrays(self.schema(), arrays, rows)
    }

    fn arrays(&self, points: PointBatch) -> Result<Vec<ArrayRef>, ExportError> {
        if Shape::of(&points) != self.shape {
            return self.table.arrays(&points);
        }
        let columns = points.into_columns().into_iter();
        columns.map(|column| array(column.values)).collect()
    }
}
