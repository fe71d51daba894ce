//! Fills missing values with zeros, in formats without absent values.

use ept_reader::{Column, DecodeError, PointBatch, ScalarType, Values};

use crate::{Format, Remark};

/// Adds missing columns to points.
#[derive(Debug, Default)]
pub(crate) struct Filler {
    points: u64,
    dimensions: Vec<String>,
}

impl Filler {
    /// The points with all columns of `settled`.
    pub(crate) fn fill(
        &mut self,
        batch: PointBatch,
        settled: &PointBatch,
    ) -> Result<PointBatch, DecodeError> {
        let len = batch.len();
        let is_missing = |column: &&Column| batch.values(&column.name).is_none();
        let missing: Vec<&Column> = settled.columns().iter().filter(is_missing).collect();
        if len == 0 || missing.is_empty() {
            return Ok(batch);
        }
        self.points += len as u64;
        let (mut columns, storage) = batch.into_parts();
        for column in missing {
            if self.dimensions.iter().all(|known| **known != *column.name) {
                self.dimensions.push(column.name.to_string());
            }
            let zeros = zeros(column.values.scalar(), len);
            columns.push(Column::new(column.name.clone(), zeros));
        }
        Ok(PointBatch::new(columns)?.stored_as(&storage))
    }

    /// Adds the counts of another filler.
    pub(crate) fn add(&mut self, other: Filler) {
        self.points += other.points;
        for name in other.dimensions {
            if !self.dimensions.contains(&name) {
                self.dimensions.push(name);
            }
        }
    }

    /// The remark on what was filled. `None` if nothing was.
    pub(crate) fn remark(self, format: Format) -> Option<Remark> {
        (self.points > 0).then_some(Remark::Filled {
            points: self.points,
            dimensions: self.dimensions,
            format,
        })
    }
}

fn zeros(scalar: ScalarType, len: usize) -> Values {
    match scalar {
        ScalarType::I8 => Values::I8(vec![0; len]),
        ScalarType::I16 => Values::I16(vec![0; len]),
        ScalarType::I32 => Values::I32(vec![0; len]),
        ScalarType::I64 => Values::I64(vec![0; len]),
        ScalarType::U8 => Values::U8(vec![0; len]),
        ScalarType::U16 => Values::U16(vec![0; len]),
        ScalarType::U32 => Values::U32(vec![0; len]),
        ScalarType::U64 => Values::U64(vec![0; len]),
        ScalarType::F32 => Values::F32(vec![0.0; len]),
        ScalarType::F64 => Values::F64(vec![0.0; len]),
        ScalarType::Bytes(width) => Values::Bytes {
            width,
            data: vec![0; len.saturating_mul(width.into())],
        },
    }
}
