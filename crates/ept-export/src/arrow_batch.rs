//! Points as an Arrow record batch.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, FixedSizeBinaryArray, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array,
    Int64Array, RecordBatch, RecordBatchOptions, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_buffer::Buffer;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use ept_format::ScalarType;
use ept_points::{PointBatch, Scaling, Values};

use crate::shape::Shape;
use crate::{ExportError, FileInfo};

/// Converts points to an Arrow record batch without a copy: its arrays are the vectors of the batch.
///
/// Columns keep their names, order and types. X, Y and Z are `Float64`, values of an application's own type
/// `FixedSizeBinary`. There are no nulls, but all columns are nullable, so that the schema is the same for points that
/// lack a dimension.
///
/// The schema's metadata has these keys, if the values are known: `ept:crs` (WKT, or codes such as `EPSG:26915`),
/// `ept:scale` and `ept:offset` (of the stored points, for example `[0.01,0.01,0.01]`), `ept:note`.
///
/// ```
/// use arrow_array::Array;
/// use ept_export::{FileInfo, record_batch};
/// use ept_points::{Column, PointBatch, Values};
///
/// let points = PointBatch::new(vec![
///     Column::new("X", Values::F64(vec![637012.24, 636784.5])),
///     Column::new("Classification", Values::U8(vec![2, 6])),
/// ])?;
/// let address = points.x().unwrap_or_default().as_ptr().cast();
/// let batch = record_batch(points, &FileInfo::default())?;
/// assert_eq!(batch.num_rows(), 2);
/// assert_eq!(batch.column(0).to_data().buffers()[0].as_ptr(), address);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If a column has values without a type in Arrow: bytes of width 0.
pub fn record_batch(batch: PointBatch, info: &FileInfo) -> Result<RecordBatch, ExportError> {
    let shape = Shape::of(&batch);
    let schema = schema(&shape, metadata(info, batch.scaling()));
    let rows = batch.len();
    let columns = batch.into_columns().into_iter();
    let arrays: Result<Vec<ArrayRef>, _> = columns.map(|column| array(column.values)).collect();
    of_arrays(Arc::new(schema), arrays?, rows)
}

/// A record batch of arrays in the order of the schema.
pub(crate) fn of_arrays(
    schema: Arc<Schema>,
    arrays: Vec<ArrayRef>,
    rows: usize,
) -> Result<RecordBatch, ExportError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(schema, arrays, &options);
    batch.map_err(ExportError::from)
}

/// The schema for columns of this shape.
pub(crate) fn schema(shape: &Shape, metadata: Vec<(&'static str, String)>) -> Schema {
    let fields = shape.columns.iter();
    let fields = fields.map(|(name, scalar)| Field::new(&**name, data_type(*scalar), true));
    let metadata = metadata.into_iter();
    let metadata: HashMap<String, String> = metadata
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    Schema::new_with_metadata(fields.collect::<Vec<_>>(), metadata)
}

/// The metadata of a file, by key.
pub(crate) fn metadata(info: &FileInfo, scaling: Option<&Scaling>) -> Vec<(&'static str, String)> {
    // As JSON: Rust formats a finite float as a JSON number.
    let list = |[x, y, z]: [f64; 3]| format!("[{x:?},{y:?},{z:?}]");
    let parts = [
        ("ept:crs", info.crs()),
        ("ept:scale", scaling.map(|scaling| list(scaling.scale))),
        ("ept:offset", scaling.map(|scaling| list(scaling.offset))),
        ("ept:note", info.note.clone()),
    ];
    let known = parts.into_iter();
    known.filter_map(|(key, text)| Some((key, text?))).collect()
}

/// Converts values to an array without a copy.
pub(crate) fn array(values: Values) -> Result<ArrayRef, ExportError> {
    Ok(match values {
        Values::I8(v) => Arc::new(Int8Array::from(v)),
        Values::I16(v) => Arc::new(Int16Array::from(v)),
        Values::I32(v) => Arc::new(Int32Array::from(v)),
        Values::I64(v) => Arc::new(Int64Array::from(v)),
        Values::U8(v) => Arc::new(UInt8Array::from(v)),
        Values::U16(v) => Arc::new(UInt16Array::from(v)),
        Values::U32(v) => Arc::new(UInt32Array::from(v)),
        Values::U64(v) => Arc::new(UInt64Array::from(v)),
        Values::F32(v) => Arc::new(Float32Array::from(v)),
        Values::F64(v) => Arc::new(Float64Array::from(v)),
        Values::Bytes { width: 0, .. } => return Err(width_of_nothing()),
        Values::Bytes { width, data } => Arc::new(FixedSizeBinaryArray::try_new(
            width.into(),
            Buffer::from_vec(data),
            None,
        )?),
    })
}

fn width_of_nothing() -> ExportError {
    ArrowError::InvalidArgumentError("values of width 0".into()).into()
}

fn data_type(scalar: ScalarType) -> DataType {
    match scalar {
        ScalarType::I8 => DataType::Int8,
        ScalarType::I16 => DataType::Int16,
        ScalarType::I32 => DataType::Int32,
        ScalarType::I64 => DataType::Int64,
        ScalarType::U8 => DataType::UInt8,
        ScalarType::U16 => DataType::UInt16,
        ScalarType::U32 => DataType::UInt32,
        ScalarType::U64 => DataType::UInt64,
        ScalarType::F32 => DataType::Float32,
        ScalarType::F64 => DataType::Float64,
        ScalarType::Bytes(width) => DataType::FixedSizeBinary(width.into()),
    }
}
