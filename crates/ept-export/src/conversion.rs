//! Conversion of values to the types of a file's columns.

use std::borrow::Cow;

use ept_format::ScalarType;
use ept_points::{PointBatch, Scalar, Values};

use crate::ExportError;
use crate::number::Number;
use crate::shape::Shape;

impl Shape {
    /// The values of a batch for each column, in its type. `None` for a column that the batch lacks.
    pub(crate) fn arrange<'a>(
        &self,
        batch: &'a PointBatch,
    ) -> Result<Vec<Option<Cow<'a, Values>>>, ExportError> {
        self.check(batch)?;
        let columns = self.columns.iter();
        columns
            .map(|(name, scalar)| {
                let values = batch.values(name);
                values
                    .map(|values| exactly(name, values, *scalar))
                    .transpose()
            })
            .collect()
    }
}

/// Converts values to type `scalar` without loss. The error names the first that can't be represented.
fn exactly<'a>(
    dimension: &str,
    values: &'a Values,
    scalar: ScalarType,
) -> Result<Cow<'a, Values>, ExportError> {
    if values.scalar() == scalar {
        return Ok(Cow::Borrowed(values));
    }
    let scalars = scalars(values).filter(|_| !matches!(scalar, ScalarType::Bytes(_)));
    let Some(scalars) = scalars else {
        return Err(ExportError::Type {
            dimension: dimension.to_owned(),
            found: values.scalar(),
            field: scalar.to_string(),
        });
    };
    let converted = match convert(scalars, scalar) {
        Ok(values) => values,
        Err(value) => {
            return Err(ExportError::Value {
                dimension: dimension.to_owned(),
                value,
                field: scalar.to_string(),
            });
        }
    };
    Ok(Cow::Owned(converted))
}

type Scalars<'a> = Box<dyn Iterator<Item = Scalar> + 'a>;

/// The values as numbers. `None` if they are bytes.
fn scalars(values: &Values) -> Option<Scalars<'_>> {
    fn integers<T: Copy + Into<i128>>(values: &[T]) -> Scalars<'_> {
        Box::new(values.iter().map(|&value| Scalar::Integer(value.into())))
    }
    fn floats<T: Copy + Into<f64>>(values: &[T]) -> Scalars<'_> {
        Box::new(values.iter().map(|&value| Scalar::Float(value.into())))
    }
    Some(match values {
        Values::I8(v) => integers(v),
        Values::I16(v) => integers(v),
        Values::I32(v) => integers(v),
        Values::I64(v) => integers(v),
        Values::U8(v) => integers(v),
        Values::U16(v) => integers(v),
        Values::U32(v) => integers(v),
        Values::U64(v) => integers(v),
        Values::F32(v) => floats(v),
        Values::F64(v) => floats(v),
        Values::Bytes { .. } => return None,
    })
}

fn convert(scalars: Scalars<'_>, scalar: ScalarType) -> Result<Values, Scalar> {
    fn numbers<T: Number>(scalars: Scalars<'_>) -> Result<Vec<T>, Scalar> {
        scalars
            .map(|scalar| T::exactly(scalar).ok_or(scalar))
            .collect()
    }
    Ok(match scalar {
        ScalarType::I8 => Values::I8(numbers(scalars)?),
        ScalarType::I16 => Values::I16(numbers(scalars)?),
        ScalarType::I32 => Values::I32(numbers(scalars)?),
        ScalarType::I64 => Values::I64(numbers(scalars)?),
        ScalarType::U8 => Values::U8(numbers(scalars)?),
        ScalarType::U16 => Values::U16(numbers(scalars)?),
        ScalarType::U32 => Values::U32(numbers(scalars)?),
        ScalarType::U64 => Values::U64(numbers(scalars)?),
        ScalarType::F32 => Values::F32(numbers(scalars)?),
        ScalarType::F64 | ScalarType::Bytes(_) => Values::F64(numbers(scalars)?),
    })
}
