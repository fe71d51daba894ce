//! Columns as numpy arrays.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use numpy::{Element, IntoPyArray};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyDict};

use crate::points::Points;
use crate::reader::read_all;

/// A column that grows batch by batch.
struct Column {
    name: String,
    values: Values,
    /// Which values are absent, as far as some are.
    absent: Vec<bool>,
}

enum Values {
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Bytes(usize, Vec<u8>),
}

/// Reads points as a dictionary of arrays.
pub(crate) fn read<'py>(
    py: Python<'py>,
    points: &impl Points,
    progress: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let columns = read_all(py, points, false, progress, start, |columns, batch| {
        take(columns, &batch);
    })?;
    let arrays = PyDict::new(py);
    for column in columns {
        if points.names_dimensions() || !column.is_absent() {
            let name = column.name.clone();
            arrays.set_item(name, column.into_array(py)?)?;
        }
    }
    Ok(arrays)
}

fn start(schema: &SchemaRef) -> Vec<Column> {
    let fields = schema.fields().iter();
    let columns = fields.map(|field| Column {
        name: field.name().clone(),
        values: Values::of(field.data_type()),
        absent: Vec::new(),
    });
    columns.collect()
}

fn take(columns: &mut [Column], batch: &RecordBatch) {
    for (column, array) in columns.iter_mut().zip(batch.columns()) {
        column.take(array);
    }
}

impl Column {
    fn take(&mut self, array: &ArrayRef) {
        let before = self.values.len();
        self.values.take(array);
        if let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) {
            self.absent.resize(before, false);
            self.absent.extend(nulls.iter().map(|is_there| !is_there));
        }
    }

    /// Whether there are points, but none has a value.
    fn is_absent(&self) -> bool {
        !self.absent.is_empty()
            && self.absent.len() == self.values.len()
            && self.absent.iter().all(|is| *is)
    }

    fn into_array(mut self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let len = self.values.len();
        let array = self.values.into_array(py)?;
        if self.absent.is_empty() {
            return Ok(array);
        }
        self.absent.resize(len, false);
        let options = PyDict::new(py);
        options.set_item("mask", self.absent.into_pyarray(py))?;
        py.import("numpy.ma")?
            .getattr("MaskedArray")?
            .call((array,), Some(&options))
    }
}

impl Values {
    fn of(kind: &DataType) -> Values {
        match kind {
            DataType::Int8 => Values::I8(Vec::new()),
            DataType::Int16 => Values::I16(Vec::new()),
            DataType::Int32 => Values::I32(Vec::new()),
            DataType::Int64 => Values::I64(Vec::new()),
            DataType::UInt8 => Values::U8(Vec::new()),
            DataType::UInt16 => Values::U16(Vec::new()),
            DataType::UInt32 => Values::U32(Vec::new()),
            DataType::UInt64 => Values::U64(Vec::new()),
            DataType::Float32 => Values::F32(Vec::new()),
            DataType::FixedSizeBinary(width) => {
                Values::Bytes(usize::try_from(*width).unwrap_or(1), Vec::new())
            }
            // Record batches of points have no other types.
            _ => Values::F64(Vec::new()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Values::I8(v) => v.len(),
            Values::I16(v) => v.len(),
            Values::I32(v) => v.len(),
            Values::I64(v) => v.len(),
            Values::U8(v) => v.len(),
            Values::U16(v) => v.len(),
            Values::U32(v) => v.len(),
            Values::U64(v) => v.len(),
            Values::F32(v) => v.len(),
            Values::F64(v) => v.len(),
            Values::Bytes(width, data) => data.len() / width,
        }
    }

    fn take(&mut self, array: &ArrayRef) {
        match self {
            Values::I8(v) => extend::<Int8Type>(v, array),
            Values::I16(v) => extend::<Int16Type>(v, array),
            Values::I32(v) => extend::<Int32Type>(v, array),
            Values::I64(v) => extend::<Int64Type>(v, array),
            Values::U8(v) => extend::<UInt8Type>(v, array),
            Values::U16(v) => extend::<UInt16Type>(v, array),
            Values::U32(v) => extend::<UInt32Type>(v, array),
            Values::U64(v) => extend::<UInt64Type>(v, array),
            Values::F32(v) => extend::<Float32Type>(v, array),
            Values::F64(v) => extend::<Float64Type>(v, array),
            Values::Bytes(_, data) => {
                let array = array.as_fixed_size_binary();
                for value in array {
                    data.extend_from_slice(value.unwrap_or(&vec![0; array.value_size()]));
                }
            }
        }
    }

    fn into_array(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(match self {
            Values::I8(v) => owned(py, v),
            Values::I16(v) => owned(py, v),
            Values::I32(v) => owned(py, v),
            Values::I64(v) => owned(py, v),
            Values::U8(v) => owned(py, v),
            Values::U16(v) => owned(py, v),
            Values::U32(v) => owned(py, v),
            Values::U64(v) => owned(py, v),
            Values::F32(v) => owned(py, v),
            Values::F64(v) => owned(py, v),
            Values::Bytes(width, data) => {
                // A `bytearray`, so that the array is writable.
                let data = PyByteArray::new(py, &data);
                py.import("numpy")?
                    .call_method1("frombuffer", (data, format!("V{width}")))?
            }
        })
    }
}

fn extend<T: ArrowPrimitiveType>(values: &mut Vec<T::Native>, array: &ArrayRef) {
    values.extend_from_slice(array.as_primitive::<T>().values());
}

fn owned<T: Element>(py: Python<'_>, mut values: Vec<T>) -> Bound<'_, PyAny> {
    values.shrink_to_fit();
    values.into_pyarray(py).into_any()
}
