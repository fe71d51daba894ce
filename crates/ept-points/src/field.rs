//! Where a dimension stands in a point record, and how its bytes become values.

use std::sync::Arc;

use ept_format::ScalarType;

use crate::Values;

/// A dimension within a point record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: Arc<str>,
    /// Offset of its first byte in the record.
    pub(crate) at: usize,
    pub(crate) encoding: Encoding,
}

/// How a field's bytes become a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Encoding {
    /// The value itself, little endian.
    Plain(ScalarType),
    /// `stored * scale + offset`, as f64.
    Scaled {
        stored: ScalarType,
        scale: f64,
        offset: f64,
    },
    /// Some bits of one byte.
    Bits { shift: u8, mask: u8 },
    /// Scan angle of point formats 0 to 5: whole degrees in a signed byte (LAS 1.4, table 7).
    AngleRank,
    /// Scan angle of point formats 6 to 10: steps of 0.006 degrees in 16 bits (LAS 1.4, table 15).
    AngleSteps,
}

impl Field {
    pub(crate) fn new(name: &str, at: usize, encoding: Encoding) -> Field {
        Field {
            name: name.into(),
            at,
            encoding,
        }
    }

    /// Type of the values.
    pub(crate) fn scalar(&self) -> ScalarType {
        match self.encoding {
            Encoding::Plain(scalar) => scalar,
            Encoding::Scaled { .. } => ScalarType::F64,
            Encoding::Bits { .. } => ScalarType::U8,
            Encoding::AngleRank | Encoding::AngleSteps => ScalarType::F32,
        }
    }

    /// Bytes that the field takes in the record.
    pub(crate) fn size(&self) -> usize {
        match self.encoding {
            Encoding::Plain(scalar) | Encoding::Scaled { stored: scalar, .. } => scalar.size(),
            Encoding::Bits { .. } | Encoding::AngleRank => 1,
            Encoding::AngleSteps => 2,
        }
    }

    /// Appends this field's value of each record to `values`, which have the type of [`Field::scalar`].
    pub(crate) fn append<'a>(&self, records: impl Iterator<Item = &'a [u8]>, values: &mut Values) {
        let at = self.at;
        match (self.encoding, values) {
            (Encoding::Plain(_), Values::I8(v)) => {
                v.extend(records.map(|r| i8::from_le_bytes(bytes(r, at))));
            }
            (Encoding::Plain(_), Values::I16(v)) => {
                v.extend(records.map(|r| i16::from_le_bytes(bytes(r, at))));
            }
            (Encoding::Plain(_), Values::I32(v)) => {
                v.extend(records.map(|r| i32::from_le_bytes(bytes(r, at))));
            }
            (Encoding::Plain(_), Values::I64(v)) => {
                v.extend(records.map(|r| i64::from_le_bytes(bytes(r, at))));
            }
            (Encoding::Plain(_), Values::U8(v)) => v.extend(records.map(|r| r[at])),
            (Encoding::Plain(_), Values::U16(v)) => {
                v.extend(records.map(|r| u16::from_le_bytes(bytes(r, at))));
            }
            (Encoding::Plain(_), Values::U32(v)) => {
                v.extend(records.map(|r| u32::from_le_bytes(bytes(r, at))));
            }
            (Encoding::Plain(_), Values::U64(v)) => {
                v.extend(records.map(|r| u64::from_le_bytes(bytes(r, at))));
            }
            (Encoding::Plain(_), Values::F32(v)) => {
                v.extend(records.map(|r| f32::from_le_bytes(bytes(r, at))));
            }
            (Encoding::Plain(_), Values::F64(v)) => {
                v.extend(records.map(|r| f64::from_le_bytes(bytes(r, at))));
            }
            (Encoding::Plain(_), Values::Bytes { width, data }) => {
                let end = at + usize::from(*width);
                records.for_each(|r| data.extend_from_slice(&r[at..end]));
            }
            (Encoding::Scaled { stored, .. }, Values::F64(v)) => match stored {
                // The common case has a loop of its own, free of the choice of type.
                ScalarType::I32 => v.extend(
                    records.map(|r| self.scaled(f64::from(i32::from_le_bytes(bytes(r, at))))),
                ),
                _ => v.extend(records.map(|r| self.number(r))),
            },
            (Encoding::Bits { shift, mask }, Values::U8(v)) => {
                v.extend(records.map(|r| r[at] >> shift & mask));
            }
            (Encoding::AngleRank, Values::F32(v)) => {
                v.extend(records.map(|r| f32::from(i8::from_le_bytes(bytes(r, at)))));
            }
            (Encoding::AngleSteps, Values::F32(v)) => {
                let degrees = |r| f64::from(i16::from_le_bytes(bytes(r, at))) * 0.006;
                v.extend(records.map(|r| degrees(r) as f32));
            }
            (encoding, values) => {
                unreachable!("{encoding:?} into a column of {}", values.scalar())
            }
        }
    }

    /// The value of a `Plain` or `Scaled` number in one record; NaN for bytes.
    pub(crate) fn number(&self, record: &[u8]) -> f64 {
        let at = self.at;
        let (Encoding::Plain(stored) | Encoding::Scaled { stored, .. }) = self.encoding else {
            return f64::NAN;
        };
        self.scaled(match stored {
            ScalarType::I8 => f64::from(i8::from_le_bytes(bytes(record, at))),
            ScalarType::I16 => f64::from(i16::from_le_bytes(bytes(record, at))),
            ScalarType::I32 => f64::from(i32::from_le_bytes(bytes(record, at))),
            ScalarType::I64 => i64::from_le_bytes(bytes(record, at)) as f64,
            ScalarType::U8 => f64::from(record[at]),
            ScalarType::U16 => f64::from(u16::from_le_bytes(bytes(record, at))),
            ScalarType::U32 => f64::from(u32::from_le_bytes(bytes(record, at))),
            ScalarType::U64 => u64::from_le_bytes(bytes(record, at)) as f64,
            ScalarType::F32 => f64::from(f32::from_le_bytes(bytes(record, at))),
            ScalarType::F64 => f64::from_le_bytes(bytes(record, at)),
            ScalarType::Bytes(_) => f64::NAN,
        })
    }

    /// Scale and offset applied, with two roundings.
    pub(crate) fn scaled(&self, stored: f64) -> f64 {
        match self.encoding {
            Encoding::Scaled { scale, offset, .. } => stored * scale + offset,
            _ => stored,
        }
    }
}

/// `N` bytes of a record.
#[inline]
pub(crate) fn bytes<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&record[at..at + N]);
    bytes
}
