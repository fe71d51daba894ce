//! Where a dimension stands in a point record, and how its values become bytes.

use std::fmt;
use std::sync::Arc;

use ept_format::ScalarType;
use ept_points::{Scalar, Values};

use crate::ExportError;
use crate::number::{Number, put};

/// A dimension within a point record.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Name of the column that fills it.
    pub(crate) dimension: Arc<str>,
    /// Offset of its first byte in the record.
    pub(crate) at: usize,
    pub(crate) encoding: Encoding,
}

/// How a value becomes the bytes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// The value itself, little endian.
    Plain(ScalarType),
    /// Some bits of one byte, whose other bits are left alone.
    Bits { shift: u8, count: u8 },
    /// Degrees as steps of 0.006 in 16 bits: the scan angle of point formats 6 to 10 (LAS 1.4,
    /// table 15).
    AngleSteps,
}

impl Field {
    pub(crate) fn new(dimension: impl Into<Arc<str>>, at: usize, encoding: Encoding) -> Field {
        Field {
            dimension: dimension.into(),
            at,
            encoding,
        }
    }

    /// Writes a column to the field of each record; records are `size` bytes and zero at first.
    pub(crate) fn fill(
        &self,
        values: &Values,
        records: &mut [u8],
        size: usize,
    ) -> Result<(), ExportError> {
        let at = self.at;
        let fields = records
            .chunks_exact_mut(size)
            .map(|record| &mut record[at..]);
        match self.encoding {
            Encoding::Plain(ScalarType::I8) => self.put_each(values, fields, put::<i8>),
            Encoding::Plain(ScalarType::I16) => self.put_each(values, fields, put::<i16>),
            Encoding::Plain(ScalarType::I32) => self.put_each(values, fields, put::<i32>),
            Encoding::Plain(ScalarType::I64) => self.put_each(values, fields, put::<i64>),
            Encoding::Plain(ScalarType::U8) => self.put_each(values, fields, put::<u8>),
            Encoding::Plain(ScalarType::U16) => self.put_each(values, fields, put::<u16>),
            Encoding::Plain(ScalarType::U32) => self.put_each(values, fields, put::<u32>),
            Encoding::Plain(ScalarType::U64) => self.put_each(values, fields, put::<u64>),
            Encoding::Plain(ScalarType::F32) => self.put_each(values, fields, put::<f32>),
            Encoding::Plain(ScalarType::F64) => self.put_each(values, fields, put::<f64>),
            Encoding::Plain(ScalarType::Bytes(width)) => self.copy_each(values, fields, width),
            Encoding::Bits { shift, count } => {
                self.put_each(values, fields, |value, field: &mut [u8]| {
                    let bits = u8::exactly(value).filter(|bits| bits >> count == 0);
                    bits.map(|bits| field[0] |= bits << shift).is_some()
                })
            }
            Encoding::AngleSteps => self.put_each(values, fields, |value, field: &mut [u8]| {
                put::<i16>(angle_steps(value), field)
            }),
        }
    }

    /// Puts each number to its field with `put`, which says whether it fits.
    fn put_each<'a>(
        &self,
        values: &Values,
        fields: impl Iterator<Item = &'a mut [u8]>,
        put: impl Fn(Scalar, &mut [u8]) -> bool,
    ) -> Result<(), ExportError> {
        let misfit = match values {
            Values::I8(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), fields, put),
            Values::I16(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), fields, put),
            Values::I32(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), fields, put),
            Values::I64(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), fields, put),
            Values::U8(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), fields, put),
            Values::U16(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), fields, put),
            Values::U32(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), fields, put),
            Values::U64(v) => misfit(v.iter().map(|&v| Scalar::Integer(v.into())), fields, put),
            Values::F32(v) => misfit(v.iter().map(|&v| Scalar::Float(v.into())), fields, put),
            Values::F64(v) => misfit(v.iter().map(|&v| Scalar::Float(v)), fields, put),
            Values::Bytes { .. } => return Err(self.type_error(values)),
        };
        match misfit {
            None => Ok(()),
            Some(value) => Err(ExportError::Value {
                dimension: self.dimension.to_string(),
                value,
                field: self.encoding.to_string(),
            }),
        }
    }

    fn copy_each<'a>(
        &self,
        values: &Values,
        fields: impl Iterator<Item = &'a mut [u8]>,
        width: u16,
    ) -> Result<(), ExportError> {
        match values {
            Values::Bytes { width: found, data } if *found == width => {
                let width = usize::from(width);
                for (value, field) in data.chunks_exact(width).zip(fields) {
                    field[..width].copy_from_slice(value);
                }
                Ok(())
            }
            _ => Err(self.type_error(values)),
        }
    }

    fn type_error(&self, values: &Values) -> ExportError {
        ExportError::Type {
            dimension: self.dimension.to_string(),
            found: values.scalar(),
            field: self.encoding.to_string(),
        }
    }
}

/// Puts values to fields until one does not fit, and returns that.
fn misfit<'a>(
    values: impl Iterator<Item = Scalar>,
    fields: impl Iterator<Item = &'a mut [u8]>,
    put: impl Fn(Scalar, &mut [u8]) -> bool,
) -> Option<Scalar> {
    values
        .zip(fields)
        .find_map(|(value, field)| (!put(value, field)).then_some(value))
}

/// The nearest step to an angle in degrees.
fn angle_steps(degrees: Scalar) -> Scalar {
    let degrees = match degrees {
        Scalar::Integer(degrees) => degrees as f64,
        Scalar::Float(degrees) => degrees,
    };
    Scalar::Float((degrees / 0.006).round())
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Encoding::Plain(scalar) => scalar.fmt(f),
            Encoding::Bits { count: 1, .. } => f.write_str("1 bit"),
            Encoding::Bits { count, .. } => write!(f, "{count} bits"),
            Encoding::AngleSteps => f.write_str("int16, in steps of 0.006 degrees"),
        }
    }
}
